"""likeness

Revision ID: 20261123_likeness
Revises: 20261123_grid_registry
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_likeness"
down_revision = "20261123_grid_registry"
branch_labels = None
depends_on = None

_FOLLOW = """
CREATE FUNCTION case_likeness_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE case_likeness SET area_code = NEW.area_code, category = NEW.category WHERE case_id = NEW.id;
  RETURN NULL;
END $$
"""
_WHEN = """
CREATE TRIGGER case_likeness_follows AFTER UPDATE OF area_code, category ON cases FOR EACH ROW
WHEN (OLD.area_code IS DISTINCT FROM NEW.area_code OR OLD.category IS DISTINCT FROM NEW.category)
EXECUTE FUNCTION case_likeness_follows()
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "case_likeness",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("keys", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_likeness_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_likeness")),
    )
    op.create_index(
        "ix_case_likeness_keys",
        "case_likeness",
        ["keys"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    place = [sa.text("left(area_code, 9)"), sa.text("left(category, 4)"), "created_at"]
    op.create_index("ix_case_likeness_place", "case_likeness", place)
    op.create_index(
        "ix_case_likeness_cell",
        "case_likeness",
        ["cell", "created_at"],
        postgresql_where=sa.text("cell IS NOT NULL"),
    )
    op.create_index("ix_case_likeness_created", "case_likeness", ["created_at"], postgresql_using="brin")
    op.create_table(
        "likeness_reach",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("reached", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("settled", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("seen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("'epoch'"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_likeness_reach_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_likeness_reach")),
    )
    op.execute("INSERT INTO likeness_reach (id) VALUES (1)")
    op.execute(_FOLLOW)
    op.execute(_WHEN)


def downgrade() -> None:
    op.execute("DROP TRIGGER case_likeness_follows ON cases")
    op.execute("DROP FUNCTION case_likeness_follows()")
    op.drop_table("likeness_reach")
    op.drop_table("case_likeness")
