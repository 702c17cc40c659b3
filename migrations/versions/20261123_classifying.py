"""classifying

Revision ID: 20261123_classifying
Revises: 20261123_hot_spots
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_classifying"
down_revision = "20261123_hot_spots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "category_model",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'READY'"), nullable=False),
        sa.Column("card", postgresql.JSONB(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('READY', 'IN_FORCE', 'RETIRED')", name=op.f("ck_category_model_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_model")),
        sa.UniqueConstraint("version", name=op.f("uq_category_model_version")),
    )
    op.create_index(
        "uq_category_model_in_force",
        "category_model",
        ["state"],
        unique=True,
        postgresql_where=sa.text("state = 'IN_FORCE'"),
    )
    op.create_table(
        "category_suggestion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("first", sa.Text(), nullable=True),
        sa.Column("first_confidence", sa.Double(), nullable=True),
        sa.Column("second", sa.Text(), nullable=True),
        sa.Column("second_confidence", sa.Double(), nullable=True),
        sa.Column("calibrated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=True),
        sa.Column("given", sa.Text(), nullable=True),
        sa.Column("settled", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("automatic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_category_suggestion_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_suggestion")),
        sa.UniqueConstraint("case_id", name=op.f("uq_category_suggestion_case_id")),
    )
    op.create_index(
        "ix_category_suggestion_settled",
        "category_suggestion",
        ["settled_at"],
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_category_suggestion_at"), "category_suggestion", ["at"])
    op.create_index(
        "ix_cases_unsorted",
        "cases",
        ["id"],
        postgresql_where=sa.text("category IS NULL AND queue_rank IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_unsorted", table_name="cases")
    op.drop_table("category_suggestion")
    op.drop_table("category_model")
