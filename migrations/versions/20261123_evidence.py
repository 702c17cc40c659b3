"""evidence

Revision ID: 20261123_evidence
Revises: 20261123_knowledge
"""

revision = "20261123_evidence"
down_revision = "20261123_knowledge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
