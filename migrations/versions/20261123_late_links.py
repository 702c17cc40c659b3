"""Handovers of disputes that were not answered in time are seen, each once.

Revision ID: 20261123_late_links
Revises: 20261123_copies
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_late_links"
down_revision = "20261123_copies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("dispute_link", sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_dispute_link_due",
        "dispute_link",
        ["due_at"],
        postgresql_where=sa.text("answered_at IS NULL AND breached_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_dispute_link_due", table_name="dispute_link")
    op.drop_column("dispute_link", "breached_at")
