"""Exports of case lists: jobs, and the blocks of their files.

Revision ID: 20261123_case_exports
Revises: 20261123_bulletins
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_case_exports"
down_revision = "20261123_bulletins"
branch_labels = None
depends_on = None

STATES = "'RUNNING', 'PACKING', 'DONE', 'FAILED', 'EXPIRED'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    now, zero = sa.text("now()"), sa.text("0")
    op.create_table(
        "case_export",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'RUNNING'"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("rows", sa.BigInteger(), server_default=zero, nullable=False),
        sa.Column("after_id", sa.BigInteger(), server_default=zero, nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=True),
        sa.Column("blocks", sa.Integer(), server_default=zero, nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_case_export_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_export_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_export")),
    )
    op.create_index("ix_case_export_account", "case_export", ["account_id", "id"])
    running, kept = sa.text("state IN ('RUNNING', 'PACKING')"), sa.text("state <> 'EXPIRED'")
    op.create_index("ix_case_export_running", "case_export", ["rows", "id"], postgresql_where=running)
    op.create_index("ix_case_export_expires", "case_export", ["expires_at"], postgresql_where=kept)
    op.create_table(
        "case_export_block",
        sa.Column("export_id", sa.BigInteger(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["case_export.id"],
            name=op.f("fk_case_export_block_export_id_case_export"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("export_id", "final", "no", name=op.f("pk_case_export_block")),
    )


def downgrade() -> None:
    op.drop_table("case_export_block")
    op.drop_table("case_export")
