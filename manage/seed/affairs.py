"""The demo's grid affairs 网格事务: a few leaves with who stands in, items that grids may be given, packaged cadres."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import asyncpg

from casework.kit.crypto import Keyring
from casework.kit.now import shanghai_day
from casework.rules.facts import Actor
from casework.rules.words import Role
from manage.seed.chance import chance
from manage.seed.copy import copy_rows
from manage.seed.grids import COUNTY
from manage.seed.texts import words

ITEMS = (
    ("0203", "井盖缺失或破损"),
    ("0204", "路灯与景观照明"),
    ("0201", "道路破损与坑洼"),
    ("0101", "违法建设（私搭乱建）"),
)
"""Categories that the demo's grids may be given, as examples."""
_SOURCE = "锦江区网格事项准入清单（示例）"
_CADRES_PER_STREET = 2
_LEADERS = 6


async def write_affairs(
    connection: asyncpg.Connection, keyring: Keyring, actors: Sequence[Actor], grids: Mapping[str, int], now: datetime
) -> int:
    """Leaves, admitted items, packagings and group leaders; how many rows."""
    leaves = _leaves(actors, now)
    columns = ["account_id", "substitute_id", "starts_at", "ends_at", "reason", "entered_by"]
    await copy_rows(connection, "duty_leave", columns, leaves)
    items = _items(actors, now)
    columns = [*("category", "name", "area_code", "source", "valid_from", "valid_to", "state", "asked_by", "asked_at")]
    columns += ["decided_by", "decided_at", "decision_note"]
    await copy_rows(connection, "grid_item", columns, items)
    cadres = _cadres(actors, grids, now)
    await copy_rows(connection, "grid_cadre", ["grid_id", "account_id", "valid_from", "note", "assigned_by"], cadres)
    leaders = _leaders(keyring, actors, grids, now)
    columns = ["area_code", "group_name", "name_sealed", "phone_sealed", "valid_from", "entered_by"]
    await copy_rows(connection, "group_leader", columns, leaders)
    return len(leaves) + len(items) + len(cadres) + len(leaders)


def _leaders(
    keyring: Keyring, actors: Sequence[Actor], grids: Mapping[str, int], now: datetime
) -> list[tuple[object, ...]]:
    """居民小组长: one in each of the first communities; names and numbers are nobody's."""
    by, say = _one(actors, Role.SUPERVISION), chance("group-leaders")
    found: list[tuple[object, ...]] = []
    for community in sorted({code[:12] for code in grids})[:_LEADERS] if by else ():
        name, phone = words().person(say)
        sealed = keyring.seal(name, "group_leader.name"), keyring.seal(phone, "group_leader.phone")
        found.append((community, "第1居民小组", *sealed, now - timedelta(days=200), by))
    return found


def _one(actors: Sequence[Actor], role: Role) -> int | None:
    return next((a.account_id for a in actors if role in a.roles and a.area == COUNTY), None)


def _leaves(actors: Sequence[Actor], now: datetime) -> list[tuple[object, ...]]:
    """In each community with two grid workers the second is away for three days, and the first stands in."""
    by = _one(actors, Role.SUPERVISION)
    walkers: dict[str, list[Actor]] = {}
    for actor in actors:
        if Role.GRID_WORKER in actor.roles:
            walkers.setdefault(actor.area[:12], []).append(actor)
    start, end = now - timedelta(days=1), now + timedelta(days=2)
    pairs = [(two[1].account_id, two[0].account_id) for two in walkers.values() if len(two) > 1]
    return [(away, there, start, end, "年休假", by) for away, there in pairs] if by else []


def _items(actors: Sequence[Actor], now: datetime) -> list[tuple[object, ...]]:
    asker, leader = _one(actors, Role.DISPATCHER), _one(actors, Role.LEADER)
    if asker is None or leader is None:
        return []
    first = date(shanghai_day(now).year, 1, 1)
    last, asked = first.replace(year=first.year + 2), now - timedelta(days=60)
    decided = asked + timedelta(days=3)
    return [
        (code, name, COUNTY, _SOURCE, first, last, "ADMITTED", asker, asked, leader, decided, "符合网格职责清单")
        for code, name in ITEMS
    ]


def _cadres(actors: Sequence[Actor], grids: Mapping[str, int], now: datetime) -> list[tuple[object, ...]]:
    """Each street's own person is packaged with its first grids."""
    by = _one(actors, Role.SUPERVISION)
    found: list[tuple[object, ...]] = []
    for actor in actors:
        if Role.STREET in actor.roles:
            near = sorted(code for code in grids if code.startswith(actor.area))[:_CADRES_PER_STREET]
            since = now - timedelta(days=90)
            found += [(grids[code], actor.account_id, since, "街道干部结对包联（示例）", by) for code in near]
    return found
