"""Whistles: a street calls departments to the spot; each reports in, answers, and both are scored.

Revision ID: 20261123_whistles
Revises: 20261123_duty
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_whistles"
down_revision = "20261123_duty"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("cases", sa.Column("whistles", sa.Integer(), server_default=sa.text("0"), nullable=False))
    _create_whistle()
    op.add_column("assignment", sa.Column("whistle_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_assignment_whistle_id_whistle"), "assignment", "whistle", ["whistle_id"], ["id"])
    _create_call()


def _create_whistle() -> None:
    op.create_table(
        "whistle",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("caller_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("called_at", _TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("level IN ('E0', 'E1', 'N')", name=op.f("ck_whistle_level")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_whistle_case_id_cases")),
        sa.ForeignKeyConstraint(["caller_unit_id"], ["unit.id"], name=op.f("fk_whistle_caller_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whistle")),
        sa.UniqueConstraint("case_id", "no", name=op.f("uq_whistle_case_id")),
    )
    op.create_index(op.f("ix_whistle_caller_unit_id"), "whistle", ["caller_unit_id"])


def _create_call() -> None:
    op.create_table(
        "whistle_call",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("whistle_id", "case_id", "unit_id", "assignment_id")
        ),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("reported_at", _TIME, nullable=True),
        sa.Column("reported_by", sa.BigInteger(), nullable=True),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("check_in", sa.Text(), nullable=True),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("planned_at", _TIME, nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("answered_at", _TIME, nullable=True),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("score_note", sa.Text(), nullable=True),
        sa.Column("scored_at", _TIME, nullable=True),
        sa.Column("whistle_score", sa.SmallInteger(), nullable=True),
        sa.Column("justified", sa.Boolean(), nullable=True),
        sa.Column("whistle_note", sa.Text(), nullable=True),
        sa.Column("whistle_scored_at", _TIME, nullable=True),
        sa.CheckConstraint("check_in IN ('ON_SITE', 'OFF_SITE', 'UNPLACED')", name=op.f("ck_whistle_call_check_in")),
        sa.CheckConstraint(
            "score BETWEEN 1 AND 5 AND whistle_score BETWEEN 1 AND 5", name=op.f("ck_whistle_call_score")
        ),
        *(
            sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_whistle_call_{table}_id_{table}"))
            for table in ("whistle", "unit", "assignment")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_whistle_call_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whistle_call")),
        sa.UniqueConstraint("whistle_id", "unit_id", name=op.f("uq_whistle_call_whistle_id")),
    )
    op.create_index(op.f("ix_whistle_call_case_id"), "whistle_call", ["case_id"])
    op.create_index(op.f("ix_whistle_call_unit_id"), "whistle_call", ["unit_id", "id"])
    op.create_index(
        "uq_whistle_call_open",
        "whistle_call",
        ["case_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("whistle_call")
    op.drop_column("assignment", "whistle_id")
    op.drop_table("whistle")
    op.drop_column("cases", "whistles")
