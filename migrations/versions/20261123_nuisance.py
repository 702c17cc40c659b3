"""nuisance

Revision ID: 20261123_nuisance
Revises: 20261123_imports
"""

revision = "20261123_nuisance"
down_revision = "20261123_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
