"""The knowledge base, and notices that are about no case.

Revision ID: 20261123_knowledge
Revises: 20261123_spine
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_knowledge"
down_revision = "20261123_spine"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "knowledge_gram",
        sa.Column("gram", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("gram", name=op.f("pk_knowledge_gram")),
    )
    op.create_table(
        "knowledge_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("latest", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("published", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_by", sa.BigInteger(), nullable=True),
        sa.Column("retire_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_item")),
    )
    op.create_table(
        "knowledge_miss",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_miss")),
        sa.UniqueConstraint("area_code", "words", name=op.f("uq_knowledge_miss_area_code_words")),
    )
    op.create_index(op.f("ix_knowledge_miss_last_at"), "knowledge_miss", ["last_at"], unique=False)
    op.create_table(
        "knowledge_complaint",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["knowledge_item.id"], name=op.f("fk_knowledge_complaint_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_complaint")),
    )
    op.create_index(
        op.f("ix_knowledge_complaint_item_id_version"), "knowledge_complaint", ["item_id", "version"], unique=False
    )
    op.create_table(
        "knowledge_mend",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("reasons", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["knowledge_item.id"], name=op.f("fk_knowledge_mend_item_id")),
        sa.PrimaryKeyConstraint("item_id", "period", name=op.f("pk_knowledge_mend")),
    )
    op.create_table(
        "knowledge_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'DRAFT'"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("questions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("keywords", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("source_document", sa.Text(), nullable=False),
        sa.Column("source_link", sa.Text(), nullable=True),
        sa.Column("grams", postgresql.TSVECTOR(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer_id", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'IN_REVIEW', 'PUBLISHED', 'RETIRED')", name=op.f("ck_knowledge_version_state")
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_knowledge_version_validity")),
        sa.ForeignKeyConstraint(["item_id"], ["knowledge_item.id"], name=op.f("fk_knowledge_version_item_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_knowledge_version_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_version")),
        sa.UniqueConstraint("item_id", "version", name=op.f("uq_knowledge_version_item_id_version")),
    )
    op.create_index(
        "ix_knowledge_version_grams",
        "knowledge_version",
        ["grams"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=sa.text("state = 'PUBLISHED'"),
    )
    op.create_index("ix_knowledge_version_unit", "knowledge_version", ["unit_id", "state"], unique=False)
    op.create_index(
        "uq_knowledge_version_in_force",
        "knowledge_version",
        ["item_id"],
        unique=True,
        postgresql_where=sa.text("state = 'PUBLISHED'"),
    )
    op.create_table(
        "knowledge_use",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_knowledge_use_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["knowledge_item.id"], name=op.f("fk_knowledge_use_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_use")),
    )
    op.create_index(op.f("ix_knowledge_use_item_id"), "knowledge_use", ["item_id"], unique=False)
    op.alter_column("notice", "case_id", existing_type=sa.BIGINT(), nullable=True)
    op.create_index(
        "ix_cases_answered", "cases", ["ended_at"], unique=False, postgresql_where=sa.text("ended_as = 'ANSWERED'")
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_cases_answered", table_name="cases", postgresql_where=sa.text("ended_as = 'ANSWERED'"))
    # a notice about no case cannot stand in the older table
    op.execute("DELETE FROM notice_attempt USING notice WHERE notice.id = notice_id AND case_id IS NULL")
    op.execute("DELETE FROM notice WHERE case_id IS NULL")
    op.alter_column("notice", "case_id", existing_type=sa.BIGINT(), nullable=False)
    op.drop_index(op.f("ix_knowledge_use_item_id"), table_name="knowledge_use")
    op.drop_table("knowledge_use")
    op.drop_index(
        "uq_knowledge_version_in_force", table_name="knowledge_version", postgresql_where=sa.text("state = 'PUBLISHED'")
    )
    op.drop_index("ix_knowledge_version_unit", table_name="knowledge_version")
    op.drop_index(
        "ix_knowledge_version_grams",
        table_name="knowledge_version",
        postgresql_using="gin",
        postgresql_where=sa.text("state = 'PUBLISHED'"),
    )
    op.drop_table("knowledge_version")
    op.drop_table("knowledge_mend")
    op.drop_index(op.f("ix_knowledge_complaint_item_id_version"), table_name="knowledge_complaint")
    op.drop_table("knowledge_complaint")
    op.drop_index(op.f("ix_knowledge_miss_last_at"), table_name="knowledge_miss")
    op.drop_table("knowledge_miss")
    op.drop_table("knowledge_item")
    op.drop_table("knowledge_gram")
