"""dispatch rules

Revision ID: 20261123_dispatch_rules
Revises: 20261123_rates
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_dispatch_rules"
down_revision = "20261123_rates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "dispatch_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'DRAFT'"), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("put_by", sa.BigInteger(), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('DRAFT', 'IN_FORCE', 'REPLACED', 'ENDED')", name=op.f("ck_dispatch_rule_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_rule")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_dispatch_rule_code_version")),
    )
    for name, state in (("in_force", "IN_FORCE"), ("draft", "DRAFT")):
        where = sa.text(f"state = '{state}'")
        op.create_index(f"uq_dispatch_rule_{name}", "dispatch_rule", ["code"], unique=True, postgresql_where=where)
    op.create_index(
        op.f("ix_dispatch_rule_area_code"),
        "dispatch_rule",
        ["area_code"],
        postgresql_ops={"area_code": "text_pattern_ops"},
    )
    op.create_table(
        "dispatch_book",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_dispatch_book_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_book")),
    )
    op.execute("INSERT INTO dispatch_book (id, version) VALUES (1, 0)")


def downgrade() -> None:
    op.drop_table("dispatch_book")
    op.drop_table("dispatch_rule")
