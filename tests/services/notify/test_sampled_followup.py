"""抽样回访: nobody picks who is asked; who is not asked may answer all the same, else the case closes by itself."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from casework.db.models import Case
from casework.db.reads import figures
from casework.db.reads.questions import By, Question
from casework.journey.city import City
from casework.journey.move import move
from casework.rules import asks
from casework.rules.calendars import day_of
from casework.rules.decide import Refused
from casework.rules.facts import CITIZEN, SYSTEM
from casework.rules.rates import FIGURES, Rate, View
from casework.rules.sampling import Stratum
from casework.rules.tallies import Period
from casework.rules.words import Satisfaction
from services.dispatch.worker import turn_once
from tests.services.notify.conftest import Client
from tests.services.notify.life import Life

HALF = (Stratum("LIGHTS", 2, category=("02",)), Stratum("ALL", 1))


async def row(city: City, case_no: str) -> Case:
    async with city.database.transaction() as session:
        return (await session.scalars(select(Case).where(Case.case_no == case_no))).one()


async def window_over(city: City, case_no: str) -> None:
    """As if the time to answer by message were over."""
    pool = await city.database.pool()
    await pool.execute("UPDATE cases SET call_from = now() - interval '1 minute' WHERE case_no = $1", case_no)


@dataclass
class Sampled:
    """A city that asks one in two about lights; cases that were drawn, and cases that were left out."""

    life: Life
    drawn: list[str]
    left_out: list[str]


@pytest.fixture(scope="module")
async def sampled(city: City) -> Sampled:
    rules = replace(city.catalog.follow_up, strata=HALF)
    sampling = City(replace(city.catalog, follow_up=rules), city.keyring, city.database)
    life = Life(sampling)
    found = Sampled(life, [], [])
    for _ in range(80):  # one in two: that 80 in a row leave either out does not happen
        case_no = await life.in_follow_up()
        (found.drawn if (await row(city, case_no)).follow_weight else found.left_out).append(case_no)
        if len(found.drawn) >= 2 and len(found.left_out) >= 4:
            break
    return found


async def listed(client: Client) -> set[str]:
    """Whom officers have before them, now or once they may call."""
    officer, found = await client("followup1"), set[str]()
    for later in ("false", "true"):
        page = (await officer.get("/followups", params={"limit": "200", "later": later})).json()
        assert page["total"] == len(page["items"])
        found |= {one["case_no"] for one in page["items"]}
    return found


async def test_the_number_alone_decides_and_the_row_keeps_stratum_and_weight(sampled: Sampled, city: City) -> None:
    for case_no in (*sampled.drawn, *sampled.left_out):
        case = await row(city, case_no)
        assert (case.follow_stratum, case.follow_weight) == ("LIGHTS", 2 if case_no in sampled.drawn else 0)
    other = await sampled.life.in_follow_up(category="0301")
    spared = await sampled.life.in_follow_up(category="0301", phone=None)
    everybody = await row(city, other)
    assert (everybody.follow_stratum, everybody.follow_weight) == ("ALL", 1)
    assert (await row(city, spared)).follow_weight is None  # who cannot be asked is not drawn either


async def test_the_queue_shows_the_drawn_and_nobody_calls_the_others(
    sampled: Sampled, city: City, client: Client
) -> None:
    waiting = await listed(client)
    left_out = sampled.left_out[0]
    assert set(sampled.drawn) <= waiting
    assert not set(sampled.left_out) & waiting
    sheet = (await (await client("followup1")).get(f"/followups/{left_out}")).json()
    assert (sheet["sampled_out"], sheet["call_from"], sheet["script"], sheet["attempts_needed"]) == (True, None, [], 0)
    for ask in (asks.AnswerSurvey(solved=True), asks.RecordAttempt(note="无人接听"), asks.CloseUnreached()):
        with pytest.raises(Refused, match="NOT_SAMPLED"):
            await sampled.life.do(left_out, "followup1", ask)


async def test_left_out_closes_by_itself_when_the_time_to_answer_is_over_and_never_counts_as_answered(
    sampled: Sampled, city: City
) -> None:
    silent, drawn = sampled.left_out[1], sampled.drawn[0]
    async with city.database.transaction() as session:
        for case_no, why in ((silent, "MAY_STILL_ANSWER"), (drawn, "ASKED_LIKE_OTHERS")):
            with pytest.raises(Refused, match=why):
                await move(session, city, case_no, SYSTEM, asks.CloseSampledOut())
    await window_over(city, silent)
    await window_over(city, drawn)
    await turn_once(city)
    closed, waits = await row(city, silent), await row(city, drawn)
    assert (closed.status, closed.followed, closed.solved, closed.call_from) == ("CLOSED", "SAMPLED_OUT", None, None)
    assert waits.status == "FOLLOW_UP"
    assert await turn_once(city) == 0  # a repeat does nothing


async def test_who_is_left_out_and_says_unsolved_is_heard_and_asked_after_the_rework(
    sampled: Sampled, city: City, client: Client
) -> None:
    case_no = sampled.left_out[2]
    async with city.database.transaction() as session:
        await move(session, city, case_no, CITIZEN, asks.AnswerSurvey(solved=False, satisfaction=Satisfaction.FAIR))
    assert case_no in await listed(client)
    await window_over_is_not_for(city, case_no)
    await sampled.life.do(case_no, "followup1", asks.Rework(note="路灯又灭"))
    await sampled.life.filed(case_no)
    await sampled.life.do(case_no, "reviewer1", asks.AcceptResult())
    again = await row(city, case_no)
    assert (again.follow_weight, again.call_from is not None) == (0, True)  # drawn once, and asked all the same
    sheet = (await (await client("followup1")).get(f"/followups/{case_no}")).json()
    assert (sheet["sampled_out"], sheet["attempts_needed"]) == (False, 3)


async def window_over_is_not_for(city: City, case_no: str) -> None:
    """Who has answered waits for an officer, not for the time to run out."""
    assert (await row(city, case_no)).call_from is None
    await turn_once(city)
    assert (await row(city, case_no)).status == "FOLLOW_UP"


async def test_the_report_says_the_estimate_with_the_counts_beside_it(sampled: Sampled, city: City) -> None:
    """Alone in its area: two that were drawn (solved, unreached), one that was left out and answered by itself."""
    drawn: list[str] = []
    left_out: list[str] = []
    for _ in range(80):
        case_no = await sampled.life.in_follow_up(area_code="510104022006")
        (drawn if (await row(city, case_no)).follow_weight else left_out).append(case_no)
        if len(drawn) >= 2 and left_out:
            break
    await sampled.life.do(drawn[0], "followup1", asks.AnswerSurvey(solved=True))
    for _ in range(3):
        await sampled.life.do(drawn[1], "followup1", asks.RecordAttempt(note="无人接听"))
    await sampled.life.do(drawn[1], "followup1", asks.CloseUnreached())
    async with city.database.transaction() as session:
        await move(session, city, left_out[0], CITIZEN, asks.AnswerSurvey(solved=False))
    for case_no in left_out[1:]:
        await window_over(city, case_no)
    await turn_once(city)
    case = await row(city, drawn[0])
    assert case.finish_due is not None
    month = day_of(case.finish_due)
    question = Question(View.A, Period.months(month, month), By.COUNTY, area="510104022006")
    async with city.database.transaction() as session:
        found = await figures.figures(session, SYSTEM, question, FIGURES)
    [one] = found.values()
    asked, silent = len(drawn), len(left_out)
    followed = 2  # of those asked; others that were drawn on the way wait
    assert one.rates["COVERED"] == Rate(followed + 1, asked + silent, followed - 1, asked - silent)
    assert one.rates["COVERED"].value == followed / asked
    assert one.rates["REACHED"] == Rate(2, 3, 0, 1)
    assert one.rates["REACHED"].value == 0.5
    assert (one.rates["SOLVED"].value, one.rates["SOLVED"].raw) == (1.0, 0.5)
