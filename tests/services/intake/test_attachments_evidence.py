"""Evidence in a case's life: what the catalogue demands is asked for, shown, and belongs to its act for good."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest

from casework.journey.citizen import survey_token
from casework.journey.city import City
from casework.journey.evidence import join_late
from casework.rules.evidence import Demand, EvidenceRule
from casework.rules.words import Action
from tests.conftest import Town
from tests.journey.test_one_case import MESSAGE, move, send
from tests.kit import files
from tests.services.intake.uploading import Uploader

NUMBERS = count(1)
RESULT = {"reply_text": "井盖已更换。", "factual": True, "solved": "SOLVED"}
COVER = {"category": "0203", "title": "井盖破损", "text": "大慈寺路口的井盖碎了。"}


@pytest.fixture(scope="module")
async def unit(town: Town) -> Uploader:
    return Uploader(await town.sign_in("intake", "unit-cg"))


@pytest.fixture(scope="module")
async def worker(town: Town) -> Uploader:
    return Uploader(await town.sign_in("intake", "grid-017001001"))


@pytest.fixture(scope="module")
async def desk(town: Town) -> dict[str, httpx.AsyncClient]:
    return {name: await town.sign_in("dispatch", name) for name in ("dispatcher1", "unit-cg", "reviewer1", "followup1")}


async def handled(town: Town, desk: dict[str, httpx.AsyncClient], **said: Any) -> str:
    """A case that the unit has signed."""
    number = f"EV-{next(NUMBERS)}"
    case_no = str((await send(town, number, {**MESSAGE, "upstream_no": number, **said})).json()["cases"][0]["case_no"])
    await move(desk["dispatcher1"], case_no, "DISPATCH", unit="510104-CG")
    await move(desk["unit-cg"], case_no, "SIGN")
    return case_no


async def contacted(desk: dict[str, httpx.AsyncClient], case_no: str, **said: Any) -> None:
    at = datetime.now(UTC).isoformat()
    await move(desk["unit-cg"], case_no, "CONTACT", **{"contacted_at": at, "way": "PHONE", **said})


async def refused(client: httpx.AsyncClient, case_no: str, action: str, **said: Any) -> str:
    """The code of a move that must be refused, with a sentence of its own."""
    answer = await client.post(f"/cases/{case_no}/moves", json={"action": action, **said})
    assert answer.status_code in (409, 422), answer.text
    problem = answer.json()
    assert problem["detail"] != problem["code"]
    return str(problem["code"]).removeprefix("refused.")


def photo(colour: str, about: Any = None) -> bytes:
    return files.picture(size=(300 + next(NUMBERS), 200), colour=colour, about=about)


async def test_a_manhole_result_shows_before_and_after(
    town: Town, city: City, unit: Uploader, desk: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await handled(town, desk, **COVER)
    await contacted(desk, case_no)
    demands = await unit.client.get("/attachments/demands", params={"action": "FILE_RESULT", "category": "0203"})
    assert demands.json() == {
        **{"photos": 0, "before_after": True, "within_m": None, "call_outcome": False, "most_files": 9}
    }
    about = {"purpose": "RESULT", "case_no": case_no}
    assert await refused(desk["unit-cg"], case_no, "FILE_RESULT", **RESULT) == "PHOTO_BEFORE_MISSING"
    before = await unit.upload(photo("red"), **about, moment="BEFORE")
    one = {**RESULT, "attachments": [before["id"]]}
    assert await refused(desk["unit-cg"], case_no, "FILE_RESULT", **one) == "PHOTO_AFTER_MISSING"
    after = await unit.upload(photo("green"), **about, moment="AFTER", public=True)
    ids = [before["id"], after["id"]]
    assert (await move(desk["unit-cg"], case_no, "FILE_RESULT", **RESULT, attachments=ids))["status"] == "RESULT_REVIEW"
    reviewer = await town.sign_in("intake", "reviewer1")
    shown = (await reviewer.get("/attachments", params={"case_no": case_no})).json()["attachments"]
    assert {(row["id"], row["used_for"]) for row in shown} == {(id_, "FILE_RESULT") for id_ in ids}
    [filed] = [
        step
        for step in (await desk["reviewer1"].get(f"/cases/{case_no}/timeline")).json()
        if step["action"] == "FILE_RESULT"
    ]
    assert filed["data"]["attachments"] == ids
    assert {row["version"] for row in shown} == {filed["version"]}
    # sent back: the same photos may be named again, and stay where they were
    await move(desk["reviewer1"], case_no, "SEND_BACK_RESULT", note="请写明更换时间")
    await move(desk["unit-cg"], case_no, "FILE_RESULT", **RESULT, attachments=ids)
    again = (await reviewer.get("/attachments", params={"case_no": case_no})).json()["attachments"]
    assert again == shown


async def test_a_file_serves_one_case_and_its_own_purpose(
    town: Town, unit: Uploader, desk: dict[str, httpx.AsyncClient]
) -> None:
    first, second = await handled(town, desk), await handled(town, desk)
    for case_no in (first, second):
        await contacted(desk, case_no)
    view = await unit.upload(photo("blue"), purpose="RESULT", case_no=first)
    told = {**RESULT, "attachments": [view["id"]]}
    assert await refused(desk["unit-cg"], second, "FILE_RESULT", **told) == "ATTACHMENT_UNUSABLE"
    await move(desk["unit-cg"], first, "FILE_RESULT", **told)
    assert await refused(desk["unit-cg"], second, "FILE_RESULT", **told) == "ATTACHMENT_UNUSABLE"
    other_purpose = await unit.upload(photo("blue"), purpose="CONTACT", case_no=second)
    unfinished = (await unit.declare(b"x" * 100, purpose="RESULT", case_no=second)).json()["id"]
    stranger = Uploader(await town.sign_in("intake", "dispatcher1"))
    not_own = await stranger.upload(photo("blue"), purpose="RESULT", case_no=second)
    for unusable in (other_purpose["id"], unfinished, not_own["id"], "0" * 32):
        told = {**RESULT, "attachments": [unusable]}
        assert await refused(desk["unit-cg"], second, "FILE_RESULT", **told) == "ATTACHMENT_UNUSABLE"
    ten = await desk["unit-cg"].post(
        f"/cases/{second}/moves",
        json={"action": "FILE_RESULT", **RESULT, "attachments": [f"{n:032x}" for n in range(10)]},
    )
    assert ten.status_code == 422


async def test_a_refused_move_uses_no_file(town: Town, unit: Uploader, desk: dict[str, httpx.AsyncClient]) -> None:
    case_no = await handled(town, desk)
    view = await unit.upload(photo("gray"), purpose="RESULT", case_no=case_no)
    told = {**RESULT, "attachments": [view["id"]]}
    assert await refused(desk["unit-cg"], case_no, "FILE_RESULT", **told) == "CONTACT_NOT_MADE"
    await contacted(desk, case_no)
    await move(desk["unit-cg"], case_no, "FILE_RESULT", **told)


async def test_an_urgent_call_says_how_it_ended(town: Town, desk: dict[str, httpx.AsyncClient]) -> None:
    case_no = await handled(town, desk, urgency="E0")
    at = datetime.now(UTC).isoformat()
    assert await refused(desk["unit-cg"], case_no, "CONTACT", contacted_at=at, way="PHONE") == "CALL_OUTCOME_MISSING"
    await contacted(desk, case_no, reached=False, outcome="NO_ANSWER")
    await contacted(desk, case_no, outcome="REACHED")


@pytest.fixture
def near(town: Town) -> Any:
    """For a test: results of street lights need a photo within 300 m of the spot."""
    found: City = town.apps["dispatch"].state.city
    kept = found.catalog
    rule = EvidenceRule(Action.FILE_RESULT, Demand(1, within_m=300), category="0204")
    found.catalog = replace(kept, evidence=(*kept.evidence, rule))
    yield
    found.catalog = kept


SPOT_GCJ = {"lon": 104.0842, "lat": 30.6547, "crs": "GCJ02"}  # the map's drawing of the spot, 350 m beside WGS-84's
AT_THE_SPOT = (104.0817, 30.6571)


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize(
    ("place", "taken", "said", "answer"),
    [
        # the spot told in GCJ-02 is compared in WGS-84: a photo at the spot is near
        (SPOT_GCJ, AT_THE_SPOT, {}, None),
        # the same figures raw would be 350 m off: a photo whose WGS-84 equals the raw GCJ-02 figures is too far
        (SPOT_GCJ, (SPOT_GCJ["lon"], SPOT_GCJ["lat"]), {}, "PHOTO_TOO_FAR"),
        ({**SPOT_GCJ, "crs": "WGS84"}, (SPOT_GCJ["lon"], SPOT_GCJ["lat"]), {}, None),
        # a spot in an unknown system is not compared
        ({**SPOT_GCJ, "crs": None}, (110.0, 30.0), {}, None),
        ({}, (110.0, 30.0), {}, None),
        # no place in the photo: the device's counts, a typed one does not
        (SPOT_GCJ, None, {}, "PHOTO_PLACE_MISSING"),
        (SPOT_GCJ, None, {"place": SPOT_GCJ}, None),
        (SPOT_GCJ, None, {"place": {**SPOT_GCJ, "known_from": "MANUAL"}}, "PHOTO_PLACE_MISSING"),
    ],
)
async def test_a_photo_is_taken_at_the_spot(
    town: Town,
    unit: Uploader,
    desk: dict[str, httpx.AsyncClient],
    place: dict[str, Any],
    taken: tuple[float, float] | None,
    said: dict[str, Any],
    answer: str | None,
) -> None:
    case_no = await handled(town, desk, place={"area_code": "510104017001", **place})
    await contacted(desk, case_no)
    about = files.exif(*taken) if taken else files.exif(None, None)
    view = await unit.upload(photo("teal", about), purpose="RESULT", case_no=case_no, **said)
    told = {**RESULT, "attachments": [view["id"]]}
    if answer is None:
        await move(desk["unit-cg"], case_no, "FILE_RESULT", **told)
    else:
        assert await refused(desk["unit-cg"], case_no, "FILE_RESULT", **told) == answer


def report(**said: Any) -> dict[str, Any]:
    place = {"area_code": "510104017001", "lon": 104.0817, "lat": 30.6571, "crs": "WGS84"}
    return {"text": "路边井盖破损，已放置警示锥。", "place": place, "entry": "CALL", **said}


async def test_a_part_settled_on_the_spot_needs_a_photo_and_the_same_record_goes_through_with_it(
    worker: Uploader, city: City
) -> None:
    key = {"Idempotency-Key": "settled-without-photo"}
    body = report(entry="SETTLED", kind="GRID_PART", evidence="已扶正并固定")
    answer = await worker.client.post("/grid-reports", json=body, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (409, "refused.PHOTO_MISSING")
    key = {"Idempotency-Key": "settled-with-photo"}
    red = photo("red", files.exif(*AT_THE_SPOT))
    attachment = await worker.sent(red, purpose="GRID", record_key=key["Idempotency-Key"])
    body["attachments"] = [attachment]
    early = await worker.client.post("/grid-reports", json=body, headers=key)
    assert (early.status_code, early.json()["code"]) == (409, "refused.ATTACHMENT_UNUSABLE")
    assert (await worker.finish(attachment)).status_code == 200
    done = await worker.client.post("/grid-reports", json=body, headers=key)  # the phone's queue sends it again
    assert done.status_code == 201, done.text
    case_no = done.json()["cases"][0]["case_no"]
    listed = (await worker.client.get("/attachments", params={"case_no": case_no})).json()["attachments"]
    assert [(row["id"], row["used_for"], row["version"]) for row in listed] == [(attachment, "SETTLE", 1)]
    repeated = await worker.client.post("/grid-reports", json=body, headers=key)
    assert (repeated.status_code, repeated.json()["cases"][0]["case_no"]) == (200, case_no)


@pytest.mark.parametrize(
    ("taken", "answer"),
    [
        ((104.0826, 30.6571), None),  # 86 m to the east -> on the spot
        ((104.0847, 30.6571), "PHOTO_TOO_FAR"),  # 287 m -> elsewhere
        (None, "PHOTO_PLACE_MISSING"),  # nobody knows where -> proves nothing
    ],
)
async def test_what_is_settled_on_the_spot_is_photographed_there(
    worker: Uploader, taken: tuple[float, float] | None, answer: str | None
) -> None:
    key = f"settled-{answer}"
    about = files.exif(*taken) if taken else files.exif(None, None)
    view = await worker.upload(photo("olive", about), purpose="GRID", record_key=key)
    body = report(entry="SETTLED", kind="GRID_EVENT", evidence="已清理干净", attachments=[view["id"]])
    done = await worker.client.post("/grid-reports", json=body, headers={"Idempotency-Key": key})
    assert done.json().get("code") == (answer and f"refused.{answer}")
    assert done.status_code == (409 if answer else 201)


async def test_who_came_to_a_grid_event_shows_a_photo_from_there(
    town: Town, worker: Uploader, unit: Uploader, desk: dict[str, httpx.AsyncClient]
) -> None:
    called = await worker.client.post(
        "/grid-reports", json=report(kind="GRID_EVENT"), headers={"Idempotency-Key": "somebody-came-here"}
    )
    case_no = called.json()["cases"][0]["case_no"]
    await move(desk["dispatcher1"], case_no, "TAKE_ON", note="中心已接")
    await move(desk["dispatcher1"], case_no, "DISPATCH", unit="510104-CG")
    await move(desk["unit-cg"], case_no, "SIGN")
    came = {"contacted_at": datetime.now(UTC).isoformat(), "way": "VISIT"}
    assert await refused(desk["unit-cg"], case_no, "CONTACT", **came) == "PHOTO_MISSING"
    far = await unit.upload(photo("navy", files.exif(104.0917, 30.6571)), purpose="CONTACT", case_no=case_no)
    assert await refused(desk["unit-cg"], case_no, "CONTACT", **came, attachments=[far["id"]]) == "PHOTO_TOO_FAR"
    near = await unit.upload(photo("navy", files.exif(*AT_THE_SPOT)), purpose="CONTACT", case_no=case_no)
    await move(desk["unit-cg"], case_no, "CONTACT", **came, attachments=[near["id"]])


async def test_a_call_does_not_wait_for_its_photos_and_they_join_it_when_they_have_come(worker: Uploader) -> None:
    key = {"Idempotency-Key": "call-before-its-photo"}
    content = photo("orange")
    attachment = (await worker.declare(content, purpose="GRID", record_key=key["Idempotency-Key"])).json()["id"]
    answer = await worker.client.post("/grid-reports", json=report(attachments=[attachment]), headers=key)
    assert answer.status_code == 201, answer.text
    assert answer.json()["flags"] == ["ATTACHMENT_LATE"]
    case_no = answer.json()["cases"][0]["case_no"]
    await worker.send(attachment, content)
    assert (await worker.finish(attachment)).status_code == 200
    listed = (await worker.client.get("/attachments", params={"case_no": case_no})).json()["attachments"]
    assert [(row["id"], row["used_for"]) for row in listed] == [(attachment, "EVIDENCE")]


async def test_a_photo_whose_record_crossed_it_joins_by_the_sweep(worker: Uploader, city: City) -> None:
    key = {"Idempotency-Key": "crossed-its-photo"}
    view = await worker.upload(photo("lime"), purpose="GRID", record_key=key["Idempotency-Key"])
    answer = await worker.client.post("/grid-reports", json=report(), headers=key)  # did not name it
    case_no = answer.json()["cases"][0]["case_no"]
    assert (await worker.client.get("/attachments", params={"case_no": case_no})).json()["attachments"] == []
    assert await join_late(city) >= 1
    listed = (await worker.client.get("/attachments", params={"case_no": case_no})).json()["attachments"]
    assert [row["id"] for row in listed] == [view["id"]]
    assert await join_late(city) == 0


async def test_two_records_cannot_take_the_same_photo(worker: Uploader) -> None:
    plum = photo("plum", files.exif(*AT_THE_SPOT))
    view = await worker.upload(plum, purpose="GRID", record_key="first-of-two-records")
    body = report(entry="SETTLED", kind="GRID_EVENT", evidence="已劝离占道摊贩", attachments=[view["id"]])
    first = await worker.client.post("/grid-reports", json=body, headers={"Idempotency-Key": "first-of-two-records"})
    second = await worker.client.post("/grid-reports", json=body, headers={"Idempotency-Key": "second-of-the-two"})
    assert (first.status_code, second.status_code) == (201, 409)


async def test_an_agents_paper_form_goes_in_with_the_request(town: Town) -> None:
    agent = Uploader(await town.sign_in("intake", "agent1"))
    view = await agent.upload(files.PDF, purpose="PAPER", record_key="paper-form-0001", name="来信.pdf")
    answer = await agent.client.post(
        "/requests",
        json={"text": "来信反映路灯不亮", "channel": "LETTER", "attachments": [view["id"]]},
        headers={"Idempotency-Key": "paper-form-0001"},
    )
    assert answer.status_code == 201, answer.text
    case_no = answer.json()["cases"][0]["case_no"]
    listed = (await agent.client.get("/attachments", params={"case_no": case_no})).json()["attachments"]
    assert [(row["label"], row["used_for"]) for row in listed] == [("来信.pdf", "ACCEPT")]


async def test_a_citizen_sees_the_public_pictures_of_the_accepted_result_and_no_others(
    town: Town, city: City, unit: Uploader, desk: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await handled(town, desk)
    about = {"purpose": "RESULT", "case_no": case_no}
    contact = await unit.upload(photo("red"), purpose="CONTACT", case_no=case_no, public=True)
    await contacted(desk, case_no, way="VISIT", attachments=[contact["id"]])
    inside = await unit.upload(photo("black"), **about)
    public = await unit.upload(photo("white"), **about, public=True, name="王科长拍.jpg")
    paper = await unit.upload(files.PDF, **about, public=True)
    db = await city.database.pool()
    case_id = await db.fetchval("SELECT id FROM cases WHERE case_no = $1", case_no)
    link = f"/citizen/links/{await survey_token(city, case_id, 1)}/pictures"
    citizen = town.api("notify")
    await move(desk["unit-cg"], case_no, "FILE_RESULT", **RESULT, attachments=[inside["id"], public["id"], paper["id"]])
    assert (await citizen.get(link)).json() == {"pictures": []}  # not let through yet
    page = link.replace("/citizen/links/", "/t/").removesuffix("/pictures")
    assert '<ul class="pictures">' not in (await citizen.get(page)).text
    await move(desk["reviewer1"], case_no, "ACCEPT_RESULT")
    assert [row["id"] for row in (await citizen.get(link)).json()["pictures"]] == [public["id"]]
    for path in ("", "/thumbnail"):
        answer = await citizen.get(f"{link}/{public['id']}{path}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert b"Exif" not in answer.content
        assert "%E7%8E%8B" not in answer.headers["content-disposition"]
    shown = (await citizen.get(page)).text
    assert f'src="/api/notify{link}/{public["id"]}/thumbnail"' in shown
    for hidden in (inside, paper, contact):
        assert hidden["id"] not in shown
        assert (await citizen.get(f"{link}/{hidden['id']}")).status_code == 404
    assert (await citizen.get(f"/citizen/links/{'x' * 22}/pictures")).status_code == 404
    await db.execute("UPDATE citizen_link SET expires_at = now() WHERE case_id = $1", case_id)
    assert (await citizen.get(link)).status_code == 410
    assert (await citizen.get(f"{link}/{public['id']}")).status_code == 410
