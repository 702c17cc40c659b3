"""hot spots

Revision ID: 20261123_hot_spots
Revises: 20261123_merging
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_hot_spots"
down_revision = "20261123_merging"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "hot_spot_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_hot_spot_day")),
    )
    op.create_table(
        "hot_spot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("history", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hot_spot")),
        sa.UniqueConstraint("day", "area_code", "category", name=op.f("uq_hot_spot_day_area_code_category")),
    )
    op.create_index("ix_hot_spot_list", "hot_spot", ["day", "score", "id"])
    op.create_table(
        "hot_spot_case",
        sa.Column("hot_spot_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hot_spot_id"], ["hot_spot.id"], name=op.f("fk_hot_spot_case_hot_spot_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_hot_spot_case_case_id")),
        sa.PrimaryKeyConstraint("hot_spot_id", "case_id", name=op.f("pk_hot_spot_case")),
    )


def downgrade() -> None:
    op.drop_table("hot_spot_case")
    op.drop_table("hot_spot")
    op.drop_table("hot_spot_day")
