"""补录: a back-dated entry is something that one person asks for and another rules on.

Revision ID: 20261123_backdated
Revises: 20261123_kinds
"""

from alembic import op

revision = "20261123_backdated"
down_revision = "20261123_kinds"
branch_labels = None
depends_on = None

WIDER = "kind IN ('RETURN', 'EXTENSION', 'SUSPENSION', 'CLOSURE', 'LEDGER', 'BACKDATED')"
NARROWER = "kind IN ('RETURN', 'EXTENSION', 'SUSPENSION', 'CLOSURE', 'LEDGER')"


def _allow(kinds: str) -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.drop_constraint(op.f("ck_motion_kind"), "motion")
    op.create_check_constraint(op.f("ck_motion_kind"), "motion", kinds, postgresql_not_valid=True)


def upgrade() -> None:
    _allow(WIDER)


def downgrade() -> None:
    _allow(NARROWER)
