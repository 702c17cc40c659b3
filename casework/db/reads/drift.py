"""How suggestions fare 分类漂移: in a period, what was suggested beside what people made of it, within a scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Float, Select, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, CategorySuggestion
from casework.db.scope import in_figures
from casework.rules.facts import Actor

MOST_MIXED_UP = 20
S = CategorySuggestion


@dataclass(frozen=True, slots=True)
class Fared:
    """The suggestions of one source that people settled in a period; `said` is the mean confidence of the first."""

    source: str
    settled: int
    first_right: int
    second_right: int
    none_given: int
    said: float | None


@dataclass(frozen=True, slots=True)
class MixedUp:
    """How often one category was suggested first and a person gave another."""

    suggested: str
    settled: str
    cases: int


@dataclass(frozen=True, slots=True)
class Drift:
    """`now` and `before`: how often people gave each category in the period and in the one of the same length
    before it."""

    fared: list[Fared]
    mixed_up: list[MixedUp]
    now: dict[str, int]
    before: dict[str, int]


async def drift(session: AsyncSession, actor: Actor, begin: datetime, end: datetime) -> Drift:
    """Of [begin, end), UTC, by when a person settled; what the machine settled by itself does not count."""
    before = await _given(session, actor, begin - (end - begin), begin)
    return Drift(
        await _fared(session, actor, begin, end),
        await _mixed_up(session, actor, begin, end),
        await _given(session, actor, begin, end),
        before,
    )


def _settled(query: Select[*tuple[Any, ...]], actor: Actor, begin: datetime, end: datetime) -> Any:
    of_cases = query.join(Case, Case.id == S.case_id)
    within = of_cases.where(S.settled_at >= begin, S.settled_at < end, S.automatic.is_(False))
    return in_figures(within, actor)


async def _fared(session: AsyncSession, actor: Actor, begin: datetime, end: datetime) -> list[Fared]:
    columns = (
        S.source,
        func.count(),
        func.count(case((S.first == S.settled, 1))),
        func.count(case((S.second == S.settled, 1))),
        func.count(case((S.first.is_(None), 1))),
        cast(func.avg(S.first_confidence), Float),
    )
    query = _settled(select(*columns).where(S.source.is_not(None)), actor, begin, end)
    return [Fared(*row) for row in await session.execute(query.group_by(S.source).order_by(func.min(S.id)))]


async def _mixed_up(session: AsyncSession, actor: Actor, begin: datetime, end: datetime) -> list[MixedUp]:
    times = func.count()
    query = _settled(select(S.first, S.settled, times).where(S.first != S.settled), actor, begin, end)
    ordered = query.group_by(S.first, S.settled).order_by(times.desc(), S.first, S.settled).limit(MOST_MIXED_UP)
    return [MixedUp(*row) for row in await session.execute(ordered)]


async def _given(session: AsyncSession, actor: Actor, begin: datetime, end: datetime) -> dict[str, int]:
    query = _settled(select(S.settled, func.count()).where(S.settled.is_not(None)), actor, begin, end)
    return {code: count for code, count in await session.execute(query.group_by(S.settled))}
