"""The report's SQL gives what the definition gives: rules/rates and db/reads agree on thousands of random cases."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from casework.db.models import Case, Unit
from casework.db.reads.judged import judged
from casework.db.reads.questions import AREA_DIGITS, By, Part, Place, Question, Slice
from casework.db.reads.supervisor import cases_behind, completion
from casework.journey.city import City
from casework.rules.calendars import Calendars, DayFacts, build_calendar, day_of
from casework.rules.facts import Actor
from casework.rules.hours import Season
from casework.rules.rates import CaseFacts, Standing, View
from casework.rules.tallies import Period, Tally, tally
from casework.rules.words import Channel, Direction, Exclusion, Kind, Role, Status
from tests.services.notify.planted import Planted, plant

ROWS = 4000
TICK = timedelta(microseconds=1)
NOW = datetime(2026, 7, 3, 1, 30, tzinfo=UTC)
JUNE = Period.months(date(2026, 6, 1), date(2026, 6, 30))
SUMMER = Period.months(date(2026, 5, 1), date(2026, 8, 31))
PROVINCE = Actor(frozenset({Role.ANALYST}), area="51")
AREAS = (
    "51",
    "5101",
    "510104",
    "510104017",
    "510104017001",
    "510104017001A03",
    "510104018002",
    "510105001001",
    "5101Z1",
)
AREAS_ELSEWHERE = ("510303001001", "500103001001")
CATEGORIES = (None, "01", "0101", "010102", "0203", "24")
BORDERS = (
    datetime(2026, 5, 31, 16, tzinfo=UTC),  # 1 June in Shanghai
    datetime(2026, 6, 1, tzinfo=UTC),  # 1 June in UTC
    datetime(2026, 6, 30, 16, tzinfo=UTC),
    datetime(2026, 7, 1, tzinfo=UTC),
)


class Chance:
    """Random facts that love edges: borders of months, deadlines and the observation, and a microsecond beside."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def moment(self, *near: datetime | None) -> datetime:
        known = [at for at in near if at is not None]
        if known and self.random.random() < 0.6:
            return self.random.choice(known) + self.random.choice((-TICK, timedelta(0), TICK))
        if self.random.random() < 0.3:
            return self.random.choice((*BORDERS, NOW)) + self.random.choice((-TICK, timedelta(0), TICK))
        return datetime(2026, 4, 1, tzinfo=UTC) + self.random.random() * timedelta(days=150)

    def maybe(self, at: datetime, chance: float) -> datetime | None:
        return at if self.random.random() < chance else None

    def facts(self) -> CaseFacts:
        pick = self.random.choice
        ended = (Status.CLOSED, Status.ANSWERED, Status.GUIDED, Status.TRANSFERRED, Status.TERMINATED, Status.VOID)
        first = self.maybe(self.moment(), 0.9)
        due = first if self.random.random() < 0.6 else self.maybe(self.moment(first), 0.9)
        completed = self.maybe(self.moment(due, first), 0.6)
        return CaseFacts(
            status=pick((*Status, *[Status.CLOSED] * 8, *[Status.HANDLING] * 3, *[Status.TERMINATED] * 2)),
            created_at=self.moment(),
            direction=pick(tuple(Direction)),
            kind=pick((None, *Kind)),
            accepted_at=self.maybe(self.moment(), 0.8),
            finish_due_original=first,
            finish_due=due,
            signed_in_time=pick((True, True, True, False, None)),
            contacted_in_time=pick((True, True, True, False, None)),
            contact_exempt=self.random.random() < 0.2,
            first_completed_at=completed if self.random.random() < 0.7 else self.maybe(self.moment(due), 0.5),
            completed_at=completed,
            ended_at=self.maybe(self.moment(due, first), 0.7),
            ended_as=pick((None, Status.MERGED, *ended)),
        )

    def row(self, unit_ids: list[int]) -> Planted:
        pick = self.random.choice
        area = pick((*AREAS, *AREAS, *AREAS_ELSEWHERE))
        return Planted(self.facts(), area, pick((None, *unit_ids, 987654)), pick(CATEGORIES), pick(tuple(Channel)))


@pytest.fixture(scope="module")
async def rows(city: City) -> list[Planted]:
    """Thousands of random cases, each with the event that the database asks for."""
    chance = Chance(2026)
    async with city.database.transaction() as session:
        unit_ids = list(await session.scalars(select(Unit.id).order_by(Unit.id).limit(5)))
        made = [chance.row(unit_ids) for _ in range(ROWS)]
        await plant(session, made)
    return made


@pytest.fixture(scope="module")
async def unit_codes(city: City) -> dict[int, str]:
    async with city.database.transaction() as session:
        return {unit_id: code for unit_id, code in await session.execute(select(Unit.id, Unit.code))}


def key_of(row: Planted, by: By, standing: Standing, unit_codes: dict[int, str]) -> str | None:
    if by in AREA_DIGITS:
        return row.area[: AREA_DIGITS[by]]
    if by is By.MONTH:
        return f"{day_of(standing.at):%Y-%m}" if standing.at else None
    return {
        By.UNIT: unit_codes.get(row.unit_id or 0),
        By.CATEGORY: row.category[:2] if row.category else None,
        By.SUBCATEGORY: row.category[:4] if row.category else None,
        By.CHANNEL: row.channel.value,
        By.URGENCY: "N",
        By.KIND: row.facts.kind.value if row.facts.kind else None,
    }[by]


def fits(row: Planted, actor: Actor, question: Question) -> bool:
    return (
        row.area.startswith(actor.area)
        and row.area.startswith(question.area)
        and (question.units is None or row.unit_id in question.units)
        and (row.category or "").startswith(question.category)
        and question.channel in (None, row.channel)
        and question.kind in (None, row.facts.kind)
    )


def by_the_rules(
    rows: list[Planted], actor: Actor, question: Question, calendars: Calendars, unit_codes: dict[int, str]
) -> dict[str | None, Tally]:
    found: dict[str | None, Tally] = {}
    for row in rows:
        if not fits(row, actor, question):
            continue
        calendar = calendars.for_area(row.area[:4])
        standing, one = tally(row.facts, question.view, question.period, NOW, calendar)
        if one != Tally():
            key = key_of(row, question.by, standing, unit_codes)
            found[key] = found.get(key, Tally()) + one
    return found


async def by_the_report(city: City, actor: Actor, question: Question) -> dict[str | None, Tally]:
    async with city.database.transaction() as session:
        return await completion(session, actor, question, NOW, city.catalog.calendars)


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("view", View)
async def test_the_report_says_what_the_rules_say(
    rows: list[Planted], city: City, unit_codes: dict[int, str], view: View, by: By
) -> None:
    for period in (JUNE, SUMMER):
        question = Question(view, period, by)
        told = await by_the_report(city, PROVINCE, question)
        assert told == by_the_rules(rows, PROVINCE, question, city.catalog.calendars, unit_codes)
        assert sum(one.cases for one in told.values()) > 50
        assert len({reason for one in told.values() for reason in one.excluded}) >= 2


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize(
    "filters",
    [
        {"area": "510104"},
        {"area": "5101Z1"},
        {"category": "01"},
        {"category": "0101"},
        {"channel": Channel.HOTLINE},
        {"kind": Kind.COMPLAINT},
        {"area": "5101", "category": "0", "channel": Channel.GRID, "kind": Kind.GRID_EVENT},
    ],
    ids=str,
)
async def test_every_filter_narrows_as_it_says(
    rows: list[Planted], city: City, unit_codes: dict[int, str], view: View, filters: dict[str, object]
) -> None:
    question = replace(Question(view, SUMMER, By.STREET), **filters)  # type: ignore[arg-type]
    assert await by_the_report(city, PROVINCE, question) == by_the_rules(
        rows, PROVINCE, question, city.catalog.calendars, unit_codes
    )


async def test_units_are_the_leading_ones(rows: list[Planted], city: City, unit_codes: dict[int, str]) -> None:
    two = frozenset(sorted(unit_codes)[:2])
    question = Question(View.A, SUMMER, By.UNIT, units=two)
    told = await by_the_report(city, PROVINCE, question)
    assert told == by_the_rules(rows, PROVINCE, question, city.catalog.calendars, unit_codes)
    assert set(told) == {unit_codes[unit_id] for unit_id in two}


@pytest.mark.parametrize("area", ["510104", "510105", "5101Z1", "510104017", "50"])
async def test_nobody_counts_what_lies_outside_their_area(
    rows: list[Planted], city: City, unit_codes: dict[int, str], area: str
) -> None:
    actor = Actor(frozenset({Role.LEADER}), area=area)
    question = Question(View.A, SUMMER, By.COMMUNITY)
    told = await by_the_report(city, actor, question)
    assert told == by_the_rules(rows, actor, question, city.catalog.calendars, unit_codes)
    assert told
    assert all(str(key).startswith(area) for key in told)


@pytest.mark.parametrize("view", View)
async def test_the_cases_behind_a_figure_are_as_many_as_it_says(rows: list[Planted], city: City, view: View) -> None:
    question = Question(view, JUNE, By.KIND)
    told = await by_the_report(city, PROVINCE, question)
    for key, one in told.items():
        sizes = {Part.NUMERATOR: one.kept, Part.DENOMINATOR: one.cases, Part.MISSED: one.cases - one.kept}
        for part, size in sizes.items():
            assert len(await listed(city, question, Slice(part, key=key or ""))) == size
        for reason in Exclusion:
            behind = await listed(city, question, Slice(Part.EXCLUDED, reason, key=key or ""))
            assert len(behind) == one.excluded.get(reason, 0)
    everything = await listed(city, question, Slice(Part.EXCLUDED))
    assert len(everything) == sum(sum(one.excluded.values()) for one in told.values())


async def test_overdue_is_as_old_as_the_prefecture_works(rows: list[Planted], city: City) -> None:
    """Two prefectures, one that works every day: the same due day is older there."""
    nation = city.catalog.calendars.for_area("")
    days = {date(2026, 1, 1) + timedelta(days=n): True for n in range(365)}
    busy = build_calendar(
        "busy", "1", DayFacts(days, frozenset({2026}), frozenset()), [Season((1, 1), nation.hours[0])]
    )
    calendars = Calendars({"": nation, "5103": busy})
    question = Question(View.D, JUNE, By.CITY)
    async with city.database.transaction() as session:
        told = await completion(session, PROVINCE, question, NOW, calendars)
    assert told == by_the_rules(rows, PROVINCE, question, calendars, {})
    assert told != by_the_rules(rows, PROVINCE, question, city.catalog.calendars, {})


async def listed(city: City, question: Question, wanted: Slice) -> list[str]:
    """All pages of the list."""
    found: list[str] = []
    after = None
    while True:
        async with city.database.transaction() as session:
            page = await cases_behind(session, PROVINCE, question, NOW, replace(wanted, after=after, limit=97))
        found += [row.case_no for row in page]
        if len(page) < 97:
            assert len(set(found)) == len(found)
            return found
        after = Place(page[-1].at, page[-1].id)


@pytest.mark.parametrize(("view", "index"), [(View.A, "ix_cases_due"), (View.B, "ix_cases_accepted")])
async def test_a_period_is_found_by_an_index(rows: list[Planted], city: City, view: View, index: str) -> None:
    async with city.database.transaction() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        query = select(Case.id).where(judged(view, JUNE, NOW).fell_in)
        sql = query.compile(city.database.engine, compile_kwargs={"literal_binds": True})
        plan = "\n".join(await session.scalars(text(f"EXPLAIN {sql}")))
    assert index in plan
