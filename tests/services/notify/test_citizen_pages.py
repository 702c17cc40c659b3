"""The citizen's page as HTML 市民页: shown and used without a script, by the link or by number and query code."""

import httpx
import pytest

from casework.db.requests import query_code
from casework.journey.city import City
from casework.kit.texts import TEXTS
from casework.rules import asks
from tests.services.notify.conftest import Client, Post
from tests.services.notify.gateway import Gateway
from tests.services.notify.life import UNIT_LOGIN, Life
from tests.services.notify.test_citizen import link_of, status_of, surveys_of, wrong

NEWS = "又有两盏路灯不亮了，在公交站旁边。"


@pytest.fixture
async def nobody(client: Client) -> httpx.AsyncClient:
    """A browser of no account."""
    return await client(None)


@pytest.fixture
async def linked(life: Life, post: Post, gateway: Gateway) -> tuple[str, str]:
    """A case in follow-up, and its link's token."""
    case_no = await life.in_follow_up()
    return case_no, await link_of(post, gateway, case_no)


@pytest.fixture
async def told(life: Life, city: City) -> dict[str, str]:
    """Number and query code of a new case, as its message tells them."""
    number = await life.begin()
    return {"number": number, "code": query_code(city.keyring, number)}


async def supplements(city: City, case_no: str) -> list[tuple[str, str]]:
    pool = await city.database.pool()
    rows = await pool.fetch(
        "SELECT e.role, e.data->>'text' FROM event e JOIN cases c ON c.id = case_id "
        "WHERE case_no = $1 AND action = 'SUPPLEMENT' ORDER BY e.id",
        case_no,
    )
    return [tuple(row) for row in rows]


async def test_the_page_is_whole_without_a_script_and_kept_by_nobody(
    linked: tuple[str, str], nobody: httpx.AsyncClient
) -> None:
    case_no, token = linked
    answer = await nobody.get(f"/t/{token}")
    assert answer.status_code == 200
    for shown in (case_no, "已答复，请您评价", "路灯已修复，今晚亮灯。", 'href="tel:12345"', "锦江区城市管理局已签收"):
        assert shown in answer.text
    for hidden in ("<script", "style=", "内部结论", UNIT_LOGIN, "已说明"):
        assert hidden not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_both_questions_are_answered_and_a_reload_sends_nothing(
    linked: tuple[str, str], nobody: httpx.AsyncClient, city: City
) -> None:
    case_no, token = linked
    answers = {"do": "survey", "solved": "yes", "satisfaction": "GOOD", "text": "谢谢"}
    sent = await nobody.post(f"/t/{token}", data=answers)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/t/{token}?lang=zh-CN&done=survey")
    page = await nobody.get(sent.headers["location"])
    assert "已收到您的评价，谢谢。" in page.text
    assert "评价已经定案" in page.text
    assert await surveys_of(city, case_no) == [(True, "GOOD")]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"do": "survey", "satisfaction": "GOOD", "text": "灯亮了"}, "请回答第一个问题"),
        ({"do": "survey", "solved": "no", "satisfaction": "FINE", "text": "灯亮了"}, "请回答第二个问题"),
        ({"do": "supplement", "text": "1"}, "请写清楚要补充的情况"),
        ({"do": "withdraw", "text": "已解决"}, "请先勾选"),
    ],
)
async def test_what_is_missing_is_named_and_nothing_typed_is_lost(
    form: dict[str, str], sentence: str, linked: tuple[str, str], nobody: httpx.AsyncClient, city: City
) -> None:
    answer = await nobody.post(f"/t/{linked[1]}", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f">{form['text']}</textarea>" in answer.text
    assert await status_of(city, linked[0]) == "FOLLOW_UP"


async def test_words_are_added_once_masked_and_told_to_the_unit(
    life: Life, told: dict[str, str], nobody: httpx.AsyncClient, city: City
) -> None:
    await life.do(told["number"], "dispatcher1", asks.Dispatch(unit="510104-CG"))
    form = {**told, "do": "supplement", "text": f"{NEWS}电话 13987654321"}
    for _ in range(2):
        answer = await nobody.post("/t", data=form)
        assert (answer.status_code, "已收到您的补充" in answer.text) == (200, True)
    ((role, words),) = await supplements(city, told["number"])
    assert role == "CITIZEN"
    assert NEWS in words
    assert "13987654321" not in words
    pool = await city.database.pool()
    told_to = "SELECT audience FROM notice n JOIN cases c ON c.id = case_id WHERE case_no = $1 AND topic = 'SUPPLEMENT'"
    assert [row[0] for row in await pool.fetch(told_to, told["number"])] == ["UNIT"]


async def test_words_that_were_asked_for_take_the_case_back_to_review(
    life: Life, told: dict[str, str], nobody: httpx.AsyncClient, city: City
) -> None:
    await life.do(told["number"], "dispatcher1", asks.AskInfo(note="请说明是哪一个公交站"))
    answer = await nobody.post("/t", data={**told, "do": "supplement", "text": NEWS})
    assert "情况已补充" in answer.text
    assert await status_of(city, told["number"]) == "REVIEW"


async def test_a_request_is_withdrawn_by_number_and_code_once_one_is_sure(
    told: dict[str, str], nobody: httpx.AsyncClient, city: City
) -> None:
    unsure = await nobody.post("/t", data={**told, "do": "withdraw"})
    assert (unsure.status_code, await status_of(city, told["number"])) == (422, "REVIEW")
    for _ in range(2):
        done = await nobody.post("/t", data={**told, "do": "withdraw", "sure": "yes", "text": "已自行解决"})
        assert (done.status_code, "已按您的要求撤回" in done.text) == (200, True)
    assert await status_of(city, told["number"]) == "TERMINATED"
    late = await nobody.post("/t", data={**told, "do": "supplement", "text": NEWS})
    assert (late.status_code, "已经办结，不能再补充" in late.text) == (409, True)


@pytest.mark.parametrize("do", ["look", "supplement", "withdraw"])
async def test_a_wrong_code_does_nothing_and_counts_as_a_try(
    do: str, told: dict[str, str], nobody: httpx.AsyncClient, city: City
) -> None:
    form = {"number": told["number"], "code": wrong(told["code"]), "do": do, "text": NEWS, "sure": "yes"}
    answers = [await nobody.post("/t", data=form) for _ in range(5)]
    assert answers[0].status_code == 404
    assert "没有找到这件诉求" in answers[0].text
    assert (await nobody.post("/t", data={**told, "do": "look"})).status_code == 429
    assert await status_of(city, told["number"]) == "REVIEW"
    assert await supplements(city, told["number"]) == []


async def test_the_code_alone_does_not_answer_the_two_questions(
    linked: tuple[str, str], nobody: httpx.AsyncClient, city: City
) -> None:
    known = {"number": linked[0], "code": query_code(city.keyring, linked[0])}
    page = await nobody.post("/t", data={**known, "do": "survey", "solved": "yes", "satisfaction": "GOOD"})
    assert page.status_code == 200
    assert 'name="solved"' not in page.text
    assert await surveys_of(city, linked[0]) == []


async def test_a_link_that_opens_nothing_says_so_and_offers_the_code(nobody: httpx.AsyncClient) -> None:
    answer = await nobody.get("/t/AAAAAAAAAAAAAAAAAAAAAA")
    assert answer.status_code == 404
    assert "这个链接打不开" in answer.text
    assert 'name="code"' in answer.text


async def test_language_and_larger_text_stay_from_page_to_page(
    linked: tuple[str, str], nobody: httpx.AsyncClient
) -> None:
    page = await nobody.get(f"/t/{linked[1]}?lang=en&size=elder")
    assert '<html lang="en" class="text-large">' in page.text
    assert "Answered; please tell us what you think" in page.text
    for code in TEXTS.codes():
        assert not code.startswith("citizen.page.") or TEXTS.t(code, "zh-CN") not in page.text, code
    form = {"do": "survey", "solved": "no", "satisfaction": "BAD"}
    sent = await nobody.post(f"/t/{linked[1]}?lang=en&size=elder", data=form)
    assert sent.headers["location"].endswith("?lang=en&size=elder&done=survey_unsolved")


async def test_what_people_write_is_never_markup(life: Life, nobody: httpx.AsyncClient, city: City) -> None:
    number = await life.begin(title="<script>alert(1)</script>路灯")
    form = {"number": number, "code": query_code(city.keyring, number), "do": "supplement", "text": "</textarea><b>1"}
    page = await nobody.post("/t", data=form)
    assert "<script" not in page.text
    assert "<b>" not in page.text
    assert "&lt;script&gt;" in page.text
