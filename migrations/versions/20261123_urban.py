"""City management: the code of the part or event that a case is about.

Revision ID: 20261123_urban
Revises: 20261123_ledger
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_urban"
down_revision = "20261123_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("cases", sa.Column("urban_code", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("cases", "urban_code")
