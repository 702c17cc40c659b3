"""Bulletins that go out by themselves: schedules, issues, files.

Revision ID: 20261123_bulletins
Revises: 20261123_collected
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_bulletins"
down_revision = "20261123_collected"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    now = {"server_default": sa.text("now()"), "nullable": False}
    texts, ids = postgresql.ARRAY(sa.Text()), postgresql.ARRAY(sa.BigInteger())
    op.create_table(
        "bulletin_schedule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("formats", texts, nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("recipients", ids, nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), **now),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), **now),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("pace IN ('MONTH', 'WEEK')", name=op.f("ck_bulletin_schedule_pace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin_schedule")),
    )
    open_ones = sa.text("ended_at IS NULL")
    columns = ["area_code", "name"]
    op.create_index("uq_bulletin_schedule_name", "bulletin_schedule", columns, unique=True, postgresql_where=open_ones)
    op.create_table(
        "bulletin_issue",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("schedule_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("recipients", ids, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), **now),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["bulletin_schedule.id"], name=op.f("fk_bulletin_issue_schedule_id_bulletin_schedule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin_issue")),
        sa.UniqueConstraint("schedule_id", "period", name=op.f("uq_bulletin_issue_schedule_id_period")),
    )
    op.create_index(
        "ix_bulletin_issue_area",
        "bulletin_issue",
        ["area_code", "id"],
        postgresql_ops={"area_code": "text_pattern_ops"},
    )
    op.create_index("ix_bulletin_issue_recipients", "bulletin_issue", ["recipients"], postgresql_using="gin")
    op.create_table(
        "bulletin_file",
        sa.Column("issue_id", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["bulletin_issue.id"], name=op.f("fk_bulletin_file_issue_id_bulletin_issue")
        ),
        sa.PrimaryKeyConstraint("issue_id", "format", name=op.f("pk_bulletin_file")),
    )
    for table in ("bulletin_issue", "bulletin_file"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )


def downgrade() -> None:
    for table in ("bulletin_file", "bulletin_issue", "bulletin_schedule"):
        op.drop_table(table)
