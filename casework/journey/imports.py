"""Many messages become cases at once 批量受理: the rules of report.py for each, one transaction for all.

What one row becomes is the same as by the door for one; only how it is written differs (db/imports.py). A row that was
here before, or whose number was, is not written: it is for the door for one, which knows repeats and supplements.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from asyncpg.pool import PoolConnectionProxy

from casework.db import imports
from casework.db.imports import InboxRow, Many, Reserved
from casework.journey.city import City
from casework.journey.report import BODY, Entry, Held, Incoming, new_case, next_number, prepare
from casework.rules.decide import Refused

BREATH = 16
"""Rows after which the event loop is given to others: the batch must not silence its process."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a batch: as it is stored, as it was read, how it enters. `digests`: under every index key."""

    message_id: str
    digests: tuple[bytes, ...]
    body_sealed: bytes
    incoming: Incoming
    entry: Entry


@dataclass(frozen=True, slots=True)
class Batch:
    """Where the messages come from: the inbox's source, the door that a killed process's message would go through."""

    source: str
    door: str
    account_id: int | None = None


class Fate(Enum):
    """What became of a line. AGAIN: its number is known with another content; the door for one must look at it."""

    TAKEN = "TAKEN"
    KNOWN = "KNOWN"
    AGAIN = "AGAIN"


async def report_many(
    city: City, connection: PoolConnectionProxy, batch: Batch, lines: Sequence[Line]
) -> list[Fate | Refused]:
    """Write the new ones within the caller's transaction; what became of each line, in order. Does not commit.

    A repeat changes nothing. Raises asyncpg.UniqueViolationError when somebody else brings the same message at this
    moment: roll back and try again.
    """
    fates = await _sorted_out(connection, batch, lines)
    fresh = [place for place, fate in enumerate(fates) if fate is Fate.TAKEN]
    if not fresh:
        return list(fates)
    told: list[Fate | Refused] = list(fates)
    ids = await imports.reserve(connection, len(fresh))
    many: list[Many] = []
    for turn, place in enumerate(fresh):
        if turn % BREATH == 0:
            await asyncio.sleep(0)
        try:
            many.append(await _one(city, batch, lines[place], ids, turn))
        except Refused as refused:
            told[place] = refused
    await imports.write(connection, many)
    return told


async def _sorted_out(connection: PoolConnectionProxy, batch: Batch, lines: Sequence[Line]) -> list[Fate]:
    """New, known, or for the door for one. Of two lines with one id the first counts as new."""
    before = await imports.seen(connection, batch.source, [line.message_id for line in lines])
    numbers = {line.incoming.upstream_no for line in lines if line.incoming.upstream_no is not None}
    taken: set[tuple[str, str]] = set()
    for source in {line.incoming.source for line in lines}:
        found = await imports.numbered(connection, source, sorted(numbers))
        taken |= {(source, number) for number in found}
    here: dict[str, bytes] = {}
    fates: list[Fate] = []
    for line in lines:
        digest, state = before.get(line.message_id, (here.get(line.message_id), "DONE"))
        if digest is not None:
            fates.append(Fate.KNOWN if digest in line.digests and state == "DONE" else Fate.AGAIN)
        elif (line.incoming.source, line.incoming.upstream_no) in taken:
            fates.append(Fate.AGAIN)
        else:
            here[line.message_id] = line.digests[0]
            fates.append(Fate.TAKEN)
    return fates


def _sealed(city: City, line: Line, guarded: bool) -> bytes:
    """The message as it is kept: of a report, under the identity keys."""
    if not guarded:
        return line.body_sealed
    return city.keyring.identity.seal_bytes(city.keyring.open_bytes(line.body_sealed, BODY), BODY)


async def _one(city: City, batch: Batch, line: Line, ids: Reserved, turn: int) -> Many:
    held = Held(ids.inbox[turn], ids.now)
    draft = await prepare(city, held, line.incoming, line.entry)
    new = new_case(city, draft, await next_number(city, held, line.incoming))
    inbox = InboxRow(
        source=batch.source,
        message_id=line.message_id,
        door=batch.door,
        digest=line.digests[0],
        body_sealed=_sealed(city, line, draft.guarded),
        account_id=batch.account_id,
        received_at=ids.now,
    )
    return Many(inbox, new, ids.request[turn], ids.cases[turn])
