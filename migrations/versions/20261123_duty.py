"""duty

Revision ID: 20261123_duty
Revises: 20261123_classifying
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_duty"
down_revision = "20261123_classifying"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("duty_shift", sa.Column("substitute_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_duty_shift_substitute_id"), "duty_shift", "account", ["substitute_id"], ["id"])
    # the search for likely duplicates asks which words are rare: with 100 it knew too few of the frequent ones
    op.execute("ALTER TABLE case_likeness ALTER COLUMN keys SET STATISTICS 1000")


def downgrade() -> None:
    op.execute("ALTER TABLE case_likeness ALTER COLUMN keys SET STATISTICS -1")
    op.drop_column("duty_shift", "substitute_id")
