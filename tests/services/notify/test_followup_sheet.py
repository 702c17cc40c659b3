"""回访单: what to ask whom, as the person wished it, and every answer, of which the latest counts."""

from typing import Any

import pytest
from sqlalchemy import select

from casework.db.models import Case
from casework.journey.city import City
from casework.rules import asks
from casework.rules.decide import Refused
from casework.rules.words import Satisfaction
from tests.services.notify.conftest import Client
from tests.services.notify.life import Life


async def sheet(client: Client, case_no: str, login: str = "followup1") -> dict[str, Any]:
    answer = await (await client(login)).get(f"/followups/{case_no}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def row(city: City, case_no: str) -> Case:
    async with city.database.transaction() as session:
        return (await session.scalars(select(Case).where(Case.case_no == case_no))).one()


async def test_who_may_be_asked_has_a_script_and_is_called_after_the_sms(
    life: Life, city: City, client: Client
) -> None:
    case_no = await life.in_follow_up()
    found = await sheet(client, case_no)
    assert (found["wish"]["may_be_asked"], found["attempts"], found["attempts_needed"]) == (True, 0, 3)
    assert len(found["script"]) == len(city.catalog.follow_up.script) == 4
    assert found["sms_since"] < found["call_from"]
    for _ in range(2):
        await life.do(case_no, "followup1", asks.RecordAttempt(note="无人接听"))
    with pytest.raises(Refused, match="TRY_AGAIN_FIRST"):
        await life.do(case_no, "followup1", asks.CloseUnreached())
    await life.do(case_no, "followup1", asks.RecordAttempt(note="无人接听"))
    assert await life.do(case_no, "followup1", asks.CloseUnreached()) == "CLOSED"
    assert (await row(city, case_no)).followed == "UNREACHED"


async def test_two_answers_that_differ_are_both_kept_and_the_latest_counts(
    life: Life, city: City, client: Client
) -> None:
    case_no = await life.in_follow_up()
    no = asks.AnswerSurvey(solved=False, satisfaction=Satisfaction.VERY_BAD, comment="没修好")
    await life.do(case_no, "followup1", no)
    await life.do(case_no, "followup1", asks.AnswerSurvey(solved=True, satisfaction=Satisfaction.FAIR))
    answers = (await sheet(client, case_no))["answers"]
    assert [(one["solved"], one["satisfaction"], one["counts"]) for one in answers] == [
        (False, "VERY_BAD", False),
        (True, "FAIR", True),
    ]
    kept = await row(city, case_no)
    assert (kept.followed, kept.solved, kept.satisfaction) == ("ANSWERED", True, "FAIR")


@pytest.mark.parametrize("said", [{"anonymous": True}, {"reply_wanted": False}])
async def test_who_wished_no_reply_is_not_called_and_counts_as_not_to_be_asked(
    life: Life, city: City, client: Client, said: dict[str, bool]
) -> None:
    case_no = await life.begin(**said)
    await life.signed(case_no)
    result = asks.FileResult(reply_text="路灯已修复。", finding="内部结论", factual=True, solved="SOLVED")
    await life.do(case_no, "unit-cg", result)
    await life.do(case_no, "reviewer1", asks.AcceptResult())
    found = await sheet(client, case_no)
    assert (found["call_from"], found["script"], found["attempts_needed"]) == (None, [], 0)
    assert await life.do(case_no, "followup1", asks.CloseUnreached()) == "CLOSED"
    assert (await row(city, case_no)).followed == "NOT_ASKED"


async def test_another_roles_or_countys_sheet_is_not_seen(life: Life, client: Client) -> None:
    case_no = await life.in_follow_up()
    assert (await (await client("analyst1")).get(f"/followups/{case_no}")).status_code == 403
    assert (await (await client("followup1")).get("/followups/510104000000000000000000")).status_code == 404
