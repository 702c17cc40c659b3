"""Cities' months that the province collects, and the years made of them.

Revision ID: 20261123_collected
Revises: 20261123_one_time
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_collected"
down_revision = "20261123_one_time"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_TIME = sa.DateTime(timezone=True)


def _months() -> None:
    op.create_table(
        "collected_month",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("cut_off", _TIME, nullable=True),
        sa.Column("cases", sa.BigInteger(), nullable=True),
        sa.Column("sums", postgresql.JSONB(), nullable=False),
        sa.Column("sums_hash", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_hash", sa.Text(), nullable=False),
        sa.Column("collected_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("collected_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("origin IN ('OWN', 'PULL', 'FILE')", name=op.f("ck_collected_month_origin")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collected_month")),
        sa.UniqueConstraint("area", "month", "version", name=op.f("uq_collected_month_area_month_version")),
    )


def _years() -> None:
    op.create_table(
        "year_freeze",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("missing", postgresql.JSONB(), nullable=False),
        sa.Column("definitions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("data_hash", sa.Text(), nullable=False),
        sa.Column("figures_hash", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_freeze")),
        sa.UniqueConstraint("area", "year", "version", name=op.f("uq_year_freeze_area_year_version")),
    )


def _cities() -> None:
    op.create_table(
        "statistics_city",
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("watermark", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("asked_at", _TIME, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("area", name=op.f("pk_statistics_city")),
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    _months()
    _years()
    _cities()
    for table in ("collected_month", "year_freeze"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )


def downgrade() -> None:
    op.drop_table("statistics_city")
    op.drop_table("year_freeze")
    op.drop_table("collected_month")
