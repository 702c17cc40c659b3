"""own wording of notices

Revision ID: 20261123_wordings
Revises: 20261123_service_points
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_wordings"
down_revision = "20261123_service_points"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "notice_wording",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("lang IN ('zh-CN', 'en')", name=op.f("ck_notice_wording_lang")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_wording")),
        sa.UniqueConstraint(
            "template", "lang", "area_code", "version", name=op.f("uq_notice_wording_template_lang_area_code_version")
        ),
    )
    op.create_table(
        "wording_book",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_wording_book_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_book")),
    )
    op.execute("INSERT INTO wording_book (id, version) VALUES (1, 0)")


def downgrade() -> None:
    op.drop_table("wording_book")
    op.drop_table("notice_wording")
