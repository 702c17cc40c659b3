"""工作日历 through its API: a notice of holidays is tried, loaded, and moves the deadlines that it said it would."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from casework.catalog.load import Catalog
from casework.db.models import Case, Clock
from casework.db.session import Database
from casework.journey import city as city_module
from casework.journey.city import City
from casework.journey.replanning import replan_once
from casework.kit.crypto import Keyring
from casework.kit.settings import Settings
from casework.kit.texts import LANGS
from casework.rules.calendars import day_of
from casework.rules.words import Role
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ
from tests.services.dispatch.test_turns import clock, shift

CITY = "5101"
WHY = "市政府办公厅通知放假"


@pytest.fixture(autouse=True)
def _at_every_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """The poll comes at each question, so that a test need not wait for it."""
    monkeypatch.setattr(city_module, "CALENDARS_AGE_S", -1.0)


@pytest.fixture(autouse=True)
async def _as_shipped(desk: Desk, _at_every_poll: None) -> None:
    """No notice of a test before holds in this one."""
    db = await desk.city.database.pool()
    await db.execute("DELETE FROM calendar_notice")
    await db.execute("UPDATE calendar_book SET version = version + 1")
    await desk.city.read_calendars()


@pytest.fixture
async def leader(desk: Desk) -> httpx.AsyncClient:
    return await desk.of("leader5101")


def holiday(*rest: date, work: tuple[date, ...] = (), policy: str = "EXTEND_ONLY", **more: Any) -> dict[str, Any]:
    """A local holiday of the prefecture, in the year of its first day."""
    days = {"rest": [day.isoformat() for day in rest], "work": [day.isoformat() for day in work]}
    return {"area": CITY, "year": rest[0].year, "source": "成府办发〔2026〕8号", "policy": policy, **days, **more}


async def settled(desk: Desk) -> tuple[str, date]:
    """A case in hand whose deadline waits for no notice; the day it ends on."""
    case_no = await desk.handling()
    await shift(desk, case_no, Clock, Clock.state == "RUNNING", calendar_unannounced=False)
    return case_no, day_of((await clock(desk, case_no, "FINISH")).due_at)


async def load(client: httpx.AsyncClient, form: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post("/calendars/notices", json={**form, "why": WHY})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def replanned(desk: Desk) -> None:
    while await replan_once(desk.city):
        pass


async def ends(desk: Desk) -> dict[tuple[str, str], datetime]:
    """When every open clock ends, by case and clock."""
    async with desk.city.database.transaction() as session:
        query = select(Case.case_no, Clock.name, Clock.due_at).join(Clock, Clock.case_id == Case.id)
        rows = await session.execute(query.where(Clock.state.in_(("RUNNING", "PAUSED"))))
        return {(row.case_no, row.name): row.due_at for row in rows}


async def tried(client: httpx.AsyncClient, form: dict[str, Any]) -> dict[tuple[str, str], datetime]:
    """What the dry run lists, page by page, and nothing beside."""
    listed: dict[tuple[str, str], datetime] = {}
    after, first = 0, None
    while True:
        found = (await client.post("/calendars/dry-run", json={**form, "after": after, "limit": 2})).json()
        first = first or found
        for row in found["deadlines"]:
            listed[row["case_no"], row["clock"]] = datetime.fromisoformat(row["due"])
        if found["next"] is None:
            break
        after = int(found["next"])
    assert (first["moved"], first["cut"]) == (len(listed), False)
    assert sum(row["deadlines"] for row in first["units"]) == len(listed)
    assert first["cases"] == len({case_no for case_no, _ in listed})
    return listed


async def test_a_holiday_moves_exactly_the_deadlines_that_the_dry_run_listed(
    desk: Desk, leader: httpx.AsyncClient
) -> None:
    made = [await settled(desk) for _ in range(3)]
    case_no, last = made[0]
    form, before = holiday(last), await ends(desk)
    listed = await tried(leader, form)
    assert {(number, "FINISH") for number, _ in made} <= set(listed)
    assert await ends(desk) == before, "a dry run writes nothing"
    notice = await load(leader, form)
    assert (notice["version"], notice["in_force"], notice["source"]) == (1, True, form["source"])
    await replanned(desk)
    after = await ends(desk)
    assert {key: due for key, due in after.items() if before.get(key) != due} == listed
    case = await desk.case(case_no)
    assert case.finish_due is not None
    assert day_of(case.finish_due) > last
    [event] = [event for event in await desk.events(case_no) if event.data.get("clock") == "FINISH"]
    was = before[case_no, "FINISH"]
    assert (event.action, event.data["was_due"]) == ("REPLANNED", was.isoformat())
    assert event.data["due"] == case.finish_due.isoformat()
    assert await load(leader, form) == notice, "a repeat is the same notice"
    await replanned(desk)
    assert await ends(desk) == after


async def test_the_policy_says_what_becomes_of_a_settled_deadline(
    desk: Desk, leader: httpx.AsyncClient, catalog: Catalog
) -> None:
    case_no, last = await settled(desk)
    was = (await clock(desk, case_no, "FINISH")).due_at
    kept = holiday(last, policy="KEEP")
    assert (case_no, "FINISH") not in await tried(leader, kept)
    await load(leader, kept)
    await replanned(desk)
    assert (await clock(desk, case_no, "FINISH")).due_at == was

    other, last = await settled(desk)
    was = (await clock(desk, other, "FINISH")).due_at
    between = (last - timedelta(days=n) for n in range(1, 60))
    nation = catalog.calendars.for_area("")
    worked, rested = [day for day in between if day.weekday() >= 5 and not nation.is_workday(day)][:2]
    sooner = holiday(rested, work=(worked,), year=last.year)
    await load(leader, sooner)
    await replanned(desk)
    assert (await clock(desk, other, "FINISH")).due_at == was, "only lengthened"
    third, _ = await settled(desk)
    anew = holiday(rested, year=last.year, policy="RECOMPUTE")
    assert (third, "FINISH") in (moved := await tried(leader, anew))
    await load(leader, anew)
    await replanned(desk)
    assert (await clock(desk, third, "FINISH")).due_at == moved[third, "FINISH"]


async def test_a_notice_meets_deadlines_that_an_earlier_one_let_stand(desk: Desk, leader: httpx.AsyncClient) -> None:
    case_no, last = await settled(desk)
    await load(leader, holiday(date(last.year, 12, 31), policy="KEEP"))
    await replanned(desk)
    form = holiday(last, policy="RECOMPUTE", source="成府办发〔2026〕11号")
    due = (await tried(leader, form))[case_no, "FINISH"]
    await load(leader, form)
    await replanned(desk)
    assert (await clock(desk, case_no, "FINISH")).due_at == due


async def test_a_deadline_that_waited_for_the_notice_is_reckoned_anew_whatever_the_policy(
    desk: Desk, leader: httpx.AsyncClient
) -> None:
    case_no, last = await settled(desk)
    await shift(desk, case_no, Clock, Clock.name == "FINISH", calendar_unannounced=True)
    form = holiday(last, policy="KEEP", source="成府办发〔2026〕9号")
    assert (case_no, "FINISH") in await tried(leader, form)
    await load(leader, form)
    await replanned(desk)
    assert day_of((await clock(desk, case_no, "FINISH")).due_at) > last


async def test_a_broken_promise_stays_broken(desk: Desk, leader: httpx.AsyncClient) -> None:
    case_no, last = await settled(desk)
    late = datetime.now(UTC) - timedelta(minutes=5)
    await shift(desk, case_no, Clock, Clock.name == "FINISH", due_at=late, breached_at=late)
    form = holiday(day_of(late), last, policy="RECOMPUTE", year=last.year)
    if day_of(late).year != last.year:
        form["rest"] = [last.isoformat()]
    await load(leader, form)
    await replanned(desk)
    assert (await clock(desk, case_no, "FINISH")).due_at == late


async def test_a_worker_that_has_not_read_the_notice_re_plans_nothing(
    desk: Desk, leader: httpx.AsyncClient, settings: Settings, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_no, last = await settled(desk)
    await load(leader, holiday(last, source="成府办发〔2026〕10号"))
    await replanned(desk)
    was = (await clock(desk, case_no, "FINISH")).due_at
    await shift(desk, case_no, Clock, Clock.name == "FINISH", calendar_unannounced=True)
    keyring = Keyring.load(settings.keys_file, settings.identity_keys_file)
    behind = City(catalog, keyring, Database(settings.database_url))

    async def nothing() -> None:
        return None

    try:
        monkeypatch.setattr(behind, "read_calendars", nothing)
        assert await replan_once(behind) > 0, "it would, by the calendars that it knows"
        assert (await clock(desk, case_no, "FINISH")).due_at == was
        monkeypatch.undo()
        await behind.fresh()
        assert behind.catalog.calendars.versions == desk.city.catalog.calendars.versions
    finally:
        await behind.database.close()


# what is written, the field, the code
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"rest": ["2026-13-01"]}, "rest.0", "span"),
    ({"rest": ["2026-08-08", "2026-08-08"]}, "rest.0", "day_twice"),
    ({"rest": ["2027-08-08"]}, "rest.0", "foreign_day"),
    ({"rest": []}, "rest", "empty"),
    ({"source": ""}, "source", "empty"),
    ({"work": ["2026-08-10"]}, "work.0", "work_on_weekday"),
    ({"work": ["2026-08-10..2026-08-11"]}, "work.0", "day"),
    ({"area": "5201"}, "area", "outside_area"),
    ({"area": "5134"}, "area", "outside_area"),
]


@pytest.mark.parametrize(("said", "field", "code"), WRONG)
async def test_a_wrong_notice_is_named_by_its_field(
    leader: httpx.AsyncClient, said: dict[str, Any], field: str, code: str
) -> None:
    form = {"area": CITY, "year": 2026, "source": "通知", "rest": ["2026-08-08"], **said}
    sentences = []
    for language in LANGS:
        for path, more in (("dry-run", {}), ("notices", {"why": WHY})):
            spoken = {"Accept-Language": language}
            answer = await leader.post(f"/calendars/{path}", json={**form, **more}, headers=spoken)
            assert answer.status_code == 422, answer.text
            [fault] = answer.json()["errors"]
            assert (fault["field"], fault["code"]) == (field, f"calendar.{code}")
            assert "{" not in fault["message"]
        sentences.append(fault["message"])
    assert sentences[0] != sentences[1]


async def test_a_notice_has_a_reason_and_a_keeper(desk: Desk, leader: httpx.AsyncClient) -> None:
    form = {"area": CITY, "year": 2026, "source": "通知", "rest": ["2026-08-08"]}
    empty = await leader.post("/calendars/notices", json={**form, "why": "同意"})
    assert [(e["field"], e["code"]) for e in empty.json()["errors"]] == [("why", "calendar.why_missing")]
    assert (await (await desk.of("dispatcher1")).post("/calendars/dry-run", json=form)).status_code == 403
    county = await (await desk.of("leader1")).post("/calendars/dry-run", json={**form, "area": "cn"})
    assert [(e["field"], e["code"]) for e in county.json()["errors"]] == [("area", "calendar.outside_area")]
    await employ(desk.city, "leader51", [Role.LEADER], "51")
    for area in ("cn", "5134"):
        answer = await (await desk.of("leader51")).post("/calendars/dry-run", json={**form, "area": area})
        assert answer.status_code == 200, answer.text


async def test_the_nations_notice_makes_a_year_announced(desk: Desk, leader: httpx.AsyncClient) -> None:
    year, form = 2040, {"area": "cn", "source": "国办发明电〔2039〕7号", "rest": ["2040-01-01..2040-01-03"]}
    params: dict[str, str | int] = {"area": "cn", "year": year}
    before = (await leader.get("/calendars/year", params=params)).json()
    assert (before["announced"], before["notices"]) == (False, [])
    kinds = {day["day"]: (day["kind"], day["announced"]) for day in before["days"]}
    assert len(kinds) == 366
    assert (kinds["2040-01-01"], kinds["2040-01-02"]) == (("HOLIDAY", False), ("WORK", False))
    await load(leader, {**form, "year": year, "work": ["2040-01-07"]})
    after = (await leader.get("/calendars/year", params=params)).json()
    kinds = {day["day"]: (day["kind"], day["announced"]) for day in after["days"]}
    assert (kinds["2040-01-02"], kinds["2040-01-07"]) == (("HOLIDAY", True), ("MOVED", True))
    assert after["announced"]
    await load(leader, {**form, "year": year, "work": []})
    versions = (await leader.get("/calendars/year", params=params)).json()["notices"]
    assert [(row["version"], row["in_force"], row["made_by"]) for row in versions] == [
        (2, True, "市级分管领导甲"),
        (1, False, "市级分管领导甲"),
    ]
    own = (await leader.get("/calendars/year", params={"area": "5134", "year": year})).json()
    assert not own["announced"], "where holidays are set by own law, the local notice is waited for"
    assert [row["version"] for row in own["nation"]] == [2, 1]


async def test_who_reads_sees_the_calendars_of_the_own_prefecture(desk: Desk, leader: httpx.AsyncClient) -> None:
    mine = (await leader.get("/calendars")).json()
    assert [(row["area"], row["keeps"]) for row in mine] == [("cn", True), (CITY, True)]
    county = (await (await desk.of("dispatcher1")).get("/calendars")).json()
    assert [(row["area"], row["keeps"]) for row in county] == [("cn", False), (CITY, False)]
    shipped = (await leader.get("/calendars/year", params={"area": "cn", "year": 2026})).json()
    assert [(row["version"], row["in_force"]) for row in shipped["notices"]] == [(0, True)]
    assert shipped["hours"] == {"01-01": ["09:00-12:00", "13:00-17:00"]}
