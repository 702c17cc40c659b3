"""The dispatcher's desk: cases that are taken, moves that may be undone, texts and views kept, changes told."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from casework.db.claims import forget_old
from casework.db.models import Account, Case, CaseClaim, CaseViewer, HeldMove
from casework.journey.sign_in import actor_of
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.dispatch.feed import Feed
from services.dispatch.worker import hold_once
from tests.services.dispatch.cases import LEAD, Desk

DISPATCH = {"action": "DISPATCH", "unit": LEAD}


async def call(desk: Desk, login: str, method: str, path: str, body: Any = None) -> Any:
    """Any answer: its status and what it holds."""
    answer = await (await desk.of(login)).request(method, path, json=body)
    return answer.status_code, answer.json() if answer.content else None


async def hold(desk: Desk, login: str, case_nos: list[str], ask: dict[str, Any]) -> dict[str, Any]:
    status, batch = await call(desk, login, "POST", "/held-moves", {"case_nos": case_nos, "ask": ask})
    assert status == 201, batch
    return dict(batch)


async def seconds_pass(desk: Desk) -> None:
    """As if the five seconds were over."""
    async with desk.city.database.transaction() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        await session.execute(update(HeldMove).where(HeldMove.state == "HELD").values(run_at=past))


def states(batch: dict[str, Any]) -> list[str]:
    return [row["state"] for row in batch["rows"]]


# 认领


async def test_of_two_who_take_a_case_at_once_one_wins_and_the_other_is_told_who(desk: Desk) -> None:
    case_no = await desk.receive()
    await asyncio.gather(desk.of("dispatcher1"), desk.of("dispatcher2"))
    answers = await asyncio.gather(
        *(call(desk, login, "POST", f"/cases/{case_no}/claim") for login in ("dispatcher1", "dispatcher2"))
    )
    (won,) = [body for status, body in answers if status == 200]
    (lost,) = [body for status, body in answers if status == 409]
    assert won["mine"] is True
    assert (lost["code"], won["name"] in lost["detail"]) == ("claim.taken", True)


async def test_a_claim_that_nobody_renews_is_anybodys_again(desk: Desk) -> None:
    case_no = await desk.receive()
    await call(desk, "dispatcher1", "POST", f"/cases/{case_no}/claim")
    async with desk.city.database.transaction() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        of_case = select(Case.id).where(Case.case_no == case_no).scalar_subquery()
        await session.execute(update(CaseClaim).where(CaseClaim.case_id == of_case).values(until=past))
    status, body = await call(desk, "dispatcher2", "POST", f"/cases/{case_no}/claim")
    assert (status, body["mine"]) == (200, True)


async def test_a_released_case_is_free_at_once_and_the_queue_shows_whose_it_is(desk: Desk) -> None:
    case_no = await desk.receive()
    await call(desk, "dispatcher1", "POST", f"/cases/{case_no}/claim")

    async def row(login: str, view: str = "OPEN") -> list[tuple[str | None, bool]]:
        _, page = await call(desk, login, "GET", f"/cases?view={view}&words={case_no}")
        return [(one["claimed_by"], one["claimed_mine"]) for one in page["rows"]]

    assert await row("dispatcher1", "MINE") == [("派单员甲", True)]
    assert await row("dispatcher2") == [("派单员甲", False)]
    assert await row("dispatcher2", "MINE") == []
    assert (await call(desk, "dispatcher2", "DELETE", f"/cases/{case_no}/claim"))[0] == 204  # not hers: nothing changes
    assert await row("dispatcher2") == [("派单员甲", False)]
    assert (await call(desk, "dispatcher1", "DELETE", f"/cases/{case_no}/claim"))[0] == 204
    assert await row("dispatcher2") == [(None, False)]


async def test_who_looks_at_a_case_sees_who_else_does_and_who_writes(desk: Desk) -> None:
    case_no = await desk.receive()
    await call(desk, "dispatcher1", "POST", f"/cases/{case_no}/presence", {"doing": "EDITING"})
    _, seen = await call(desk, "dispatcher2", "POST", f"/cases/{case_no}/presence", {"doing": "VIEWING"})
    assert [(one["name"], one["doing"]) for one in seen["others"]] == [("派单员甲", "EDITING")]
    _, seen = await call(desk, "dispatcher1", "POST", f"/cases/{case_no}/presence", {"doing": "VIEWING"})
    assert [one["doing"] for one in seen["others"]] == ["VIEWING"]
    assert seen["version"] == (await desk.case(case_no)).version


async def test_yesterdays_claims_and_looks_are_cleared_away(desk: Desk) -> None:
    case_no = await desk.receive()
    await call(desk, "dispatcher1", "POST", f"/cases/{case_no}/claim")
    await call(desk, "dispatcher1", "POST", f"/cases/{case_no}/presence", {"doing": "VIEWING"})
    long_ago = datetime.now(UTC) - timedelta(days=2)
    async with desk.city.database.transaction() as session:
        of_case = select(Case.id).where(Case.case_no == case_no).scalar_subquery()
        await session.execute(update(CaseClaim).where(CaseClaim.case_id == of_case).values(until=long_ago))
        await session.execute(update(CaseViewer).where(CaseViewer.case_id == of_case).values(seen_at=long_ago))
    async with desk.city.database.transaction() as session:
        assert await forget_old(session) == 2


# 批量 and 撤销


async def test_a_held_move_is_made_by_the_server_after_its_seconds(desk: Desk) -> None:
    case_no = await desk.receive()
    batch = await hold(desk, "dispatcher1", [case_no], DISPATCH)
    assert states(batch) == ["HELD"]
    assert (await desk.case(case_no)).status == "REVIEW"
    await hold_once(desk.city)
    assert (await desk.case(case_no)).status == "REVIEW", "its seconds are not over"
    await seconds_pass(desk)
    assert await hold_once(desk.city) == 1
    assert (await desk.case(case_no)).status == "DISPATCHED"
    last = (await desk.events(case_no))[-1]
    assert (last.action, last.role) == ("DISPATCH", "DISPATCHER")
    _, after = await call(desk, "dispatcher1", "GET", f"/held-moves/{batch['batch']}")
    assert states(after) == ["DONE"]


async def test_an_undone_move_is_never_made_and_gives_the_case_free(desk: Desk) -> None:
    case_no = await desk.receive()
    batch = await hold(desk, "dispatcher1", [case_no], DISPATCH)
    for _ in range(2):
        _, undone = await call(desk, "dispatcher1", "DELETE", f"/held-moves/{batch['batch']}")
        assert states(undone) == ["UNDONE"]
    await seconds_pass(desk)
    assert await hold_once(desk.city) == 0
    assert (await desk.case(case_no)).status == "REVIEW"
    assert (await call(desk, "dispatcher2", "POST", f"/cases/{case_no}/claim"))[0] == 200


async def test_undoing_too_late_changes_nothing(desk: Desk) -> None:
    case_no = await desk.receive()
    batch = await hold(desk, "dispatcher1", [case_no], DISPATCH)
    await seconds_pass(desk)
    await hold_once(desk.city)
    _, after = await call(desk, "dispatcher1", "DELETE", f"/held-moves/{batch['batch']}")
    assert states(after) == ["DONE"]
    assert (await desk.case(case_no)).status == "DISPATCHED"


async def test_a_batch_tells_for_each_case_how_it_fared(desk: Desk) -> None:
    fresh, theirs, gone = await desk.receive(), await desk.receive(), await desk.dispatched()
    await call(desk, "dispatcher2", "POST", f"/cases/{theirs}/claim")
    batch = await hold(desk, "dispatcher1", [fresh, theirs, gone, "nothing"], DISPATCH)
    assert [(row["case_no"], row["state"], row["code"]) for row in batch["rows"]] == [
        (fresh, "HELD", None),
        (theirs, "REFUSED", "claim.taken"),
        (gone, "REFUSED", "refused.NOT_NOW"),
        ("nothing", "REFUSED", "case_not_found"),
    ]
    assert "派单员乙" in batch["rows"][1]["detail"]
    await seconds_pass(desk)
    assert await hold_once(desk.city) == 1
    assert (await desk.case(theirs)).status == "REVIEW"


async def test_what_somebody_else_did_meanwhile_is_not_overwritten(desk: Desk) -> None:
    case_no = await desk.receive()
    batch = await hold(desk, "dispatcher1", [case_no], {**DISPATCH, "version": (await desk.case(case_no)).version})
    await desk.move("dispatcher2", case_no, "ASK_INFO", note="请补充门牌号")
    await seconds_pass(desk)
    await hold_once(desk.city)
    _, after = await call(desk, "dispatcher1", "GET", f"/held-moves/{batch['batch']}")
    assert (states(after), after["rows"][0]["code"]) == (["REFUSED"], "refused.CASE_CHANGED")
    assert after["rows"][0]["detail"]
    assert (await desk.case(case_no)).status == "NEED_INFO"


async def test_what_is_held_is_sealed_and_gone_when_it_is_over(desk: Desk) -> None:
    case_no = await desk.dispatched()
    note = "请联系住户张三丰"
    await hold(desk, "dispatcher1", [case_no], {"action": "URGE", "note": note})
    of_case = select(HeldMove).join(Case, Case.id == HeldMove.case_id).where(Case.case_no == case_no)
    async with desk.city.database.transaction() as session:
        kept = (await session.scalars(of_case)).one()
    assert kept.ask_sealed
    assert note.encode() not in kept.ask_sealed
    await seconds_pass(desk)
    await hold_once(desk.city)
    async with desk.city.database.transaction() as session:
        assert (await session.scalars(of_case)).one().ask_sealed is None


async def test_a_batch_is_its_askers_own(desk: Desk) -> None:
    batch = await hold(desk, "dispatcher1", [await desk.receive()], DISPATCH)
    for method in ("GET", "DELETE"):
        status, body = await call(desk, "dispatcher2", method, f"/held-moves/{batch['batch']}")
        assert (status, body["code"]) == (404, "batch_not_found")


async def test_a_trial_of_a_move_leaves_nothing_behind(desk: Desk) -> None:
    case_no = await desk.receive()
    before = (await desk.case(case_no)).version, len(await desk.events(case_no)), await desk.clocks(case_no)
    await hold(desk, "dispatcher1", [case_no], DISPATCH)
    assert ((await desk.case(case_no)).version, len(await desk.events(case_no)), await desk.clocks(case_no)) == before
    assert await desk.told(case_no, "DISPATCH") == set()


# 常用语 and 我的视图


async def test_a_shared_text_is_everybodys_of_the_area_and_only_its_owner_changes_it(desk: Desk) -> None:
    form = {"title": "催办", "body": "请于{截止时间}前办结。", "action": "URGE", "shared": True}
    _, shared = await call(desk, "dispatcher1", "POST", "/standard-texts", form)
    _, own = await call(desk, "dispatcher1", "POST", "/standard-texts", {**form, "title": "自用", "shared": False})
    _, seen = await call(desk, "dispatcher2", "GET", "/standard-texts")
    assert [(one["id"], one["owner"], one["mine"]) for one in seen] == [(shared["id"], "派单员甲", False)]
    assert [one["id"] for one in (await call(desk, "dispatcher1", "GET", "/standard-texts"))[1]] == [
        shared["id"],
        own["id"],
    ]
    for method in ("PUT", "DELETE"):
        assert (await call(desk, "dispatcher2", method, f"/standard-texts/{shared['id']}", form))[0] == 404
    changed = (await call(desk, "dispatcher1", "PUT", f"/standard-texts/{own['id']}", {**form, "title": "改"}))[1]
    assert (changed["title"], changed["shared"]) == ("改", True)
    assert (await call(desk, "dispatcher1", "DELETE", f"/standard-texts/{own['id']}"))[0] == 204


async def test_a_view_is_saved_under_a_name_of_ones_own(desk: Desk) -> None:
    form = {"name": "我的急件", "query": {"view": "OVERDUE", "urgency": "E1"}}
    _, saved = await call(desk, "dispatcher1", "POST", "/saved-views", form)
    assert saved["query"] == form["query"]
    status, body = await call(desk, "dispatcher1", "POST", "/saved-views", form)
    assert (status, body["errors"][0]["field"]) == (422, "name")
    assert (await call(desk, "dispatcher2", "POST", "/saved-views", form))[0] == 201, "another's name is free"
    assert (await call(desk, "dispatcher1", "DELETE", f"/saved-views/{saved['id']}"))[0] == 204
    assert (await call(desk, "dispatcher1", "GET", "/saved-views"))[1] == []


async def test_saved_views_are_counted_for_whoever_reads_them(desk: Desk) -> None:
    mark = f"计数{secrets.token_hex(3)}"
    await desk.receive(title=f"{mark}甲", urgency="E1")
    await desk.receive(title=f"{mark}乙")
    await desk.dispatched(title=f"{mark}丙")
    queries = [
        {"view": "OPEN", "words": mark},
        {"view": "TO_DISPATCH", "words": mark, "urgency": ""},
        {"view": "TO_SIGN", "words": mark, "map": "1"},
        {"view": "RECTIFY", "words": mark},
        {"view": "ENDED", "words": mark},
        {"view": "GONE", "words": mark},
    ]
    forms = [{"name": f"{mark}{place}", "query": query, "shared": True} for place, query in enumerate(queries)]
    kept = [(await call(desk, "dispatcher1", "POST", "/saved-views", form))[1]["id"] for form in forms]
    _, found = await call(desk, "dispatcher2", "GET", "/saved-views/counts")
    assert [found["counts"].get(str(one)) for one in kept] == [3, 2, 1, 0, None, None]


# 选项


async def test_forms_offer_the_citys_categories_with_what_lies_above_them(desk: Desk) -> None:
    _, found = await call(desk, "dispatcher1", "GET", "/categories")
    (lamps,) = [one for one in found if one["code"] == "0204"]
    assert (lamps["name"], lamps["path"]) == ("路灯与景观照明", desk.city.catalog.categories["02"].name)
    retired = {code for code, one in desk.city.catalog.categories.items() if one.retired}
    assert not retired & {one["code"] for one in found}


# 筛选


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ("words=路灯", True),
        ("words=不亮%25", False),  # a percent sign is a percent sign
        ("urgency=N", True),
        ("urgency=E0", False),
        ("kind=HELP", True),
        ("kind=COMPLAINT", False),
    ],
)
async def test_a_view_may_be_narrowed(desk: Desk, narrowed: str, found: bool) -> None:
    case_no = await desk.receive()
    _, page = await call(desk, "dispatcher1", "GET", f"/cases?view=TO_DISPATCH&limit=200&{narrowed}")
    assert (case_no in [row["case_no"] for row in page["rows"]]) is found


async def test_returns_and_requests_wait_in_views_of_their_own(desk: Desk) -> None:
    returned, longer = await desk.dispatched(), await desk.handling()
    said = {"reason": "OUTSIDE_DUTY", "basis": "城管局三定方案第四条", "unit": "510104-ZHZF"}
    await desk.move("unit-cg", returned, "ASK_RETURN", **said)
    until = ((await desk.case(longer)).finish_due + timedelta(days=3)).isoformat()
    await desk.move("unit-cg", longer, "CONTACT", contacted_at=datetime.now(UTC).isoformat(), way="PHONE")
    await desk.move("unit-cg", longer, "ASK_EXTENSION", until=until, note="配件到货需要三天")
    for view, case_no in (("RETURNS", returned), ("TO_GRANT", longer)):
        _, page = await call(desk, "dispatcher1", "GET", f"/cases?view={view}&limit=200")
        assert [row["case_no"] for row in page["rows"]] == [case_no]
        assert (await call(desk, "dispatcher1", "GET", "/queue/counts"))[1]["counts"][view] == 1


# 实时变动


async def actor(desk: Desk, login: str) -> Actor:
    async with desk.city.database.transaction() as session:
        account = (await session.scalars(select(Account).where(Account.login == login))).one()
        return await actor_of(session, account)


async def test_a_change_is_told_to_those_whom_it_concerns_and_to_nobody_else(desk: Desk) -> None:
    feed = Feed(desk.city.database)
    here, elsewhere = await actor(desk, "dispatcher1"), Actor(frozenset({Role.DISPATCHER}), area="510105", login="x")
    streams = [feed.listen(here, None), feed.listen(elsewhere, None)]
    waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]
    await asyncio.sleep(0.6)
    case_no = await desk.receive()
    told = await asyncio.wait_for(waiting[0], 10)
    assert told is not None
    assert told.case_no == case_no
    assert not waiting[1].done()
    feed.leave()
    for stream, wait in zip(streams, waiting, strict=True):
        wait.cancel()
        await asyncio.gather(wait, return_exceptions=True)
        await stream.aclose()


async def test_whoever_comes_back_is_told_what_was_missed(desk: Desk) -> None:
    case_no = await desk.receive()
    last = (await desk.events(case_no))[-1].id
    await desk.move("dispatcher1", case_no, "ASK_INFO", note="请补充门牌号")
    client = await desk.of("dispatcher1")
    answer = await client.get("/stream", params={"once": True}, headers={"Last-Event-ID": str(last)})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert f'event: case\ndata: {{"case_no": "{case_no}", "version": 2}}' in answer.text
