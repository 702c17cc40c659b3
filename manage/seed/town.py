"""The town before its cases 小镇: staff for every unit, grids, a duty roster; written, and as the lives see it."""

import asyncio
import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from casework.catalog.load import Catalog
from casework.db.models import Account
from casework.kit.crypto import Keyring
from casework.kit.passwords import hash_password, new_password
from casework.rules.facts import Actor
from casework.rules.words import Level, Role
from manage.seed.affairs import write_affairs
from manage.seed.arrivals import Neighbourhood
from manage.seed.copy import copy_rows, take_ids
from manage.seed.grids import SINCE, GridLine, grid_lines
from manage.seed.staff import Office, Post, actors_of, missing_posts, shifts


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A post that is filled: its account, its password, the hash on its way."""

    account: Account
    post: Post
    password: str
    hash: "Future[str]"


@dataclass(frozen=True, slots=True)
class Town:
    """Who and where. `centre`: the centre's unit."""

    units: Sequence[Office]
    actors: Sequence[Actor]
    newcomers: Sequence[Newcomer]
    grids: Sequence[GridLine]
    places: Sequence[Neighbourhood]
    centre: Office

    async def all_hashed(self) -> None:
        """Wait until every password is hashed."""
        await asyncio.gather(*(asyncio.wrap_future(one.hash) for one in self.newcomers))

    def credentials(self) -> list[dict[str, object]]:
        """The newcomers' accounts, for the private file."""
        return [
            {
                "login": one.post.login,
                "password": one.password,
                "name": one.post.name,
                "roles": [one.post.role.value],
                "area": one.post.area,
                "unit": one.post.unit.code,
            }
            for one in self.newcomers
        ]


async def settle_town(
    connection: asyncpg.Connection,
    catalog: Catalog,
    units: Sequence[Office],
    accounts: Sequence[Account],
    hashing: ThreadPoolExecutor,
) -> Town:
    """Who is missing is found and gets an id; nothing is written yet. Hashes are made meanwhile by `hashing`."""
    posts = missing_posts(units, accounts, catalog)
    ids = await take_ids(connection, "account", len(posts)) if posts else []
    newcomers = [_newcomer(post, account_id, hashing) for post, account_id in zip(posts, ids, strict=True)]
    communities = [unit.area_code for unit in units if unit.level == Level.COMMUNITY]
    grids = grid_lines(catalog, communities)
    places = [
        Neighbourhood(code, area.name if area else code, tuple(grid.box for grid in grids if grid.area == code))
        for code in communities
        for area in [catalog.areas.get(code)]
    ]
    actors = actors_of([*accounts, *(one.account for one in newcomers)], units)
    centre = next(unit for unit in units if unit.department == "RX")
    return Town(units, actors, newcomers, grids, places, centre)


def _newcomer(post: Post, account_id: int, hashing: ThreadPoolExecutor) -> Newcomer:
    password = new_password()
    account = Account(
        id=account_id,
        login=post.login,
        display_name=post.name,
        roles=[post.role.value],
        area_code=post.area,
        unit_id=post.unit.id,
    )
    return Newcomer(account, post, password, hashing.submit(hash_password, password))


async def write_town(connection: asyncpg.Connection, keyring: Keyring, town: Town, now: datetime) -> int:
    """Accounts, grids and roster; how many rows."""
    people = [
        (a.id, a.login, a.display_name, one.hash.result(), a.roles, a.area_code, a.unit_id)
        for one in town.newcomers
        for a in [one.account]
    ]
    columns = ["id", "login", "display_name", "password_hash", "roles", "area_code", "unit_id"]
    await copy_rows(connection, "account", columns, people)
    leaders = _leaders(town)
    ids = await take_ids(connection, "grid", len(town.grids))
    since = now - SINCE
    grids = [
        (grid_id, g.code, g.area, g.name, g.kind, json.dumps(g.box.polygon()), leaders.get(g.code), since)
        for grid_id, g in zip(ids, town.grids, strict=True)
    ]
    columns = ["id", "code", "area_code", "name", "kind", "polygon", "leader_id", "valid_from"]
    await copy_rows(connection, "grid", columns, grids)
    by_code = {grid.code: grid_id for grid_id, grid in zip(ids, town.grids, strict=True)}
    roster = [
        (s.account_id, s.starts_at, s.ends_at, s.unit_id, by_code[s.grid] if s.grid else None, s.substitute_id)
        for s in shifts(town.actors, town.centre.id, leaders, now)
    ]
    columns = ["account_id", "starts_at", "ends_at", "unit_id", "grid_id", "substitute_id"]
    await copy_rows(connection, "duty_shift", columns, roster)
    return len(people) + len(grids) + len(roster) + await write_affairs(connection, keyring, town.actors, by_code, now)


def _leaders(town: Town) -> dict[str, int]:
    """Who walks which grid: its own worker, else the first of the community."""
    walkers = [a for a in town.actors if Role.GRID_WORKER in a.roles]
    own = {a.area: a.account_id for a in walkers}
    first: dict[str, int | None] = {}
    for a in walkers:
        first.setdefault(a.area[:12], a.account_id)
    found = {grid.code: own.get(grid.code) or first.get(grid.area) for grid in town.grids}
    return {code: account_id for code, account_id in found.items() if account_id is not None}
