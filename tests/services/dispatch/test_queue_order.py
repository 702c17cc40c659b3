"""The queue shows each actor what waits for it, in the queue's order, page after page; and finds it by its indexes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import event, insert, select

from casework.db.models import Assignment, Case, Unit
from casework.db.reads import queue
from casework.db.reads.queue import View
from casework.journey.city import City
from casework.rules.facts import SYSTEM, Actor
from casework.rules.queue_rank import queue_rank
from casework.rules.rates import CaseFacts
from casework.rules.words import Role, Status, Urgency
from tests.services.notify.planted import Planted, plant

ROWS = 1500
AREAS = ("51", "5101", "510104", "510104017", "510104017001", "510104018002", "510105001001", "510303001001")
NOW = datetime.now(UTC).replace(microsecond=0)
REPORTERS = (901, 902)


@dataclass(frozen=True)
class Waits:
    """A planted case as the queue sees it."""

    id: int
    status: Status
    area: str
    rank: int | None
    due: datetime | None
    unit: int | None
    reporter: int | None


@pytest.fixture(scope="module")
async def units(city: City) -> list[int]:
    async with city.database.transaction() as session:
        return list(await session.scalars(select(Unit.id).order_by(Unit.id).limit(4)))


@pytest.fixture(scope="module")
async def cases(city: City, units: list[int]) -> list[Waits]:
    """Cases of every status; half a dozen share each due time, and some have none."""
    chance = random.Random(12345)
    planted = [
        Planted(CaseFacts(chance.choice(tuple(Status)), NOW), chance.choice(AREAS), chance.choice((None, *units)))
        for _ in range(ROWS)
    ]
    async with city.database.transaction() as session:
        numbers = await plant(session, planted)
        found: list[Waits] = []
        query = select(Case).where(Case.case_no.in_(numbers)).order_by(Case.id)
        for case in list(await session.scalars(query)):
            case.urgency = chance.choice(tuple(Urgency)).value
            case.suggested_unit = chance.choice((None, "510104-CG"))
            case.next_due = chance.choice((None, NOW + chance.randint(-90, 90) * timedelta(minutes=90)))
            case.reporter_id = chance.choice((None, None, *REPORTERS))
            status = Status(case.status)
            case.queue_rank = queue_rank(status, Urgency(case.urgency), case.suggested_unit)
            shown = status, case.area_code, case.queue_rank, case.next_due, case.lead_unit_id, case.reporter_id
            found.append(Waits(case.id, *shown))
        held = [{"case_id": c.id, "unit_id": c.unit, "kind": "LEAD", "hop": 1} for c in found if c.unit]
        await session.execute(insert(Assignment), held)
    return found


def of(role: Role, area: str = "", *units: int, account: int | None = None) -> Actor:
    return Actor(frozenset({role}), account_id=account, area=area, units=frozenset(units))


def sees(actor: Actor, case: Waits) -> bool:
    role = next(iter(actor.roles))
    if role is Role.SYSTEM:
        return True
    if role is Role.UNIT:
        return case.unit in actor.units
    if role is Role.GRID_WORKER:
        return case.reporter == actor.account_id
    return case.area.startswith(actor.area)


def fits(view: View, case: Waits) -> bool:
    if view is View.ENDED:
        return case.rank is None
    statuses = {
        View.TO_DISPATCH: {Status.REVIEW, Status.NEED_INFO},
        View.CALLED: {Status.CALLED},
        View.TO_SIGN: {Status.DISPATCHED},
        View.HANDLING: {Status.HANDLING, Status.REWORK},
        View.TO_REVIEW: {Status.RESULT_REVIEW},
        View.FOLLOW_UP: {Status.FOLLOW_UP},
        View.RETURNS: {Status.RETURN_REVIEW},
    }
    soon = case.due is not None and NOW < case.due <= NOW + queue.SOON
    return case.rank is not None and {
        View.OPEN: True,
        View.UNROUTED: case.rank < 3,
        View.DUE_SOON: soon,
        View.OVERDUE: case.due is not None and case.due <= NOW,
    }.get(view, case.status in statuses.get(view, set()))


def in_order(cases: Sequence[Waits], view: View) -> list[int]:
    if view is View.ENDED:
        return sorted((case.id for case in cases), reverse=True)
    never = datetime.max.replace(tzinfo=UTC)
    return [case.id for case in sorted(cases, key=lambda case: (case.rank, case.due or never, case.id))]


async def pages(city: City, actor: Actor, view: View, limit: int, area: str | None = None) -> list[int]:
    """All pages, one after the other, each asked in a transaction of its own."""
    found: list[int] = []
    after = None
    while True:
        async with city.database.transaction() as session:
            page = await queue.page(session, actor, view, after=after, limit=limit, narrowed=queue.Narrowed(area=area))
        found += [case.id for case, _ in page.rows]
        if page.next is None:
            return found
        assert len(page.rows) == limit
        after = page.next


ACTORS = {
    "province": of(Role.DISPATCHER, "51"),
    "prefecture": of(Role.DISPATCHER, "5101"),
    "county": of(Role.DISPATCHER, "510104"),
    "street": of(Role.REVIEWER, "510104017"),
    "community's area": of(Role.AGENT, "510104017001"),
    "grid worker": of(Role.GRID_WORKER, "510104", account=901),
    "admin": of(Role.SYS_ADMIN, "51"),
}


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("who", [*ACTORS, "unit", "unit and those below"])
async def test_everybody_sees_what_waits_for_them_in_order(
    city: City, cases: list[Waits], units: list[int], who: str, view: View
) -> None:
    own = {"unit": of(Role.UNIT, "510104", units[0]), "unit and those below": of(Role.UNIT, "510104", *units[:3])}
    actor = (ACTORS | own)[who]
    expected = [] if who == "admin" else [case for case in cases if sees(actor, case) and fits(view, case)]
    assert await pages(city, actor, view, limit=23) == in_order(expected, view)
    if view is not View.ENDED:
        async with city.database.transaction() as session:
            assert (await queue.counts(session, actor))[view] == len(expected)


@pytest.mark.parametrize("area", ["51", "5101", "510104", "510104017", "5103", "52"])
async def test_an_area_narrows_the_queue(city: City, cases: list[Waits], area: str) -> None:
    actor = ACTORS["prefecture"]
    expected = [c for c in cases if sees(actor, c) and fits(View.OPEN, c) and c.area.startswith(area)]
    assert await pages(city, actor, View.OPEN, 50, area) == in_order(expected, View.OPEN)


async def test_who_is_two_things_sees_what_waits_for_both(city: City, cases: list[Waits], units: list[int]) -> None:
    both = replace(of(Role.UNIT, "510303", units[1]), roles=frozenset({Role.UNIT, Role.DISPATCHER}))
    expected = [c for c in cases if (c.unit == units[1] or c.area.startswith("510303")) and fits(View.OPEN, c)]
    assert await pages(city, both, View.OPEN, 50) == in_order(expected, View.OPEN)


async def test_the_system_sees_all(city: City, cases: list[Waits]) -> None:
    assert len(await pages(city, SYSTEM, View.OPEN, 200)) == sum(fits(View.OPEN, case) for case in cases)


async def test_no_page_lies_about_its_neighbours(city: City, cases: list[Waits]) -> None:
    """Unrouted first; then the more urgent; then the nearer deadline."""
    ids = await pages(city, ACTORS["province"], View.OPEN, 7)
    by_id = {case.id: case for case in cases}
    ranks = [by_id[one].rank or 0 for one in ids]
    assert ranks == sorted(ranks)
    dues = [(by_id[a].due, by_id[b].due) for a, b in pairwise(ids) if by_id[a].rank == by_id[b].rank]
    assert all(b is None or (a is not None and a <= b) for a, b in dues)


@pytest.mark.parametrize(
    ("who", "index"),
    [
        ("province", "ix_cases_waiting"),
        ("county", "ix_cases_waiting_county"),
        ("street", "ix_cases_waiting_county"),
        ("unit", "ix_cases_waiting_lead"),
        ("grid worker", "ix_cases_waiting_reporter"),
    ],
)
async def test_a_page_is_found_by_its_order_and_nothing_is_sorted(
    city: City, cases: list[Waits], units: list[int], who: str, index: str
) -> None:
    """As for the thousandth asker: the plan knows no values."""
    actor = (ACTORS | {"unit": of(Role.UNIT, "510104", units[0])})[who]
    engine = city.database.engine.sync_engine
    asked: list[tuple[str, tuple[object, ...]]] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]), once=True)
    async with city.database.transaction() as session:
        await queue.page(session, actor, View.OPEN, after=queue.Place(4, NOW, 0), limit=50)
        connection = await (await session.connection()).get_raw_connection()
        driver = connection.driver_connection
        assert driver is not None
        query, values = asked[0]
        nothing = ", ".join("NULL" for _ in values)
        for name in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            await driver.execute(f"SET LOCAL {name} = off")
        await driver.execute(f"SET LOCAL plan_cache_mode = force_generic_plan; PREPARE asked AS {query}")
        plan = "\n".join(row[0] for row in await driver.fetch(f"EXPLAIN EXECUTE asked({nothing})"))
        await driver.execute("DEALLOCATE asked")
    assert f"using {index} " in plan
    assert "Sort" not in plan
