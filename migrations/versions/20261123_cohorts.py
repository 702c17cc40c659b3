"""the indexes by which cases fall into a period

Revision ID: 20261123_cohorts
Revises: 20261123_wordings
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_cohorts"
down_revision = "20261123_wordings"
branch_labels = None
depends_on = None
_AREA = {"area_code": "text_pattern_ops"}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_index("ix_cases_due", "cases")
    op.drop_index("ix_cases_accepted", "cases")
    due = sa.text("coalesce(finish_due, created_at)")
    op.create_index("ix_cases_due", "cases", [due, "area_code"], postgresql_ops=_AREA)
    op.create_index("ix_cases_accepted", "cases", [sa.text("coalesce(accepted_at, created_at)")])


def downgrade() -> None:
    op.drop_index("ix_cases_accepted", "cases")
    op.drop_index("ix_cases_due", "cases")
    op.create_index("ix_cases_accepted", "cases", ["accepted_at"])
    op.create_index("ix_cases_due", "cases", ["finish_due", "area_code"], postgresql_ops=_AREA)
