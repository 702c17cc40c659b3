"""The city as the journey knows it: its catalogue, its keys, its database, its units."""

import asyncio
import time
from dataclasses import dataclass, field

from casework.catalog.load import Catalog
from casework.db import door, inbox, units
from casework.db.door import NewCase
from casework.db.inbox import Letter, Stored
from casework.db.lanes import Lanes
from casework.db.numbers import NumberBlocks
from casework.db.session import Database
from casework.kit.crypto import Keyring
from casework.rules.pick_unit import UnitBook

UNITS_AGE_S = 30.0


@dataclass
class City:
    """What a process holds to work for one city. The units are read again when they are older than half a minute."""

    catalog: Catalog
    keyring: Keyring
    database: Database
    numbers: NumberBlocks = field(default_factory=NumberBlocks)
    inbox_lane: Lanes[Letter, Stored] = field(init=False)
    door_lanes: Lanes[NewCase, int | None] = field(init=False)
    _units: UnitBook | None = None
    _read_at: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.inbox_lane = Lanes(self.database.pool, inbox.store, width=1, together=100)
        self.door_lanes = Lanes(self.database.pool, door.make_cases, width=2, together=50)

    async def units(self) -> UnitBook:
        """The open units, for routing."""
        if self._units is None or time.monotonic() - self._read_at > UNITS_AGE_S:
            async with self._lock:
                if self._units is None or time.monotonic() - self._read_at > UNITS_AGE_S:
                    self._units = await units.open_units(await self.database.pool())
                    self._read_at = time.monotonic()
        return self._units
