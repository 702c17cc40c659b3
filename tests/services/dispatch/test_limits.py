"""时限 as they are shown: every category, the statute over the usual, danger before both, and just what a case gets."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from casework.catalog.load import Catalog
from casework.db.models import Case, Clock
from casework.journey import city as city_module
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.test_dispatch_rules import end, ruled
from tests.services.dispatch.test_turns import shift

WAGES = "1001"


@pytest.fixture(autouse=True)
def _at_every_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """The poll comes at each question, so that a test need not wait for it."""
    monkeypatch.setattr(city_module, "RULES_AGE_S", -1.0)


@pytest.fixture
async def dispatcher(desk: Desk) -> httpx.AsyncClient:
    return await desk.of("dispatcher1")


async def listed(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await client.get("/limits", params=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def of(client: httpx.AsyncClient, code: str, **asked: Any) -> dict[str, Any]:
    """What is said of one category."""
    found = await listed(client, words=code, limit=200, **asked)
    [row] = [one for one in found["limits"] if one["code"] == code]
    return dict(row)


async def test_every_category_is_there_page_by_page(dispatcher: httpx.AsyncClient, catalog: Catalog) -> None:
    seen, cursor = [], 0
    while cursor is not None:
        page = await listed(dispatcher, cursor=cursor, limit=200)
        seen += [one["code"] for one in page["limits"]]
        cursor = page["next"]
    assert seen == ["", *(code for code in catalog.categories if len(code) > 2)]
    assert page["total"] == len(seen)
    assert page["version"] == catalog.limits.version


@pytest.mark.parametrize(
    ("urgency", "kind", "limit", "by_statute", "interim"),
    [
        ("N", "COMPLAINT", "60wd", True, "15wd"),  # the law's own, with a dated reply within the usual limit
        ("N", "CONSULT", "3wd", False, None),  # the law speaks of complaints and reports
        ("C", "REPORT", "60wd", True, None),  # the complex hear every five days anyway
        ("E0", "COMPLAINT", "24h", False, None),  # danger never waits for a statute
    ],
)
async def test_the_statute_sets_the_limit_of_its_kinds_and_never_of_danger(
    urgency: str, kind: str, limit: str, by_statute: bool, interim: str | None, dispatcher: httpx.AsyncClient
) -> None:
    row = await of(dispatcher, WAGES, urgency=urgency, kind=kind)
    assert (row["limit"], row["by_statute"], row["interim"]) == (limit, by_statute, interim)
    ceiling = {"limit": "60wd", "source": "劳动保障监察条例第十九条"}
    assert row["ceiling"] == (None if kind == "CONSULT" else ceiling)


async def test_limits_are_found_by_the_law_that_sets_them(dispatcher: httpx.AsyncClient) -> None:
    found = await listed(dispatcher, kind="COMPLAINT", words="劳动保障 第十九条")
    assert found["limits"]
    assert all("劳动保障监察条例" in one["ceiling"]["source"] for one in found["limits"])
    assert (await listed(dispatcher, words="没有这样的法"))["total"] == 0


async def test_a_rule_of_the_citys_own_is_shown_where_it_sets_the_limit(dispatcher: httpx.AsyncClient) -> None:
    await ruled(dispatcher, id="LIMIT-1", limit="3wd", legal_basis="城市照明管理规定")
    row = await of(dispatcher, "0204")
    assert [(one["rule"], one["limit"], one["legal_basis"]) for one in row["ruled"]] == [
        ("LIMIT-1", "3wd", "城市照明管理规定")
    ]
    assert (await of(dispatcher, "0204", urgency="E1"))["ruled"] == [], "danger does not wait for a rule"
    assert (await end(dispatcher, "LIMIT-1")).status_code == 204
    assert (await of(dispatcher, "0204"))["ruled"] == []


async def test_what_is_shown_of_the_clocks_is_what_a_case_gets(desk: Desk, dispatcher: httpx.AsyncClient) -> None:
    case_no = await desk.handling()
    async with desk.city.database.transaction() as session:
        case = (await session.scalars(select(Case).where(Case.case_no == case_no))).one()
        clocks = list(await session.scalars(select(Clock).where(Clock.case_id == case.id)))
    asked = {"category": case.category, "kind": case.kind} if case.kind else {"category": case.category}
    told = (await dispatcher.get("/limits/clocks", params=asked)).json()
    lines = {one["clock"]: {cell["urgency"]: cell for cell in one["cells"]} for one in told["lines"]}
    assert {clock.name for clock in clocks} >= {"DISPATCH", "SIGN", "CONTACT", "FINISH"}
    for clock in clocks:
        cell = lines[clock.name][case.urgency]
        assert clock.limit_text in cell["limit"].split("|"), "30wm|2h is one of its parts, by the hour"
        assert cell["source"] == clock.limit_source
    assert lines["DISPATCH"]["N"]["limit"] == "30wm|2h"
    assert lines["FEEDBACK"].keys() == {"E0", "E1", "C"}
    assert lines["FEEDBACK"]["C"]["repeats"]
    assert told["set_elsewhere"] == ["INNER", "SUPERVISE", "LEVEL"]


async def test_a_category_that_is_not_there_is_refused_at_its_field(dispatcher: httpx.AsyncClient) -> None:
    answer = await dispatcher.get("/limits/clocks", params={"category": "9999"})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["category"]


SEPTEMBER = datetime(2026, 9, 7, 2, tzinfo=UTC)
"""Monday, ten o'clock in Shanghai; no other case is of that month."""


async def lasted(desk: Desk, days: int, **clock: Any) -> str:
    """A call for help of September whose result was filed so many days after it was accepted."""
    case_no = await desk.filed()
    await shift(desk, case_no, Case, Case.case_no == case_no, accepted_at=SEPTEMBER)
    ended = SEPTEMBER + timedelta(days=days)
    due = {"started_at": SEPTEMBER, "due_at": datetime(2026, 9, 16, 9, tzinfo=UTC), "filed_at": ended, **clock}
    await shift(desk, case_no, Clock, Clock.name == "FINISH", **due)
    return case_no


async def tried(client: httpx.AsyncClient, **form: Any) -> httpx.Response:
    return await client.post("/limits/dry-run", json={"category": "02", "kind": "HELP", "month": "2026-09", **form})


async def test_a_shorter_limit_is_tried_on_a_month_and_says_who_would_have_been_late(
    desk: Desk, dispatcher: httpx.AsyncClient
) -> None:
    await lasted(desk, 1)
    slow, slower = await lasted(desk, 6), await lasted(desk, 8)
    await lasted(desk, 20)
    await lasted(desk, 7, promised_by="EXTENSION")
    told = (await tried(dispatcher, limit="3wd", most=1)).json()
    figures = {name: told[name] for name in ("asked", "late", "later", "apart", "cut", "month")}
    assert figures == {"asked": 4, "late": 1, "later": 2, "apart": 1, "cut": False, "month": "2026-09"}
    more = (await tried(dispatcher, limit="3wd", after=int(told["next"]))).json()
    assert [one["case_no"] for one in (*told["cases"], *more["cases"])] == [slow, slower]
    assert told["cases"][0]["due"] == "2026-09-10T09:00:00Z", "three working days after Monday"
    assert (await tried(dispatcher, limit="7wd")).json()["later"] == 0
    assert (await tried(dispatcher, limit="3wd", kind="COMPLAINT")).json()["asked"] == 0


@pytest.mark.parametrize(
    ("form", "field", "says"),
    [
        ({"limit": "8wd"}, "limit", "只能更短"),
        ({"limit": "61wd", "category": WAGES, "kind": None}, "limit", "长于法定时限"),
        ({"limit": "soon"}, "limit", ""),
        ({"limit": "3wd", "category": "99"}, "category", "没有诉求分类"),
        ({"limit": "3wd", "month": "2026-13"}, "month", ""),
    ],
)
async def test_a_limit_that_may_not_be_is_refused_at_its_field(
    form: dict[str, Any], field: str, says: str, dispatcher: httpx.AsyncClient
) -> None:
    answer = await tried(dispatcher, **form)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["field"] == field
    assert says in fault["message"]
