"""Months 按月分区: the tables that only ever grow are kept in one partition a month, made ahead.

What was written before a table was parted is its first partition, `<table>_to_<month>`; a month's is
`<table>_<year>_<month>`; months are Asia/Shanghai's. What has no month, because nobody made it in time, is taken by
`<table>_strays`: nothing that writes ever fails for want of a partition (docs/decisions/0027).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from casework.rules.calendars import month_after

Connection = asyncpg.Connection | PoolConnectionProxy

MONTHLY = ("event", "audit_log")
AHEAD = 3
"""Months made beyond the present one."""
_MAKING = 0x6D6F6E74  # "mont": one maker at a time

_PARTS = """
SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
WHERE inhparent = to_regclass($1) ORDER BY c.relname
"""
_KEYS = """
SELECT pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = to_regclass($1) AND indisunique AND NOT indisprimary ORDER BY indexrelid
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A month's partition that was made, and how many strays came home into it."""

    name: str
    brought_home: int


def missing(table: str, parts: list[str], today: date, ahead: int = AHEAD) -> Iterator[date]:
    """The first days of the months that are to be made, by the names of the partitions there are."""
    ends = []
    for part in parts:
        if found := re.fullmatch(rf"{table}_(to_)?(\d{{4}})_(\d{{2}})", part):
            month = date(int(found[2]), int(found[3]), 1)
            ends.append(month if found[1] else month_after(month))
    if not ends:
        return
    month, last = max(ends), today.replace(day=1)
    for _ in range(ahead):
        last = month_after(last)
    while month <= last:
        yield month
        month = month_after(month)


async def make_ahead(db: Connection, today: date | None = None) -> list[Made]:
    """Make what is missing up to AHEAD months after `today` (a day of Asia/Shanghai; the database's unless it is
    given), each in its own transaction.

    A repeat makes nothing. Strays of such a month move into it. Raises: asyncpg.LockNotAvailableError: somebody
    holds the tables for longer than two seconds; what was made until then stays, the next try goes on.
    """
    made = []
    today = today or await db.fetchval("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    for table in MONTHLY:
        parts = [row["relname"] for row in await db.fetch(_PARTS, table)]
        for month in missing(table, parts, today):
            if (one := await _make(db, table, month)) is not None:
                made.append(one)
    return made


async def strays(db: Connection) -> dict[str, int]:
    """How many rows of each table have no month; the tables that have such rows."""
    found = {table: await db.fetchval(f"SELECT count(*) FROM {table}_strays") for table in MONTHLY}  # noqa: S608  (names of ours)
    return {table: rows for table, rows in found.items() if rows}


async def _make(db: Connection, table: str, month: date) -> Made | None:
    name = f"{table}_{month:%Y_%m}"
    since, until = (f"TIMESTAMPTZ '{day} 00:00:00+08'" for day in (month, month_after(month)))
    async with db.transaction():
        await db.execute("SET LOCAL lock_timeout = '2s'")
        await db.execute("SELECT pg_advisory_xact_lock($1)", _MAKING)
        if await db.fetchval("SELECT to_regclass($1)", name) is not None:
            return None
        await db.execute(f"CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING STORAGE)")
        for key in await db.fetch(_KEYS, f"{table}_strays"):
            await db.execute(key[0].replace(f"{table}_strays", name))
        moved = await _bring_home(db, table, name, since, until)
        bounds = f"FROM ({since}) TO ({until})".replace("TIMESTAMPTZ ", "")
        await db.execute(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES {bounds}")
    return Made(name, moved)


async def _bring_home(db: Connection, table: str, name: str, since: str, until: str) -> int:
    """Move the month's strays into its table, which is not attached yet; how many."""
    theirs = f"FROM {table}_strays WHERE at >= {since} AND at < {until}"
    if not await db.fetchval(f"SELECT EXISTS (SELECT {theirs})"):
        return 0
    trigger = f"TRIGGER {table}_append_only"
    await db.execute(f"ALTER TABLE {table}_strays DISABLE {trigger}")
    moved = await db.execute(f"WITH gone AS (DELETE {theirs} RETURNING *) INSERT INTO {name} SELECT * FROM gone")  # noqa: S608
    await db.execute(f"ALTER TABLE {table}_strays ENABLE {trigger}")
    return int(moved.split()[-1])
