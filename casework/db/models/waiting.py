"""The cases that wait 待办, in the queue's order: rank, then nearest deadline, then age (rules/queue_rank.py).

These expressions stand in the indexes below and in the queries of db/reads; a query finds its index only where both
say the same, so each is said once, without parameters.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Index, and_, func, literal_column

from casework.db.models.cases import Case

_NEVER: ColumnElement[datetime] = literal_column("'infinity'::timestamptz")

WAITING = Case.queue_rank.is_not(None)
DUE = func.coalesce(Case.next_due, _NEVER)
COUNTY_DIGITS = 6
COUNTY = func.left(Case.area_code, literal_column(str(COUNTY_DIGITS)))
ORDER = (Case.queue_rank, DUE, Case.id)

# a county's queue, and what waits in any area within it
Index(
    "ix_cases_waiting_county",
    *(COUNTY, *ORDER, Case.area_code),
    postgresql_ops={"area_code": "text_pattern_ops"},
    postgresql_where=WAITING,
)
# the queue of a wider area: so much of it is the reader's that the order alone finds it
Index("ix_cases_waiting", *ORDER, postgresql_where=WAITING)
# a unit's queue, and a grid worker's own reports
Index(
    "ix_cases_waiting_lead",
    *(Case.lead_unit_id, *ORDER),
    postgresql_where=and_(WAITING, Case.lead_unit_id.is_not(None)),
)
Index(
    "ix_cases_waiting_reporter",
    *(Case.reporter_id, *ORDER),
    postgresql_where=and_(WAITING, Case.reporter_id.is_not(None)),
)
# what waits without a category, for the worker that suggests one
Index("ix_cases_unsorted", Case.id, postgresql_where=and_(Case.category.is_(None), WAITING))
# whether a month's figures by acceptance can still change (db/reads/maturity.py)
Index(
    "ix_cases_unfinished",
    Case.accepted_at,
    postgresql_where=and_(WAITING, Case.completed_at.is_(None), Case.accepted_at.is_not(None)),
)
# the headline's open cases that still have time, counted without a look at them: `kind` tells what does not enter
Index(
    "ix_cases_in_time",
    *(Case.finish_due, Case.area_code),
    postgresql_include=["kind"],
    postgresql_ops={"area_code": "text_pattern_ops"},
    postgresql_where=and_(
        WAITING, Case.completed_at.is_(None), Case.accepted_at.is_not(None), ~Case.on_ledger, ~Case.struck
    ),
)
