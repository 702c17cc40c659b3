"""The city as the journey knows it: its catalogue, its keys, its database, its units."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from casework.catalog.load import Catalog
from casework.catalog.own_rules import read_own
from casework.db import dispatch_rules, door, inbox, units
from casework.db.door import NewCase
from casework.db.inbox import Letter, Stored
from casework.db.lanes import Lanes
from casework.db.numbers import NumberBlocks
from casework.db.reads import similar
from casework.db.session import Database
from casework.journey.classifying import Classifier
from casework.journey.whereabouts import Whereabouts
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
