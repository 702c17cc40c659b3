"""evidence

Revision ID: 20261123_evidence
Revises: 20261123_knowledge
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_evidence"
down_revision = "20261123_knowledge"
branch_labels = None
depends_on = None


def _time(name: str, *, now: bool = False) -> sa.Column[object]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "attachment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("record_key", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("moment", sa.Text(), nullable=True),
        sa.Column("public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("declared_digest", sa.LargeBinary(), nullable=True),
        sa.Column("declared", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'UPLOADING'"), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        _time("created_at", now=True),
        _time("finished_at"),
        sa.Column("media", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("digest_sm3", sa.LargeBinary(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("place_from", sa.Text(), nullable=True),
        _time("taken_at"),
        sa.Column("taken_from", sa.Text(), nullable=True),
        sa.Column("original_key", sa.Text(), nullable=True),
        sa.Column("served_key", sa.Text(), nullable=True),
        sa.Column("thumbnail_key", sa.Text(), nullable=True),
        sa.Column("flags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        _time("lost_at"),
        sa.CheckConstraint("state IN ('UPLOADING', 'READY', 'REFUSED')", name=op.f("ck_attachment_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_attachment_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attachment_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_account", "attachment", ["account_id", "created_at"])
    op.create_index("ix_attachment_created", "attachment", ["created_at"])
    op.create_index("ix_attachment_digest", "attachment", ["digest"], postgresql_where=sa.text("digest IS NOT NULL"))
    op.create_table(
        "attachment_part",
        sa.Column("attachment_id", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_attachment_part_attachment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("attachment_id", "start", name=op.f("pk_attachment_part")),
    )
    op.create_table(
        "attachment_use",
        sa.Column("attachment_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        _time("used_at", now=True),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_attachment_use_attachment_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attachment_use_case_id")),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_attachment_use")),
    )
    op.create_index(op.f("ix_attachment_use_case_id"), "attachment_use", ["case_id"])
    op.create_table(
        "storage_fault",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _time("at", now=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('FILE_WITHOUT_ROW', 'ROW_WITHOUT_FILE')", name=op.f("ck_storage_fault_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_fault")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_table("storage_fault")
    op.drop_index(op.f("ix_attachment_use_case_id"), table_name="attachment_use")
    op.drop_table("attachment_use")
    op.drop_table("attachment_part")
    op.drop_index("ix_attachment_digest", table_name="attachment", postgresql_where=sa.text("digest IS NOT NULL"))
    op.drop_index("ix_attachment_created", table_name="attachment")
    op.drop_index("ix_attachment_account", table_name="attachment")
    op.drop_table("attachment")
