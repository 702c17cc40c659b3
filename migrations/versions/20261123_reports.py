"""举报保密: what is guarded, when it was screened, who is barred; and permissions of single accounts.

Revision ID: 20261123_reports
Revises: 20261123_grid_items
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_reports"
down_revision = "20261123_grid_items"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    no = {"nullable": False, "server_default": sa.text("false")}
    op.add_column("request", sa.Column("guarded", sa.Boolean(), **no))
    op.add_column("cases", sa.Column("guarded", sa.Boolean(), **no))
    op.add_column("cases", sa.Column("screened_at", sa.DateTime(timezone=True)))
    ids = postgresql.ARRAY(sa.BigInteger())
    op.add_column("cases", sa.Column("barred_units", ids, nullable=False, server_default=sa.text("'{}'")))
    names = postgresql.ARRAY(sa.Text())
    op.add_column("account", sa.Column("permissions", names, nullable=False, server_default=sa.text("'{}'")))


def downgrade() -> None:
    op.drop_column("account", "permissions")
    op.drop_column("cases", "barred_units")
    op.drop_column("cases", "screened_at")
    op.drop_column("cases", "guarded")
    op.drop_column("request", "guarded")
