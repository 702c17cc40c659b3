"""待回访: whom nobody may call yet is not in the queue, but told: how many, and from when on."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from casework.catalog.load import Catalog
from casework.db.models import Case
from casework.db.reads import followup
from casework.db.reads.followup import Asked, Page
from casework.journey.city import City
from casework.rules import asks
from casework.rules.clocks import due
from casework.rules.limits import LimitKey
from casework.rules.spans import Span
from casework.rules.words import ClockName, Urgency
from tests.services.notify.conftest import Client
from tests.services.notify.life import Life

HOURS = Span.hours("09:00-20:00")
MORNING = datetime(2026, 6, 5, 1, tzinfo=UTC)  # Friday 09:00
AREA = "510104022006"


async def looked_at(city: City, life: Life, at: datetime, *, later: bool = False, limit: int = 50) -> Page:
    officer = await life.actor("followup1")
    async with city.database.transaction() as session:
        return await followup.page(session, officer, Asked(at, HOURS, AREA, later), after=None, limit=limit)


@pytest.fixture(scope="module")
async def cases(city: City) -> dict[str, str]:
    """Two links that are out until 10:00 and 15:00, one that was answered, and one of somebody nobody may call."""
    life = Life(city)
    found = {name: await life.in_follow_up(area_code=AREA) for name in ("ten", "three", "answered")}
    found["spared"] = await life.begin(area_code=AREA, anonymous=True, phone=None)
    await life.signed(found["spared"])
    result = asks.FileResult(reply_text="路灯已修复。", finding="内部结论", factual=True, solved="SOLVED")
    await life.do(found["spared"], "unit-cg", result)
    await life.do(found["spared"], "reviewer1", asks.AcceptResult())
    await life.do(found["answered"], "followup1", asks.AnswerSurvey(solved=False))
    pool = await city.database.pool()
    for name, hours in (("ten", 1), ("three", 6)):
        begin = MORNING + timedelta(hours=hours)
        await pool.execute("UPDATE cases SET call_from = $2 WHERE case_no = $1", found[name], begin)
    return found


def names(page: Page, cases: dict[str, str]) -> set[str]:
    return {name for name, number in cases.items() if number in {row.case.case_no for row in page.rows}}


WHEN = [
    # at (hours after 09:00), who is in the queue, how many wait, from when on (hours after 09:00)
    (0, {"answered", "spared"}, 2, 1),  # both links are still out
    (1, {"answered", "spared", "ten"}, 1, 6),
    (6, {"answered", "spared", "ten", "three"}, 0, None),
    (11, {"answered", "spared"}, 2, 24),  # 20:00: nobody is called before the morning
    (23, {"answered", "spared"}, 2, 24),  # 08:00
    (24, {"answered", "spared", "ten", "three"}, 0, None),
]


@pytest.mark.parametrize(("after", "queue", "later", "begin"), WHEN)
async def test_the_queue_holds_whom_one_may_call_and_tells_of_the_others(
    city: City, life: Life, cases: dict[str, str], after: int, queue: set[str], later: int, begin: int | None
) -> None:
    at = MORNING + timedelta(hours=after)
    page = await looked_at(city, life, at)
    assert names(page, cases) == queue
    assert (page.total, page.later) == (len(queue), later)
    assert page.later_from == (None if begin is None else MORNING + timedelta(hours=begin))
    waiting = await looked_at(city, life, at, later=True)
    assert names(waiting, cases) == set(cases) - queue
    assert (waiting.total, waiting.later) == (later, later)


async def test_no_page_counts_more_or_less_than_there_is(city: City, life: Life, cases: dict[str, str]) -> None:
    one = await looked_at(city, life, MORNING, limit=1)
    assert (len(one.rows), one.total, one.next is not None) == (1, 2, True)


async def test_the_api_says_when_a_new_case_may_be_called(city: City, life: Life, client: Client) -> None:
    officer, area = await client("followup1"), "510104022009"
    case_no = await life.in_follow_up(area_code=area)
    page = (await officer.get("/followups", params={"area": area})).json()
    assert (page["items"], page["total"], page["later"]) == ([], 0, 1)
    listed = (await officer.get("/followups", params={"area": area, "later": "true"})).json()
    [row] = listed["items"]
    assert (row["case_no"], listed["total"]) == (case_no, 1)
    assert row["call_from"] <= page["later_from"]  # by night the first call is later still
    sheet = (await officer.get(f"/followups/{case_no}")).json()
    assert sheet["call_from"] == row["call_from"]
    async with city.database.transaction() as session:
        case = (await session.scalars(select(Case).where(Case.case_no == case_no))).one()
        assert case.next_due is not None
        assert datetime.fromisoformat(row["call_from"]) < case.next_due


@pytest.mark.parametrize("urgency", Urgency)
def test_calls_begin_well_before_the_follow_up_is_due_whenever_the_result_was_accepted(
    catalog: Catalog, urgency: Urgency
) -> None:
    calendar, rules = catalog.calendars.for_area("510104"), catalog.follow_up
    limit = catalog.limits.find(ClockName.FOLLOW_UP, urgency, None, None, None)
    assert limit is not None
    assert limit.key == LimitKey(ClockName.FOLLOW_UP, urgency)
    start = datetime(2026, 9, 28, tzinfo=UTC)  # two weeks around a long holiday with its make-up days
    for hour in range(0, 24 * 16, 3):
        at = start + timedelta(hours=hour)
        begin = due(rules.plans[urgency].phone_after, at, calendar).at
        assert begin + timedelta(hours=3) < due(limit.limit, at, calendar).at, at
