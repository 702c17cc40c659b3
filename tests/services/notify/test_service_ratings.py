"""社区服务满意率: the services' own figure by area and month, the answers behind it, and every bad one looked at."""

import secrets
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest

from casework.db.models import ServicePoint
from casework.journey import service_points
from casework.journey.city import City
from casework.journey.service_rating import Given, rate
from casework.rules.facts import Actor
from casework.rules.words import Role, Satisfaction
from tests.conftest import Town
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ

WHOLE = Actor(frozenset({Role.SUPERVISION}), area="5101")
STREET, HERE, NEAR, FAR = "510104017", "510104017001", "510104017002", "510105002002"
_callers = count()
VERY_GOOD, GOOD, FAIR, BAD, VERY_BAD = Satisfaction
REPORT, ANSWERS = "/reports/services", "/reports/services/answers"


@pytest.fixture(scope="module")
async def desk(town: Town, city: City) -> Desk:
    for login, role, area in (
        ("looks-street", Role.STREET, STREET),
        ("looks-community", Role.COMMUNITY, HERE),
        ("looks-county", Role.SUPERVISION, "510104"),
        ("looks-city", Role.ANALYST, "5101"),
        ("looks-other", Role.STREET, "510105002"),
    ):
        await employ(city, login, [role], area)
    return Desk(town, city)


@pytest.fixture(scope="module")
async def points(desk: Desk, city: City) -> dict[str, ServicePoint]:
    """A point in each community; their answers of March and April 2026."""
    async with city.database.transaction() as session:
        made = {
            area: await service_points.create(session, city, WHOLE, area, service_points.Said(f"{area}站", ("老年证",)))
            for area in (HERE, NEAR, FAR)
        }
    for area, month, grades in (
        (HERE, 3, [VERY_GOOD, GOOD, FAIR, BAD]),
        (HERE, 4, [VERY_BAD]),
        (NEAR, 3, [GOOD] * 30),
        (FAR, 4, [GOOD, BAD]),
    ):
        for number, grade in enumerate(grades):
            await give(city, made[area], grade, datetime(2026, month, 1, 1, 0, number, tzinfo=UTC))
    return made


async def give(city: City, point: ServicePoint, grade: Satisfaction, at: datetime | None = None) -> int:
    """An answer given by the page's own way, put back to its day where one is named; its id."""
    key, number = secrets.token_urlsafe(16), next(_callers)
    async with city.database.transaction() as session:
        await rate(
            session, city, point.code, Given(key, grade, words="说了几句"), f"10.9.{number // 250}.{number % 250}"
        )
    pool = await city.database.pool()
    found: int = await pool.fetchval("SELECT max(id) FROM service_answer WHERE point_id = $1", point.id)
    if at is not None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute("ALTER TABLE service_answer DISABLE TRIGGER service_answer_append_only")
            await connection.execute("UPDATE service_answer SET at = $2 WHERE id = $1", found, at)
            await connection.execute("ALTER TABLE service_answer ENABLE TRIGGER service_answer_append_only")
    return found


async def see(client: httpx.AsyncClient, path: str = REPORT, **params: Any) -> dict[str, Any]:
    answer = await client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def told(row: dict[str, Any], name: str = "satisfied") -> tuple[int, int, float | None, bool]:
    rate = row[name]
    return rate["numerator"], rate["denominator"], rate["rate"], rate["small"]


SPRING = {"from": "2026-03", "to": "2026-04"}


@pytest.mark.parametrize(
    ("login", "by", "rows"),
    [
        # the city's analyst sees both counties, 33 of 35 here
        ("looks-city", "county", {"510104": (33, 35, 33 / 35, False), "510105": (1, 2, 0.5, True)}),
        ("looks-county", "county", {"510104": (33, 35, 33 / 35, False)}),
        ("looks-county", "community", {HERE: (3, 5, 0.6, True), NEAR: (30, 30, 1.0, False)}),
        ("looks-street", "street", {STREET: (33, 35, 33 / 35, False)}),
        ("looks-community", "community", {HERE: (3, 5, 0.6, True)}),
        ("looks-other", "community", {FAR: (1, 2, 0.5, True)}),
    ],
)
async def test_each_reads_the_rate_of_the_own_area(
    login: str, by: str, rows: dict[str, Any], desk: Desk, points: dict[str, ServicePoint]
) -> None:
    report = await see(await desk.of(login, "notify"), by=by, **SPRING)
    assert {row["key"]: told(row) for row in report["rows"]} == rows
    whole = [told(row)[:2] for row in report["rows"]]
    assert told(report["total"])[:2] == tuple(map(sum, zip(*whole, strict=True)))


async def test_months_stand_apart_and_a_month_without_answers_has_no_rate(
    desk: Desk, points: dict[str, ServicePoint]
) -> None:
    analyst = await desk.of("looks-city", "notify")
    report = await see(analyst, by="community", area=HERE, monthly=True, **SPRING)
    assert [(row["month"], told(row)) for row in report["rows"]] == [
        ("2026-03", (3, 4, 0.75, True)),
        ("2026-04", (0, 1, 0.0, True)),
    ]
    assert report["total"]["grades"] == dict.fromkeys(Satisfaction, 1)
    empty = await see(analyst, **{"from": "2025-01"})
    assert empty["rows"] == []
    assert told(empty["total"]) == told(empty["total"], "looked") == (0, 0, None, True)


async def test_a_months_first_morning_in_shanghai_is_that_months(
    desk: Desk, city: City, points: dict[str, ServicePoint]
) -> None:
    await give(city, points[HERE], GOOD, datetime(2025, 5, 31, 16, 0, tzinfo=UTC))
    await give(city, points[HERE], GOOD, datetime(2025, 5, 31, 15, 59, 59, tzinfo=UTC))
    report = await see(await desk.of("looks-street", "notify"), monthly=True, **{"from": "2025-05", "to": "2025-06"})
    assert [(row["month"], told(row)[1]) for row in report["rows"]] == [("2025-05", 1), ("2025-06", 1)]


@pytest.mark.parametrize(
    ("which", "grades"),
    [
        ("all", [VERY_BAD, BAD, FAIR, GOOD, VERY_GOOD]),
        ("satisfied", [FAIR, GOOD, VERY_GOOD]),
        ("bad", [VERY_BAD, BAD]),
        ("waiting", [VERY_BAD, BAD]),
    ],
)
async def test_the_answers_behind_a_figure_are_its_own(
    which: str, grades: list[str], desk: Desk, points: dict[str, ServicePoint]
) -> None:
    clerk = await desk.of("looks-community", "notify")
    shown: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await see(clerk, ANSWERS, which=which, limit=2, **SPRING, **cursor)
        shown += page["items"]
        assert page["waiting"] == 2, "of the same months, whatever is shown"
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert [one["grade"] for one in shown] == grades
    assert {one["words"] for one in shown} == {"说了几句"}
    assert len({one["id"] for one in shown}) == len(shown)


async def test_a_bad_grade_waits_until_somebody_says_what_was_done(
    desk: Desk, city: City, points: dict[str, ServicePoint]
) -> None:
    street, county = await desk.of("looks-street", "notify"), await desk.of("looks-county", "notify")
    async with city.database.transaction() as session:
        point = await service_points.create(session, city, WHOLE, HERE, service_points.Said("回看的站", ()))
    good, bad = await give(city, point, GOOD), await give(city, point, VERY_BAD)
    waiting = await see(street, ANSWERS, which="waiting", point=point.id)
    assert ([one["id"] for one in waiting["items"]], waiting["waiting"]) == ([bad], 1)

    path = f"{ANSWERS}/{bad}/looks"
    for _ in range(2):
        said = await street.post(path, json={"note": "窗口已加开，回电 13812345678 已致歉"})
        assert said.status_code == 200, said.text
    assert [(one["by"], one["note"]) for one in said.json()] == [
        ("looks-street", "窗口已加开，回电 138****5678 已致歉")
    ]
    said = await county.post(path, json={"note": "区里抽查，窗口确已加开"})
    assert [one["by"] for one in said.json()] == ["looks-street", "looks-county"]

    left = await see(street, ANSWERS, which="waiting", point=point.id)
    assert (left["items"], left["waiting"]) == ([], 0)
    report = await see(county, by="point")
    mine = next(row for row in report["rows"] if row["key"] == str(point.id))
    assert (mine["name"], told(mine)[:3], told(mine, "looked")[:3]) == ("回看的站", (1, 2, 0.5), (1, 1, 1.0))
    refused = await street.post(f"{ANSWERS}/{good}/looks", json={"note": "看过了，没有问题"})
    assert (refused.status_code, refused.json()["code"]) == (409, "service.not_bad")


@pytest.mark.parametrize("note", ["", "1", "同意", "已阅"])
async def test_a_look_says_something(note: str, desk: Desk, city: City, points: dict[str, ServicePoint]) -> None:
    street = await desk.of("looks-street", "notify")
    bad = (await see(street, ANSWERS, which="bad", **SPRING))["items"][0]
    answer = await street.post(f"{ANSWERS}/{bad['id']}/looks", json={"note": note})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "note")


async def test_who_is_rated_reads_but_does_not_close_its_own(desk: Desk, points: dict[str, ServicePoint]) -> None:
    community, other = await desk.of("looks-community", "notify"), await desk.of("looks-other", "notify")
    bad = (await see(community, ANSWERS, which="bad", **SPRING))["items"][0]
    done = {"note": "已请社区道歉并加开窗口"}
    assert (await community.post(f"{ANSWERS}/{bad['id']}/looks", json=done)).status_code == 403
    assert (await other.post(f"{ANSWERS}/{bad['id']}/looks", json=done)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2026-04", "to": "2026-03"}, "to"),
        ({"from": "2020-01", "to": "2026-03"}, "to"),
        ({"from": "2026"}, "from"),
        ({"area": "999999"}, "area"),
        ({"by": "grid"}, "by"),
        ({"definition": "2019.1"}, "definition"),
        ({"category": "0204"}, "category"),
    ],
)
async def test_what_cannot_be_told_is_refused_at_its_field(asked: dict[str, str], field: str, desk: Desk) -> None:
    answer = await (await desk.of("looks-city", "notify")).get(REPORT, params=asked)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_the_definition_is_told_with_its_version_and_source(desk: Desk) -> None:
    analyst = await desk.of("looks-city", "notify")
    found = await see(analyst, f"{REPORT}/definition")
    assert (found["satisfied"], found["bad"]) == (["VERY_GOOD", "GOOD", "FAIR"], ["BAD", "VERY_BAD"])
    assert "51号" in found["source"]
    assert (await see(analyst, definition=found["version"]))["definition"] == found


async def test_the_headline_knows_nothing_of_the_services(desk: Desk, points: dict[str, ServicePoint]) -> None:
    analyst = await desk.of("looks-city", "notify")
    before = await see(analyst, "/reports/completion/views", **SPRING)
    assert [view["denominator"] for view in before["views"]] == [0] * len(before["views"])
