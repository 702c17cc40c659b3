"""imports

Revision ID: 20261123_imports
Revises: 20261123_evidence
"""

revision = "20261123_imports"
down_revision = "20261123_evidence"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
