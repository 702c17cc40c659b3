"""一次性口令: until when a password that an administrator handed out may be exchanged for the person's own.

Revision ID: 20261123_one_time
Revises: 20261123_backdated
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_one_time"
down_revision = "20261123_backdated"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("account", sa.Column("once_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_column("account", "once_until")
