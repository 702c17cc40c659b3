"""建议 and 涉未成年人: whether a suggestion is adopted; cases of minors and the organ that is told of them.

Revision ID: 20261123_kinds
Revises: 20261123_findings
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_kinds"
down_revision = "20261123_findings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("cases", sa.Column("adoption", sa.Text()))
    op.add_column("cases", sa.Column("minor", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("cases", sa.Column("guardian_unit_id", sa.BigInteger()))


def downgrade() -> None:
    op.drop_column("cases", "guardian_unit_id")
    op.drop_column("cases", "minor")
    op.drop_column("cases", "adoption")
