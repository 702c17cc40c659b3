"""The dispatcher's desk: claims, viewers, moves that may be undone, standard texts, saved views.

Revision ID: 20261123_desk
Revises: 20261123_reports
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_desk"
down_revision = "20261123_reports"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    _claims()
    _held_moves()
    _keeping()


def _claims() -> None:
    op.create_table(
        "case_claim",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_claim_case_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_claim_account_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_claim")),
    )
    op.create_index(op.f("ix_case_claim_account_id"), "case_claim", ["account_id"])
    op.create_table(
        "case_viewer",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("doing IN ('VIEWING', 'EDITING')", name=op.f("ck_case_viewer_doing")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_viewer_case_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_viewer_account_id")),
        sa.PrimaryKeyConstraint("case_id", "account_id", name=op.f("pk_case_viewer")),
    )


def _held_moves() -> None:
    op.create_table(
        "held_move",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("ask_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'HELD'"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("params", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("state IN ('HELD', 'DONE', 'UNDONE', 'REFUSED')", name=op.f("ck_held_move_state")),
        sa.CheckConstraint("(state = 'HELD') = (ask_sealed IS NOT NULL)", name=op.f("ck_held_move_kept")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_held_move_case_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_held_move_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_move")),
    )
    op.create_index(op.f("ix_held_move_case_id"), "held_move", ["case_id"])
    op.create_index(op.f("ix_held_move_account_id_batch"), "held_move", ["account_id", "batch"])
    held = sa.text("state = 'HELD'")
    op.create_index("uq_held_move_case", "held_move", ["case_id"], unique=True, postgresql_where=held)
    op.create_index("ix_held_move_due", "held_move", ["run_at"], postgresql_where=held)


def _keeping() -> None:
    for table, own in (
        ("standard_text", [sa.Column("action", sa.Text(), nullable=True), _text("title"), _text("body")]),
        ("saved_view", [_text("name"), sa.Column("query", postgresql.JSONB(), nullable=False)]),
    ):
        op.create_table(
            table,
            sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
            sa.Column("account_id", sa.BigInteger(), nullable=False),
            _text("area_code"),
            sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
            *own,
            sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
            sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id")),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_shared", table, ["area_code"], postgresql_where=sa.text("shared"))
    op.create_index(op.f("ix_standard_text_account_id"), "standard_text", ["account_id"])
    op.create_unique_constraint(op.f("uq_saved_view_account_id_name"), "saved_view", ["account_id", "name"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def downgrade() -> None:
    for table in ("saved_view", "standard_text", "held_move", "case_viewer", "case_claim"):
        op.drop_table(table)
