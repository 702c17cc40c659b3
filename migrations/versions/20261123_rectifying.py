"""差评整改: what a bad grade named is put right: how that went, until when, one at a time.

Revision ID: 20261123_rectifying
Revises: 20261123_citizen_words
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_rectifying"
down_revision = "20261123_citizen_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("cases", sa.Column("rectified", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("rectify_due", sa.DateTime(timezone=True), nullable=True))
    op.add_column("frozen_case", sa.Column("rectified", sa.Text(), nullable=True))
    op.create_index(
        "ix_cases_rectify", "cases", ["rectify_due", "id"], postgresql_where=sa.text("rectify_due IS NOT NULL")
    )
    op.create_index(
        "uq_assignment_one_rectification",
        "assignment",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'RECTIFY' AND closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_assignment_one_rectification", "assignment")
    op.drop_index("ix_cases_rectify", "cases")
    op.drop_column("frozen_case", "rectified")
    op.drop_column("cases", "rectify_due")
    op.drop_column("cases", "rectified")
