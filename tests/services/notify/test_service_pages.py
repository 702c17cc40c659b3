"""服务评价页: graded by whoever scans the poster, once for each form, so many times a day, by nobody's name."""

import asyncio
import re
from itertools import count
from typing import Any

import httpx
import pytest

from casework.db.models import ServicePoint
from casework.journey import service_points
from casework.journey.city import City
from casework.journey.service_rating import WORDS, forget_callers
from casework.rules.facts import Actor
from casework.rules.words import Role
from tests.services.notify.conftest import Client

KEEPER = Actor(frozenset({Role.STREET}), area="510104017")
COMMUNITY = "510104017001"
PHONE = "13812345678"
_numbers = count(1)


async def make(city: City, name: str, *services: str) -> ServicePoint:
    async with city.database.transaction() as session:
        return await service_points.create(session, city, KEEPER, COMMUNITY, service_points.Said(name, services))


@pytest.fixture
async def point(city: City) -> ServicePoint:
    """A point of the test's own."""
    return await make(city, f"第{next(_numbers)}站", "老年证", "居住证明")


@pytest.fixture
async def nobody(client: Client) -> httpx.AsyncClient:
    return await client(None)


async def key_of(browser: httpx.AsyncClient, point: ServicePoint) -> str:
    page = await browser.get(f"/p/{point.code}")
    assert page.status_code == 200, page.text
    found = re.search(r'name="key" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


async def rate(browser: httpx.AsyncClient, point: ServicePoint, grade: str = "GOOD", **more: str) -> httpx.Response:
    form = {"key": await key_of(browser, point), "grade": grade, **more}
    return await browser.post(f"/p/{point.code}", data=form)


async def answers(city: City, point: ServicePoint) -> list[dict[str, Any]]:
    pool = await city.database.pool()
    rows = await pool.fetch("SELECT * FROM service_answer WHERE point_id = $1 ORDER BY id", point.id)
    return [dict(row) for row in rows]


async def test_the_page_is_whole_without_a_script_and_asks_for_nobody(
    point: ServicePoint, nobody: httpx.AsyncClient
) -> None:
    page = await nobody.get(f"/p/{point.code}")
    for shown in ("非常满意", "非常不满意", "老年证", "居住证明", "社区", 'href="tel:12345"', "长辈版"):
        assert shown in page.text
    for hidden in ("<script", "style=", 'name="phone"', 'name="name"', "checked"):
        assert hidden not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    english = await nobody.get(f"/p/{point.code}?lang=en&size=elder")
    assert "Please rate today" in english.text
    assert 'class="text-large"' in english.text


async def test_an_answer_is_kept_with_its_words_masked_and_sealed(
    point: ServicePoint, nobody: httpx.AsyncClient, city: City
) -> None:
    sent = await rate(nobody, point, "VERY_BAD", service="老年证", words=f"等了两小时，电话{PHONE}")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/p/{point.code}?lang=zh-CN&done=rated_bad")
    assert "逐件回看" in (await nobody.get(sent.headers["location"])).text
    [kept] = await answers(city, point)
    assert (kept["grade"], kept["service"], kept["area_code"]) == ("VERY_BAD", "老年证", COMMUNITY)
    assert "等了".encode() not in kept["words_sealed"]
    assert city.keyring.open(kept["words_sealed"], WORDS) == "等了两小时，电话138****5678"


async def test_the_same_form_again_is_one_answer(point: ServicePoint, nobody: httpx.AsyncClient, city: City) -> None:
    form = {"key": await key_of(nobody, point), "grade": "GOOD"}
    sent = await asyncio.gather(*(nobody.post(f"/p/{point.code}", data=form) for _ in range(3)))
    sent.append(await nobody.post(f"/p/{point.code}", data={**form, "grade": "BAD"}))
    assert [answer.status_code for answer in sent] == [303] * 4
    assert [kept["grade"] for kept in await answers(city, point)] == ["GOOD"]
    pool = await city.database.pool()
    counted = await pool.fetch("SELECT answers FROM service_quota WHERE point_id = $1", point.id)
    assert [row["answers"] for row in counted] == [1, 1], "a repeat uses up nothing"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"grade": ""}, "请先选一个等级"),
        ({"grade": "PERFECT"}, "请先选一个等级"),
        ({"service": "别处的项目"}, "请从列表中选择服务项目"),
        ({"key": ""}, "页面已过期"),
        ({"key": "short"}, "页面已过期"),
    ],
)
async def test_what_was_typed_is_kept_where_something_is_wrong(
    wrong: dict[str, str], sentence: str, point: ServicePoint, nobody: httpx.AsyncClient, city: City
) -> None:
    form = {"key": await key_of(nobody, point), "grade": "BAD", "service": "老年证", "words": "窗口<没>人", **wrong}
    answer = await nobody.post(f"/p/{point.code}", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "窗口&lt;没&gt;人</textarea>" in answer.text
    assert ("grade" in wrong) or 'value="BAD" checked' in answer.text
    assert await answers(city, point) == []
    again = re.search(r'name="key" value="([A-Za-z0-9_-]{22})"', answer.text)
    assert again is not None, "the form can be sent again"


async def test_a_closed_points_page_says_so_and_names_12345(
    point: ServicePoint, nobody: httpx.AsyncClient, city: City
) -> None:
    key = await key_of(nobody, point)
    async with city.database.transaction() as session:
        await service_points.close(session, KEEPER, point.id, seen=1, why="站点搬迁到新址")
    shown = await nobody.get(f"/p/{point.code}")
    sent = await nobody.post(f"/p/{point.code}", data={"key": key, "grade": "GOOD"})
    for answer in (shown, sent):
        assert answer.status_code == 410
        assert "已停用" in answer.text
        assert "tel:12345" in answer.text
        assert "<form" not in answer.text
    assert await answers(city, point) == []


async def test_a_renewed_code_opens_nothing_any_more(
    point: ServicePoint, nobody: httpx.AsyncClient, city: City
) -> None:
    async with city.database.transaction() as session:
        renewed = await service_points.renew(session, KEEPER, point.id, seen=1, why="海报被人翻拍冒用")
    for path in (f"/p/{point.code}", f"/p/{'A' * 22}"):
        answer = await nobody.get(path)
        assert (answer.status_code, "已更换或不存在" in answer.text) == (404, True)
    assert (await nobody.get(f"/p/{renewed.code}")).status_code == 200


async def used_up(city: City, point: ServicePoint, *, in_all: bool) -> None:
    """The day's answers are given but for one: in all, or from each caller."""
    limits = city.catalog.service_ratings.limits
    pool = await city.database.pool()
    which = "=" if in_all else "<>"
    most = limits.per_point if in_all else limits.per_address
    query = f"UPDATE service_quota SET answers = $2 WHERE point_id = $1 AND caller {which} ''::bytea"
    await pool.execute(query, point.id, most - 1)


@pytest.mark.parametrize("in_all", [False, True])
async def test_the_days_answers_end_and_say_when_to_come_again(
    in_all: bool, point: ServicePoint, client: Client, city: City
) -> None:
    one, other = await client(None), await client(None)
    assert (await rate(one, point)).status_code == 303
    await used_up(city, point, in_all=in_all)
    assert (await rate(one, point)).status_code == 303
    refused = await rate(one, point, "BAD", words="写好的话")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 86400
    assert "请明天再来" in refused.text
    assert "写好的话" in refused.text
    assert (await rate(other, point)).status_code == (429 if in_all else 303)
    assert len(await answers(city, point)) == 2 + (not in_all)


async def test_another_points_answers_are_not_counted_here(nobody: httpx.AsyncClient, city: City) -> None:
    here, there = await make(city, "数到这里一站"), await make(city, "数到这里二站")
    await rate(nobody, here)
    await used_up(city, here, in_all=False)
    await rate(nobody, here)
    assert (await rate(nobody, here)).status_code == 429
    assert (await rate(nobody, there)).status_code == 303


async def test_of_an_address_nothing_is_left_the_next_day(
    point: ServicePoint, nobody: httpx.AsyncClient, city: City
) -> None:
    await rate(nobody, point)
    assert await forget_callers(city) == 0, "today's counts stay"
    pool = await city.database.pool()
    await pool.execute("UPDATE service_quota SET day = day - $2::int WHERE point_id = $1", point.id, 1)
    assert await forget_callers(city) == 2
    assert len(await answers(city, point)) == 1, "the answer stays"


@pytest.mark.parametrize("change", ["UPDATE service_answer SET grade = 'GOOD'", "DELETE FROM service_answer"])
async def test_an_answer_stays_as_it_was_given(
    change: str, point: ServicePoint, nobody: httpx.AsyncClient, city: City
) -> None:
    await rate(nobody, point, "BAD")
    pool = await city.database.pool()
    with pytest.raises(Exception, match="append"):
        await pool.execute(f"{change} WHERE point_id = $1", point.id)
