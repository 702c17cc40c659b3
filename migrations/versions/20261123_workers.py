"""Grid workers' lives, and the leaders of residents' groups beside them.

Revision ID: 20261123_workers
Revises: 20261123_duty_leave
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_workers"
down_revision = "20261123_duty_leave"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "worker_standing",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_worker_standing_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_worker_standing")),
    )
    op.create_table(
        "worker_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("from_stage", sa.Text(), nullable=True),
        sa.Column("to_stage", sa.Text(), nullable=False),
        sa.Column("by_account", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_worker_event_account_id")),
        sa.ForeignKeyConstraint(["by_account"], ["account.id"], name=op.f("fk_worker_event_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_event")),
    )
    op.create_index(op.f("ix_worker_event_account_id_id"), "worker_event", ["account_id", "id"])
    op.execute(
        "CREATE TRIGGER worker_event_append_only BEFORE UPDATE OR DELETE ON worker_event "
        "FOR EACH ROW EXECUTE FUNCTION append_only()"
    )
    op.create_table(
        "group_leader",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entered_by", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(area_code) = 12", name=op.f("ck_group_leader_in_its_community")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_group_leader_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_leader")),
    )
    op.create_index(
        op.f("ix_group_leader_area_code"),
        "group_leader",
        ["area_code"],
        postgresql_ops={"area_code": "text_pattern_ops"},
    )


def downgrade() -> None:
    op.drop_table("group_leader")
    op.drop_table("worker_event")
    op.drop_table("worker_standing")
