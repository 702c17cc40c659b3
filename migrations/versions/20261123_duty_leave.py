"""Leave from duty: who is away, and who stands in.

Revision ID: 20261123_duty_leave
Revises: 20261123_levels
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_duty_leave"
down_revision = "20261123_levels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "duty_leave",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("substitute_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_duty_leave_length")),
        sa.CheckConstraint("substitute_id <> account_id", name=op.f("ck_duty_leave_another")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_duty_leave_account_id")),
        sa.ForeignKeyConstraint(["substitute_id"], ["account.id"], name=op.f("fk_duty_leave_substitute_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_duty_leave_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_leave")),
    )
    op.create_index(op.f("ix_duty_leave_account_id_ends_at"), "duty_leave", ["account_id", "ends_at"])


def downgrade() -> None:
    op.drop_table("duty_leave")
