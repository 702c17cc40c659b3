"""社区服务点 and 好差评 by QR code: points, answers, what was looked at, the day's counts.

Revision ID: 20261123_service_points
Revises: 20261123_unfinished
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_service_points"
down_revision = "20261123_unfinished"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_NOW = sa.text("now()")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "service_point",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("services", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("code_since", _TIME, server_default=_NOW, nullable=False),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.CheckConstraint("length(area_code) = 12", name=op.f("ck_service_point_in_its_community")),
        sa.CheckConstraint("length(code) >= 22", name=op.f("ck_service_point_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_point")),
        sa.UniqueConstraint("code", name=op.f("uq_service_point_code")),
    )
    op.create_index(
        op.f("ix_service_point_area_code"),
        "service_point",
        ["area_code"],
        postgresql_ops={"area_code": "text_pattern_ops"},
    )
    _answers()
    op.create_table(
        "service_quota",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("point_id", sa.BigInteger(), nullable=False),
        sa.Column("caller", sa.LargeBinary(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["service_point.id"], name=op.f("fk_service_quota_point_id")),
        sa.PrimaryKeyConstraint("day", "point_id", "caller", name=op.f("pk_service_quota")),
    )


def _answers() -> None:
    op.create_table(
        "service_answer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("point_id", sa.BigInteger(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "grade IN ('VERY_GOOD', 'GOOD', 'FAIR', 'BAD', 'VERY_BAD')", name=op.f("ck_service_answer_grade")
        ),
        sa.ForeignKeyConstraint(["point_id"], ["service_point.id"], name=op.f("fk_service_answer_point_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_answer")),
    )
    op.create_index("uq_service_answer_key", "service_answer", ["point_id", "key_digest"], unique=True)
    op.create_index(op.f("ix_service_answer_at"), "service_answer", ["at"])
    op.create_index(
        op.f("ix_service_answer_area_code_at"),
        "service_answer",
        ["area_code", "at"],
        postgresql_ops={"area_code": "text_pattern_ops"},
    )
    op.create_table(
        "service_look",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("answer_id", sa.BigInteger(), nullable=False),
        sa.Column("at", _TIME, server_default=_NOW, nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["service_answer.id"], name=op.f("fk_service_look_answer_id")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_service_look_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_look")),
    )
    op.create_index(op.f("ix_service_look_answer_id"), "service_look", ["answer_id"])
    for table in ("service_answer", "service_look"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )


def downgrade() -> None:
    for table in ("service_quota", "service_look", "service_answer", "service_point"):
        op.drop_table(table)
