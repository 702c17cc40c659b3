"""The grid registry's writes 网格登记: made, changed, redrawn, retired, brought in from a file. None commits.

A change of borders ends the grid and makes another with a code of its own, so that a case keeps the grid of its day.
Whoever writes holds the county's lock: two people never draw over one another.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import shapely
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.areas import AreaLevel
from casework.db import cadres
from casework.db import grids as rows
from casework.db.accounts import note
from casework.db.models import Account, Grid
from casework.journey.city import City
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.place.counties import county_map
from casework.place.grid_file import (
    Drawn,
    GridFile,
    Remark,
    as_geojson,
    in_order,
    overlaps,
    read_grid_file,
    read_polygon,
)
from casework.rules.facts import Actor
from casework.rules.grid_codes import CodesUsedUp, new_codes
from casework.rules.words import GridKind, Role

_ALIKE_M2 = 1e-9
"""Square degrees of difference below which two polygons are the same (some ten square metres)."""


@dataclass(frozen=True, slots=True)
class People:
    """Who answers for a grid, by login: 网格长, 包联干部, 网格员."""

    leader: str | None = None
    cadre: str | None = None
    workers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewGrid:
    """A grid to be. `polygon`: GeoJSON in the coordinate system `crs`."""

    community: str
    name: str
    kind: GridKind
    polygon: Any
    crs: str
    people: People = field(default_factory=People)


class Became(StrEnum):
    """What an import makes of a grid of its file: it is new, takes the place of one of its name, or stands already."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    KEPT = "KEPT"


@dataclass(frozen=True, slots=True)
class Line:
    """A grid of the file: its code (planned in a dry run), and the code whose place it takes."""

    drawn: Drawn
    became: Became
    code: str
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """What an import did or would do: codes made (planned in a dry run), codes kept as they are, codes ended; and each
    grid of the file by its number. `gone`: grids that end with no other of their name in their place."""

    file: GridFile
    made: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    gone: tuple[Grid, ...] = ()


def is_community(city: City, actor: Actor, area: str) -> bool:
    """A community of the catalogue within the actor's area."""
    known = city.catalog.areas.get(area)
    return known is not None and known.level is AreaLevel.COMMUNITY and bool(actor.area) and area.startswith(actor.area)


async def create(session: AsyncSession, city: City, actor: Actor, new: NewGrid) -> Grid:
    """A new grid. Raises Unprocessable naming the field."""
    if not is_community(city, actor, new.community):
        raise Unprocessable(fields=[FieldFault("community", "grid.community_unknown", {"area": new.community})])
    await rows.lock_county(session, new.community)
    shape = _shape(new.polygon, new.crs)
    drawn = Drawn(1, new.community, new.name, new.kind, shape)
    await _must_be_free(session, drawn)
    grid = (await _made(session, city, [drawn], source="manual"))[0][0]
    await _man(session, actor, grid, new.people)
    _noted(session, actor, "GRID_CREATED", grid)
    return grid


async def change(
    session: AsyncSession, actor: Actor, code: str, *, seen: int, name: str, kind: GridKind, people: People
) -> Grid:
    """Name, kind and people; a repeat is a new version all the same. Raises NotFound, Conflict, Unprocessable."""
    grid = await _held(session, actor, code, seen)
    if kind.value != grid.kind:
        shape = shapely.from_geojson(json.dumps(grid.polygon))
        await rows.lock_county(session, grid.area_code)
        await _must_be_free(session, Drawn(1, grid.area_code, name, kind, shape), but=grid.code)
    grid.name, grid.kind, grid.version = name, kind.value, grid.version + 1
    await _man(session, actor, grid, people)
    _noted(session, actor, "GRID_CHANGED", grid)
    await session.flush()
    return grid


async def redraw(
    session: AsyncSession, city: City, actor: Actor, code: str, *, seen: int, polygon: Any, crs: str
) -> Grid:
    """New borders from now on: the grid ends, another with a code of its own takes its people over."""
    grid = await _held(session, actor, code, seen)
    await rows.lock_county(session, grid.area_code)
    drawn = Drawn(1, grid.area_code, grid.name, GridKind(grid.kind), _shape(polygon, crs))
    await _must_be_free(session, drawn, but=grid.code)
    await _end(session, grid)
    new = (await _made(session, city, [drawn], source="manual"))[0][0]
    new.leader_id = grid.leader_id
    await cadres.move_over(session, grid.id, new.id)
    await rows.set_workers(session, new.id, (await rows.workers_of(session, [grid.id])).get(grid.id, []))
    _noted(session, actor, "GRID_REDRAWN", grid, new=new.code)
    return new


async def retire(session: AsyncSession, actor: Actor, code: str, *, seen: int) -> Grid:
    """撤销: the grid ends now; its code stays with its cases."""
    grid = await _held(session, actor, code, seen)
    await _end(session, grid)
    _noted(session, actor, "GRID_RETIRED", grid)
    return grid


async def bring_in(
    session: AsyncSession, city: City, actor: Actor, content: bytes, *, crs: str, source: str, apply: bool
) -> BroughtIn:
    """导入: the file's grids take the place of those of the same kind that stand in its communities.

    A grid that stands as the file draws it is kept, with its code and people. With any fault, and without `apply`,
    nothing is written. A repeat keeps all and makes none.
    """
    file = read_grid_file(content, crs, lambda area: is_community(city, actor, area), county_map().shape)
    if file.faults:
        return BroughtIn(file)
    for county in sorted({one.area[:6] for one in file.grids}):
        await rows.lock_county(session, county)
    now: datetime = (await session.scalar(select(func.now()))) or datetime.min
    standing = await rows.standing_below(session, sorted({one.area[:6] for one in file.grids}), now)
    places = {(one.area, one.kind.value) for one in file.grids}
    before = [grid for grid in standing if (grid.area_code, grid.kind) in places]
    kept, new = _unchanged(before, file.grids)
    faults = _over_others(new, [grid for grid in standing if (grid.area_code, grid.kind) not in places])
    if faults:
        return BroughtIn(GridFile(file.grids, faults, file.remarks))
    ended = [grid for grid in before if grid.code not in kept.values()]
    instead = _in_place_of(ended, new)
    if apply:
        for grid in ended:
            await _end(session, grid)
        made = [(grid.code, one) for grid, one in await _made(session, city, new, source=source)]
        counts = {"made": len(made), "kept": len(kept), "ended": len(ended)}
        note(session, "GRIDS_IMPORTED", account_id=actor.account_id, subject=source, data=counts)
    else:
        made = await _numbered(session, city, new)
    return BroughtIn(
        file,
        tuple(code for code, _ in made),
        tuple(sorted(kept.values())),
        tuple(grid.code for grid in ended),
        _lines(file.grids, kept, {one.number: code for code, one in made}, instead),
        tuple(grid for grid in ended if grid.code not in instead.values()),
    )


def _in_place_of(ended: Sequence[Grid], new: Sequence[Drawn]) -> dict[int, str]:
    """For a grid's number in the file the code of the one that ends with the same community, kind and name."""
    free: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for grid in ended:
        free[grid.area_code, grid.kind, grid.name].append(grid.code)
    named = ((one.number, free[one.area, one.kind.value, one.name]) for one in new)
    return {number: codes.pop(0) for number, codes in named if codes}


def _lines(
    drawn: Sequence[Drawn], kept: dict[int, str], made: dict[int, str], instead: dict[int, str]
) -> tuple[Line, ...]:
    return tuple(
        Line(one, Became.KEPT, kept[one.number])
        if one.number in kept
        else Line(
            one,
            Became.CHANGED if one.number in instead else Became.NEW,
            made[one.number],
            instead.get(one.number),
        )
        for one in drawn
    )


def _unchanged(before: Sequence[Grid], drawn: Sequence[Drawn]) -> tuple[dict[int, str], list[Drawn]]:
    """For a grid's number in the file the code of the one that stands as it draws it; and what it draws anew."""
    standing: defaultdict[tuple[str, str, str], list[tuple[str, Any]]] = defaultdict(list)
    for grid in before:
        shape = shapely.from_geojson(json.dumps(grid.polygon))
        standing[grid.area_code, grid.kind, grid.name].append((grid.code, shape))
    kept: dict[int, str] = {}
    new = []
    for one in drawn:
        alike = (
            code
            for code, shape in standing[one.area, one.kind.value, one.name]
            if code not in kept.values() and shapely.symmetric_difference(shape, one.shape).area < _ALIKE_M2
        )
        code = next(alike, None)
        if code is None:
            new.append(one)
        else:
            kept[one.number] = code
    return kept, new


def _over_others(new: Sequence[Drawn], others: Sequence[Grid]) -> list[Remark]:
    around = [(grid.code, GridKind(grid.kind), shapely.from_geojson(json.dumps(grid.polygon))) for grid in others]
    return [one for one in overlaps(new, around) if one.code == "grid.overlap_standing"]


async def _numbered(session: AsyncSession, city: City, drawn: Sequence[Drawn]) -> list[tuple[str, Drawn]]:
    """Each with the code that it would get."""
    found: list[tuple[str, Drawn]] = []
    for area, together in _by_area(drawn).items():
        codes = _codes(city, area, together, await rows.suffixes(session, area))
        found += zip(codes, together, strict=True)
    return found


async def _made(session: AsyncSession, city: City, drawn: Sequence[Drawn], *, source: str) -> list[tuple[Grid, Drawn]]:
    made = []
    for code, one in await _numbered(session, city, drawn):
        polygon = as_geojson(one.shape)
        grid = Grid(code=code, area_code=one.area, name=one.name, kind=one.kind.value, polygon=polygon, source=source)
        made.append((grid, one))
    session.add_all(grid for grid, _ in made)
    await session.flush()
    return made


def _by_area(drawn: Sequence[Drawn]) -> dict[str, list[Drawn]]:
    found: defaultdict[str, list[Drawn]] = defaultdict(list)
    for one in in_order(drawn):
        found[one.area].append(one)
    return dict(sorted(found.items()))


def _codes(city: City, area: str, drawn: Sequence[Drawn], taken: set[str]) -> list[str]:
    try:
        return new_codes(city.catalog.grid_codes, area, [one.kind for one in drawn], {area + one for one in taken})
    except CodesUsedUp:
        raise Unprocessable(fields=[FieldFault("community", "grid.codes_used_up", {"area": area})]) from None


def _shape(polygon: Any, crs: str) -> shapely.Geometry:
    faults: list[Remark] = []
    shape = read_polygon(polygon, crs, faults)
    if shape is None:
        raise Unprocessable(fields=[as_fault(one) for one in faults])
    return shape


def as_fault(remark: Remark) -> FieldFault:
    """A remark about a polygon as a fault of the field."""
    at = "" if remark.at is None else f"{remark.at[0]}, {remark.at[1]}"
    return FieldFault("polygon", remark.code, {"at": at, **remark.params})


async def _must_be_free(session: AsyncSession, drawn: Drawn, *, but: str = "") -> None:
    """No standing grid of its kind lies there. Raises Unprocessable."""
    now: datetime = (await session.scalar(select(func.now()))) or datetime.min
    others = [grid for grid in await rows.standing_below(session, [drawn.area[:6]], now) if grid.code != but]
    faults = _over_others([drawn], others)
    if faults:
        raise Unprocessable(fields=[as_fault(one) for one in faults])


async def _held(session: AsyncSession, actor: Actor, code: str, seen: int) -> Grid:
    grid = await rows.find(session, actor, code, hold=True)
    if grid is None:
        raise NotFound("grid.not_found")
    if grid.valid_to is not None:
        raise Conflict("grid.ended")
    if grid.version != seen:
        raise Conflict("grid.changed")
    return grid


async def _end(session: AsyncSession, grid: Grid) -> None:
    grid.version += 1
    grid.valid_to = func.greatest(func.now(), Grid.valid_from + timedelta(milliseconds=1))
    await session.flush()
    await session.refresh(grid)


async def _man(session: AsyncSession, actor: Actor, grid: Grid, people: People) -> None:
    """Leader, cadre and workers; each an active account of the scope, the workers 网格员. Raises Unprocessable."""
    logins = {login for login in (people.leader, people.cadre, *people.workers) if login}
    known = await rows.people(session, logins)
    faults = []
    for part, given in (("leader", (people.leader,)), ("cadre", (people.cadre,)), ("workers", people.workers)):
        for login in given:
            if login and not serves(known.get(login), actor, grid, worker=part == "workers"):
                faults.append(FieldFault(part, f"grid.no_{part}", {"login": login}))
    if faults:
        raise Unprocessable(fields=faults)
    grid.leader_id = known[people.leader].id if people.leader else None
    await cadres.set_current(session, grid.id, known[people.cadre].id if people.cadre else None, actor.account_id)
    await rows.set_workers(session, grid.id, [known[login].id for login in people.workers])


def serves(account: Account | None, actor: Actor, grid: Grid, *, worker: bool) -> bool:
    """An active account of the scope that is near enough to answer for the grid; as its `worker`, a 网格员."""
    if account is None or not account.area_code.startswith(actor.area):
        return False
    near = grid.code.startswith(account.area_code) or account.area_code.startswith(grid.area_code)
    return near and (not worker or Role.GRID_WORKER.value in account.roles)


def _noted(session: AsyncSession, actor: Actor, act: str, grid: Grid, **more: str) -> None:
    note(session, act, account_id=actor.account_id, subject=f"grid:{grid.code}", data=more)
