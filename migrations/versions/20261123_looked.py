"""监督举报率、按时核实率、按时核查率: what was found on the spot, and whether all that was looked at was in time.

Revision ID: 20261123_looked
Revises: 20261123_months
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_looked"
down_revision = "20261123_months"
branch_labels = None
depends_on = None

COLUMNS = ("verified", "verified_in_time", "checked_in_time")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in ("cases", "frozen_case"):
        for column in COLUMNS:
            op.add_column(table, sa.Column(column, sa.Boolean(), nullable=True))


def downgrade() -> None:
    for table in ("frozen_case", "cases"):
        for column in COLUMNS:
            op.drop_column(table, column)
