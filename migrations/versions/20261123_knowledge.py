"""knowledge

Revision ID: 20261123_knowledge
Revises: 20261123_spine
"""

revision = "20261123_knowledge"
down_revision = "20261123_spine"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
