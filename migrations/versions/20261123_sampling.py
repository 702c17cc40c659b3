"""抽样回访: what the follow-up's sample drew for a case, when its person is called, and the weight in frozen months.

Revision ID: 20261123_sampling
Revises: 20261123_rectifying
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_sampling"
down_revision = "20261123_rectifying"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("cases", sa.Column("follow_stratum", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("follow_weight", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("call_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("frozen_case", sa.Column("follow_weight", sa.Integer(), nullable=True))
    op.create_index(
        "ix_cases_silent",
        "cases",
        ["call_from", "id"],
        postgresql_where=sa.text("call_from IS NOT NULL AND follow_weight = 0 AND rework_count = 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_silent", "cases")
    op.drop_column("frozen_case", "follow_weight")
    op.drop_column("cases", "call_from")
    op.drop_column("cases", "follow_weight")
    op.drop_column("cases", "follow_stratum")
