"""The 30 days lived through 三十天: case by case, in two processes, so that a first start is not kept waiting.

A case depends on its own chance and on nothing of the others', so it does not matter who lives it.
"""

import asyncio
import multiprocessing
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection

from casework.catalog.load import load
from casework.db.session import Database
from casework.journey.city import City
from casework.kit.crypto import Keyring
from casework.kit.settings import Settings
from casework.rules.facts import Actor
from casework.rules.transitions import OPEN
from casework.rules.words import Level
from manage.seed.arrivals import Arrivals, Neighbourhood, Outage, moments
from manage.seed.chance import chance
from manage.seed.crew import Crew
from manage.seed.grids import COUNTY, SINCE, grid_lines, index_of
from manage.seed.habits import live
from manage.seed.life import World, begin
from manage.seed.pen import Notebook, Row
from manage.seed.people import People
from manage.seed.staff import Office
from manage.seed.telling import Link, tell
from manage.seed.texts import matters, words

SEED = 510104
EARLIER = 0.42
"""The share of the cases, the oldest, that the second process lives: they have the longer lives."""
FEW = 500
"""So few are lived by one process: the second would take longer to start."""
_FAR = 100_000_000

Tell = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where and by whom the 30 days are lived: all that a process needs to know. `now`: their end (UTC)."""

    settings: Settings
    units: Sequence[Office]
    actors: Sequence[Actor]
    places: Sequence[Neighbourhood]
    now: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Past:
    """The rows of all cases, table by table, and the links that their citizens got."""

    tables: dict[str, list[Row]]
    links: list[Link]

    def __add__(self, other: "Past") -> "Past":
        names = self.tables.keys() | other.tables.keys()
        tables = {name: self.tables.get(name, []) + other.tables.get(name, []) for name in names}
        return Past(tables, self.links + other.links)


def open_city(settings: Settings) -> City:
    """The city of this process."""
    return City(
        load(settings.catalog),
        Keyring.load(settings.keys_file, settings.identity_keys_file),
        Database(settings.database_url),
    )


async def live_through(city: City, stage: Stage, said: Tell) -> Past:
    """All cases; `said` hears how many of its own this process has done, now and then."""
    cut = int(stage.count * EARLIER)
    if stage.count < FEW:
        return await lives(city, stage, range(stage.count), said)
    here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=_live_apart, args=(there, stage, cut), daemon=True)
    child.start()
    there.close()
    try:
        later = await lives(city, stage, range(cut, stage.count), said)
        earlier: Past = await asyncio.to_thread(here.recv)
    finally:
        child.kill()
        child.join()
    return earlier + later


def _live_apart(answer: Connection, stage: Stage, cut: int) -> None:
    parent = os.getppid()

    def still_wanted(_: int) -> None:
        if os.getppid() != parent:
            os._exit(1)

    answer.send(asyncio.run(_lives_of_its_own(stage, cut, still_wanted)))
    answer.close()


async def _lives_of_its_own(stage: Stage, cut: int, said: Tell) -> Past:
    city = open_city(stage.settings)
    try:
        return await lives(city, stage, range(cut), said)
    finally:
        await city.database.close()


async def lives(city: City, stage: Stage, numbers: range, said: Tell) -> Past:
    """The cases of these numbers, in the order of their coming."""
    world = _world(city, stage)
    crew = Crew(People(world), words())
    outage = Outage.yesterday(stage.now, stage.places[0].area)
    arrivals = Arrivals(words(), matters(city.catalog), stage.actors, stage.places, outage)
    pen, links = Notebook(1 + numbers.start * _FAR), []
    coming = moments(chance(SEED, "moments"), stage.now, stage.count, world.calendar)
    main, of_main = None, []
    for number in numbers:
        own = chance(SEED, number)
        life = await begin(world, pen, arrivals.message(own, number, coming[number]), own)
        alike = outage.told_by(life.message)
        life.main = main if alike else None
        await live(crew, life)
        links += tell(pen, own, stage.now)
        if alike and main is None and life.status in OPEN:
            main, of_main = life, pen.lay_aside()  # others may yet be merged into it
        pen.put_away(stage.now)
        said(number + 1)
    pen.put_away(stage.now, of_main)
    return Past(dict(pen.tables), links)


def _world(city: City, stage: Stage) -> World:
    walked = [unit.area_code for unit in stage.units if unit.level == Level.COMMUNITY]
    city.places.keep(index_of(grid_lines(city.catalog, walked), stage.now - SINCE))
    return World(
        city=city,
        units={unit.code: unit for unit in stage.units},
        names={unit.id: unit.name for unit in stage.units},
        communities={unit.area_code: unit for unit in stage.units if unit.level == Level.COMMUNITY},
        actors=stage.actors,
        calendar=city.catalog.calendars.for_area(COUNTY),
        now=stage.now,
    )
