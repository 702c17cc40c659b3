"""The whole of it 演示数据: the town is settled, 30 days are lived through, all is written in one transaction."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from sqlalchemy import select

from casework.db.models import Account, Unit
from casework.journey.city import City
from casework.kit.settings import Settings
from casework.rules.words import Level
from manage.accounts import write_private
from manage.seed.copy import copy_all, copy_links
from manage.seed.grids import COUNTY
from manage.seed.past import Past, Stage, live_through, open_city
from manage.seed.service_points import rate_services
from manage.seed.staff import Office
from manage.seed.town import Town, settle_town, write_town
from manage.standalone.folder import TOWN_ACCOUNTS

CASES = 5000
_LOCK = 0x6772_6964  # one seeding at a time
_TELL_EVERY = 1000

Tell = Callable[[int, int], None]


class InUse(Exception):
    """There are requests already: the demo would stand among them."""


class NoCounty(Exception):
    """The demo's county is not there: its units come with a first start in demo mode."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was written."""

    cases: int
    rows: int


async def seed_demo(
    settings: Settings, *, count: int = CASES, now: datetime | None = None, said: Tell | None = None
) -> Seeded:
    """Write the demo into a database that has its county and no requests; all of it or nothing. The services are rated
    last, by the public way.

    `now` (UTC): the end of the 30 days, the database's time if left out. The accounts that are added stand in a private
    file of the data folder. Raises: InUse, NoCounty: nothing was written.
    """
    city = open_city(settings)
    try:
        async with (await city.database.pool()).acquire() as connection:
            return await _seed(city, settings, connection, count, now, said)
    finally:
        await city.database.close()


async def _seed(
    city: City,
    settings: Settings,
    connection: asyncpg.Connection,
    count: int,
    now: datetime | None,
    said: Tell | None,
) -> Seeded:
    await _must_be_empty(connection)
    units, accounts = await _staff(city)
    now = now or await connection.fetchval("SELECT now()")

    def heard(done: int) -> None:
        if said is not None and done % _TELL_EVERY == 0:
            said(done, count)

    with ThreadPoolExecutor(2) as hashing:
        town = await settle_town(connection, city.catalog, units, accounts, hashing)
        stage = Stage(settings, units, town.actors, town.places, now, count)
        past = await live_through(city, stage, heard)
        await town.all_hashed()
    write_private(settings.data / TOWN_ACCOUNTS, town.credentials())
    rows = await _write(connection, city, town, past, now)
    rows += await rate_services(city, [place.area for place in town.places], town.actors)
    await connection.execute("ANALYZE")
    return Seeded(count, rows)


async def _write(connection: asyncpg.Connection, city: City, town: Town, past: Past, now: datetime) -> int:
    async with connection.transaction():
        await connection.execute(
            "SET LOCAL idle_in_transaction_session_timeout = 0"
        )  # rows are made between the copies
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        await _must_be_empty(connection)
        rows = await write_town(connection, city.keyring, town, now)
        ids = await copy_all(connection, past.tables)
        await copy_links(connection, city.keyring, past.links, ids.get("cases", {}))
    return rows + len(past.links) + sum(map(len, past.tables.values()))


async def _must_be_empty(connection: asyncpg.Connection) -> None:
    if await connection.fetchval("SELECT EXISTS (SELECT FROM cases) OR EXISTS (SELECT FROM inbox)"):
        raise InUse


async def _staff(city: City) -> tuple[list[Office], Sequence[Account]]:
    async with city.database.transaction() as session:
        below = Unit.area_code.like(f"{COUNTY}%")
        rows = (await session.scalars(select(Unit).where(Unit.active, below).order_by(Unit.id))).all()
        accounts = (await session.scalars(select(Account).where(Account.active).order_by(Account.id))).all()
    units = [
        Office(row.id, row.code, row.name, row.department, row.level, row.area_code, row.parent_id) for row in rows
    ]
    has_centre = any(unit.department == "RX" for unit in units)
    if not has_centre or not any(unit.level == Level.COMMUNITY for unit in units):
        raise NoCounty
    return units, accounts
