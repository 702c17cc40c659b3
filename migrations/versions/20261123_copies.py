"""Copies of what is dispatched straight to a street, for its district.

Revision ID: 20261123_copies
Revises: 20261123_figures
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_copies"
down_revision = "20261123_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "case_copy",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("to_unit_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_copy_case_id_cases")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_case_copy_unit_id_unit")),
        sa.ForeignKeyConstraint(["to_unit_id"], ["unit.id"], name=op.f("fk_case_copy_to_unit_id_unit")),
        sa.PrimaryKeyConstraint("case_id", "unit_id", name=op.f("pk_case_copy")),
    )
    op.create_index(op.f("ix_case_copy_unit_id_case_id"), "case_copy", ["unit_id", "case_id"])


def downgrade() -> None:
    op.drop_table("case_copy")
