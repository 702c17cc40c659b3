"""Clocks in a case's life: filed results hold them, verdicts stop or resume them, the sweep fires each stage once."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from casework.db import clocks
from casework.journey.city import City
from services.dispatch.worker import archive_once, sweep_once
from tests.conftest import Town
from tests.journey.test_one_case import MESSAGE, move, send

NUMBERS = count(100)


@pytest.fixture(scope="module")
async def people(town: Town) -> dict[str, httpx.AsyncClient]:
    names = ("dispatcher1", "unit-cg", "reviewer1", "followup1")
    return {name: await town.sign_in("dispatch", name) for name in names}


async def new_case(town: Town, **changed: object) -> str:
    number = next(NUMBERS)
    answer = await send(town, f"clock-{number}", {**MESSAGE, "upstream_no": f"C-{number}", **changed})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["cases"][0]["case_no"])


async def handled_case(town: Town, people: dict[str, httpx.AsyncClient], **changed: object) -> str:
    """A case that the unit has signed and whose citizen was contacted."""
    case_no = await new_case(town, **changed)
    await move(people["dispatcher1"], case_no, "DISPATCH", unit="510104-CG")
    await move(people["unit-cg"], case_no, "SIGN")
    await move(people["unit-cg"], case_no, "CONTACT", contacted_at=datetime.now(UTC).isoformat(), way="PHONE")
    return case_no


async def clock(city: City, case_no: str, name: str) -> dict[str, Any]:
    """The newest clock of that name."""
    db = await city.database.pool()
    row = await db.fetchrow(
        "SELECT k.* FROM clock k JOIN cases c ON c.id = k.case_id WHERE case_no = $1 AND name = $2 ORDER BY k.id DESC",
        case_no,
        name,
    )
    return dict(row)


async def make_earlier(city: City, case_no: str, name: str, by: timedelta) -> None:
    """As if the clock had been started that much earlier."""
    db = await city.database.pool()
    await db.execute(
        """UPDATE clock k SET due_at = due_at - $3::interval, next_at = next_at - $3::interval,
           stage_times = (SELECT array_agg(t - $3::interval ORDER BY i)
                          FROM unnest(stage_times) WITH ORDINALITY u(t, i))
           FROM cases c WHERE c.id = k.case_id AND case_no = $1 AND name = $2 AND state IN ('RUNNING', 'FILED')""",
        case_no,
        name,
        by,
    )


async def sweep_all(city: City) -> int:
    fired = 0
    while done := await sweep_once(city):
        fired += done
    return fired


async def fired(city: City, case_no: str) -> list[tuple[str, str]]:
    """(clock, stage) in the order they fired."""
    db = await city.database.pool()
    rows = await db.fetch(
        "SELECT data->>'clock' AS clock, data->>'stage' AS stage FROM event e JOIN cases c ON c.id = e.case_id "
        "WHERE case_no = $1 AND action = 'CLOCK' ORDER BY e.id",
        case_no,
    )
    return [(row["clock"], row["stage"]) for row in rows]


RESULT = {"reply_text": "已修复完毕。", "factual": True, "solved": "SOLVED"}


async def test_each_stage_fires_once_in_order_however_many_sweep(town: Town, city: City) -> None:
    case_no = await new_case(town)
    await make_earlier(city, case_no, "DISPATCH", timedelta(days=3))
    await asyncio.gather(*(sweep_all(city) for _ in range(4)))
    assert [stage for name, stage in await fired(city, case_no) if name == "DISPATCH"] == ["HALF", "MOST", "BREACH"]
    assert await sweep_all(city) == 0
    db = await city.database.pool()
    told = await db.fetch(
        "SELECT topic, audience FROM notice n JOIN cases c ON c.id = n.case_id WHERE case_no = $1 "
        "AND topic LIKE 'CLOCK%' ORDER BY topic, audience",
        case_no,
    )
    assert [tuple(row) for row in told] == [
        ("CLOCK_BREACH", "DISPATCHER"),
        ("CLOCK_BREACH", "SUPERVISION"),
        ("CLOCK_HALF", "DISPATCHER"),
        ("CLOCK_MOST", "DISPATCHER"),
    ]


async def test_a_stage_cannot_fire_twice_even_if_a_clock_were_turned_back(town: Town, city: City) -> None:
    case_no = await new_case(town)
    await make_earlier(city, case_no, "DISPATCH", timedelta(days=3))
    await sweep_all(city)
    db = await city.database.pool()
    await db.execute(
        "UPDATE clock k SET stage_no = 1, next_at = now() FROM cases c WHERE c.id = k.case_id AND case_no = $1 "
        "AND name = 'DISPATCH'",
        case_no,
    )
    with pytest.raises(Exception, match="pk_clock_fired"):
        await clocks.sweep(db, limit=10)
    await db.execute("UPDATE clock SET next_at = NULL WHERE name = 'DISPATCH' AND breached_at IS NOT NULL")


async def test_a_clock_stopped_late_before_the_sweep_is_known_as_breached(
    town: Town, city: City, people: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await new_case(town)
    await make_earlier(city, case_no, "DISPATCH", timedelta(days=3))
    await move(people["dispatcher1"], case_no, "DISPATCH", unit="510104-CG")
    assert ("DISPATCH", "BREACH") in await fired(city, case_no)
    await sweep_all(city)
    assert (await fired(city, case_no)).count(("DISPATCH", "BREACH")) == 1


async def test_a_result_filed_in_time_and_accepted_later_was_in_time(
    town: Town, city: City, people: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await handled_case(town, people)
    await move(people["unit-cg"], case_no, "FILE_RESULT", **RESULT)
    held = await clock(city, case_no, "FINISH")
    assert held["state"] == "FILED"
    await make_earlier(city, case_no, "FINISH", held["due_at"] - held["filed_at"] - timedelta(milliseconds=1))
    await asyncio.sleep(0.01)
    await sweep_all(city)
    assert ("FINISH", "BREACH") not in await fired(city, case_no)
    await move(people["reviewer1"], case_no, "ACCEPT_RESULT")
    done = await clock(city, case_no, "FINISH")
    assert done["state"] == "STOPPED"
    assert done["stopped_at"] == held["filed_at"] <= done["due_at"]


async def test_a_rejected_result_counts_as_never_filed(
    town: Town, city: City, people: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await handled_case(town, people)
    await move(people["unit-cg"], case_no, "FILE_RESULT", **RESULT)
    held = await clock(city, case_no, "FINISH")
    await make_earlier(city, case_no, "FINISH", held["due_at"] - held["filed_at"] - timedelta(milliseconds=1))
    await asyncio.sleep(0.01)
    await move(people["reviewer1"], case_no, "SEND_BACK_RESULT", note="缺少现场说明")
    await sweep_all(city)
    assert ("FINISH", "BREACH") in await fired(city, case_no)
    running = await clock(city, case_no, "FINISH")
    assert running["state"] == "RUNNING"
    assert running["filed_at"] is None
    assert running["breached_at"] is not None


async def test_a_late_signature_and_contact_are_remembered_for_the_rate(
    town: Town, city: City, people: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await new_case(town)
    await move(people["dispatcher1"], case_no, "DISPATCH", unit="510104-CG")
    await make_earlier(city, case_no, "SIGN", timedelta(days=20))
    await move(people["unit-cg"], case_no, "SIGN")
    await move(people["unit-cg"], case_no, "CONTACT", contacted_at=datetime.now(UTC).isoformat(), way="PHONE")
    db = await city.database.pool()
    row = await db.fetchrow("SELECT signed_in_time, contacted_in_time FROM cases WHERE case_no = $1", case_no)
    assert tuple(row) == (False, True)


async def test_a_contact_that_did_not_reach_leaves_the_clock_running(
    town: Town, city: City, people: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await new_case(town)
    await move(people["dispatcher1"], case_no, "DISPATCH", unit="510104-CG")
    await move(people["unit-cg"], case_no, "SIGN")
    at = datetime.now(UTC).isoformat()
    await move(people["unit-cg"], case_no, "CONTACT", contacted_at=at, way="PHONE", reached=False)
    assert (await clock(city, case_no, "CONTACT"))["state"] == "RUNNING"


async def test_an_anonymous_request_has_no_contact_clock_and_needs_none(
    town: Town, city: City, people: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await new_case(town, person={"anonymous": True})
    await move(people["dispatcher1"], case_no, "DISPATCH", unit="510104-CG")
    await move(people["unit-cg"], case_no, "SIGN")
    assert (await move(people["unit-cg"], case_no, "FILE_RESULT", **RESULT))["status"] == "RESULT_REVIEW"


async def test_a_complex_case_owes_feedback_again_and_again(
    town: Town, city: City, people: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await handled_case(town, people, urgency="C")
    first = await clock(city, case_no, "FEEDBACK")
    await move(people["unit-cg"], case_no, "FEEDBACK", text="已立项，下周施工。")
    second = await clock(city, case_no, "FEEDBACK")
    assert (first["cycle"], second["cycle"], second["state"]) == (1, 2, "RUNNING")


async def test_classifying_makes_the_promise_anew_from_the_acceptance(
    town: Town, city: City, people: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await new_case(town, kind=None, category=None)
    provisional = await clock(city, case_no, "FINISH")
    assert provisional["kind_unknown"]
    await move(people["dispatcher1"], case_no, "CLASSIFY", kind="CONSULT", category="0204")
    settled = await clock(city, case_no, "FINISH")
    assert (settled["cycle"], settled["kind_unknown"]) == (2, False)
    assert settled["started_at"] == provisional["started_at"]
    assert settled["due_at"] < provisional["due_at"]
    page = (await people["dispatcher1"].get(f"/cases/{case_no}")).json()
    assert page["routing"]["unit"] == "510104-CG"
    assert next(c for c in page["clocks"] if c["name"] == "FINISH")["state"] == "CANCELLED"


async def test_an_ended_case_is_archived_when_its_window_is_over(
    town: Town, city: City, people: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await new_case(town)
    await move(people["dispatcher1"], case_no, "ANSWER", answer="请致电物业中心。")
    assert await archive_once(city) == 0
    db = await city.database.pool()
    await db.execute("UPDATE cases SET ended_at = ended_at - interval '15 days' WHERE case_no = $1", case_no)
    assert await archive_once(city) == 1
    row = await db.fetchrow("SELECT status, ended_as FROM cases WHERE case_no = $1", case_no)
    assert tuple(row) == ("ARCHIVED", "ANSWERED")
