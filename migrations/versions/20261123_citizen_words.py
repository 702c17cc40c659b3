"""Supplements by the citizen: said on the citizen's own page, without a message of an upstream.

Revision ID: 20261123_citizen_words
Revises: 20261123_in_time
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_citizen_words"
down_revision = "20261123_in_time"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.alter_column("supplement", "inbox_id", existing_type=sa.BigInteger(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM supplement WHERE inbox_id IS NULL")
    op.alter_column("supplement", "inbox_id", existing_type=sa.BigInteger(), nullable=False)
