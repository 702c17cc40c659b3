"""上报: months that cities told are kept with their source and hash, and a year is frozen of them (plan R17).

What was told once is never written over: a month that changed comes as a further version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.areas import AreaLevel, AreaTree
from casework.db import collected
from casework.db.accounts import note
from casework.db.freezes import hash_of
from casework.db.models import CollectedMonth, Freeze, YearFreeze
from casework.db.reads.frozen import kept_of
from casework.journey.city import City
from casework.kit.errors import Conflict, FieldFault, Unprocessable
from casework.rules.calendars import day_of
from casework.rules.indicators import Pairs, Sums, added, missing_months, pairs_of

OWN, PULL, FILE = "OWN", "PULL", "FILE"
ACT_MONTH, ACT_YEAR = "statistics.month", "statistics.year"


@dataclass(frozen=True, slots=True)
class Told:
    """A month as it was told. `version` None: whatever comes next; `area`: the prefecture's four digits."""

    area: str
    month: date
    sums: Sums
    definition: str
    origin: str
    source: str
    source_hash: str
    version: int | None = None
    cut_off: datetime | None = None
    cases: int | None = None
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Year:
    """A year as it is collected. `figures`: Σ by prefecture; `missing`: months by prefecture, of all the province's."""

    province: str
    year: int
    parts: Sequence[CollectedMonth]
    figures: Mapping[str, Pairs]
    missing: Mapping[str, Sequence[date]]

    @property
    def definitions(self) -> list[str]:
        """Under which definitions its months were counted; more than one: they are compared with care."""
        return sorted({part.definition for part in self.parts})


def sums_of(freeze: Freeze) -> Sums:
    """What a month that was frozen here is told as, by county."""
    kept = {area: kept_of([figures]) for area, figures in freeze.figures.items()}
    return {area: pairs_of(one.views, one.rates) for area, one in kept.items()}


def hash_of_sums(sums: Sums) -> str:
    """Their hash, whatever the order of areas and codes."""
    return hash_of({area: {code: list(pair) for code, pair in pairs.items()} for area, pairs in sums.items()})


async def keep(session: AsyncSession, told: Told) -> tuple[CollectedMonth, bool]:
    """Keep a month, and whether it was new. Told again it changes nothing.

    Raises Conflict: that version was told with other sums before. What was frozen does not change: a restated month is
    a further version.
    """
    await collected.take_turns(session, told.area)
    known, said = await collected.versions(session, told.area, told.month), hash_of_sums(told.sums)
    if told.version is None and known and known[-1].sums_hash == said:
        return known[-1], False
    for one in known:
        if one.version == told.version:
            if one.sums_hash == said:
                return one, False
            month, source = f"{told.month:%Y-%m}", one.source or one.origin
            raise Conflict("statistics.told_otherwise", area=told.area, version=one.version, month=month, source=source)
    made = CollectedMonth(
        area=told.area,
        month=told.month,
        version=told.version or (known[-1].version + 1 if known else 1),
        definition=told.definition,
        cut_off=told.cut_off,
        cases=told.cases,
        sums={area: {code: list(pair) for code, pair in pairs.items()} for area, pairs in told.sums.items()},
        sums_hash=said,
        origin=told.origin,
        source=told.source,
        source_hash=told.source_hash,
        collected_by=told.by,
    )
    session.add(made)
    await session.flush()
    data = {"month": f"{told.month:%Y-%m}", "version": made.version, "origin": told.origin, "hash": told.source_hash}
    note(session, ACT_MONTH, account_id=told.by, subject=f"area:{told.area}", data=data)
    return made, True


async def keep_own(session: AsyncSession) -> int:
    """Months frozen here are told too; how many were new."""
    untold = await collected.own_untold(session)
    kept = 0
    for one in untold:
        told = Told(
            area=one.area,
            month=one.month,
            sums=sums_of(one),
            definition=one.definition,
            origin=OWN,
            source="",
            source_hash=one.data_hash,
            version=one.version,
            cut_off=one.cut_off,
            cases=one.cases,
        )
        kept += (await keep(session, told))[1]
    return kept


async def year_now(session: AsyncSession, areas: AreaTree, province: str, year: int) -> Year:
    """The year as it is collected now: the latest version of every month."""
    parts = await collected.latest_of(session, province, year)
    present: dict[str, list[date]] = {
        area.code: [] for area in areas.children(province) if area.level == AreaLevel.CITY
    }
    for part in parts:
        present.setdefault(part.area, []).append(part.month)
    missing = {area: gaps for area, months in present.items() if (gaps := missing_months(year, months))}
    return Year(province, year, parts, _by_city(parts), missing)


def _by_city(parts: Sequence[CollectedMonth]) -> dict[str, Pairs]:
    by_city: dict[str, list[Pairs]] = {}
    for part in parts:
        by_city.setdefault(part.area, []).extend(part.sums.values())
    return {area: added(many) for area, many in sorted(by_city.items())}


async def freeze_year(city: City, province: str, year: int, *, incomplete: bool, made_by: int | None) -> YearFreeze:
    """Freeze a province's year (two digits), or restate it; the same months make no new version.

    Raises Unprocessable: the year is not over; months are missing and `incomplete` was not said; there is none at all.
    """
    async with city.database.transaction() as session:
        now: datetime = (await session.execute(select(func.now()))).scalar_one()
        if year >= day_of(now).year:
            raise Unprocessable(fields=[FieldFault("year", "statistics.not_over", {"year": day_of(now).year - 1})])
        await collected.take_turns(session, province)
        await keep_own(session)
        found = await year_now(session, city.catalog.areas, province, year)
        _refuse_gaps(found, city.catalog.areas, incomplete=incomplete)
        parts = [_part(part) for part in found.parts]
        known = await collected.years(session, province, year)
        if known and known[-1].data_hash == hash_of({"parts": parts}):
            return known[-1]
        made = _year_row(found, parts, len(known) + 1, made_by)
        session.add(made)
        await session.flush()
        data = {"year": year, "version": made.version, "hash": made.data_hash, "months": len(parts)}
        note(session, ACT_YEAR, account_id=made_by, subject=f"year:{made.id}", data=data)
        await session.refresh(made)
        return made


def _refuse_gaps(found: Year, areas: AreaTree, *, incomplete: bool) -> None:
    if not found.parts:
        raise Unprocessable(fields=[FieldFault("year", "statistics.none_told")])
    if found.missing and not incomplete:
        cities = [areas.name_path(area) for area in found.missing]
        params = {"months": sum(map(len, found.missing.values())), "cities": cities}
        raise Unprocessable(fields=[FieldFault("incomplete", "statistics.months_missing", params)])


def _part(one: CollectedMonth) -> dict[str, Any]:
    return {
        "id": one.id,
        "area": one.area,
        "month": f"{one.month:%Y-%m}",
        "version": one.version,
        "origin": one.origin,
        "source_hash": one.source_hash,
        "sums_hash": one.sums_hash,
    }


def _year_row(found: Year, parts: list[dict[str, Any]], version: int, made_by: int | None) -> YearFreeze:
    figures = {area: {code: list(pair) for code, pair in pairs.items()} for area, pairs in found.figures.items()}
    return YearFreeze(
        area=found.province,
        year=found.year,
        version=version,
        parts=parts,
        missing={area: [f"{month:%Y-%m}" for month in months] for area, months in found.missing.items()},
        definitions=found.definitions,
        figures=figures,
        data_hash=hash_of({"parts": parts}),
        figures_hash=hash_of(figures),
        made_by=made_by,
    )


@dataclass(frozen=True, slots=True)
class YearProof:
    """What making a frozen year again gave: its months hash to the same, and add up to the same."""

    data: bool
    figures: bool


async def verify_year(session: AsyncSession, frozen: YearFreeze) -> YearProof:
    """复算: hash the sums of each month again, and add them up again."""
    parts = await collected.by_ids(session, [part["id"] for part in frozen.parts])
    told = {part["id"]: part["sums_hash"] for part in frozen.parts}
    same = {part.id: hash_of_sums(part.sums) for part in parts} == told
    same = same and hash_of({"parts": frozen.parts}) == frozen.data_hash
    figures = {area: {code: list(pair) for code, pair in pairs.items()} for area, pairs in _by_city(parts).items()}
    return YearProof(same, hash_of(figures) == frozen.figures_hash)
