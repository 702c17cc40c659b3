"""社区服务点: kept by who administers the area, each with a public code that can be renewed, a QR code and a poster."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from casework.db.models import AuditLog
from casework.journey.city import City
from casework.rules.words import Role
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ

STREET, COMMUNITY, OTHER = "510104017", "510104017001", "510104018001"
PATH = "/service-points"


@pytest.fixture(scope="module")
async def street(desk: Desk) -> httpx.AsyncClient:
    await employ(desk.city, "points-street", [Role.STREET], STREET)
    return await desk.of("points-street")


async def make(client: httpx.AsyncClient, name: str, community: str = COMMUNITY, **more: Any) -> httpx.Response:
    return await client.post(PATH, json={"community": community, "name": name, **more})


async def made(client: httpx.AsyncClient, name: str, **more: Any) -> dict[str, Any]:
    answer = await make(client, name, **more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def fault(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["field"]


async def test_a_point_is_made_changed_and_closed(street: httpx.AsyncClient) -> None:
    point = await made(street, "便民服务站", services=["老年证", "居住证明"])
    assert point["area_name"].endswith("社区")
    assert (point["answers"], point["waiting"], point["closed_at"]) == (0, 0, None)
    said = {"name": "党群服务中心", "services": ["老年证"], "version": point["version"]}
    changed = (await street.put(f"{PATH}/{point['id']}", json=said)).json()
    assert (changed["name"], changed["services"], changed["version"]) == ("党群服务中心", ["老年证"], 2)
    assert changed["address"] == point["address"]
    end = {"why": "站点搬迁到新址", "version": 2}
    closed = (await street.post(f"{PATH}/{point['id']}/close", json=end)).json()
    assert closed["closed_at"] is not None
    assert closed["address"] is None
    again = await street.post(f"{PATH}/{point['id']}/close", json={**end, "version": 3})
    assert (again.status_code, again.json()["code"]) == (409, "service_point.is_closed")
    for page in ("qr.svg", "poster"):
        assert (await street.get(f"{PATH}/{point['id']}/{page}")).status_code == 404


async def test_the_code_is_random_and_a_new_one_replaces_it(street: httpx.AsyncClient, city: City) -> None:
    first, second = await made(street, "换码一站"), await made(street, "换码二站")
    codes = [point["address"].rpartition("/p/")[2] for point in (first, second)]
    assert codes[0] != codes[1]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", code) for code in codes), "16 random bytes"
    ask = {"why": "海报被人翻拍冒用", "version": 1}
    renewed = (await street.post(f"{PATH}/{first['id']}/code", json=ask)).json()
    assert renewed["address"] not in (first["address"], second["address"])
    assert renewed["code_since"] > first["code_since"]
    async with city.database.transaction() as session:
        log = (await session.scalars(select(AuditLog).where(AuditLog.subject == f"service_point:{first['id']}"))).all()
    assert [line.act for line in log] == ["SERVICE_POINT_MADE", "SERVICE_POINT_RENEWED"]
    assert not any(code in str(line.data) for line in log for code in codes)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"community": OTHER}, "community"),  # another street's
        ({"community": "510104017999"}, "community"),  # no such community
        ({"community": "510104017"}, "community"),  # a street is no community
        ({"name": "甲"}, "name"),
        ({"name": "甲" * 61}, "name"),
        ({"name": "甲\n乙站"}, "name"),
        ({"services": ["老年证", "老年证"]}, "services"),
        ({"services": ["证"]}, "services.0"),
        ({"services": [f"项目{n}" for n in range(31)]}, "services"),
        ({"code": "mine"}, "code"),
    ],
)
async def test_a_wrong_field_is_named(form: dict[str, Any], field: str, street: httpx.AsyncClient) -> None:
    answer = await street.post(PATH, json={"community": COMMUNITY, "name": "写错的站", **form})
    assert fault(answer) == (422, field)


async def test_two_open_points_of_a_community_have_two_names(street: httpx.AsyncClient) -> None:
    point = await made(street, "同名站")
    assert fault(await make(street, "同名站")) == (422, "name")
    other = await made(street, "另一站")
    said = {"name": "同名站", "version": 1}
    assert fault(await street.put(f"{PATH}/{other['id']}", json=said)) == (422, "name")
    await street.post(f"{PATH}/{point['id']}/close", json={"why": "合并到另一站", "version": 1})
    assert (await street.put(f"{PATH}/{other['id']}", json=said)).status_code == 200


@pytest.mark.parametrize("act", ["code", "close"])
@pytest.mark.parametrize("why", ["", "1", "同意", "请填写原因"])
async def test_a_reason_says_something(act: str, why: str, street: httpx.AsyncClient) -> None:
    point = await made(street, f"理由站{act}{len(why)}{why[:1]}")
    answer = await street.post(f"{PATH}/{point['id']}/{act}", json={"why": why, "version": 1})
    assert fault(answer) == (422, "why")


@pytest.mark.parametrize("act", ["code", "close", ""])
async def test_who_saw_an_older_version_reads_again_first(act: str, street: httpx.AsyncClient) -> None:
    point = await made(street, f"版本站{act}")
    path = f"{PATH}/{point['id']}"
    await street.put(path, json={"name": f"新版站{act}", "version": 1})
    late = {"why": "站点搬迁到新址", "version": 1}
    answer = (
        await street.post(f"{path}/{act}", json=late)
        if act
        else await street.put(path, json={"name": "旧人改名", "version": 1})
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "service_point.changed")


async def test_the_community_prints_its_poster_and_changes_nothing(street: httpx.AsyncClient, desk: Desk) -> None:
    point = await made(street, "印海报<站>")
    await employ(desk.city, "points-community", [Role.COMMUNITY], COMMUNITY)
    community = await desk.of("points-community")
    qr = await community.get(f"{PATH}/{point['id']}/qr.svg")
    assert qr.headers["content-type"] == "image/svg+xml"
    assert qr.text.startswith("<?xml")
    poster = await community.get(f"{PATH}/{point['id']}/poster")
    assert poster.headers["content-type"].startswith("text/html")
    assert "script" not in poster.headers["content-security-policy"]
    for shown in ("印海报&lt;站&gt;", 'src="qr.svg"', "12345", "Please rate"):
        assert shown in poster.text
    assert (await make(community, "自己的站")).status_code == 403


async def test_nobody_reaches_another_streets_points(street: httpx.AsyncClient, desk: Desk) -> None:
    point = await made(street, "本街道的站")
    await employ(desk.city, "points-elsewhere", [Role.STREET], "510104018")
    stranger = await desk.of("points-elsewhere")
    assert (await stranger.get(PATH, params={"limit": 200, "closed": True})).json()["items"] == []
    for page in ("", "/qr.svg", "/poster"):
        assert (await stranger.get(f"{PATH}/{point['id']}{page}")).status_code == 404


async def test_a_list_is_read_page_by_page_and_by_words(street: httpx.AsyncClient) -> None:
    names = [f"翻页{n}站" for n in range(5)]
    for name in names:
        await made(street, name)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await street.get(PATH, params={"words": "翻页", "limit": 2, "cursor": cursor})).json()
        seen += [point["name"] for point in page["items"]]
        cursor = page["next"]
    assert seen == names


async def test_a_closed_point_is_shown_only_where_it_is_asked_for(street: httpx.AsyncClient) -> None:
    point = await made(street, "停用的站")
    await street.post(f"{PATH}/{point['id']}/close", json={"why": "站点搬迁到新址", "version": 1})
    for closed in (False, True):
        page = (await street.get(PATH, params={"words": "停用的站", "closed": closed})).json()
        assert [one["id"] for one in page["items"]] == [point["id"]] * closed
