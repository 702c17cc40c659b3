"""The set of figures: SQL and rules say the same of every case, kept or counted, and every figure opens its cases."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from casework.db import rollups
from casework.db.models import Case, Unit
from casework.db.reads import figures
from casework.db.reads.figures import Found, Node
from casework.db.reads.questions import By, Part, Place, Question, Slice
from casework.db.reads.rolled import can_answer
from casework.journey.city import City
from casework.rules.facts import Actor
from casework.rules.rates import FIGURES, TIMES, View, names_of_time
from casework.rules.words import Role, Urgency
from services.dispatch.worker import fold_once
from tests.services.notify.figured import Amounts, FullChance, by_the_rules
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_completion_sql import JUNE, PROVINCE, SUMMER

ROWS = 2500
STREET = Actor(frozenset({Role.LEADER}), area="510104017")


@pytest.fixture(scope="module")
async def rows(city: City) -> list[Planted]:
    chance = FullChance(6)
    async with city.database.transaction() as session:
        unit_ids = list(await session.scalars(select(Unit.id).order_by(Unit.id).limit(5)))
        made = [chance.row(unit_ids) for _ in range(ROWS)]
        await plant(session, made)
    return made


@pytest.fixture(scope="module")
async def codes(city: City) -> dict[int, str]:
    async with city.database.transaction() as session:
        return {unit_id: code for unit_id, code in await session.execute(select(Unit.id, Unit.code))}


def amounts_of(found: Mapping[Node, Found]) -> Amounts:
    """What was found, name by name."""
    told: Amounts = {}
    for node, one in found.items():
        sums = {figure.denominator: one.rates[figure.code].denominator for figure in FIGURES}
        sums |= {figure.numerator: one.rates[figure.code].numerator for figure in FIGURES}
        sums |= {figure.above: one.rates[figure.code].above for figure in FIGURES}
        sums |= {figure.below: one.rates[figure.code].below for figure in FIGURES}
        for time in TIMES:
            total, *buckets = names_of_time(time)
            sums[total] = one.spreads[time].total
            sums |= {name: one.spreads[time].buckets.get(place, 0) for place, name in enumerate(buckets)}
        told[node] = {name: amount for name, amount in sums.items() if amount}
    return told


async def ask(city: City, actor: Actor, question: Question, monthly: bool = False) -> Amounts:
    async with city.database.transaction() as session:
        return amounts_of(await figures.figures(session, actor, question, FIGURES, monthly=monthly))


@pytest.mark.parametrize("monthly", [False, True])
@pytest.mark.parametrize("by", By)
async def test_every_node_adds_up_to_its_cases(
    city: City, rows: list[Planted], codes: dict[int, str], by: By, monthly: bool
) -> None:
    question = Question(View.A, SUMMER, by)
    told = await ask(city, PROVINCE, question, monthly)
    assert told == by_the_rules(rows, PROVINCE, question, codes, monthly=monthly)
    assert {figure.numerator for figure in FIGURES} <= {name for sums in told.values() for name in sums}


@pytest.mark.parametrize("fine", [{"category": "01"}, {"area": "510104017"}, {"urgency": Urgency.N}, {}])
async def test_filters_and_scopes_narrow_every_figure(
    city: City, rows: list[Planted], codes: dict[int, str], fine: dict[str, str]
) -> None:
    question = Question(View.A, JUNE, By.CITY, **fine)  # type: ignore[arg-type]
    for actor in (PROVINCE, STREET):
        expected = by_the_rules(rows, actor, question, codes)
        assert await ask(city, actor, question) == expected
        assert expected


async def test_the_kept_sums_say_it_before_and_after_folding(
    city: City, rows: list[Planted], codes: dict[int, str]
) -> None:
    question = Question(View.A, SUMMER, By.COUNTY)
    assert can_answer(PROVINCE, question)
    expected = by_the_rules(rows, PROVINCE, question, codes)
    assert await ask(city, PROVINCE, question) == expected
    while await fold_once(city):
        pass
    pool = await city.database.pool()
    assert await pool.fetchval("SELECT count(*) FROM rate_delta") == 0
    assert await ask(city, PROVINCE, question) == expected
    async with city.database.transaction() as session:
        assert await rollups.recount(session) == []


async def test_a_spoilt_amount_is_found_and_mended(city: City, rows: list[Planted]) -> None:
    while await fold_once(city):
        pass
    pool = await city.database.pool()
    spoilt = "UPDATE figure_rollup SET amount = amount + 2 WHERE name = 'SIGN:n' AND area = '510104'"
    await pool.execute(spoilt + " AND month = '2026-06-01'")
    async with city.database.transaction() as session:
        [one] = await rollups.recount(session, mend=True)
        assert isinstance(one, rollups.FigureDifference)
        assert (one.name, one.amount, one.told()["month"]) == ("SIGN:n", -2, "2026-06")
    async with city.database.transaction() as session:
        assert await rollups.recount(session) == []


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.code)
async def test_every_figure_opens_the_very_cases_that_it_counts(city: City, rows: list[Planted], figure) -> None:  # type: ignore[no-untyped-def]
    question = Question(View.A, JUNE, By.COUNTY)
    async with city.database.transaction() as session:
        found = await figures.figures(session, PROVINCE, question, [figure], times=False)
        rate = found["510104", None].rates[figure.code]
        listed = {}
        for part in (Part.NUMERATOR, Part.DENOMINATOR, Part.MISSED):
            wanted = Slice(part, key="510104", limit=5000)
            listed[part] = await figures.cases_of(session, PROVINCE, question, figure, wanted)
        assert (len(listed[Part.NUMERATOR]), len(listed[Part.DENOMINATOR])) == (rate.numerator, rate.denominator)
        ids = {part: {row.id for row in rows} for part, rows in listed.items()}
        assert ids[Part.NUMERATOR] | ids[Part.MISSED] == ids[Part.DENOMINATOR]
        assert not ids[Part.NUMERATOR] & ids[Part.MISSED]
        first = await figures.cases_of(session, PROVINCE, question, figure, Slice(Part.DENOMINATOR, limit=3))
        next_ = Slice(Part.DENOMINATOR, after=Place(first[-1].at, first[-1].id), limit=3)
        second = await figures.cases_of(session, PROVINCE, question, figure, next_)
        places = [(row.at, row.id) for row in (*first, *second)]
        assert places == sorted(set(places))


async def test_the_times_open_their_cases(city: City, rows: list[Planted]) -> None:
    question = Question(View.A, JUNE, By.PROVINCE)
    async with city.database.transaction() as session:
        cases = await figures.cases_timed(session, PROVINCE, question, Slice(Part.DENOMINATOR, limit=5000))
        kept = await session.scalars(select(Case.completed_at).where(Case.id.in_([case.id for case in cases])))
        assert cases
        assert all(JUNE.holds(at) for at in kept if at)
