"""The exclusion ledger, and months that are frozen.

Revision ID: 20261123_findings
Revises: 20261123_field
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_findings"
down_revision = "20261123_field"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_TIME = sa.DateTime(timezone=True)
_KEPT_TEXTS = ("kind", "ended_as", "followed", "satisfaction")
_KEPT_TIMES = (*("accepted_at", "finish_due_original", "finish_due", "first_completed_at", "completed_at", "ended_at"),)
_KEPT_MAYBE = ("signed_in_time", "contacted_in_time", "called_in_time", "dispatched_in_time", "solved")
_KEPT_FLAGS = ("contact_exempt", "on_ledger", "struck", "misdirected", "repeated", "missed_by_grid")
_KEPT_COUNTS = ("returns", "extensions", "suspensions", "supervisions", "rework_count")


def _findings() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("attachments", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("ruling", sa.Text(), nullable=True),
        sa.Column("ruled_by", sa.BigInteger(), nullable=True),
        sa.Column("ruled_at", _TIME, nullable=True),
        sa.Column("ruling_note", sa.Text(), nullable=True),
        sa.Column("revoked_by", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.Column("revoked_note", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('EXCLUSION', 'MISSED')", name=op.f("ck_finding_kind")),
        sa.CheckConstraint("ruling IN ('GRANTED', 'REJECTED')", name=op.f("ck_finding_ruling")),
        sa.CheckConstraint("ruled_by <> proposed_by", name=op.f("ck_finding_second_person")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_finding_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_case_id"), "finding", ["case_id"])
    live = sa.text("ruling IS DISTINCT FROM 'REJECTED' AND revoked_at IS NULL")
    op.create_index("uq_finding_live", "finding", ["case_id", "kind"], unique=True, postgresql_where=live)


def _freeze() -> None:
    op.create_table(
        "month_freeze",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("cut_off", _TIME, nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("data_hash", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("figures_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_freeze")),
        sa.UniqueConstraint("area", "month", "version", name=op.f("uq_month_freeze_area_month_version")),
    )
    op.create_table(
        "frozen_case",
        sa.Column("freeze_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in _KEPT_TEXTS),
        *(sa.Column(name, _TIME, nullable=True) for name in _KEPT_TIMES),
        *(sa.Column(name, sa.Boolean(), nullable=True) for name in _KEPT_MAYBE),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in _KEPT_FLAGS),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _KEPT_COUNTS),
        sa.Column("first_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("worked_minutes", sa.Integer(), nullable=True),
        # the rows are copied before what is said of them is known
        sa.ForeignKeyConstraint(
            ["freeze_id"],
            ["month_freeze.id"],
            name=op.f("fk_frozen_case_freeze_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("freeze_id", "case_id", name=op.f("pk_frozen_case")),
    )
    for table in ("month_freeze", "frozen_case"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    _findings()
    _freeze()


def downgrade() -> None:
    op.drop_table("frozen_case")
    op.drop_table("month_freeze")
    op.drop_table("finding")
