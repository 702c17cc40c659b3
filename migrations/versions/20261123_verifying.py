"""Verifying: an index to find the on-site tasks that are open and given to a person.

Revision ID: 20261123_verifying
Revises: 20261123_desk
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_verifying"
down_revision = "20261123_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_index(
        "ix_assignment_on_the_spot",
        "assignment",
        ["account_id"],
        postgresql_where=sa.text("kind IN ('VERIFY', 'CHECK') AND closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_assignment_on_the_spot", table_name="assignment")
