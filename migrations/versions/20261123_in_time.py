"""What is open and in time is counted from an index alone.

Revision ID: 20261123_in_time
Revises: 20261123_case_exports
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_in_time"
down_revision = "20261123_case_exports"
branch_labels = None
depends_on = None

_IN_TIME = (
    "queue_rank IS NOT NULL AND completed_at IS NULL AND accepted_at IS NOT NULL AND NOT on_ledger AND NOT struck"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_index(
        "ix_cases_in_time",
        "cases",
        ["finish_due", "area_code"],
        postgresql_include=["kind"],
        postgresql_ops={"area_code": "text_pattern_ops"},
        postgresql_where=sa.text(_IN_TIME),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_in_time", table_name="cases")
