"""The city as the journey knows it: its catalogue, its keys, its database, its units."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import asyncpg
from pydantic import ValidationError

from casework.catalog.load import Catalog
from casework.catalog.own_calendars import OwnNotice, judged, with_notices
from casework.catalog.own_rules import read_own
from casework.catalog.timing import calendars_of
from casework.db import calendars, dispatch_rules, door, inbox, units
from casework.db.door import NewCase
from casework.db.inbox import Letter, Stored
from casework.db.lanes import Lanes
from casework.db.numbers import NumberBlocks
from casework.db.reads import similar
from casework.db.session import Database
from casework.journey.classifying import Classifier
from casework.journey.whereabouts import Whereabouts
from casework.journey.wordings import OwnWordings
from casework.kit.crypto import Keyring
from casework.kit.logs import get_logger
from casework.place.geocoder import Geocoder
from casework.rules.dispatch_rule import DispatchRule
from casework.rules.pick_unit import UnitBook
from casework.rules.rule_book import RuleBook

UNITS_AGE_S = 30.0
COMMON_AGE_S = 600.0
RULES_AGE_S = 5.0
"""The poll by which a change of the dispatch rules is known to every process."""
CALENDARS_AGE_S = 5.0
"""The poll by which a notice of holidays is known to every process."""
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What the database says when it is not there."""


@dataclass
class City:
    """What a process holds to work for one city. `geocoder`: an outside one, where the city has it.

    The units are read again when they are older than half a minute.
    """

    catalog: Catalog
    keyring: Keyring
    database: Database
    geocoder: Geocoder | None = None
    numbers: NumberBlocks = field(default_factory=NumberBlocks)
    places: Whereabouts = field(init=False)
    classifier: Classifier = field(init=False)
    inbox_lane: Lanes[Letter, Stored] = field(init=False)
    door_lanes: Lanes[NewCase, int | None] = field(init=False)
    _units: UnitBook | None = None
    _read_at: float = 0.0
    _rules: RuleBook | None = None
    _rules_version: int = -1
    _asked_at: float = 0.0
    calendars_version: int = 0
    """Which notice of holidays was the last one read; the calendars in `catalog` are of it."""
    _calendars_at: float | None = None
    _wordings: OwnWordings = field(default_factory=OwnWordings)
    _common: dict[int, int] | None = None
    _counted_at: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.places = Whereabouts(self.catalog, self.database)
        self.classifier = Classifier(self.catalog, self.database)
        self.inbox_lane = Lanes(self.database.pool, inbox.store, width=1, together=100)
        self.door_lanes = Lanes(self.database.pool, door.make_cases, width=2, together=50)

    async def close(self) -> None:
        """Give all connections back."""
        if self.geocoder is not None:
            await self.geocoder.close()
        await self.database.close()

    async def units(self) -> UnitBook:
        """The open units, for routing."""
        if self._units is None or time.monotonic() - self._read_at > UNITS_AGE_S:
            async with self._lock:
                if self._units is None or time.monotonic() - self._read_at > UNITS_AGE_S:
                    self._units = await units.open_units(await self.database.pool())
                    self._read_at = time.monotonic()
        return self._units

    async def rule_book(self) -> RuleBook:
        """The dispatch rules: the city's own that are in force, above the catalogue's. No older than RULES_AGE_S."""
        if self._rules is None or time.monotonic() - self._asked_at > RULES_AGE_S:
            async with self._lock:
                if self._rules is None or time.monotonic() - self._asked_at > RULES_AGE_S:
                    self._rules = await self._read_rules(self._rules)
                    self._asked_at = time.monotonic()
        return self._rules

    async def fresh(self) -> None:
        """The calendars in `catalog` are no older than CALENDARS_AGE_S; while the database is away, as they were."""
        if self._calendars_at is not None and time.monotonic() - self._calendars_at <= CALENDARS_AGE_S:
            return
        try:
            await self.read_calendars()
        except AWAY:
            get_logger().warning("calendars.not_read")

    async def read_calendars(self) -> None:
        """The calendars as they hold now. Built again only where a notice came since."""
        async with self._lock:
            db = await self.database.pool()
            if await calendars.book_version(db) != self.calendars_version:
                version, rows = await calendars.in_force(db)
                file = with_notices(self.catalog.calendar_file, notices(map(dict, rows)))
                self.catalog = replace(self.catalog, calendars=calendars_of(file))
                self.calendars_version = version
            self._calendars_at = time.monotonic()

    async def own_wordings(self) -> OwnWordings:
        """The city's own wording of notices, as it is written now."""
        return await self._wordings.fresh(await self.database.pool())

    async def common_keys(self) -> dict[int, int]:
        """How often the frequent words of the cases occur, for the search of likeness; minutes old is good enough."""
        if self._common is None or time.monotonic() - self._counted_at > COMMON_AGE_S:
            async with self._lock:
                if self._common is None or time.monotonic() - self._counted_at > COMMON_AGE_S:
                    self._common = await similar.common_keys(await self.database.pool())
                    self._counted_at = time.monotonic()
        return self._common

    async def _read_rules(self, known: RuleBook | None) -> RuleBook:
        db = await self.database.pool()
        if known is not None and await dispatch_rules.book_version(db) == self._rules_version:
            return known
        self._rules_version, rows = await dispatch_rules.in_force(db)
        own = readable(map(dict, rows))
        return RuleBook([*own, *self.catalog.dispatch_rules]) if own else self.catalog.rule_book


def readable(rows: Iterable[Mapping[str, Any]]) -> list[DispatchRule]:
    """Stored rules (code, version, said); one that cannot be read is left out and told in the log, for others must go
    on being dispatched."""
    found = []
    for row in rows:
        try:
            found.append(read_own(row["code"], row["version"], row["said"]))
        except ValidationError:
            get_logger().error("dispatch_rule.unreadable", rule=row["code"], version=row["version"])
    return found


async def read_calendars(city: City) -> int:
    """A worker's poll: the calendars as they hold now. Always 0: there is no more to do until the next."""
    await city.read_calendars()
    return 0


def notices(rows: Iterable[Mapping[str, Any]]) -> list[OwnNotice]:
    """Stored notices (area_code, year, source, rest, work); one that cannot be read is left out and told in the log."""
    found = []
    for row in rows:
        notice, wrong = judged(row["year"], row["source"], row["rest"], row["work"])
        if notice is None:
            get_logger().error("calendars.unreadable", area=row["area_code"], year=row["year"], field=wrong[0].field)
        else:
            found.append(OwnNotice(row["area_code"], notice))
    return found
