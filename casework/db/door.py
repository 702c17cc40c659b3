"""The door's one statement: inbox row done, request, case, assignment, event, clocks and notices together, or nothing.

Two processes may hold the same message; the update of the inbox row lets one of them through.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from casework.rules.rollups import Delta


class RequestRow(NamedTuple):
    """The columns of `request`; see the model."""

    request_no: str
    source: str
    upstream_no: str | None
    channel: str
    received_at: datetime
    occurred_at: datetime | None
    content_digest: bytes
    title_sealed: bytes
    text_sealed: bytes
    working_title: str
    working_text: str
    name_sealed: bytes | None
    phone_sealed: bytes | None
    phone_index: bytes | None
    address: str | None
    lon: float | None
    lat: float | None
    crs: str | None
    anonymous: bool
    secret: bool
    guarded: bool
    reply_wanted: bool
    proxy_for: str | None
    dialect: str | None
    call_id: str | None
    recording: str | None
    notice_version: str
    flags: list[str]


class CaseRow(NamedTuple):
    """The columns of `cases` that a new case has."""

    case_no: str
    status: str
    direction: str
    level: str
    channel: str
    kind: str | None
    category: str | None
    urgency: str
    area_code: str
    title: str
    routing: str | None
    suggested_unit: str | None
    reporter_id: int | None
    lead_unit_id: int | None
    contact_exempt: bool
    guarded: bool
    minor: bool
    guardian_unit_id: int | None
    upstream_due: datetime | None
    created_at: datetime
    accepted_at: datetime | None
    finish_due_original: datetime | None
    finish_due: datetime | None
    provisional: bool
    ended_at: datetime | None
    ended_as: str | None
    completed_at: datetime | None
    first_completed_at: datetime | None
    next_due: datetime | None
    queue_rank: int | None
    urban_code: str | None = None


class EventRow(NamedTuple):
    """The event that makes the case; its version is 1."""

    action: str
    role: str
    account_id: int | None
    unit_id: int | None
    from_status: str
    to_status: str
    acted_at: datetime | None
    data: str


class ClockRow(NamedTuple):
    """The columns of a `clock` that starts."""

    name: str
    cycle: int
    started_at: datetime
    due_at: datetime
    own_due_at: datetime
    limit_text: str
    limit_source: str
    rule_version: str
    calendar_version: str
    calendar_unannounced: bool
    kind_unknown: bool
    stages: list[str]
    stage_times: list[datetime]
    next_at: datetime | None

    @property
    def provisional(self) -> bool:
        """暂定: the deadline may change when the calendar is announced or the kind is known."""
        return self.calendar_unannounced or self.kind_unknown


class NoticeRow(NamedTuple):
    """The columns of a `notice` that is owed."""

    audience: str
    channel: str
    topic: str
    unit_id: int | None
    account_id: int | None


@dataclass(frozen=True, slots=True)
class NewCase:
    """All rows that one accepted message becomes. `clocks_on_lead`: names of clocks that hang on the assignment;
    `deltas`: what the case adds to the rates' sums; `body_sealed`: the message sealed anew, None: as it was; `signed`:
    the unit has it as soon as it is there."""

    inbox_id: int
    request: RequestRow
    case: CaseRow
    event: EventRow
    clocks: Sequence[ClockRow] = ()
    notices: Sequence[NoticeRow] = ()
    clocks_on_lead: frozenset[str] = frozenset()
    deltas: Sequence[Delta] = ()
    body_sealed: bytes | None = None
    attachments: Sequence[str] = ()
    signed: bool = False


_TO_SIGN = """a AS (INSERT INTO assignment (case_id, unit_id, kind, hop)
  SELECT c.id, c.lead_unit_id, 'LEAD', 1 FROM c RETURNING id)"""
_SIGNED = """a AS (INSERT INTO assignment (case_id, unit_id, kind, hop, signed_at)
  SELECT c.id, c.lead_unit_id, 'LEAD', 1, c.created_at FROM c RETURNING id)"""
_USE = "attachment_use (attachment_id, case_id, action, version)"


@dataclass
class _Sql:
    values: int = 2
    parts: list[str] = field(default_factory=list)

    def insert(
        self, name: str, table: str, columns: tuple[str, ...], fixed: str, fixed_values: str, source: str, end: str = ""
    ) -> None:
        marks = [f"${self.values + i + 1}" for i in range(len(columns))]
        self.values += len(columns)
        into = f"{name} AS (INSERT INTO {table} ({', '.join(filter(None, (fixed, *columns)))}) "
        chosen = ", ".join(filter(None, (fixed_values, *marks)))
        # the names are this file's own, every value is a parameter
        self.parts.append(f"{into}SELECT {chosen} FROM {source} {end})")  # noqa: S608


@lru_cache
def _statement(
    on_lead: tuple[bool, ...], notices: int, deltas: int, assigned: bool, signed: bool, attached: bool
) -> str:
    sql = _Sql()
    sql.parts.append(
        "mine AS (UPDATE inbox SET state = 'DONE', outcome = 'ACCEPTED', body_sealed = coalesce($2, body_sealed) "
        "WHERE id = $1 AND state <> 'DONE' RETURNING id)"
    )
    sql.insert("r", "request", RequestRow._fields, "inbox_id", "mine.id", "mine", "RETURNING id")
    sql.insert(
        "c", "cases", CaseRow._fields, "request_id", "r.id", "r", "RETURNING id, case_no, lead_unit_id, created_at"
    )
    sql.insert("e", "event", EventRow._fields, "case_id, version", "c.id, 1", "c")
    if assigned:
        sql.parts.append(_SIGNED if signed else _TO_SIGN)
    for i, lead in enumerate(on_lead):
        hangs_on, source = ("c.id, a.id", "c, a") if lead else ("c.id, NULL::bigint", "c")
        sql.insert(f"k{i}", "clock", ClockRow._fields, "case_id, assignment_id", hangs_on, source)
    for i in range(notices):
        sql.insert(f"n{i}", "notice", NoticeRow._fields, "case_id", "c.id", "c")
    for i in range(deltas):
        sql.insert(f"d{i}", "rate_delta", Delta._fields, "", "", "c")
    if attached:
        ids, act = sql.values + 1, sql.values + 2
        sql.parts.append(f"u AS (INSERT INTO {_USE} SELECT unnest(${ids}::text[]), c.id, ${act}, 1 FROM c)")  # noqa: S608
    return f"WITH {', '.join(sql.parts)} SELECT c.id, c.case_no FROM c"  # noqa: S608  (see insert)


async def make_cases(connection: PoolConnectionProxy, each: Sequence[NewCase]) -> list[int | Exception | None]:
    """Write each whole or not at all. The answers: a case's id; None: its message was dealt with already; or what the
    database refuses it for, as asyncpg.UniqueViolationError (uq_request_upstream) when the upstream's number is known.

    Those of one shape share a commit; when one of them is refused, they are written one by one. They go in the order of
    their keys: two processes with the same messages do not wait for each other in a ring.
    """
    shapes: dict[str, list[NewCase]] = {}
    for new in sorted(each, key=lambda new: (new.request.source, new.request.upstream_no or "", new.inbox_id)):
        shapes.setdefault(_statement_of(new), []).append(new)
    made: dict[str, int | Exception] = {}
    for statement, alike in shapes.items():
        made |= await _make(connection, statement, alike)
    return [made.get(new.case.case_no) for new in each]


async def _make(connection: PoolConnectionProxy, statement: str, alike: list[NewCase]) -> dict[str, int | Exception]:
    """By case number, without those whose message was dealt with already."""
    try:
        rows = await connection.fetchmany(statement, map(_values_of, alike))
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as refused:
        if len(alike) == 1:
            return {alike[0].case.case_no: refused}
        one_by_one = [await _make(connection, statement, [new]) for new in alike]
        return {case_no: found for one in one_by_one for case_no, found in one.items()}
    return {row["case_no"]: row["id"] for row in rows}


def _statement_of(new: NewCase) -> str:
    on_lead = tuple(clock.name in new.clocks_on_lead for clock in new.clocks)
    assigned, attached = new.case.lead_unit_id is not None, bool(new.attachments)
    return _statement(on_lead, len(new.notices), len(new.deltas), assigned, new.signed, attached)


def _values_of(new: NewCase) -> list[Any]:
    values: list[Any] = [new.inbox_id, new.body_sealed, *new.request, *new.case, *new.event]
    for row in (*new.clocks, *new.notices, *new.deltas):
        values.extend(row)
    if new.attachments:
        values += [list(new.attachments), new.event.action]
    return values
