"""The citizen's doors: the link in the SMS, the number with its query code (words.md §1, issue 2 §7)."""

import asyncio
import re
from datetime import UTC, datetime

import httpx
import pytest

from casework.db import cases, citizens
from casework.db.requests import query_code
from casework.journey import citizen
from casework.journey.city import City
from casework.rules import asks
from casework.rules.facts import CITIZEN
from casework.rules.numbers import check_digit
from tests.services.notify.conftest import Client, Post
from tests.services.notify.gateway import Gateway
from tests.services.notify.life import UNIT_LOGIN, Life

PUBLIC = {"beside", "request_no", "title", "status", "status_text", "reply_text", "survey_open", "survey", "journey"}


async def link_of(post: Post, gateway: Gateway, case_no: str) -> str:
    """The token in what is owed now about the case; several SMS go out side by side, in no order."""
    before = len(gateway.received)
    await post.send("sms")
    texts = [r.json["text"] for r in gateway.received[before:] if "text" in r.json and case_no in r.json["text"]]
    found = {token for text in texts for token in re.findall(r"http://localhost:8000/c/([A-Za-z0-9_-]{22}) ", text)}
    assert len(found) == 1, texts
    return found.pop()


async def status_of(city: City, case_no: str) -> str:
    pool = await city.database.pool()
    return str(await pool.fetchval("SELECT status FROM cases WHERE case_no = $1", case_no))


async def surveys_of(city: City, case_no: str) -> list[tuple[bool, str | None]]:
    pool = await city.database.pool()
    rows = await pool.fetch(
        "SELECT s.solved, s.satisfaction FROM survey s JOIN cases c ON c.id = s.case_id WHERE case_no = $1 "
        "ORDER BY s.id",
        case_no,
    )
    return [tuple(row) for row in rows]


@pytest.fixture
async def linked(life: Life, post: Post, gateway: Gateway) -> tuple[str, str]:
    """A case in follow-up, and its link's token."""
    case_no = await life.in_follow_up()
    return case_no, await link_of(post, gateway, case_no)


async def test_the_link_shows_the_public_side_and_nothing_else(linked: tuple[str, str], client: Client) -> None:
    case_no, token = linked
    answer = await (await client(None)).get(f"/citizen/links/{token}")
    assert answer.status_code == 200
    shown = answer.json()
    assert shown.keys() == PUBLIC
    assert (shown["request_no"], shown["status"]) == (case_no, "FOLLOW_UP")
    assert shown["status_text"] == "已答复，请您评价"
    assert shown["reply_text"] == "路灯已修复，今晚亮灯。"
    assert (shown["survey_open"], shown["survey"]) == (True, None)
    assert [step["text"] for step in shown["journey"]] == [
        "诉求已受理",
        "已派给锦江区城市管理局",
        "锦江区城市管理局已签收",
        "锦江区城市管理局已与您联系",
        "锦江区城市管理局已提交办理结果，正在审核",
        "办理结果已答复，请您评价",
    ]
    for hidden in ("内部结论", "甲", UNIT_LOGIN, "已说明"):
        assert hidden not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_the_link_speaks_english_to_those_who_ask(linked: tuple[str, str], client: Client) -> None:
    nobody = await client(None)
    shown = (await nobody.get(f"/citizen/links/{linked[1]}", headers={"Accept-Language": "en"})).json()
    assert shown["status_text"] == "Answered; please tell us what you think"
    assert shown["journey"][0]["text"] == "Request accepted"


async def test_solved_closes_the_case(linked: tuple[str, str], client: Client, city: City) -> None:
    case_no, token = linked
    nobody = await client(None)
    answers = {"solved": True, "satisfaction": "VERY_GOOD", "comment": "谢谢"}
    shown = (await nobody.post(f"/citizen/links/{token}/survey", json=answers)).json()
    assert (shown["status"], shown["survey_open"]) == ("CLOSED", False)
    assert shown["survey"].items() >= {**answers, "role": "CITIZEN"}.items()
    assert shown["journey"][-1]["text"] == "收到您的评价"

    again = await nobody.post(f"/citizen/links/{token}/survey", json=answers)
    assert again.status_code == 200, "the same answers again change nothing"
    other = await nobody.post(f"/citizen/links/{token}/survey", json={"solved": False})
    assert other.status_code == 409
    assert other.json()["code"] == "refused.NOT_NOW"
    assert await surveys_of(city, case_no) == [(True, "VERY_GOOD")]


async def test_unsolved_waits_for_an_officer_and_may_be_changed(
    linked: tuple[str, str], client: Client, city: City
) -> None:
    case_no, token = linked
    nobody = await client(None)
    unsolved = {"solved": False, "satisfaction": "BAD", "comment": "还是不亮"}
    for _ in range(2):
        shown = (await nobody.post(f"/citizen/links/{token}/survey", json=unsolved)).json()
        assert (shown["status"], shown["survey_open"]) == ("FOLLOW_UP", True)
    assert await surveys_of(city, case_no) == [(False, "BAD")]
    shown = (await nobody.post(f"/citizen/links/{token}/survey", json={"solved": True})).json()
    assert shown["status"] == "CLOSED"
    assert (shown["survey"]["solved"], shown["survey"]["satisfaction"]) == (True, None)
    assert await surveys_of(city, case_no) == [(False, "BAD"), (True, None)]


async def test_a_bad_grade_by_the_link_is_put_right_and_told_once_it_is_accepted(
    linked: tuple[str, str], client: Client, life: Life, post: Post, gateway: Gateway
) -> None:
    case_no, token = linked
    nobody = await client(None)
    for _ in range(2):
        answers = {"solved": True, "satisfaction": "BAD", "comment": "态度不好"}
        await nobody.post(f"/citizen/links/{token}/survey", json=answers)
    await life.do(case_no, "unit-cg", asks.AnswerRectification(text="已登门致歉并改正"))
    shown = (await nobody.get(f"/citizen/links/{token}")).json()
    assert "已登门致歉" not in str(shown["journey"])
    await post.send("sms")
    before = len(gateway.received)
    await life.do(case_no, "followup1", asks.AcceptRectification())
    await post.send("sms")
    await post.send("sms")
    [told] = [r.json["text"] for r in gateway.received[before:] if case_no in r.json.get("text", "")]
    assert "已登门致歉并改正" in told
    assert "锦江区城市管理局" in told
    shown = (await nobody.get(f"/citizen/links/{token}")).json()
    last = shown["journey"][-1]["text"]
    assert last.startswith("您的评价已核实整改")
    assert "已登门致歉并改正" in last


async def test_two_taps_at_once_are_one_answer(linked: tuple[str, str], client: Client, city: City) -> None:
    case_no, token = linked
    nobody = await client(None)
    answers = {"solved": True, "satisfaction": "GOOD"}
    taps = [nobody.post(f"/citizen/links/{token}/survey", json=answers) for _ in range(5)]
    assert {answer.status_code for answer in await asyncio.gather(*taps)} == {200}
    assert await surveys_of(city, case_no) == [(True, "GOOD")]


async def test_a_case_that_was_read_before_is_locked_as_it_stands_now(life: Life, city: City) -> None:
    case_no = await life.begin()
    async with city.database.transaction() as session:
        await citizens.by_number(session, case_no)
        await life.do(case_no, "dispatcher1", asks.Dispatch(unit="510104-CG"))
        held = await cases.lock(session, case_no, CITIZEN)
        assert held is not None
        assert held.case.status == "DISPATCHED"


@pytest.mark.parametrize(
    "form",
    [{}, {"satisfaction": "GOOD"}, {"solved": True, "satisfaction": "FINE"}, {"solved": True, "note": "x"}],
)
async def test_a_survey_needs_its_first_answer_and_known_words(
    form: dict[str, object], linked: tuple[str, str], client: Client
) -> None:
    answer = await (await client(None)).post(f"/citizen/links/{linked[1]}/survey", json=form)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_rework_asks_again_by_a_link_of_its_own_and_shows_the_reply_that_counts(
    life: Life, linked: tuple[str, str], post: Post, gateway: Gateway, client: Client, city: City
) -> None:
    case_no, first = linked
    nobody = await client(None)
    await nobody.post(f"/citizen/links/{first}/survey", json={"solved": False})
    await life.do(case_no, "followup1", asks.Rework(note="未解决"))
    shown = (await nobody.get(f"/citizen/links/{first}")).json()
    assert (shown["status"], shown["survey_open"], shown["survey"]) == ("REWORK", False, None)

    await life.do(case_no, UNIT_LOGIN, asks.Contact(contacted_at=datetime.now(UTC), way="VISIT"))
    await life.do(
        case_no, UNIT_LOGIN, asks.FileResult(reply_text="已换新灯。", factual=True, solved="SOLVED", finding="内部")
    )
    waiting = (await nobody.get(f"/citizen/links/{first}")).json()
    assert waiting["reply_text"] == "路灯已修复，今晚亮灯。", "what waits for its review is not told"
    await life.do(case_no, "reviewer1", asks.AcceptResult())
    second = await link_of(post, gateway, case_no)
    assert second != first
    shown = (await nobody.get(f"/citizen/links/{second}")).json()
    assert (shown["reply_text"], shown["survey_open"], shown["survey"]) == ("已换新灯。", True, None)
    await nobody.post(f"/citizen/links/{second}/survey", json={"solved": True, "satisfaction": "FAIR"})
    assert await status_of(city, case_no) == "CLOSED"


async def test_a_link_that_is_sent_again_is_the_same_link(
    linked: tuple[str, str], post: Post, gateway: Gateway, city: City
) -> None:
    case_no, token = linked
    pool = await city.database.pool()
    await pool.execute(
        "UPDATE notice n SET state = 'PENDING', next_at = now() FROM cases c "
        "WHERE c.id = n.case_id AND case_no = $1 AND topic = 'ACCEPT_RESULT' AND n.channel = 'sms'",
        case_no,
    )
    assert await link_of(post, gateway, case_no) == token
    kept = await pool.fetch(
        "SELECT token_digest FROM citizen_link l JOIN cases c ON c.id = case_id WHERE case_no = $1", case_no
    )
    assert len(kept) == 1
    assert token.encode() not in bytes(kept[0][0]), "only its digest is kept"


async def test_an_old_link_is_gone_a_wrong_one_is_not_found(
    linked: tuple[str, str], client: Client, city: City
) -> None:
    case_no, token = linked
    pool = await city.database.pool()
    await pool.execute(
        "UPDATE citizen_link l SET expires_at = now() FROM cases c WHERE c.id = l.case_id AND case_no = $1", case_no
    )
    nobody = await client(None)
    old = await nobody.get(f"/citizen/links/{token}")
    assert (old.status_code, old.json()["code"]) == (410, "citizen.link_expired")
    late = await nobody.post(f"/citizen/links/{token}/survey", json={"solved": True})
    assert late.status_code == 410
    wrong = await nobody.get(f"/citizen/links/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "citizen.link_unknown")
    assert (await nobody.get("/citizen/links/%00")).status_code == 422
    assert await status_of(city, case_no) == "FOLLOW_UP"


async def test_a_citizen_withdraws_by_the_link(linked: tuple[str, str], client: Client, city: City) -> None:
    case_no, token = linked
    nobody = await client(None)
    for _ in range(2):
        answer = await nobody.post(f"/citizen/links/{token}/withdraw", json={"reason": "已自行解决"})
        assert answer.status_code == 200
        assert answer.json()["status"] == "TERMINATED"
    pool = await city.database.pool()
    events = await pool.fetch(
        "SELECT e.role, e.data->>'note' FROM event e JOIN cases c ON c.id = case_id "
        "WHERE case_no = $1 AND action = 'WITHDRAW'",
        case_no,
    )
    assert [tuple(row) for row in events] == [("CITIZEN", "已自行解决")]


async def test_what_is_over_cannot_be_withdrawn(linked: tuple[str, str], client: Client) -> None:
    nobody = await client(None)
    await nobody.post(f"/citizen/links/{linked[1]}/survey", json={"solved": True})
    answer = await nobody.post(f"/citizen/links/{linked[1]}/withdraw", json={})
    assert answer.status_code == 409


async def track(nobody: httpx.AsyncClient, number: str, code: str) -> httpx.Response:
    return await nobody.post("/citizen/track", json={"request_no": number, "query_code": code})


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 100_000_000:08d}"


async def test_number_and_code_show_the_same_side(life: Life, client: Client, city: City) -> None:
    number = await life.begin()
    shown = await track(await client(None), f" {number.lower()} ", query_code(city.keyring, number))
    assert shown.status_code == 200
    assert shown.json().keys() == PUBLIC
    assert (shown.json()["status_text"], shown.json()["reply_text"]) == ("已受理，正在安排办理单位", None)


async def test_five_wrong_codes_then_it_waits_even_for_the_right_one(life: Life, client: Client, city: City) -> None:
    number = await life.begin()
    code = query_code(city.keyring, number)
    nobody = await client(None)
    tried = [await track(nobody, number, wrong(code)) for _ in range(5)]
    assert [answer.status_code for answer in tried] == [404] * 5
    sixth = await track(nobody, number, code)
    assert sixth.status_code == 429
    assert 0 < int(sixth.headers["retry-after"]) <= 1800
    assert "30 分钟" in sixth.json()["detail"]

    pool = await city.database.pool()
    await pool.execute("UPDATE query_try SET wait_until = now() WHERE request_no = $1", number)
    assert (await track(nobody, number, code)).status_code == 200, "after the wait it counts from the start"


async def test_waiting_is_not_made_longer_by_asking(life: Life, client: Client, city: City) -> None:
    number = await life.begin()
    nobody = await client(None)
    for _ in range(5):
        await track(nobody, number, "x")
    pool = await city.database.pool()
    await pool.execute("UPDATE query_try SET wait_until = now() + interval '60 s' WHERE request_no = $1", number)
    waits = [int((await track(nobody, number, "x")).headers["retry-after"]) for _ in range(3)]
    assert max(waits) <= 60


async def test_a_right_code_forgives_the_wrong_ones_before(life: Life, client: Client, city: City) -> None:
    number = await life.begin()
    code = query_code(city.keyring, number)
    nobody = await client(None)
    for _ in range(3):
        for _ in range(4):
            assert (await track(nobody, number, wrong(code))).status_code == 404
        assert (await track(nobody, number, code)).status_code == 200


async def test_a_hundred_guesses_at_once_are_five(life: Life, city: City) -> None:
    number = await life.begin()

    async def guess() -> str:
        try:
            await citizen.track(city, number, "00000000")
        except Exception as refused:
            return type(refused).__name__
        return "shown"

    found = await asyncio.gather(*(guess() for _ in range(40)))
    assert sorted(found) == ["NotFound"] * 5 + ["TooMany"] * 35


def unknown_number(like: str, sequence: str) -> str:
    body = like[:16] + sequence
    return body + check_digit(body)


async def test_a_number_that_does_not_exist_answers_like_a_wrong_code(life: Life, client: Client, city: City) -> None:
    real = await life.begin()
    nobody = await client(None)
    known = [await track(nobody, real, "1") for _ in range(6)]
    probed = [await track(nobody, unknown_number(real, "9999999"), "1") for _ in range(6)]
    assert [a.status_code for a in known] == [a.status_code for a in probed] == [404] * 5 + [429]
    for one, other in zip(known, probed, strict=True):
        assert one.json().keys() == other.json().keys()
        assert one.json()["code"] == other.json()["code"]
    never = unknown_number(real, "9999998")
    assert (await track(nobody, never, query_code(city.keyring, never))).status_code == 404


@pytest.mark.parametrize("number", ["1", "5101042026", "张三", "5101042026022501000000118-x", "\x00", "-2"])
async def test_what_is_no_number_is_not_even_counted(number: str, client: Client, city: City) -> None:
    pool = await city.database.pool()
    before = await pool.fetchval("SELECT count(*) FROM query_try")
    assert (await track(await client(None), number, "1")).status_code in (404, 422)
    assert await pool.fetchval("SELECT count(*) FROM query_try") == before


async def test_counts_whose_time_is_over_are_dropped(life: Life, city: City) -> None:
    number = await life.begin()
    async with city.database.transaction() as session:
        await citizens.count_try(session, number)
    pool = await city.database.pool()
    await pool.execute("UPDATE query_try SET wait_until = now() - interval '1 s'")
    async with city.database.transaction() as session:
        await citizens.sweep_tries(session)
    assert await pool.fetchval("SELECT count(*) FROM query_try") == 0


async def test_one_address_may_not_try_without_end(client: Client, life: Life) -> None:
    nobody = await client(None)
    found = [(await nobody.post("/citizen/track", json={"request_no": "1", "query_code": "1"})) for _ in range(31)]
    assert [answer.status_code for answer in found] == [404] * 30 + [429]
    assert int(found[-1].headers["retry-after"]) > 0


async def test_a_later_case_of_a_request_is_shown_by_its_own_number(life: Life, client: Client, city: City) -> None:
    number = await life.begin()
    code = query_code(city.keyring, number)
    assert (await track(await client(None), f"{number}-2", code)).status_code == 404
