"""calendar notices

Revision ID: 20261123_calendar_notices
Revises: 20261123_looked
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_calendar_notices"
down_revision = "20261123_looked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "calendar_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'IN_FORCE'"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("rest", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("work", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('IN_FORCE', 'REPLACED')", name=op.f("ck_calendar_notice_state")),
        sa.CheckConstraint("policy IN ('KEEP', 'EXTEND_ONLY', 'RECOMPUTE')", name=op.f("ck_calendar_notice_policy")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_notice")),
        sa.UniqueConstraint("area_code", "year", "version", name=op.f("uq_calendar_notice_area_code_year_version")),
    )
    op.create_index(
        "uq_calendar_notice_in_force",
        "calendar_notice",
        ["area_code", "year"],
        unique=True,
        postgresql_where=sa.text("state = 'IN_FORCE'"),
    )
    op.create_table(
        "calendar_book",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_calendar_book_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_book")),
    )
    op.execute("INSERT INTO calendar_book (id, version) VALUES (1, 0)")


def downgrade() -> None:
    op.drop_table("calendar_book")
    op.drop_table("calendar_notice")
