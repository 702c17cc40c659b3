"""The inbox 收件箱: what came in is stored sealed, in a commit of its own, before anything is read from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy


class Letter(NamedTuple):
    """A message as it is stored. `door`: which way it goes on; `account_id`: who wrote it, where somebody signed in."""

    source: str
    message_id: str
    door: str
    digest: bytes
    body_sealed: bytes
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """An inbox row. `fresh` is False when the message id was there before; then `digest` is what came first."""

    id: int
    state: str
    outcome: str | None
    digest: bytes
    received_at: datetime
    fresh: bool


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A message that was stored and not yet dealt with."""

    id: int
    source: str
    door: str
    body_sealed: bytes
    account_id: int | None
    received_at: datetime


_STORE = """
INSERT INTO inbox (source, message_id, door, digest, body_sealed, account_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::bigint[])
ON CONFLICT (source, message_id) DO NOTHING
RETURNING id, source, message_id, received_at
"""
_FIND = "SELECT id, state, outcome, digest, received_at FROM inbox WHERE source = $1 AND message_id = $2"
_CONFLICT = "UPDATE inbox SET conflicts = conflicts + 1 WHERE id = $1"
_REJECT = "UPDATE inbox SET state = 'REJECTED', outcome = $2 WHERE id = $1 AND state = 'RECEIVED'"
_SETTLE = "UPDATE inbox SET state = 'DONE', outcome = $2, request_id = $3 WHERE id = $1 AND state = 'RECEIVED'"
# messages younger than the age are still in the hands of the process that took them
_UNFINISHED = """
SELECT id, source, door, body_sealed, account_id, received_at FROM inbox
WHERE state = 'RECEIVED' AND received_at < now() - make_interval(secs => $1) AND tries < $3
ORDER BY received_at LIMIT $2
"""
_TRIED = "UPDATE inbox SET tries = tries + 1 WHERE id = $1"


async def store(connection: PoolConnectionProxy, letters: Sequence[Letter]) -> list[Stored]:
    """Keep messages that came at the same time, in one commit. A repeat of (source, message_id) changes nothing and
    gets what is there.

    They are written in the order of their keys: two processes with the same messages do not wait for each other.
    """
    ordered = sorted(letters, key=lambda letter: letter[:2])
    rows = await connection.fetch(_STORE, *zip(*ordered, strict=True))
    fresh = {(row["source"], row["message_id"]): row for row in rows}
    return [_fresh(letter, fresh.pop(letter[:2], None)) or await _find(connection, letter) for letter in letters]


def _fresh(letter: Letter, row: asyncpg.Record | None) -> Stored | None:
    return Stored(row["id"], "RECEIVED", None, letter.digest, row["received_at"], fresh=True) if row else None


async def _find(connection: PoolConnectionProxy, letter: Letter) -> Stored:
    found = await connection.fetchrow(_FIND, letter.source, letter.message_id)
    assert found is not None, "a conflicting row cannot vanish: the inbox is never deleted from while it is young"
    return Stored(found["id"], found["state"], found["outcome"], found["digest"], found["received_at"], fresh=False)


async def count_conflict(db: asyncpg.Pool, inbox_id: int) -> None:
    """The same message id came with another body."""
    await db.execute(_CONFLICT, inbox_id)


async def reject(db: asyncpg.Pool, inbox_id: int, code: str) -> None:
    """The message cannot become a case; its bytes stay."""
    await db.execute(_REJECT, inbox_id, code)


async def settle(connection: asyncpg.Connection, inbox_id: int, outcome: str, request_id: int) -> bool:
    """The message is dealt with by an existing request. False when somebody else was quicker."""
    return bool(await connection.execute(_SETTLE, inbox_id, outcome, request_id) == "UPDATE 1")


async def unfinished(db: asyncpg.Pool, *, older_than: float, limit: int, most_tries: int) -> list[Unfinished]:
    """Messages that a killed process left behind, oldest first; `older_than` in seconds."""
    rows = await db.fetch(_UNFINISHED, older_than, limit, most_tries)
    return [Unfinished(**dict(row)) for row in rows]


async def count_try(db: asyncpg.Pool, inbox_id: int) -> None:
    """One more try by the worker: a poisonous message is not tried for ever."""
    await db.execute(_TRIED, inbox_id)
