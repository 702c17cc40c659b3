"""The ledger of what cannot be solved for now, with its reviews.

Revision ID: 20261123_ledger
Revises: 20261123_verifying
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_ledger"
down_revision = "20261123_verifying"
branch_labels = None
depends_on = None

KINDS = "'RETURN', 'EXTENSION', 'SUSPENSION', 'CLOSURE'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("cases", sa.Column("on_ledger", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("cases", sa.Column("ledger_review_due", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_cases_ledger", "cases", ["ledger_review_due"], postgresql_where=sa.text("on_ledger"))
    _kinds(f"{KINDS}, 'LEDGER'")
    op.create_table(
        "ledger_review",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("was_due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("planned_for", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ledger_review_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_review")),
    )
    op.create_index(op.f("ix_ledger_review_case_id"), "ledger_review", ["case_id"])
    op.execute(
        "CREATE TRIGGER ledger_review_append_only BEFORE UPDATE OR DELETE ON ledger_review "
        "FOR EACH ROW EXECUTE FUNCTION append_only()"
    )


def _kinds(kinds: str) -> None:
    op.drop_constraint(op.f("ck_motion_kind"), "motion", type_="check")
    op.create_check_constraint(op.f("ck_motion_kind"), "motion", f"kind IN ({kinds})", postgresql_not_valid=True)
    op.execute("ALTER TABLE motion VALIDATE CONSTRAINT ck_motion_kind")


def downgrade() -> None:
    op.drop_table("ledger_review")
    op.execute("DELETE FROM motion WHERE kind = 'LEDGER'")
    _kinds(KINDS)
    op.drop_index("ix_cases_ledger", table_name="cases")
    op.drop_column("cases", "ledger_review_due")
    op.drop_column("cases", "on_ledger")
