"""The report of the response and completion rate, as supervisors ask for it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from casework.db.models import Unit
from casework.journey.city import City
from casework.kit.texts import LANGS, t
from casework.rules.rates import DEFINITION_VERSION, CaseFacts, View
from casework.rules.words import Channel, Direction, Exclusion, Kind, Status
from tests.conftest import Town
from tests.services.notify.planted import Planted, plant

ENGLISH = {"Accept-Language": "en"}
ACCEPTED = datetime(2026, 6, 1, 2, tzinfo=UTC)
DUE = datetime(2026, 6, 15, 9, tzinfo=UTC)
KEPT = CaseFacts(
    status=Status.CLOSED,
    created_at=ACCEPTED,
    kind=Kind.COMPLAINT,
    accepted_at=ACCEPTED,
    finish_due_original=DUE,
    finish_due=DUE,
    signed_in_time=True,
    contacted_in_time=True,
    first_completed_at=DUE,
    completed_at=DUE,
    ended_at=DUE,
    ended_as=Status.CLOSED,
)
LATE = replace(KEPT, completed_at=DUE + timedelta(seconds=1))
OPEN = replace(KEPT, status=Status.HANDLING, completed_at=None, first_completed_at=None, ended_at=None, ended_as=None)
JULY = DUE + timedelta(days=30)


@pytest.fixture(scope="module")
async def numbers(city: City) -> dict[str, list[str]]:
    """June in two counties and one case in July; the case numbers by how they stand."""
    async with city.database.transaction() as session:
        unit_id = await session.scalar(select(Unit.id).where(Unit.code == "510104-ZJ"))
        kept = [Planted(KEPT, unit_id=unit_id, category="0101") for _ in range(3)]
        missed = [
            Planted(LATE, unit_id=unit_id, category="0101"),
            Planted(replace(OPEN, kind=Kind.HELP), "510104018001", channel=Channel.WECHAT),
        ]
        out = [
            Planted(replace(OPEN, status=Status.VOID)),
            Planted(replace(OPEN, status=Status.GUIDED)),
            Planted(replace(KEPT, status=Status.ANSWERED)),
            Planted(CaseFacts(Status.CLOSED, ACCEPTED, Direction.GRID, completed_at=ACCEPTED)),
            Planted(CaseFacts(Status.CALLED, ACCEPTED, Direction.GRID)),
        ]
        elsewhere = [Planted(KEPT, "510105001001"), Planted(replace(KEPT, finish_due=JULY))]
        return {
            "kept": await plant(session, kept),
            "missed": await plant(session, missed),
            "out": await plant(session, out),
            "elsewhere": await plant(session, elsewhere),
        }


LOGINS = ("analyst1", "analyst51", "leader1", "leader5101", "supervision1", "dispatcher1", "followup1", "unit-zj")
Seats = dict[str, httpx.AsyncClient]


@pytest.fixture(scope="module")
async def seats(town: Town) -> AsyncIterator[Seats]:
    """Everybody signed in, once."""
    async with AsyncExitStack() as stack:
        signed_in = {login: await town.sign_in("notify", login) for login in LOGINS}
        yield {login: await stack.enter_async_context(client) for login, client in signed_in.items()}


async def asked(
    seats: Seats, login: str, path: str = "", headers: dict[str, str] | None = None, **ask: Any
) -> dict[str, Any]:
    """The answer to a question that must be answered."""
    answer = await seats[login].get(f"/reports/completion{path}", params=ask, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def figures(row: dict[str, Any]) -> tuple[int, int]:
    return row["numerator"], row["denominator"]


async def test_a_county_sees_its_rate_and_what_was_left_out(seats: Seats, numbers: dict[str, list[str]]) -> None:
    told = await asked(seats, "analyst1", **{"from": "2026-06", "to": "2026-06"})
    [row] = told["rows"]
    assert (row["key"], row["name"], figures(row)) == ("510104", "锦江区", (3, 5))
    assert row["rate"] == 0.6
    assert row["small"]
    assert (row["on_time"], row["late"], row["unfinished"], row["first_on_time"]) == (3, 1, 1, 4)
    assert row["excluded"] == {"VOID": 1, "GUIDED": 1, "ANSWERED": 1, "SELF_SETTLED": 1, "NOT_TAKEN_ON": 1}
    assert row["self_settled"] == {"numerator": 1, "denominator": 2, "rate": 0.5, "small": True, "raw": None}
    assert row["mature"]
    assert (told["view"], told["from"], told["to"]) == ("A", "2026-06", "2026-06")
    assert told["definition"]["version"] == DEFINITION_VERSION
    assert "签收和先行联系均在时限内" in told["definition"]["headline"]
    assert datetime.fromisoformat(told["observed_at"]).tzinfo is not None


async def test_the_province_sees_all_counties_and_adds_them_up(seats: Seats, numbers: dict[str, list[str]]) -> None:
    told = await asked(seats, "analyst51", **{"from": "2026-06", "by": "county"})
    assert {row["key"]: figures(row) for row in told["rows"]} == {"510104": (3, 5), "510105": (1, 1)}
    assert figures(told["total"]) == (4, 6)
    assert told["total"]["rate"] == 4 / 6
    city = await asked(seats, "leader5101", **{"from": "2026-06", "by": "city"})
    assert [(row["name"], figures(row)) for row in city["rows"]] == [("成都市", (4, 6))]


async def test_groups_carry_their_names(seats: Seats, numbers: dict[str, list[str]]) -> None:
    async def names(by: str, headers: dict[str, str] | None = None) -> dict[str, tuple[int, int]]:
        told = await asked(seats, "analyst1", headers=headers, **{"from": "2026-06", "to": "2026-07", "by": by})
        return {row["name"]: figures(row) for row in told["rows"]}

    assert (await names("month")) == {"2026年6月": (3, 5), "2026年7月": (1, 1)}
    assert (await names("month", ENGLISH)) == {"June 2026": (3, 5), "July 2026": (1, 1)}
    assert (await names("street")) == {"锦官驿街道": (4, 5), "东湖街道": (0, 1)}
    assert (await names("unit")) == {"锦江区住房和城乡建设局": (3, 4), "未派承办单位": (1, 2)}
    assert (await names("category")) == {"城乡建设与住房": (3, 4), "未分类": (1, 2)}
    assert (await names("subcategory", ENGLISH)) == {"违法建设（私搭乱建）": (3, 4), "No category yet": (1, 2)}
    assert (await names("channel", ENGLISH)) == {"12345 hotline": (4, 5), "WeChat": (0, 1)}
    assert (await names("kind", ENGLISH)) == {"Complaint": (4, 5), "Request for help": (0, 1), "Kind not known": (0, 0)}


async def test_a_case_placed_only_in_its_county_is_a_group_of_its_own(seats: Seats, city: City) -> None:
    async with city.database.transaction() as session:
        past = DUE - timedelta(days=30)
        may = replace(KEPT, accepted_at=past, finish_due_original=past, finish_due=past, completed_at=past)
        await plant(session, [Planted(may, "510104"), Planted(may, "510104017001A02")])
    told = await asked(seats, "analyst1", **{"from": "2026-05", "by": "community"})
    assert [row["name"] for row in told["rows"]] == ["锦江区（未细到下一级）", "水井坊社区"]


@pytest.mark.parametrize(
    ("narrow", "kept"),
    [
        ({"area": "510104018"}, (0, 1)),
        ({"area": "510105"}, (0, 0)),  # outside the county's scope there is nothing to see
        ({"unit": "510104-ZJ"}, (3, 4)),
        ({"category": "01"}, (3, 4)),
        ({"channel": "WECHAT"}, (0, 1)),
        ({"kind": "COMPLAINT"}, (3, 4)),
        ({"kind": "COMPLAINT", "channel": "WECHAT"}, (0, 0)),
    ],
)
async def test_filters_narrow_the_report(
    seats: Seats, numbers: dict[str, list[str]], narrow: dict[str, str], kept: tuple[int, int]
) -> None:
    told = await asked(seats, "supervision1", **{"from": "2026-06", **narrow})
    assert figures(told["total"]) == kept


async def test_nobody_promised_is_no_rate(seats: Seats, numbers: dict[str, list[str]]) -> None:
    told = await asked(seats, "analyst1", **{"from": "2025-01"})
    assert told["rows"] == []
    assert (figures(told["total"]), told["total"]["rate"], told["total"]["small"]) == ((0, 0), None, True)


async def test_all_views_stand_side_by_side(seats: Seats, numbers: dict[str, list[str]]) -> None:
    told = await asked(seats, "leader1", "/views", **{"from": "2026-06"})
    views = {view["view"]: view for view in told["views"]}
    assert list(views) == ["A", "A0", "B", "C", "D", "ALL"]
    assert figures(views["A"]) == (3, 5)
    assert figures(views["A0"]) == (4, 6)  # the extended one was first due in June
    assert figures(views["B"]) == (5, 6)  # all accepted in June: one is still open
    assert figures(views["C"]) == (4, 5)
    assert figures(views["ALL"]) == (4, 6)
    assert views["D"]["numerator"] is views["D"]["rate"] is None
    assert views["D"]["denominator"] == sum(views["D"]["ages"].values()) == 1
    assert views["A"]["words"].startswith("统计期内现行办结期限届满")


async def test_a_figure_opens_to_its_cases(seats: Seats, numbers: dict[str, list[str]]) -> None:
    async def behind(**ask: Any) -> list[str]:
        told = await asked(seats, "analyst1", "/cases", **{"from": "2026-06", **ask})
        return [case["case_no"] for case in told["cases"]]

    assert await behind(part="numerator") == numbers["kept"]
    assert await behind() == numbers["kept"] + numbers["missed"]
    assert await behind(part="missed") == numbers["missed"]
    assert sorted(await behind(part="excluded")) == numbers["out"]
    assert await behind(part="excluded", reason="GUIDED") == numbers["out"][1:2]
    assert await behind(by="unit", key="510104-ZJ", part="missed") == numbers["missed"][:1]
    assert await behind(by="unit", key="", part="missed") == numbers["missed"][1:]
    assert await behind(by="unit", key="510105-ZJ") == []


async def test_a_long_list_comes_in_pages(seats: Seats, numbers: dict[str, list[str]]) -> None:
    found: list[str] = []
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        cursor = {"cursor": page["next"]} if page["next"] else {}
        page = await asked(seats, "analyst1", "/cases", **{"from": "2026-06", "limit": 2, **cursor})
        found += [case["case_no"] for case in page["cases"]]
    assert found == numbers["kept"] + numbers["missed"]


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        ({"from": "2026-13"}, "from"),
        ({"from": "June"}, "from"),
        ({"from": "2026-06-01"}, "from"),
        ({"from": "2026-06", "to": "9999-12"}, "to"),
        ({"from": "2026-06", "to": "2026-05"}, "to"),
        ({"from": "2020-01", "to": "2026-05"}, "to"),
        ({"area": "999999"}, "area"),
        ({"area": "51%"}, "area"),
        ({"unit": "NOBODY"}, "unit"),
        ({"category": "9999"}, "category"),
        ({"category": "_"}, "category"),
        ({"channel": "FAX"}, "channel"),
        ({"kind": "WISH"}, "kind"),
        ({"view": "Z"}, "view"),
        ({"by": "planet"}, "by"),
        ({"colour": "red"}, "colour"),
        ({"part": "rest"}, "part"),
        ({"reason": "BORING"}, "reason"),
        ({"reason": "VOID"}, "reason"),  # without part=excluded
        ({"cursor": "abc"}, "cursor"),
        ({"limit": "0"}, "limit"),
    ],
    ids=str,
)
async def test_a_wrong_parameter_is_named(seats: Seats, ask: dict[str, str], field: str) -> None:
    for language in ({}, ENGLISH):
        answer = await seats["analyst1"].get("/reports/completion/cases", params=ask, headers=language)
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        [fault] = answer.json()["errors"]
        assert fault["field"] == field
        assert fault["message"] != fault["code"]


async def test_every_wrong_code_is_named_at_once(seats: Seats) -> None:
    answer = await seats["analyst1"].get("/reports/completion", params={"area": "99", "unit": "X", "category": "X"})
    assert {fault["field"] for fault in answer.json()["errors"]} == {"area", "unit", "category"}


@pytest.mark.parametrize("path", ["/reports/completion", "/reports/completion/views", "/reports/completion/cases"])
async def test_the_report_is_for_supervisors(town: Town, seats: Seats, path: str) -> None:
    async with town.api("notify") as nobody:
        assert (await nobody.get(path)).status_code == 401
    for login in ("dispatcher1", "followup1", "unit-zj"):
        assert (await seats[login].get(path)).status_code == 403
    for login in ("analyst1", "leader1", "supervision1"):
        assert (await seats[login].get(path)).status_code == 200


async def test_what_is_open_to_ask_is_in_the_openapi(town: Town) -> None:
    async with town.api("notify") as client:
        document: Any = (await client.get("/openapi.json")).json()
    asked = document["paths"]["/reports/completion"]["get"]["parameters"]
    names = {parameter["name"] for parameter in asked}
    assert names == {"from", "to", "area", "unit", "category", "channel", "kind", "urgency", "view", "by"}


def test_the_words_are_those_of_the_definition() -> None:
    for lang in LANGS:
        assert t("report.version", lang) == DEFINITION_VERSION
    for prefix, terms in (("view", View), ("exclusion", Exclusion), ("channel", Channel), ("kind", Kind)):
        for term in terms:
            assert t(f"report.{prefix}.{term.value}", "zh-CN") == term.zh
            assert t(f"report.{prefix}.{term.value}", "en") != f"report.{prefix}.{term.value}"
    assert all(t(f"report.words.{view.value}", lang) != f"report.words.{view.value}" for view in View for lang in LANGS)
