"""an index of what is taken on and not finished

Revision ID: 20261123_unfinished
Revises: 20261123_calendar_notices
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_unfinished"
down_revision = "20261123_calendar_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_index(
        "ix_cases_unfinished",
        "cases",
        ["accepted_at"],
        postgresql_where=sa.text("queue_rank IS NOT NULL AND completed_at IS NULL AND accepted_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_unfinished", "cases")
