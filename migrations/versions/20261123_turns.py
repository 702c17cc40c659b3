"""The turns of a case: returns, extensions, suspensions, reasoned closures; supervision; pauses of clocks.

Revision ID: 20261123_turns
Revises: 20261123_dispatch_rules
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_turns"
down_revision = "20261123_dispatch_rules"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for name in ("motions", "returns"):
        op.add_column("cases", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("cases", sa.Column("supervised", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("assignment", sa.Column("designated", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("assignment", sa.Column("answer", sa.Text(), nullable=True))
    op.add_column("clock", sa.Column("paused_at", _TIME, nullable=True))
    op.add_column("clock", sa.Column("promised_by", sa.Text(), nullable=True))
    op.create_index(
        "ix_cases_passed_on",
        "cases",
        ["id"],
        postgresql_where=sa.text("(returns >= 3 OR rework_count >= 3) AND ended_at IS NULL"),
    )
    op.create_index(
        "ix_clock_broken",
        "clock",
        ["case_id"],
        postgresql_where=sa.text("state = 'RUNNING' AND breached_at IS NOT NULL AND name IN ('FINISH', 'REWORK')"),
    )
    _create_motion()
    _create_supervision()


def _create_motion() -> None:
    op.create_table(
        "motion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("until", _TIME, nullable=True),
        sa.Column("was_due", _TIME, nullable=True),
        sa.Column("other_unit_id", sa.BigInteger(), nullable=True),
        sa.Column("ruling", sa.Text(), nullable=True),
        sa.Column("ruled_by", sa.BigInteger(), nullable=True),
        sa.Column("ruled_at", _TIME, nullable=True),
        sa.Column("ruling_note", sa.Text(), nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.CheckConstraint("kind IN ('RETURN', 'EXTENSION', 'SUSPENSION', 'CLOSURE')", name=op.f("ck_motion_kind")),
        sa.CheckConstraint("(ruling IS NULL) = (ruled_at IS NULL)", name=op.f("ck_motion_ruled")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_motion_case_id_cases")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_motion_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion")),
    )
    op.create_index(op.f("ix_motion_case_id"), "motion", ["case_id"])
    op.create_index(
        "uq_motion_pending", "motion", ["case_id", "kind"], unique=True, postgresql_where=sa.text("ruling IS NULL")
    )
    op.create_index(
        "ix_motion_suspended",
        "motion",
        ["until"],
        postgresql_where=sa.text("kind = 'SUSPENSION' AND ruling = 'GRANTED' AND ended_at IS NULL"),
    )


def _create_supervision() -> None:
    op.create_table(
        "supervision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_by", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_supervision_case_id_cases")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_supervision_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision")),
        sa.UniqueConstraint("case_id", "no", name=op.f("uq_supervision_case_id")),
    )
    op.create_index(op.f("ix_supervision_case_id"), "supervision", ["case_id", "trigger"])


def downgrade() -> None:
    op.drop_table("supervision")
    op.drop_table("motion")
    op.drop_index("ix_clock_broken", table_name="clock")
    op.drop_index("ix_cases_passed_on", table_name="cases")
    op.drop_column("clock", "promised_by")
    op.drop_column("clock", "paused_at")
    op.drop_column("assignment", "answer")
    op.drop_column("assignment", "designated")
    for name in ("supervised", "returns", "motions"):
        op.drop_column("cases", name)
