"""Graded response: an index to find the matters that are late on their level.

Revision ID: 20261123_levels
Revises: 20261123_disputes
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_levels"
down_revision = "20261123_disputes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_index(
        "ix_clock_level",
        "clock",
        ["due_at"],
        postgresql_where=sa.text("state = 'RUNNING' AND name IN ('LEVEL', 'SIGN')"),
    )


def downgrade() -> None:
    op.drop_index("ix_clock_level", table_name="clock")
