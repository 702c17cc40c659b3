"""On-site checks: who filed a result, who looks at it on the spot.

Revision ID: 20261123_checks
Revises: 20261123_workers
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_checks"
down_revision = "20261123_workers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for name in ("filed_by", "check_unit_id", "checker_id"):
        op.add_column("cases", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("assignment", sa.Column("account_id", sa.BigInteger(), nullable=True))
    for index, column in (("ix_cases_check", "check_unit_id"), ("ix_cases_checker", "checker_id")):
        op.create_index(index, "cases", [column], postgresql_where=sa.text(f"{column} IS NOT NULL"))
    op.create_index(
        "ix_assignment_account",
        "assignment",
        ["account_id", "case_id"],
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_assignment_account", table_name="assignment")
    op.drop_index("ix_cases_checker", table_name="cases")
    op.drop_index("ix_cases_check", table_name="cases")
    op.drop_column("assignment", "account_id")
    for name in ("checker_id", "check_unit_id", "filed_by"):
        op.drop_column("cases", name)
