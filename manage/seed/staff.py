"""The demo's staff 演示人员: whoever is missing so that every unit has somebody, and who is on duty when.

The county's own accounts come with its seed; these are added in a file of their own, with random passwords.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.catalog.areas import short_name
from casework.catalog.load import Catalog
from casework.db.models import Account
from casework.kit.now import in_shanghai
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, Level, Role

_ROLE = {Level.STREET: Role.STREET, Level.COMMUNITY: Role.COMMUNITY}
_LOGIN = {Level.STREET: "street-{area}", Level.COMMUNITY: "community-{area}"}
_CLERKS = frozenset({Role.UNIT, Role.STREET, Role.COMMUNITY})
_SUBSTITUTE_EVERY = 4
DUTY_DAYS = 7
"""The roster reaches so many days back and ahead."""


@dataclass(frozen=True, slots=True)
class Office:
    """A unit as the demo sees it."""

    id: int
    code: str
    name: str
    department: str
    level: str
    area_code: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Post:
    """An account to be."""

    login: str
    name: str
    role: Role
    area: str
    unit: Office


def missing_posts(units: Sequence[Office], accounts: Iterable[Account], catalog: Catalog) -> list[Post]:
    """One post for each unit that has nobody, and a grid worker for each community that has none."""
    held = list(accounts)
    staffed = {account.unit_id for account in held if UNIT_ROLES & set(account.roles)}
    walked = {account.area_code[:12] for account in held if Role.GRID_WORKER.value in account.roles}
    posts: list[Post] = []
    for unit in units:
        if unit.id not in staffed:
            posts.append(_clerk(unit))
        if unit.level == Level.COMMUNITY and unit.area_code not in walked:
            area = catalog.areas.get(unit.area_code)
            name = f"{short_name(area.name) if area else unit.name}001网格员"
            posts.append(Post(f"grid-{unit.area_code[6:]}001", name, Role.GRID_WORKER, f"{unit.area_code}001", unit))
    return posts


def _clerk(unit: Office) -> Post:
    level = Level(unit.level)
    login = _LOGIN.get(level, "unit-{department}").format(area=unit.area_code[6:], department=unit.department.lower())
    return Post(login, f"{unit.name}经办人甲", _ROLE.get(level, Role.UNIT), unit.area_code, unit)


def actors_of(accounts: Iterable[Account], units: Sequence[Office]) -> list[Actor]:
    """The accounts as the rules see them, by id."""
    below = _below(units)
    return [
        Actor(
            roles=frozenset(Role(role) for role in account.roles),
            account_id=account.id,
            area=account.area_code,
            unit_id=account.unit_id,
            units=below.get(account.unit_id, frozenset()) if account.unit_id else frozenset(),
            login=account.login,
        )
        for account in sorted(accounts, key=lambda account: account.id)
    ]


def _below(units: Sequence[Office]) -> Mapping[int | None, frozenset[int]]:
    """Each unit with all units below it."""
    parents = {unit.id: unit.parent_id for unit in units}
    held: dict[int | None, set[int]] = {unit.id: {unit.id} for unit in units}
    for unit_id in parents:
        above = parents[unit_id]
        while above is not None:
            held[above].add(unit_id)
            above = parents[above]
    return {unit_id: frozenset(ids) for unit_id, ids in held.items()}


@dataclass(frozen=True, slots=True)
class Shift:
    """One line of the roster: for a unit or a grid (its code), with who stands in, if anybody does."""

    account_id: int
    starts_at: datetime
    ends_at: datetime
    unit_id: int | None = None
    grid: str | None = None
    substitute_id: int | None = None


def shifts(actors: Sequence[Actor], centre: int, grids: Mapping[str, int], now: datetime) -> list[Shift]:
    """The roster around `now`: the centre round the clock by turns of eight hours, units and grids by day.

    `centre`: the centre's unit; `grids`: who walks which grid.
    """
    today = in_shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today + timedelta(days=offset) for offset in range(-DUTY_DAYS, DUTY_DAYS + 1)]
    desk = [a for a in actors if a.unit_id == centre and a.roles & {Role.AGENT, Role.DISPATCHER}]
    clerks = {
        a.unit_id: a for a in actors if a.unit_id != centre and a.roles & {Role.UNIT, Role.STREET, Role.COMMUNITY}
    }
    lines: list[Shift] = []
    for place, day in enumerate(days):
        for turn in range(3 if desk else 0):
            on = desk[(place + turn) % len(desk)]
            start = day + timedelta(hours=8 * turn)
            other = desk[(place + turn + 1) % len(desk)]
            stands_in = other.account_id if place % _SUBSTITUTE_EVERY == turn and other is not on else None
            lines.append(_shift(on.account_id, start, 8, unit_id=centre, substitute_id=stands_in))
        morning = day + timedelta(hours=9)
        lines += [_shift(a.account_id, morning, 24, unit_id=unit_id) for unit_id, a in clerks.items()]
        if day.weekday() < 5:
            lines += [_shift(account_id, morning, 9, grid=grid) for grid, account_id in grids.items()]
    return lines


def _shift(account_id: int | None, start: datetime, hours: int, **place: object) -> Shift:
    assert account_id is not None
    return Shift(account_id, start, start + timedelta(hours=hours), **place)  # type: ignore[arg-type]
