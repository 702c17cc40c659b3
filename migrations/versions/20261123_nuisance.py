"""nuisance

Revision ID: 20261123_nuisance
Revises: 20261123_imports
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_nuisance"
down_revision = "20261123_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.add_column("request", sa.Column("notice_version", sa.Text(), nullable=True))
    op.create_table(
        "caller_block",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'PROPOSED'"), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('PROPOSED', 'BLOCKED', 'REFUSED', 'LIFTED')", name=op.f("ck_caller_block_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_block")),
    )
    op.create_index(
        "uq_caller_block_live",
        "caller_block",
        ["phone_index", "area_code"],
        unique=True,
        postgresql_where=sa.text("state IN ('PROPOSED', 'BLOCKED')"),
    )


def downgrade() -> None:
    op.drop_table("caller_block")
    op.drop_column("request", "notice_version")
