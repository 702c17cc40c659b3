"""Grids and who is on duty.

Revision ID: 20261123_grids
Revises: 20261123_nuisance
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_grids"
down_revision = "20261123_nuisance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "grid",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("polygon", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("leader_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(area_code) = 12 AND code LIKE area_code || '_%'", name=op.f("ck_grid_in_its_community")
        ),
        sa.CheckConstraint("kind IN ('GENERAL', 'EXCLUSIVE', 'MICRO')", name=op.f("ck_grid_kind")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_grid_valid")),
        sa.ForeignKeyConstraint(["leader_id"], ["account.id"], name=op.f("fk_grid_leader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid")),
        sa.UniqueConstraint("code", name=op.f("uq_grid_code")),
    )
    op.create_index(op.f("ix_grid_area_code"), "grid", ["area_code"], postgresql_ops={"area_code": "text_pattern_ops"})
    op.create_table(
        "duty_shift",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("grid_id", sa.BigInteger(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(unit_id, grid_id) = 1", name=op.f("ck_duty_shift_one_place")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_duty_shift_length")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_duty_shift_unit_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_duty_shift_grid_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_duty_shift_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
    )
    for place in ("unit_id", "grid_id"):
        op.create_index(
            op.f(f"ix_duty_shift_{place}_ends_at"),
            "duty_shift",
            [place, "ends_at"],
            postgresql_where=sa.text(f"{place} IS NOT NULL"),
        )


def downgrade() -> None:
    op.drop_table("duty_shift")
    op.drop_table("grid")
