"""Cases that follow a main case; deadlines that wait for a calendar are found quickly.

Revision ID: 20261123_merging
Revises: 20261123_likeness
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_merging"
down_revision = "20261123_likeness"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("cases", sa.Column("main_case_id", sa.BigInteger(), nullable=True))
    op.add_column("cases", sa.Column("merged", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index("ix_cases_main", "cases", ["main_case_id"], postgresql_where=sa.text("main_case_id IS NOT NULL"))
    op.create_index(
        "ix_clock_unannounced",
        "clock",
        ["calendar_version"],
        postgresql_where=sa.text("calendar_unannounced AND state IN ('RUNNING', 'PAUSED')"),
    )


def downgrade() -> None:
    op.drop_index("ix_clock_unannounced", table_name="clock")
    op.drop_index("ix_cases_main", table_name="cases")
    op.drop_column("cases", "merged")
    op.drop_column("cases", "main_case_id")
