"""What the set of figures is counted from: more of each case's own facts, and their sums.

The facts of cases so far are read from their history. Their sums are added by the dispatch worker's recount, at its
first start and every night. Working minutes are known from the next completion on.

Revision ID: 20261123_figures
Revises: 20261123_urban
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261123_figures"
down_revision = "20261123_urban"
branch_labels = None
depends_on = None

_FLAGS = ("struck", "misdirected", "repeated", "missed_by_grid")
_MAYBE = ("called_in_time", "dispatched_in_time", "solved")
_COUNTS = ("extensions", "suspensions", "supervisions")
_TEXTS = ("followed", "satisfaction")

_HISTORY = """
UPDATE cases SET
  first_unit_id = first.unit_id,
  misdirected = first.unit_id IS NOT NULL AND (
    EXISTS (SELECT FROM assignment l WHERE l.case_id = cases.id AND l.kind = 'LEAD' AND l.id > first.id
            AND l.unit_id <> first.unit_id)
    OR EXISTS (SELECT FROM event e WHERE e.case_id = cases.id AND e.action = 'GRANT_RETURN')),
  called_in_time = (SELECT k.stopped_at <= k.due_at FROM clock k WHERE k.case_id = cases.id AND k.name = 'RESPOND'
                    AND k.state = 'STOPPED' ORDER BY k.cycle LIMIT 1),
  dispatched_in_time = (SELECT k.stopped_at <= k.due_at FROM clock k WHERE k.case_id = cases.id
                        AND k.name = 'DISPATCH' AND k.state = 'STOPPED' ORDER BY k.cycle LIMIT 1),
  extensions = (SELECT count(*) FROM motion m WHERE m.case_id = cases.id AND m.kind = 'EXTENSION'
                AND m.ruling = 'GRANTED'),
  suspensions = (SELECT count(*) FROM motion m WHERE m.case_id = cases.id AND m.kind = 'SUSPENSION'
                 AND m.ruling = 'GRANTED'),
  supervisions = (SELECT count(*) FROM supervision s WHERE s.case_id = cases.id),
  solved = (SELECT s.solved FROM survey s WHERE s.case_id = cases.id ORDER BY s.id DESC LIMIT 1),
  satisfaction = (SELECT s.satisfaction FROM survey s WHERE s.case_id = cases.id AND s.satisfaction IS NOT NULL
                  ORDER BY s.id DESC LIMIT 1),
  followed = CASE WHEN EXISTS (SELECT FROM survey s WHERE s.case_id = cases.id) THEN 'ANSWERED'
                  WHEN EXISTS (SELECT FROM event e WHERE e.case_id = cases.id AND e.action = 'CLOSE_UNREACHED')
                  THEN 'UNREACHED' END
FROM cases same
LEFT JOIN LATERAL (
  SELECT a.id, a.unit_id FROM event e JOIN assignment a ON a.case_id = e.case_id AND a.kind = 'LEAD'
  AND a.opened_at = e.at WHERE e.case_id = same.id AND e.action = 'DISPATCH' ORDER BY e.id, a.id LIMIT 1
) AS first ON true
WHERE same.id = cases.id
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for name in _FLAGS:
        op.add_column("cases", sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    for name in _MAYBE:
        op.add_column("cases", sa.Column(name, sa.Boolean(), nullable=True))
    for name in _COUNTS:
        op.add_column("cases", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))
    for name in _TEXTS:
        op.add_column("cases", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("first_unit_id", sa.BigInteger(), nullable=True))
    op.add_column("cases", sa.Column("worked_minutes", sa.Integer(), nullable=True))
    empty = sa.text("'{}'")
    names = sa.Column("names", postgresql.ARRAY(sa.Text()), server_default=empty, nullable=False)
    amounts = sa.Column("amounts", postgresql.ARRAY(sa.BigInteger()), server_default=empty, nullable=False)
    op.add_column("rate_delta", names)
    op.add_column("rate_delta", amounts)
    op.create_table(
        "figure_rollup",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "month", "area", name=op.f("pk_figure_rollup")),
    )
    # a folded amount is updated in place
    op.execute("ALTER TABLE figure_rollup SET (fillfactor = 70)")
    op.execute(_HISTORY)


def downgrade() -> None:
    op.drop_table("figure_rollup")
    op.drop_column("rate_delta", "amounts")
    op.drop_column("rate_delta", "names")
    for name in ("worked_minutes", "first_unit_id", *_TEXTS, *_COUNTS, *_MAYBE, *_FLAGS):
        op.drop_column("cases", name)
