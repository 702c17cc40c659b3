"""核查: a filed result flows down to the grid worker who discovered the matter, and is looked at on the spot."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update

from casework.db.models import Account, Assignment, Case, Notice
from casework.rules.words import Role
from services.dispatch.worker import sweep_once
from tests.kit.files import exif, picture
from tests.services.dispatch.cases import LAMP, Desk, now
from tests.services.dispatch.staff import employ
from tests.services.dispatch.test_levels import COMMUNITY, GRID, STREET, reported
from tests.services.dispatch.test_turns import clock, page, refused
from tests.services.dispatch.test_whistles import SPOT
from tests.services.intake.uploading import Uploader

RESULT = {"reply_text": "路灯已修复。", "factual": True, "solved": "SOLVED"}
SEEN = "现场查看，路灯已亮"
OTHER = "grid-017001002"


async def filed(desk: Desk, **more: Any) -> str:
    """What a grid worker reported, with the street's result on it; its number."""
    case_no = await reported(desk, **more)
    await desk.move(COMMUNITY, case_no, "SIGN")
    await desk.move(COMMUNITY, case_no, "RAISE", note="需街道协调产权单位")
    if not (await desk.case(case_no)).contact_exempt:
        await desk.move(STREET, case_no, "CONTACT", contacted_at=now(), way="PHONE")
    await desk.move(STREET, case_no, "FILE_RESULT", **RESULT)
    return case_no


async def tasks(desk: Desk, login: str) -> list[dict[str, Any]]:
    """The checks that wait for that person."""
    answer = await (await desk.of(login)).get("/checks")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def own_task(desk: Desk, login: str, case_no: str) -> dict[str, Any] | None:
    return next((task for task in await tasks(desk, login) if task["case_no"] == case_no), None)


async def check_of(desk: Desk, case_no: str) -> Assignment | None:
    """The case's last check."""
    async with desk.city.database.transaction() as session:
        query = select(Assignment).join(Case, Case.id == Assignment.case_id)
        query = query.where(Case.case_no == case_no, Assignment.kind == "CHECK").order_by(Assignment.id.desc())
        found: Assignment | None = (await session.scalars(query)).first()
        return found


async def over(desk: Desk, case_no: str) -> None:
    """As if the check's time were over."""
    past = datetime.now(UTC) - timedelta(minutes=1)
    async with desk.city.database.transaction() as session:
        await session.execute(
            text(
                "UPDATE clock SET due_at = :past, next_at = :past, stages = '{BREACH}', stage_no = 1, "
                "stage_times = ARRAY[CAST(:past AS timestamptz)] WHERE state = 'RUNNING' AND name = 'INNER' "
                "AND case_id = (SELECT id FROM cases WHERE case_no = :case_no)"
            ),
            {"past": past, "case_no": case_no},
        )


async def photo(desk: Desk, login: str, case_no: str, moment: str, lon: float = 104.0905) -> str:
    """A finished photo of that person's, taken at that longitude; its id."""
    uploader = Uploader(await desk.of(login, "intake"))
    content = picture(size=(331, 220 + len(moment)), about=exif(lon, 30.6505))
    said = {"purpose": "RESULT", "case_no": case_no, "moment": moment}
    return str((await uploader.upload(content, **said))["id"])


async def test_the_discoverer_looks_and_the_case_goes_on_to_closing(desk: Desk) -> None:
    case_no = await filed(desk)
    own = await own_task(desk, GRID, case_no)
    assert own is not None
    assert own["in_person"]
    assert own["reply_text"] == RESULT["reply_text"]
    inner = await clock(desk, case_no, "INNER")
    assert (inner.state, inner.limit_text) == ("RUNNING", "60wm")
    assert (await check_of(desk, case_no)).id == inner.assignment_id
    assert "GRID_WORKER" in await desk.told(case_no, "FILE_RESULT")
    listed = (await (await desk.of(GRID)).get("/cases", params={"view": "TO_CHECK"})).json()["rows"]
    assert case_no in {row["case_no"] for row in listed}
    assert {"PASS_CHECK", "FAIL_CHECK"} <= set((await page(desk, case_no, GRID))["allowed_actions"])
    assert "ACCEPT_RESULT" not in (await page(desk, case_no, "reviewer1"))["allowed_actions"]
    await refused(desk, "reviewer1", case_no, "ACCEPT_RESULT", "CHECK_PENDING", note="等不及")
    await refused(desk, GRID, case_no, "PASS_CHECK", "NOTE_MISSING")
    assert (await desk.move(GRID, case_no, "PASS_CHECK", note=SEEN))["status"] == "RESULT_REVIEW"
    assert await own_task(desk, GRID, case_no) is None
    assert (await clock(desk, case_no, "INNER")).state == "STOPPED"
    assert "REVIEWER" in await desk.told(case_no, "PASS_CHECK")
    await refused(desk, GRID, case_no, "PASS_CHECK", "NO_CHECK", note=SEEN)
    assert (await desk.move("reviewer1", case_no, "ACCEPT_RESULT"))["status"] == "FOLLOW_UP"
    assert (await check_of(desk, case_no)).outcome == "PASSED"
    assert (await desk.case(case_no)).checked_in_time is True


async def test_what_is_not_solved_goes_back_as_if_it_had_never_been_filed(desk: Desk) -> None:
    case_no = await filed(desk)
    promised = (await desk.case(case_no)).finish_due
    back = await desk.move(GRID, case_no, "FAIL_CHECK", note="两盏灯仍不亮")
    assert back["status"] == "HANDLING"
    case = await desk.case(case_no)
    assert (case.finish_due, case.filed_at, case.check_unit_id, case.checker_id) == (promised, None, None, None)
    clocks = await desk.clocks(case_no)
    assert (clocks["FINISH"], clocks["LEVEL"], clocks["REVIEW_RESULT"]) == ("RUNNING", "RUNNING", "CANCELLED")
    assert {"UNIT", "REVIEWER"} <= await desk.told(case_no, "FAIL_CHECK")
    await desk.move(STREET, case_no, "FILE_RESULT", **RESULT)
    assert await own_task(desk, GRID, case_no) is not None, "the new result is looked at anew"
    await desk.move("reviewer1", case_no, "SEND_BACK_RESULT", note="答复不完整")
    assert (await check_of(desk, case_no)).outcome == "NOT_NEEDED"
    assert (await clock(desk, case_no, "INNER")).state == "CANCELLED"


async def test_a_reworked_result_is_checked_too_and_goes_back_to_the_rework(desk: Desk) -> None:
    case_no = await filed(desk)
    await desk.move(GRID, case_no, "PASS_CHECK", note=SEEN)
    await desk.move("reviewer1", case_no, "ACCEPT_RESULT")
    await desk.move("followup1", case_no, "REWORK", note="又灭了")
    if not (await desk.case(case_no)).contact_exempt:
        await desk.move(STREET, case_no, "CONTACT", contacted_at=now(), way="PHONE")
    await desk.move(STREET, case_no, "FILE_RESULT", **RESULT)
    assert (await desk.move(GRID, case_no, "FAIL_CHECK", note="仍不亮"))["status"] == "REWORK"
    assert (await clock(desk, case_no, "REWORK")).state == "RUNNING"


async def test_only_the_one_it_was_given_to_answers(desk: Desk) -> None:
    case_no = await filed(desk)
    assert (await desk.ask(OTHER, case_no, "PASS_CHECK", note=SEEN)).status_code == 404, "it does not even see the case"
    await refused(desk, STREET, case_no, "PASS_CHECK", "NOT_YOUR_CHECK", note=SEEN)
    await refused(desk, "reviewer1", case_no, "PASS_CHECK", "NOT_YOUR_ROLE", note=SEEN)


async def test_nobody_checks_what_they_handled_themselves(desk: Desk) -> None:
    worker = await employ(
        desk.city, "two-hats", [Role.GRID_WORKER, Role.COMMUNITY], "510104017001003", "510104017001-SQ"
    )
    case_no = await reported(desk)
    await desk.move("two-hats", case_no, "SIGN")
    await desk.move("two-hats", case_no, "RAISE", note="需街道协调产权单位")
    async with desk.city.database.transaction() as session:
        await session.execute(update(Case).where(Case.case_no == case_no).values(reporter_id=worker))
    if not (await desk.case(case_no)).contact_exempt:
        await desk.move(STREET, case_no, "CONTACT", contacted_at=now(), way="PHONE")
    await desk.move(STREET, case_no, "FILE_RESULT", **RESULT)
    given = (await check_of(desk, case_no)).account_id
    assert given not in (None, worker), "another worker of the community looks"
    await refused(desk, "two-hats", case_no, "PASS_CHECK", "CHECK_OWN_WORK", note=SEEN)


async def test_where_the_discoverer_has_left_another_worker_looks_and_then_the_unit(desk: Desk) -> None:
    async with desk.city.database.transaction() as session:
        await session.execute(update(Account).where(Account.login == GRID).values(active=False))
    try:
        case_no = await desk.handling(title="井盖缺失", text="路口井盖缺失。", category="0203", kind="求助")
        await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
        before = await photo(desk, "unit-cg", case_no, "BEFORE")
        after = await photo(desk, "unit-cg", case_no, "AFTER")
        await desk.move("unit-cg", case_no, "FILE_RESULT", **RESULT, attachments=[before, after])
        own = await own_task(desk, OTHER, case_no)
        assert own is not None, "the catalogue wants manholes looked at, whoever reported them"
        assert own["to_pass"] == {"photos": 1, "before_after": False, "within_m": 200}
        await refused(desk, OTHER, case_no, "PASS_CHECK", "PHOTO_MISSING", note=SEEN)
        await desk.move("reviewer1", case_no, "SEND_BACK_RESULT", note="缺说明")
    finally:
        async with desk.city.database.transaction() as session:
            await session.execute(update(Account).where(Account.login == GRID).values(active=True))


async def test_before_and_after_photos_near_the_spot_are_shown(desk: Desk) -> None:
    case_no = await filed(desk, kind="GRID_EVENT", place={"area_code": "510104017001001", **SPOT})
    own = await own_task(desk, GRID, case_no)
    assert own is not None
    assert own["to_pass"] == {"photos": 2, "before_after": True, "within_m": 200}
    assert own["to_fail"] == {"photos": 1, "before_after": False, "within_m": 200}
    await refused(desk, GRID, case_no, "PASS_CHECK", "PHOTO_BEFORE_MISSING", note=SEEN)
    before = await photo(desk, GRID, case_no, "BEFORE")
    await refused(desk, GRID, case_no, "PASS_CHECK", "PHOTO_AFTER_MISSING", note=SEEN, attachments=[before])
    far = await photo(desk, GRID, case_no, "AFTER", lon=104.2)
    await refused(desk, GRID, case_no, "PASS_CHECK", "PHOTO_TOO_FAR", note=SEEN, attachments=[before, far])
    after = await photo(desk, GRID, case_no, "AFTER")
    await desk.move(GRID, case_no, "PASS_CHECK", note=SEEN, attachments=[before, after])


async def test_a_check_that_nobody_makes_is_told_and_the_reviewer_decides_with_a_reason(desk: Desk) -> None:
    case_no = await filed(desk)
    await over(desk, case_no)
    await sweep_once(desk.city)
    assert {"UNIT", "DISPATCHER"} <= await desk.told(case_no, "CLOCK_BREACH")
    await refused(desk, "reviewer1", case_no, "ACCEPT_RESULT", "UNCHECKED_REASON_MISSING")
    await desk.move("reviewer1", case_no, "ACCEPT_RESULT", note="已电话向商户核实")
    assert (await check_of(desk, case_no)).outcome == "NOT_MADE"
    assert (await desk.case(case_no)).checked_in_time is False
    assert await own_task(desk, GRID, case_no) is None


async def test_a_citizens_case_is_reviewed_as_before(desk: Desk) -> None:
    case_no = await desk.filed(**LAMP)
    assert await check_of(desk, case_no) is None
    assert "INNER" not in await desk.clocks(case_no)
    assert (await desk.move("reviewer1", case_no, "ACCEPT_RESULT"))["status"] == "FOLLOW_UP"


async def test_a_case_that_ends_awaits_nobody_on_the_spot(desk: Desk) -> None:
    case_no = await filed(desk)
    await desk.move("dispatcher1", case_no, "PROPOSE_VOID", note="测试件")
    await desk.move("reviewer1", case_no, "VOID")
    case = await desk.case(case_no)
    assert (case.check_unit_id, case.checker_id, case.checked_in_time) == (None, None, None)
    assert (await check_of(desk, case_no)).outcome == "NOT_NEEDED"
    assert (await clock(desk, case_no, "INNER")).state == "CANCELLED"


async def test_the_unit_is_told_where_no_person_is(desk: Desk) -> None:
    async with desk.city.database.transaction() as session:
        workers = Account.login.in_([GRID, OTHER, "two-hats"])
        await session.execute(update(Account).where(workers).values(active=False))
    try:
        case_no = await filed_by_hand(desk)
        task = await check_of(desk, case_no)
        assert task.account_id is None
        async with desk.city.database.transaction() as session:
            query = select(Notice.unit_id).join(Case, Case.id == Notice.case_id)
            told = await session.scalars(query.where(Case.case_no == case_no, Notice.topic == "FILE_RESULT"))
            assert task.unit_id in set(told)
        assert (await desk.move(COMMUNITY, case_no, "PASS_CHECK", note=SEEN))["status"] == "RESULT_REVIEW"
    finally:
        async with desk.city.database.transaction() as session:
            await session.execute(update(Account).values(active=True))


async def filed_by_hand(desk: Desk) -> str:
    """A case of the centre that counts as the grid's, filed by a department."""
    case_no = await desk.handling(**LAMP)
    async with desk.city.database.transaction() as session:
        values = {"direction": "GRID", "channel": "GRID"}
        await session.execute(update(Case).where(Case.case_no == case_no).values(**values))
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    await desk.move("unit-cg", case_no, "FILE_RESULT", **RESULT)
    return case_no
