"""What a bulletin tells: the figures of an area and a spell, gathered in one transaction, frozen where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.load import Catalog
from casework.db import freezes
from casework.db.models import Freeze
from casework.db.reads import figures as read
from casework.db.reads import supervisor
from casework.db.reads.figures import Found, Node
from casework.db.reads.frozen import kept_of
from casework.db.reads.questions import AREA_DIGITS, By, Question
from casework.db.reads.unit_figures import unit_figures
from casework.rules.facts import Actor
from casework.rules.rates import FIGURES, Rate, View
from casework.rules.rollups import COUNTY_DIGITS
from casework.rules.spells import Pace, Spell
from casework.rules.tallies import Period, Tally

VIEWS = (View.A, View.A0, View.B, View.C, View.ALL)
BELOW = {2: By.CITY, 4: By.COUNTY, 6: By.STREET, 9: By.COMMUNITY}
"""What an area is ranked by; a community, by its grids."""
FROZEN_BY = (By.CITY, By.COUNTY)
"""Frozen months know counties and wider."""
TREND_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a bulletin says, as numbers. `frozen`: every version of the month; empty: the figures are provisional.

    `views`, `rates` and, where counties or wider are ranked, `places` are those of the first frozen version where there
    is one, else as they stand at `observed` (UTC). `stock` and `times` always stand at `observed`. `months`: the
    headline by month, as it stands.
    """

    area: str
    spell: Spell
    observed: datetime
    frozen: Sequence[Freeze]
    views: Mapping[View, Tally]
    by: By
    places: Mapping[str | None, Tally]
    units: Mapping[Node, Found]
    unit_names: Mapping[str, str]
    rates: Mapping[str, Rate]
    times: Found
    stock: Mapping[str | None, Tally]
    months: Mapping[str | None, Tally]

    @property
    def places_frozen(self) -> bool:
        """Whether the places are ranked by frozen figures."""
        return bool(self.frozen) and self.by in FROZEN_BY


async def gather(
    session: AsyncSession, catalog: Catalog, actor: Actor, area: str, spell: Spell, observed: datetime
) -> Facts:
    """The facts of the area, which lies within the actor's scope."""
    by = BELOW.get(len(area), By.GRID)
    frozen = await _frozen(session, area, spell)

    def ask(view: View, grouping: By, period: Period | None = None) -> Question:
        return Question(view=view, period=period or spell.period, by=grouping, area=area)

    async def sums(view: View, grouping: By, period: Period | None = None) -> dict[str | None, Tally]:
        question = ask(view, grouping, period)
        return await supervisor.completion(session, actor, question, observed, catalog.calendars)

    found = read.total_of(await read.figures(session, actor, ask(View.A, By.CITY), FIGURES))
    views = {view: _sum(await sums(view, By.CITY)) for view in VIEWS}
    places, rates = await sums(View.A, by), found.rates
    if frozen:
        first = [kept for one in frozen if one.version == 1 for kept in _within(one, area).items()]
        whole = kept_of(kept for _, kept in first)
        views, rates = dict(whole.views), whole.rates
        if by in FROZEN_BY:
            places = {key: _headline(first, key) for key in {code[: AREA_DIGITS[by]] for code, _ in first}}
    units = await unit_figures(session, actor, ask(View.A, By.UNIT), FIGURES)
    return Facts(
        area=area,
        spell=spell,
        observed=observed,
        frozen=frozen,
        views=views,
        by=by,
        places=places,
        units=units,
        unit_names=await supervisor.unit_names(session, [key for key, _ in units if key]),
        rates=rates,
        times=found,
        stock=await sums(View.D, by),
        months=await sums(View.A, By.MONTH, _year_to(spell)) if spell.pace is Pace.MONTH else {},
    )


async def _frozen(session: AsyncSession, area: str, spell: Spell) -> list[Freeze]:
    """Every version of the month, if all prefectures of the area that have cases are frozen; weeks never are, nor are
    areas narrower than a county."""
    if spell.pace is not Pace.MONTH or len(area) > COUNTY_DIGITS:
        return []
    found = await freezes.series(session, area, spell.first, spell.first)
    known = {one.area for one in found}
    wanted = [one for one in await freezes.prefectures(session) if one.startswith(area) or area.startswith(one)]
    return found if known and known.issuperset(wanted) else []


def _within(freeze: Freeze, area: str) -> dict[str, Mapping[str, object]]:
    return {code: kept for code, kept in freeze.figures.items() if code.startswith(area)}


def headline_of(freeze: Freeze, area: str) -> Tally:
    """The headline rate of one version, within the area."""
    return kept_of(_within(freeze, area).values()).views.get(View.A, Tally())


def _headline(kept: Sequence[tuple[str, Mapping[str, object]]], key: str) -> Tally:
    return kept_of(one for code, one in kept if code.startswith(key)).views.get(View.A, Tally())


def _sum(tallies: Mapping[str | None, Tally]) -> Tally:
    return sum(tallies.values(), Tally())


def _year_to(spell: Spell) -> Period:
    """The twelve months that end with the spell."""
    first: date = spell.first
    for _ in range(TREND_MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return Period.months(first, spell.first)
