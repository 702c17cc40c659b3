"""Many messages in one transaction 批量落库: the same rows that db/door.py writes for one, by COPY.

Ids are taken from their sequences before, so that every row knows its parent; the transaction is the caller's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from casework.db.door import CaseRow, ClockRow, EventRow, NewCase, NoticeRow, RequestRow
from casework.rules.rollups import Delta


@dataclass(frozen=True, slots=True)
class Reserved:
    """Ids for some messages, and the time of this transaction: their official receipt (UTC)."""

    now: datetime
    inbox: list[int]
    request: list[int]
    cases: list[int]


class InboxRow(NamedTuple):
    """The columns of `inbox` for a message that is stored and taken at once."""

    source: str
    message_id: str
    door: str
    digest: bytes
    body_sealed: bytes
    account_id: int | None
    received_at: datetime
    state: str = "DONE"
    outcome: str = "ACCEPTED"


@dataclass(frozen=True, slots=True)
class Many:
    """One message's rows with their ids. The case is with nobody yet: no clock hangs on an assignment."""

    inbox: InboxRow
    new: NewCase
    request_id: int
    case_id: int


_RESERVE = """
SELECT now() AS now,
       array_agg(nextval(pg_get_serial_sequence('inbox', 'id'))) AS inbox,
       array_agg(nextval(pg_get_serial_sequence('request', 'id'))) AS request,
       array_agg(nextval(pg_get_serial_sequence('cases', 'id'))) AS cases
FROM generate_series(1, $1)
"""
_SEEN = "SELECT message_id, digest, state FROM inbox WHERE source = $1 AND message_id = ANY($2)"
_NUMBERED = "SELECT upstream_no FROM request WHERE source = $1 AND upstream_no = ANY($2)"
_WORDS = "SELECT title_sealed, text_sealed, guarded FROM request WHERE source = $1 AND upstream_no = $2"


async def reserve(connection: PoolConnectionProxy, count: int) -> Reserved:
    """Take ids for so many messages (at least one)."""
    (row,) = await connection.fetch(_RESERVE, count)
    return Reserved(**dict(row))


async def seen(
    db: asyncpg.Pool | PoolConnectionProxy, source: str, message_ids: Sequence[str]
) -> dict[str, tuple[bytes, str]]:
    """Of these messages those that the inbox has: their digest and state."""
    rows = await db.fetch(_SEEN, source, message_ids)
    return {row["message_id"]: (row["digest"], row["state"]) for row in rows}


async def numbered(connection: PoolConnectionProxy, source: str, numbers: Sequence[str]) -> frozenset[str]:
    """Of these upstream numbers those that a request of the source has, whichever door it came by."""
    return frozenset(row["upstream_no"] for row in await connection.fetch(_NUMBERED, source, numbers))


async def words_of(db: asyncpg.Pool, source: str, number: str) -> tuple[bytes, bytes, bool] | None:
    """The sealed title and text of the request with that upstream number, and whether it is guarded."""
    row = await db.fetchrow(_WORDS, source, number)
    return (row["title_sealed"], row["text_sealed"], row["guarded"]) if row is not None else None


async def write(connection: PoolConnectionProxy, many: Sequence[Many]) -> None:
    """Write them all.

    Raises asyncpg.UniqueViolationError when another transaction has meanwhile brought one of the messages.
    """
    boxes = [(one.new.inbox_id, *one.inbox) for one in many]
    await _copy(connection, "inbox", ("id", *InboxRow._fields), boxes)
    requests = [(one.request_id, one.new.inbox_id, *one.new.request) for one in many]
    await _copy(connection, "request", ("id", "inbox_id", *RequestRow._fields), requests)
    cases = [(one.case_id, one.request_id, *one.new.case) for one in many]
    await _copy(connection, "cases", ("id", "request_id", *CaseRow._fields), cases)
    events = [(one.case_id, 1, *one.new.event) for one in many]
    await _copy(connection, "event", ("case_id", "version", *EventRow._fields), events)
    clocks = [(one.case_id, *clock) for one in many for clock in one.new.clocks]
    await _copy(connection, "clock", ("case_id", *ClockRow._fields), clocks)
    notices = [(one.case_id, *notice) for one in many for notice in one.new.notices]
    await _copy(connection, "notice", ("case_id", *NoticeRow._fields), notices)
    await _copy(connection, "rate_delta", Delta._fields, [delta for one in many for delta in one.new.deltas])


async def _copy(
    connection: PoolConnectionProxy, table: str, columns: tuple[str, ...], records: list[tuple[Any, ...]]
) -> None:
    await connection.copy_records_to_table(table, records=records, columns=columns)
