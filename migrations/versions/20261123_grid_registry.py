"""The grid registry: who answers for a grid, what the processes' indexes are as old as, and a source's own coordinates.

Revision ID: 20261123_grid_registry
Revises: 20261123_turns
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_grid_registry"
down_revision = "20261123_turns"
branch_labels = None
depends_on = None

_BUMP = """
CREATE FUNCTION grids_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE place_version SET version = version + 1 WHERE part = 'grids';
  RETURN NULL;
END $$
"""
_BUMPED = """
CREATE TRIGGER grid_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON grid
  FOR EACH STATEMENT EXECUTE FUNCTION grids_changed()
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("source", sa.Column("crs", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_source_crs"), "source", "crs IN ('WGS84', 'CGCS2000', 'GCJ02', 'BD09')", postgresql_not_valid=True
    )
    op.add_column("grid", sa.Column("cadre_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_grid_cadre_id"), "grid", "account", ["cadre_id"], ["id"])
    op.add_column("grid", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("grid", sa.Column("source", sa.Text(), nullable=True))
    op.drop_constraint(op.f("ck_grid_kind"), "grid")
    op.create_check_constraint(op.f("ck_grid_kind"), "grid", "kind IN ('GENERAL', 'EXCLUSIVE', 'MICRO', 'DUTY')")
    op.create_table(
        "grid_worker",
        sa.Column("grid_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_grid_worker_grid_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_grid_worker_account_id")),
        sa.PrimaryKeyConstraint("grid_id", "account_id", name=op.f("pk_grid_worker")),
    )
    op.create_index(op.f("ix_grid_worker_account_id"), "grid_worker", ["account_id"])
    op.create_table(
        "place_version",
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_place_version")),
    )
    op.execute("INSERT INTO place_version (part, version) VALUES ('grids', 1)")
    op.execute(_BUMP)
    op.execute(_BUMPED)


def downgrade() -> None:
    op.execute("DROP TRIGGER grid_changed ON grid")
    op.execute("DROP FUNCTION grids_changed()")
    op.drop_table("place_version")
    op.drop_table("grid_worker")
    op.drop_constraint(op.f("ck_grid_kind"), "grid")
    op.create_check_constraint(
        op.f("ck_grid_kind"), "grid", "kind IN ('GENERAL', 'EXCLUSIVE', 'MICRO')", postgresql_not_valid=True
    )
    op.drop_column("grid", "source")
    op.drop_column("grid", "version")
    op.drop_column("grid", "cadre_id")
    op.drop_column("source", "crs")
