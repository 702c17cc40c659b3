"""The door for one row 单行导入: for what a batch leaves over, for what a poll brings, for what a kill left behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from casework.db.accounts import active_account
from casework.db.import_jobs import source_named
from casework.db.imports import words_of
from casework.db.requests import Receipt
from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.report import Entry, report
from casework.kit.crypto import Keyring, digest
from casework.kit.errors import FieldFault, Forbidden, Unprocessable
from casework.rules import asks
from casework.rules.facts import Actor
from casework.rules.words import Channel, Direction, Role
from services.intake.importing.rows import BadRow, Origin, as_bytes, checked, read
from services.intake.importing.schemas import ImportedRow

if TYPE_CHECKING:
    from services.intake.doors import Message

DOOR = "import"


def inbox_source(name: str) -> str:
    """The inbox's name for what a source's lists bring."""
    return f"import:{name}"


async def origin(city: City, sources: Sources, name: str, scope: str) -> Origin:
    """A source that also calls at the hotline's door has one set of numbers with it; any other has its own."""
    known = await sources.find(await city.database.pool(), name)
    if known is None or not (known.area_code.startswith(scope) or scope.startswith(known.area_code)):
        return Origin(inbox_source(name), Channel.OTHER, scope)
    return Origin(known.name, Channel(known.channel), scope)


@lru_cache(64)
def entry(direction: Direction, account_id: int | None) -> Entry:
    """A list speaks for the system it comes from; the account is who brought it."""
    return Entry(asks.Accept(), Actor(frozenset({Role.UPSTREAM}), account_id=account_id), direction)


async def imported(city: City, sources: Sources, message: Message) -> Receipt:
    """导入: one stored row. Raises Unprocessable: it cannot be used. Forbidden: who brought it is gone."""
    name = message.source.removeprefix(inbox_source(""))
    scope = await _scope(city, name, message.account_id)
    try:
        row = checked(json.loads(message.body))
        incoming, direction = read(city.catalog, await origin(city, sources, name, scope), row)
    except BadRow as bad:
        raise Unprocessable(fields=[FieldFault(f.field or "", f.code, f.params) for f in bad.faults]) from None
    return await report(city, message.held, incoming, entry(direction, message.account_id))


async def _scope(city: City, name: str, account_id: int | None) -> str:
    async with city.database.transaction() as session:
        if account_id is not None:
            account = await active_account(session, account_id)
            if account is None:
                raise Forbidden("intake.account_gone")
            return account.area_code
        source = await source_named(session, name)
        if source is None:
            raise Unprocessable("intake.source_gone")
        return source.area_code


@dataclass(frozen=True, slots=True)
class Stored:
    """A row as the inbox keeps it. `message_id`: what makes it the same row again, the list's own number, else its
    content, which only this installation can derive; `changed_id`: for a known number with another content."""

    row: ImportedRow
    body: bytes
    message_id: str
    changed_id: str


def stored(keyring: Keyring, body: Mapping[str, Any]) -> Stored:
    """Raises BadRow."""
    row, content = checked(body), as_bytes(body)
    own = keyring.link_token(f"import.row:{digest(content).hex()}")
    number = row.upstream_no
    return Stored(row, content, number or f"row:{own}", f"{number or 'row'}~{own}")


async def same_words(city: City, source: str, row: ImportedRow) -> bool:
    """Whether a request with this number says the same: a list that is brought again with another mapping."""
    kept = await words_of(await city.database.pool(), source, row.upstream_no) if row.upstream_no else None
    if kept is None:
        return False
    keys = city.keyring.of(kept[2])
    opened = keys.open(kept[0], "request.title"), keys.open(kept[1], "request.text")
    return opened == (row.title, row.text)
