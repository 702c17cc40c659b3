"""Calls for help of those who work outside; what a person or a unit was told is found.

Revision ID: 20261123_field
Revises: 20261123_late_links
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_field"
down_revision = "20261123_late_links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "alarm",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name=op.f("ck_alarm_answered")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_alarm_account_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_alarm_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index("uq_alarm_request", "alarm", ["account_id", "request_key"], unique=True)
    op.create_index(
        "ix_alarm_open",
        "alarm",
        ["area_code"],
        postgresql_where=sa.text("answered_at IS NULL"),
        postgresql_ops={"area_code": "text_pattern_ops"},
    )
    for name, column in (("ix_notice_account", "account_id"), ("ix_notice_unit", "unit_id")):
        op.create_index(name, "notice", [column, "id"], postgresql_where=sa.text(f"{column} IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_notice_unit", "notice")
    op.drop_index("ix_notice_account", "notice")
    op.drop_table("alarm")
