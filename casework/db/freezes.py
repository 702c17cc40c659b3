"""Frozen months 冻结: the cases of a month copied as they stood, their hash, and what they add up to.

Everything is counted from the copy, by the very SQL that judges the cases, so that a frozen figure can be made again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, func, insert, literal, or_, select, text, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import figure_sums
from casework.db.models import Case, Freeze, FrozenCase
from casework.db.reads.judged import Rows, judged
from casework.db.rollups import added_up
from casework.rules.rates import BASES, DEFINITION_VERSION, FIGURES, View
from casework.rules.rollups import COUNTY_DIGITS, FOREVER, SUMMED_VIEWS, Sums
from casework.rules.tallies import Period

COHORTS = (View.A, View.A0, View.B, View.C)
"""The views by whose dates a case belongs to a month; ALL has those of A."""
_KEPT = tuple(column.name for column in FrozenCase.__table__.columns if column.name not in ("freeze_id", "case_id"))
_LATER = ("rectified", "follow_weight", "verified", "verified_in_time", "checked_in_time")
"""Facts that came to be kept after months had been frozen: a case without them has the hash that it had."""
_FIRST = tuple(name for name in _KEPT if name not in _LATER)
_PREFECTURES = """
SELECT DISTINCT left(area, 4) FROM (SELECT area FROM rate_rollup UNION SELECT area FROM rate_delta) AS known
WHERE length(area) >= 4 ORDER BY 1
"""
_NUMBERS = 0x66726565  # "free"
Chosen = Select[*tuple[Any, ...]]
Figures = dict[str, dict[str, Any]]


async def settle_texts(session: AsyncSession) -> None:
    """Times are written alike in every session, so that a hash is the same whoever makes it; it may take its time."""
    await session.execute(
        select(func.set_config("TimeZone", "UTC", true()), func.set_config("DateStyle", "ISO", true()))
    )
    await session.execute(text("SET LOCAL statement_timeout = '15min'"))


async def take_turns(session: AsyncSession, area: str, month: date) -> None:
    """One at a time freezes a month of an area; others wait until that transaction is over."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"freeze:{area}:{month}", 0))))


def _cohort(area: str, period: Period, cut_off: datetime) -> ColumnElement[bool]:
    fell = or_(*(judged(view, period, cut_off).fell_in for view in COHORTS))
    return Case.area_code.like(f"{area}%") & fell


def _hash(of: Rows, case_id: ColumnElement[int]) -> ColumnElement[str]:
    """The hash of all rows' hashes, in the order of the cases."""
    line = func.md5(
        func.concat(
            cast(func.row(case_id, *(getattr(of, name) for name in _FIRST)), Text),
            *(f":{name}=" + cast(getattr(of, name), Text) for name in _LATER),
        )
    )
    lines = func.string_agg(line, aggregate_order_by(literal(""), case_id))
    return func.encode(func.sha256(func.convert_to(func.coalesce(lines, ""), "UTF8")), "hex")


async def hash_now(session: AsyncSession, area: str, period: Period, cut_off: datetime) -> str:
    """The hash of the month's data as the cases stand now."""
    query = select(_hash(Case, Case.id.expression)).where(_cohort(area, period, cut_off))
    return str(await session.scalar(query))


async def hash_kept(session: AsyncSession, freeze_id: int) -> str:
    """The hash of the data that was kept."""
    query = select(_hash(FrozenCase, FrozenCase.case_id.expression)).where(FrozenCase.freeze_id == freeze_id)
    return str(await session.scalar(query))


async def make(
    session: AsyncSession, area: str, month: date, cut_off: datetime, version: int, made_by: int | None
) -> Freeze:
    """Copy the month's cases, count them, keep what was counted. `cut_off` is T_obs."""
    period = Period.months(month, month)
    # numbers in the order of commits: whoever collects asks for what lies behind the last one (db/collected.py)
    await session.execute(select(func.pg_advisory_xact_lock(_NUMBERS)))
    freeze_id = int(await session.scalar(select(func.nextval(func.pg_get_serial_sequence("month_freeze", "id")))) or 0)
    rows = select(literal(freeze_id), Case.id, *(getattr(Case, name) for name in _KEPT))
    rows = rows.where(_cohort(area, period, cut_off))
    done = await session.execute(insert(FrozenCase).from_select(["freeze_id", "case_id", *_KEPT], rows))
    figures = await counted(session, freeze_id, month, cut_off)
    freeze = Freeze(
        id=freeze_id,
        month=month,
        area=area,
        version=version,
        definition=DEFINITION_VERSION,
        cut_off=cut_off,
        made_by=made_by,
        cases=done.rowcount,  # type: ignore[attr-defined]
        data_hash=await hash_kept(session, freeze_id),
        figures=figures,
        figures_hash=hash_of(figures),
    )
    session.add(freeze)
    await session.flush()
    return freeze


def hash_of(figures: Mapping[str, Any]) -> str:
    """The hash of figures, whatever the order of their names."""
    said = json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()


async def counted(session: AsyncSession, freeze_id: int, month: date, cut_off: datetime) -> Figures:
    """What the kept cases add up to, county by county: each view's sums by reason ("" enters), the figures by name."""
    period, found = Period.months(month, month), Figures()
    mine = FrozenCase.freeze_id == freeze_id
    county = func.left(FrozenCase.area_code, COUNTY_DIGITS).label("area")
    for view in SUMMED_VIEWS:
        how = judged(view, period, cut_off, FrozenCase)
        for row in await session.execute(added_up(how, [county], mine, of=FrozenCase)):
            sums = {name: getattr(row, name) for name in (*Sums._fields, "not_yet_due")}
            views = found.setdefault(row.area, {"views": {}, "figures": {}})["views"]
            views.setdefault(view.value, {})[row.reason] = {name: n for name, n in sums.items() if n}
    for basis in BASES:
        how = judged(basis, period, FOREVER, FrozenCase)
        query: Chosen = select(county).where(how.fell_in, mine)
        for area, name, amount in await session.execute(
            figure_sums.counted(basis, how, [county], query, FIGURES, of=FrozenCase)
        ):
            found.setdefault(area, {"views": {}, "figures": {}})["figures"][name] = int(amount)
    return found


async def versions(session: AsyncSession, area: str, month: date) -> list[Freeze]:
    """A prefecture's versions of a month, the frozen one first."""
    query = select(Freeze).where(Freeze.area == area, Freeze.month == month).order_by(Freeze.version)
    return list(await session.scalars(query))


async def series(session: AsyncSession, area: str, first: date, last: date) -> list[Freeze]:
    """All versions of the months from `first` to `last` of every prefecture within, or around, the area."""
    around = or_(Freeze.area.like(f"{area}%"), literal(area).like(Freeze.area + "%"))
    query = select(Freeze).where(around, Freeze.month >= first, Freeze.month <= last)
    return list(await session.scalars(query.order_by(Freeze.month, Freeze.area, Freeze.version)))


async def one(session: AsyncSession, freeze_id: int) -> Freeze | None:
    return await session.get(Freeze, freeze_id)


async def prefectures(session: AsyncSession) -> list[str]:
    """The prefectures that have cases, by their four digits."""
    rows = await session.scalars(text(_PREFECTURES))
    return [str(area) for area in rows]


@dataclass(frozen=True, slots=True)
class Proof:
    """What making a frozen figure again gave: both hashes must be those that were kept."""

    data: bool
    figures: bool


async def verify(session: AsyncSession, freeze: Freeze) -> Proof:
    """Hash the kept data again, and count it again."""
    await settle_texts(session)
    again = await counted(session, freeze.id, freeze.month, freeze.cut_off)
    return Proof(await hash_kept(session, freeze.id) == freeze.data_hash, hash_of(again) == freeze.figures_hash)
