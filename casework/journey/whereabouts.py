"""What a process knows of places 地点索引: the grids' index and the gazetteer, made at their first use.

The index follows the grids: its version is asked for every five seconds, a changed one is built beside the old, which
answers till then. So a change is in every process within seconds, without a restart and without anybody waiting.
"""

import asyncio
import time
from dataclasses import dataclass, field

import shapely

from casework.catalog.areas import short_name
from casework.catalog.load import Catalog
from casework.db import grids
from casework.db.grids import Shape
from casework.db.session import Database
from casework.kit.logs import describe, get_logger
from casework.place.gazetteer import Gazetteer
from casework.place.grid_index import GridIndex, GridShape
from casework.rules.words import GridKind

LOOK_EVERY_S = 5.0


@dataclass
class Whereabouts:
    """Of one city, in one process."""

    catalog: Catalog
    database: Database
    _index: GridIndex | None = None
    _kept: bool = False
    _version: int = 0
    _looked_at: float = 0.0
    _looking: "asyncio.Task[None] | None" = None
    _gazetteer: Gazetteer | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def keep(self, index: GridIndex) -> None:
        """This index from now on, whatever the database has: for a world that is not written yet."""
        self._index, self._kept = index, True

    async def grids(self) -> GridIndex:
        """The index, seconds old at most. The first asker waits until it is built."""
        if self._kept and self._index is not None:
            return self._index
        if self._index is None:
            await self.look()
        elif time.monotonic() - self._looked_at > LOOK_EVERY_S and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look_quietly(), name="grids")
        assert self._index is not None
        return self._index

    async def look(self) -> None:
        """Build the index again if any grid has changed since."""
        async with self._lock:
            db = await self.database.pool()
            found = await grids.version(db)
            if self._index is None or found != self._version:
                self._index = await _build(self.database)
                self._version = found
            self._looked_at = time.monotonic()

    async def _look_quietly(self) -> None:
        self._looked_at = time.monotonic()
        try:
            await self.look()
        except Exception as error:
            get_logger().warning("grids.stale", **describe(error))

    async def gazetteer(self) -> Gazetteer:
        """Every name of every area; built once in a process for each version of the catalogue, in a thread."""
        if self._gazetteer is None:
            async with self._lock:
                if self._gazetteer is None:
                    self._gazetteer = await asyncio.to_thread(gazetteer_of, self.catalog)
        return self._gazetteer


_BUILT: dict[str, Gazetteer] = {}


def gazetteer_of(catalog: Catalog) -> Gazetteer:
    """The catalogue's names, former and past ones too. Half a second; the last one that was built is kept."""
    if catalog.version not in _BUILT:
        former = [(one.name, one.code) for one in catalog.former_names]
        former += [(short_name(one.name), one.merged_into) for one in catalog.areas.past if one.merged_into]
        built = Gazetteer(catalog.areas, former)
        _BUILT.clear()
        _BUILT[catalog.version] = built
    return _BUILT[catalog.version]


async def _build(database: Database) -> GridIndex:
    shapes: list[GridShape] = []
    async for rows in grids.shapes(await database.pool()):
        shapes += await asyncio.to_thread(_read, rows)
    return await asyncio.to_thread(GridIndex, shapes)


def _read(rows: list[Shape]) -> list[GridShape]:
    polygons = shapely.from_geojson([row.polygon for row in rows])
    return [
        GridShape(row.code, row.area, GridKind(row.kind), polygon, row.valid_from, row.valid_to)
        for row, polygon in zip(rows, polygons, strict=True)
    ]
