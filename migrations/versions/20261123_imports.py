"""imports

Revision ID: 20261123_imports
Revises: 20261123_evidence
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_imports"
down_revision = "20261123_evidence"
branch_labels = None
depends_on = None

_NOTHING = sa.text("'{}'")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "import_source",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), server_default=_NOTHING, nullable=False),
        sa.Column("mapped_by", sa.BigInteger(), nullable=True),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_import_source")),
    )
    op.create_table(
        "import_job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("sheets", postgresql.ARRAY(sa.Text()), server_default=_NOTHING, nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'READY'"), nullable=False),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("preview_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("empty_rows", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("known", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("supplemented", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("bad", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("flags", postgresql.JSONB(), server_default=_NOTHING, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('READY', 'RUNNING', 'DONE', 'STOPPED', 'EXPIRED')", name=op.f("ck_import_job_state")
        ),
        sa.ForeignKeyConstraint(["source"], ["import_source.name"], name=op.f("fk_import_job_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_job")),
    )
    op.create_index(
        "ix_import_job_area", "import_job", ["area_code", "id"], postgresql_ops={"area_code": "text_pattern_ops"}
    )
    op.create_index("ix_import_job_running", "import_job", ["id"], postgresql_where=sa.text("state = 'RUNNING'"))
    op.create_index("ix_import_job_expires", "import_job", ["expires_at"])
    op.create_table(
        "import_block",
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("rows_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["import_job.id"], name=op.f("fk_import_block_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "no", name=op.f("pk_import_block")),
    )
    op.create_table(
        "import_problem",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(), server_default=_NOTHING, nullable=False),
        sa.Column("row_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["import_job.id"], name=op.f("fk_import_problem_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_problem")),
    )
    op.create_index("ix_import_problem_row", "import_problem", ["job_id", "row_no", "id"])
    op.create_table(
        "poll_source",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("adapter", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("watermark", sa.DateTime(timezone=True), nullable=True),
        sa.Column("swept_on", sa.Date(), nullable=True),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["import_source.name"], name=op.f("fk_poll_source_source")),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_poll_source")),
    )


def downgrade() -> None:
    for table in ("poll_source", "import_problem", "import_block", "import_job", "import_source"):
        op.drop_table(table)
