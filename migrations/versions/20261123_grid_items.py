"""What grids may be given, and the cadres packaged with them.

A cadre that stood in grid.cadre_id becomes a row; the column stays for one version more, and nothing reads it.

Revision ID: 20261123_grid_items
Revises: 20261123_checks
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_grid_items"
down_revision = "20261123_checks"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "grid_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'ASKED'"), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('ASKED', 'ADMITTED', 'REFUSED', 'ENDED')", name=op.f("ck_grid_item_state")),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_grid_item_valid")),
        sa.CheckConstraint("decided_by <> asked_by OR state = 'ENDED'", name=op.f("ck_grid_item_two_persons")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_grid_item_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_grid_item_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_item")),
    )
    op.create_index(
        op.f("ix_grid_item_area_code"), "grid_item", ["area_code"], postgresql_where=sa.text("state = 'ADMITTED'")
    )
    op.create_table(
        "grid_cadre",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("grid_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("assigned_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("valid_to > valid_from", name=op.f("ck_grid_cadre_valid")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_grid_cadre_grid_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_grid_cadre_account_id")),
        sa.ForeignKeyConstraint(["assigned_by"], ["account.id"], name=op.f("fk_grid_cadre_assigned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_cadre")),
    )
    op.create_index(op.f("ix_grid_cadre_grid_id"), "grid_cadre", ["grid_id"])
    op.create_index(op.f("ix_grid_cadre_account_id"), "grid_cadre", ["account_id"])
    op.create_table(
        "cadre_told",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("cadre_id", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_cadre_told_case_id")),
        sa.ForeignKeyConstraint(["cadre_id"], ["grid_cadre.id"], name=op.f("fk_cadre_told_cadre_id")),
        sa.PrimaryKeyConstraint("case_id", "cadre_id", name=op.f("pk_cadre_told")),
    )
    op.execute(
        "INSERT INTO grid_cadre (grid_id, account_id) SELECT id, cadre_id FROM grid "
        "WHERE cadre_id IS NOT NULL AND valid_to IS NULL"
    )
    op.create_index(
        "ix_cases_serious",
        "cases",
        ["id"],
        postgresql_where=sa.text("urgency IN ('E0', 'E1') AND queue_rank IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_serious", table_name="cases")
    op.drop_table("cadre_told")
    op.drop_table("grid_cadre")
    op.drop_table("grid_item")
