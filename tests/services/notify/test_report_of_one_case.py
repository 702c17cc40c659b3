"""What the report says of one real case, move by move: it counts what the journey wrote (domain.md §6)."""

from datetime import date, timedelta

from sqlalchemy import select, update

from casework.db.cases import find
from casework.db.models import Case
from casework.db.reads import supervisor
from casework.db.reads.questions import By, Question
from casework.journey.city import City
from casework.rules import asks
from casework.rules.calendars import day_of
from casework.rules.facts import SYSTEM
from casework.rules.rates import Rate, View
from casework.rules.tallies import Period, Tally
from casework.rules.words import Exclusion, Kind
from tests.services.notify.life import Life


async def told(city: City, case_no: str, view: View = View.A) -> Tally:
    """The month of the case's deadline, this case alone."""
    async with city.database.transaction() as session:
        case = await find(session, case_no, SYSTEM)
        assert case is not None
        assert case.finish_due is not None
        month: date = day_of(case.finish_due)
        actor = SYSTEM
        question = Question(view, Period.months(month, month), By.MONTH, area=case.area_code)
        observed = await supervisor.observed_now(session)
        sums = await supervisor.completion(session, actor, question, observed, city.catalog.calendars)
    return sum(sums.values(), Tally())


async def test_a_case_counts_only_once_its_result_is_accepted_and_no_more_when_revoked(life: Life, city: City) -> None:
    case_no = await life.begin(area_code="510104017001")
    assert (await told(city, case_no)).rate == Rate(0, 1)
    assert (await told(city, case_no)).not_yet_due == 1
    await life.signed(case_no)
    await life.filed(case_no)
    assert (await told(city, case_no)).rate == Rate(0, 1)  # filed: the verdict is awaited
    await life.do(case_no, "reviewer1", asks.AcceptResult())
    assert (await told(city, case_no)).rate == Rate(1, 1)
    await life.do(case_no, "followup1", asks.AnswerSurvey(solved=False))
    await life.do(case_no, "followup1", asks.Rework(note="路灯又灭"))
    revoked = await told(city, case_no)
    assert (revoked.rate, revoked.first_on_time) == (Rate(0, 1), 1)
    await life.filed(case_no)
    await life.do(case_no, "reviewer1", asks.AcceptResult())
    assert (await told(city, case_no)).rate == Rate(1, 1)  # done anew, still by the deadline
    await life.do(case_no, "followup1", asks.AnswerSurvey(solved=True))
    assert (await told(city, case_no)).rate == Rate(1, 1)


async def test_a_result_filed_after_the_deadline_is_late(life: Life, city: City) -> None:
    case_no = await life.begin(area_code="510104018001")
    await life.signed(case_no)
    await life.filed(case_no)
    async with city.database.transaction() as session:
        filed_at = await session.scalar(select(Case.filed_at).where(Case.case_no == case_no))
        assert filed_at is not None
        passed = filed_at - timedelta(microseconds=1)
        await session.execute(update(Case).where(Case.case_no == case_no).values(finish_due=passed))
    await life.do(case_no, "reviewer1", asks.AcceptResult())
    found = await told(city, case_no)
    assert (found.rate, found.done, found.on_time) == (Rate(0, 1), 1, 0)


async def test_an_anonymous_case_needs_no_contact(life: Life, city: City) -> None:
    case_no = await life.in_follow_up(area_code="510104019001", anonymous=True, phone=None)
    assert (await told(city, case_no)).rate == Rate(1, 1)


async def test_what_leaves_the_way_is_counted_by_reason(life: Life, city: City) -> None:
    answered = await life.begin(area_code="510104022001")
    await life.do(answered, "agent1", asks.Answer(answer="路灯报修请拨打市政热线，已为您登记。"))
    assert (await told(city, answered)).excluded == {Exclusion.ANSWERED: 1}
    assert (await told(city, answered, View.ALL)).rate == Rate(1, 1)

    withdrawn = await life.begin(area_code="510104023001")
    await life.do(withdrawn, "agent1", asks.Withdraw(identity_checked=True))
    assert (await told(city, withdrawn)).excluded == {Exclusion.WITHDRAWN: 1}

    void = await life.begin(area_code="510104024001")
    await life.do(void, "dispatcher1", asks.ProposeVoid(note="测试件"))
    assert (await told(city, void)).excluded == {}  # proposed is not yet decided
    await life.do(void, "reviewer1", asks.Void(note="测试件"))
    assert (await told(city, void)).excluded == {Exclusion.VOID: 1}

    praise = await life.begin(area_code="510104025001", kind=Kind.PRAISE)
    assert (await told(city, praise)).excluded == {Exclusion.PRAISE: 1}
