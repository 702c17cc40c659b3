"""The rates' sums, and the queue's own indexes.

Until every process of the version before has stopped, it writes cases without their deltas; the dispatch worker's
recount finds and adds them, at its first start and every night.

Revision ID: 20261123_rates
Revises: 20261123_grids
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_rates"
down_revision = "20261123_grids"
branch_labels = None
depends_on = None

_SUMS = ("cases", "kept", "done", "on_time", "first_on_time", "from_grid")

_WAITING = "queue_rank IS NOT NULL"
_ORDER = "queue_rank, coalesce(next_due, 'infinity'::timestamptz), id"
_INDEXES = (
    f"CREATE INDEX ix_cases_waiting_county ON cases (left(area_code, 6), {_ORDER}, area_code text_pattern_ops) "
    f"WHERE {_WAITING}",
    f"CREATE INDEX ix_cases_waiting ON cases ({_ORDER}) WHERE {_WAITING}",
    f"CREATE INDEX ix_cases_waiting_lead ON cases (lead_unit_id, {_ORDER}) "
    f"WHERE {_WAITING} AND lead_unit_id IS NOT NULL",
    f"CREATE INDEX ix_cases_waiting_reporter ON cases (reporter_id, {_ORDER}) "
    f"WHERE {_WAITING} AND reporter_id IS NOT NULL",
    "CREATE INDEX ix_cases_completed ON cases (completed_at) WHERE completed_at IS NOT NULL",
)

_RANK = """
UPDATE cases SET queue_rank =
  CASE urgency WHEN 'E0' THEN 0 WHEN 'E1' THEN 1 ELSE 2 END
  + CASE WHEN status = 'REVIEW' AND suggested_unit IS NULL THEN 0 ELSE 3 END
WHERE status NOT IN ('ANSWERED', 'ARCHIVED', 'CLOSED', 'DRAFT', 'GUIDED', 'MERGED', 'TERMINATED', 'TRANSFERRED', 'VOID')
"""

# what the cases so far add up to, by definition 2026.1 as at the end of time
_FILL = """
INSERT INTO rate_rollup
SELECT view, month, area, coalesce(reason, ''), count(*),
  count(*) FILTER (WHERE reason IS NULL AND CASE view WHEN 'B' THEN done WHEN 'C' THEN on_time
                                            ELSE responded AND on_time END),
  count(*) FILTER (WHERE reason IS NULL AND done),
  count(*) FILTER (WHERE reason IS NULL AND on_time),
  count(*) FILTER (WHERE reason IS NULL AND first_on_time),
  count(*) FILTER (WHERE direction = 'GRID' AND (reason IS NULL OR reason NOT IN ('VOID', 'MERGED')))
FROM cases
CROSS JOIN LATERAL (VALUES
  ('A', finish_due), ('A0', finish_due_original), ('B', finish_due), ('C', finish_due), ('ALL', finish_due)
) AS of_view (view, due)
CROSS JOIN LATERAL (SELECT CASE status WHEN 'ARCHIVED' THEN ended_as ELSE status END) AS ended (ended)
CROSS JOIN LATERAL (SELECT
  CASE
    WHEN ended IN ('VOID', 'GUIDED', 'TRANSFERRED', 'MERGED') THEN ended
    WHEN ended = 'TERMINATED' AND (due IS NULL OR ended_at < due) THEN 'WITHDRAWN'
    WHEN kind = 'PRAISE' THEN 'PRAISE'
    WHEN accepted_at IS NULL AND direction = 'GRID' AND ended = 'CLOSED' THEN 'SELF_SETTLED'
    WHEN accepted_at IS NULL THEN 'NOT_TAKEN_ON'
    WHEN ended = 'ANSWERED' AND view <> 'ALL' THEN 'ANSWERED'
  END,
  completed_at IS NOT NULL,
  completed_at IS NOT NULL AND (due IS NULL OR completed_at <= due),
  first_completed_at IS NOT NULL AND (due IS NULL OR first_completed_at <= due),
  ended IS NOT DISTINCT FROM 'ANSWERED' OR (signed_in_time IS TRUE AND (contacted_in_time IS TRUE OR contact_exempt))
) AS stands (reason, done, on_time, first_on_time, responded)
CROSS JOIN LATERAL (SELECT date_trunc('month', timezone('Asia/Shanghai', CASE view
  WHEN 'B' THEN coalesce(accepted_at, created_at)
  WHEN 'C' THEN completed_at
  ELSE coalesce(due, CASE WHEN reason IS NOT NULL THEN created_at END)
END))::date, left(area_code, 6)) AS cell (month, area)
WHERE month IS NOT NULL
GROUP BY view, month, area, reason
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "rate_delta",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("views", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _SUMS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_delta")),
    )
    op.create_table(
        "rate_rollup",
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _SUMS),
        sa.PrimaryKeyConstraint("view", "month", "area", "reason", name=op.f("pk_rate_rollup")),
    )
    # a folded cell is updated in place
    op.execute("ALTER TABLE rate_rollup SET (fillfactor = 70)")
    # from here to the commit nobody writes a case
    op.add_column("cases", sa.Column("queue_rank", sa.SmallInteger(), nullable=True))
    op.execute(_FILL)
    op.execute(_RANK)
    op.drop_index("ix_cases_queue", table_name="cases")
    op.drop_index("ix_cases_lead", table_name="cases")
    for statement in _INDEXES:
        op.execute(statement)


def downgrade() -> None:
    for name in ("completed", "waiting_reporter", "waiting_lead", "waiting", "waiting_county"):
        op.drop_index(f"ix_cases_{name}", table_name="cases")
    op.create_index(
        "ix_cases_lead",
        "cases",
        ["lead_unit_id", "status", "next_due"],
        postgresql_where=sa.text("lead_unit_id IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_queue",
        "cases",
        ["status", "area_code", "urgency", "next_due"],
        postgresql_ops={"area_code": "text_pattern_ops"},
    )
    op.drop_column("cases", "queue_rank")
    op.drop_table("rate_rollup")
    op.drop_table("rate_delta")
