"""附件, through the real APIs: sent in pieces, resumed, recognised, made anew, looked at by those who may."""

import asyncio
import hashlib
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from PIL import Image

from casework.journey.city import City
from casework.kit.storage import FolderStorage
from services.assembly import assemble
from services.intake.app import ROUTERS, TITLE
from tests.conftest import Town
from tests.journey.test_one_case import MESSAGE, move, send
from tests.kit import files
from tests.services.intake.hotline import rows
from tests.services.intake.uploading import PIECE_TYPE, Uploader

GRID = {"purpose": "GRID", "record_key": "record-on-a-phone-1"}


@pytest.fixture(scope="module")
async def worker(town: Town) -> Uploader:
    """A grid worker."""
    return Uploader(await town.sign_in("intake", "grid-017001001"))


@pytest.fixture(scope="module")
async def agent(town: Town) -> Uploader:
    return Uploader(await town.sign_in("intake", "agent1"))


@pytest.fixture(scope="module")
async def desk(town: Town) -> httpx.AsyncClient:
    return await town.sign_in("dispatch", "dispatcher1")


@pytest.fixture(scope="module")
async def centre(town: Town) -> httpx.AsyncClient:
    return await town.sign_in("intake", "dispatcher1")


@pytest.fixture(scope="module")
async def unit(town: Town) -> httpx.AsyncClient:
    return await town.sign_in("intake", "unit-cg")


def record(number: int) -> dict[str, str]:
    """A record of its own, so that the nine of one do not count for another."""
    return {"purpose": "GRID", "record_key": f"record-{number:08d}"}


async def stored(town: Town) -> set[str]:
    storage: FolderStorage = town.apps["intake"].state.storage
    return {file.key async for file in storage.files()}


async def everything(town: Town, city: City) -> tuple[dict[str, int], set[str]]:
    return await rows(city, "attachment", "attachment_part", "attachment_use"), await stored(town)


async def test_a_photo_goes_in_by_pieces_and_comes_out_without_its_metadata(worker: Uploader, town: Town) -> None:
    content = files.picture(size=(1600, 1200))
    view = await worker.upload(content, **record(1), name="C:\\fakepath\\..\\井盖\x00.jpg", moment="BEFORE")
    assert view["label"] == "井盖.jpg"
    assert (view["media"], view["media_type"], view["moment"]) == ("IMAGE", "image/jpeg", "BEFORE")
    assert (view["lon"], view["lat"]) == pytest.approx((files.LON, files.LAT), abs=1e-6)
    assert (view["place_from"], view["taken_from"]) == ("EXIF", "EXIF")
    assert view["taken_at"] == "2026-11-20T02:00:00Z"
    assert view["sha256"] == hashlib.sha256(content).hexdigest()
    assert len(view["sm3"]) == 64
    for copy in ("content", "thumbnail"):
        answer = await worker.client.get(f"/attachments/{view['id']}/{copy}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["content-disposition"].startswith("inline; filename=")
        assert not dict(Image.open(io.BytesIO(answer.content)).getexif())
        for secret in (b"Exif", b"PhoneMaker", b"GPS", b"2026:11:20"):
            assert secret not in answer.content


async def test_what_lies_in_the_store_is_sealed_and_named_at_random(worker: Uploader, town: Town) -> None:
    content = files.picture(colour="red")
    before = await stored(town)
    view = await worker.upload(content, **record(2), name="secret-name.jpg")
    fresh = await stored(town) - before
    assert len(fresh) == 3  # the original, the copy, the thumbnail; the parts are gone
    folder = Path(town.settings.data) / "media"
    for key in fresh:
        lies = (folder / key).read_bytes()
        assert "secret-name" not in key
        assert content[:3] not in lies[:40]
        assert b"PhoneMaker" not in lies
    assert {key.split("/")[1] for key in fresh} == {view["id"]}


@pytest.mark.parametrize(
    ("content", "media", "kind", "ending"),
    [
        (files.PDF, "PDF", "application/pdf", "pdf"),
        (files.MP3, "AUDIO", "audio/mpeg", "mp3"),
        (files.M4A, "AUDIO", "audio/mp4", "m4a"),
        (files.WAV, "AUDIO", "audio/wav", "wav"),
        (files.AMR, "AUDIO", "audio/amr", "amr"),
        (files.OGG, "AUDIO", "audio/ogg", "ogg"),
    ],
)
async def test_pdf_and_audio_are_only_for_saving(
    worker: Uploader, city: City, content: bytes, media: str, kind: str, ending: str
) -> None:
    view = await worker.upload(content, **record(3), name="page.html")
    assert (view["media"], view["media_type"]) == (media, kind)
    answer = await worker.client.get(f"/attachments/{view['id']}/content")
    assert answer.content == content
    assert answer.headers["content-type"] == kind
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-disposition"].endswith(f"page.{ending}")
    assert (await worker.client.get(f"/attachments/{view['id']}/thumbnail")).status_code == 404
    db = await city.database.pool()
    read = "SELECT count(*) FROM audit_log WHERE act = 'ATTACHMENT_READ' AND subject = $1"
    assert await db.fetchval(read, view["id"]) == 1


@pytest.mark.parametrize(
    ("said", "status", "field", "code"),
    [
        ({"size": 0}, 422, "size", "attachment.empty"),
        ({"size": -5}, 422, "size", "attachment.empty"),
        ({"size": 10 * 1024 * 1024 + 1}, 422, "size", "attachment.too_large"),
        ({"record_key": None}, 422, "case_no", "attachment.one_target"),
        ({"case_no": "5101042026112301000000011"}, 422, "case_no", "attachment.one_target"),
        ({"record_key": None, "case_no": "no-such-case"}, 404, None, "case_not_found"),
        ({"purpose": "FUN"}, 422, "purpose", "field.not_in_list"),
        ({"sha256": "abc"}, 422, "sha256", "field.bad_form"),
        ({"place": {"lon": 1000, "lat": 0}}, 422, "place.lon", "field.too_big"),
        ({"path": "../x"}, 422, "path", "field.unknown"),
    ],
)
async def test_a_wrong_declaration_is_one_clear_sentence(
    worker: Uploader, city: City, said: dict[str, Any], status: int, field: str | None, code: str
) -> None:
    before = await rows(city, "attachment")
    answer = await worker.declare(b"x" * 100, **{**record(4), **said})
    assert answer.status_code == status, answer.text
    problem = answer.json()
    if field:
        assert [(fault["field"], fault["code"]) for fault in problem["errors"]] == [(field, code)]
        assert not problem["errors"][0]["message"].startswith("attachment.")
    else:
        assert problem["code"] == code
    assert await rows(city, "attachment") == before


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ\x90\x00" + bytes(2000), "attachment.unknown_type"),
        (b"<svg onload=alert(1)>" + bytes(200), "attachment.unknown_type"),
        (files.iso_media(b"vide", b"soun"), "attachment.unknown_type"),
        (b"\xff\xd8\xff" + bytes(3000), "picture.not_a_picture"),
        (files.picture(size=(900, 900))[:4000], "picture.not_a_picture"),
        (files.pixel_bomb(30_000, 30_000), "picture.too_many_pixels"),
        (files.pixel_bomb(12_000, 12_000), "picture.too_many_pixels"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused_for_good_and_leaves_nothing(
    worker: Uploader, town: Town, city: City, content: bytes, code: str
) -> None:
    counted, kept = await everything(town, city)
    attachment = await worker.sent(content, **record(5), name="cat.jpg")
    for _ in range(2):  # a repeat is told the same
        answer = await worker.finish(attachment)
        assert answer.status_code == 422
        problem = answer.json()
        assert problem["code"] == code
        assert [(fault["field"], fault["code"]) for fault in problem["errors"]] == [("content", code)]
        assert "{" not in problem["detail"]
    assert await everything(town, city) == ({**counted, "attachment": counted["attachment"] + 1}, kept)
    assert (await worker.client.get(f"/attachments/{attachment}")).status_code == 404
    assert (await worker.client.get(f"/attachments/{attachment}/content")).status_code == 404
    assert (await worker.patch(attachment, 0, b"again")).status_code == 409


async def test_a_digest_that_does_not_fit_is_refused(worker: Uploader) -> None:
    content = files.picture()
    attachment = await worker.sent(content, **record(6), sha256="0" * 64)
    answer = await worker.finish(attachment)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "sha256"


async def test_a_size_that_was_declared_wrong_is_told_before_anything_is_half_done(
    worker: Uploader, city: City
) -> None:
    content = files.picture()
    declared = await worker.declare(content, **record(7), size=len(content) - 1, sha256=None)
    attachment = declared.json()["id"]
    more = await worker.patch(attachment, 0, content)
    assert (more.status_code, more.json()["code"]) == (422, "attachment.over_size")
    assert await worker.offset(attachment) == 0
    declared = await worker.declare(content, **record(7), size=len(content) + 1, sha256=None)
    attachment = declared.json()["id"]
    await worker.send(attachment, content)
    early = await worker.finish(attachment)
    assert (early.status_code, early.json()["code"]) == (409, "attachment.incomplete")
    assert str(len(content)) in early.json()["detail"]


async def test_pieces_go_in_order_and_a_repeat_is_harmless(worker: Uploader) -> None:
    content = files.picture(size=(1200, 900), colour="navy")
    attachment = (await worker.declare(content, **record(8))).json()["id"]
    first, second = content[:1000], content[1000:]
    assert (await worker.patch(attachment, 0, first)).headers["Upload-Offset"] == "1000"
    again = await worker.patch(attachment, 0, first)
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, "1000")
    for wrong in (0, 1, 999, 1001, 5000):
        answer = await worker.patch(attachment, wrong, second)
        assert answer.status_code == 409
        assert answer.headers["Upload-Offset"] == "1000"
        assert answer.json()["code"] == "attachment.bad_offset"
        assert "1000" in answer.json()["detail"]
    assert await worker.offset(attachment) == 1000
    await worker.send(attachment, content, 1000)
    assert (await worker.finish(attachment)).json()["sha256"] == hashlib.sha256(content).hexdigest()
    assert (await worker.finish(attachment)).status_code == 200  # a repeat answers the same
    assert await worker.offset(attachment) == len(content)


async def test_two_who_send_the_same_piece_at_once_keep_one(worker: Uploader, city: City) -> None:
    content = files.picture(colour="olive")
    attachment = (await worker.declare(content, **record(9))).json()["id"]
    answers = await asyncio.gather(*(worker.patch(attachment, 0, content) for _ in range(6)))
    assert {answer.status_code for answer in answers} <= {204, 409}
    assert 204 in {answer.status_code for answer in answers}
    assert await worker.offset(attachment) == len(content)
    finished = await asyncio.gather(*(worker.finish(attachment) for _ in range(4)))
    assert [answer.status_code for answer in finished] == [200] * 4
    assert len({answer.text for answer in finished}) == 1


async def test_only_bytes_of_the_upload_kind_and_an_offset_are_taken(worker: Uploader) -> None:
    attachment = (await worker.declare(b"x" * 10, **record(10))).json()["id"]
    path = f"/attachments/{attachment}"
    wrong = await worker.client.patch(path, content=b"x", headers={"Upload-Offset": "0", "content-type": "text/plain"})
    assert wrong.status_code == 415
    missing = await worker.client.patch(path, content=b"x", headers={"content-type": PIECE_TYPE})
    assert missing.status_code == 422
    large = await worker.patch(attachment, 0, bytes(1024 * 1024 + 1))
    assert large.status_code == 413


@asynccontextmanager
async def served(town: Town) -> AsyncIterator[int]:
    """Another process's API over the same rows and store, on a real socket; its port."""
    app = assemble("intake", TITLE, ROUTERS, town.settings)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def test_a_killed_connection_costs_only_what_had_not_come(worker: Uploader, town: Town) -> None:
    content = files.picture(size=(2000, 1500)) + bytes(300_000)
    attachment = (await worker.declare(content, **record(11))).json()["id"]
    cookie = "; ".join(f"{name}={value}" for name, value in worker.client.cookies.items())
    arrives = 200_000
    async with served(town) as port:
        head = (
            f"PATCH /attachments/{attachment} HTTP/1.1\r\nHost: localhost:8000\r\nX-GridCall: 1\r\nCookie: {cookie}\r\n"
            f"Upload-Offset: 0\r\nContent-Type: {PIECE_TYPE}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + content[:arrives])
        await writer.drain()
        await asyncio.sleep(0.2)
        link: socket.socket = writer.get_extra_info("socket")
        assert link.fileno() >= 0
        writer.close()
        async with asyncio.timeout(20):
            while (come := await worker.offset(attachment)) == 0:
                await asyncio.sleep(0.05)
    assert come == arrives
    # the API that took it is gone; another one knows how far it is, from the stored parts
    async with served(town):
        await worker.send(attachment, content, come)
    assert (await worker.finish(attachment)).json()["sha256"] == hashlib.sha256(content).hexdigest()


async def test_nine_for_a_record_and_not_one_more(worker: Uploader) -> None:
    for _ in range(9):
        assert (await worker.declare(b"x" * 100, **record(12))).status_code == 201
    answer = await worker.declare(b"x" * 100, **record(12))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "attachment.too_many"
    assert "9" in answer.json()["detail"]


async def test_a_day_has_a_share(town: Town, city: City) -> None:
    worker = Uploader(await town.sign_in("intake", "grid-018001001"))
    db = await city.database.pool()
    account = await db.fetchval("SELECT id FROM account WHERE login = 'grid-018001001'")
    fill = (
        "INSERT INTO attachment (id, account_id, purpose, label, size, created_at) "
        "SELECT md5(i::text), $1, 'GRID', 'x', 1000, now() - $2::interval FROM generate_series(1, 500) i"
    )
    assert (await worker.declare(b"x" * 10, **record(20))).status_code == 201
    async with db.acquire() as connection, connection.transaction():
        await connection.execute(fill.replace("$2::interval", "interval '1 hour'"), account)
    # a new day may have begun an hour ago: then yesterday's do not count, so put them into today
    await db.execute("UPDATE attachment SET created_at = now() WHERE account_id = $1", account)
    answer = await worker.declare(b"x" * 10, **record(21))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 86_401
    await db.execute("UPDATE attachment SET created_at = now() - interval '25 hours' WHERE account_id = $1", account)
    assert (await worker.declare(b"x" * 10, **record(22))).status_code == 201


@pytest.mark.parametrize("login", ["analyst1", "leader1", "knowledge1"])
async def test_roles_that_handle_no_case_upload_nothing(town: Town, login: str) -> None:
    reader = Uploader(await town.sign_in("intake", login))
    assert (await reader.declare(b"x" * 10, **record(30))).status_code == 403


async def test_an_upload_is_its_owners_alone(worker: Uploader, agent: Uploader, town: Town) -> None:
    content = files.picture(colour="pink")
    attachment = await worker.sent(content, **record(31))
    for path, verb in (("", "HEAD"), ("/finish", "POST"), ("", "GET"), ("/content", "GET"), ("/thumbnail", "GET")):
        assert (await agent.client.request(verb, f"/attachments/{attachment}{path}")).status_code == 404
    assert (await agent.patch(attachment, 0, content)).status_code == 404
    assert (await worker.finish(attachment)).status_code == 200
    for path in ("", "/content", "/thumbnail"):  # finished, but no case's yet
        assert (await agent.client.get(f"/attachments/{attachment}{path}")).status_code == 404
        assert (await town.api("intake").get(f"/attachments/{attachment}{path}")).status_code == 401
        assert (await worker.client.get(f"/attachments/{attachment}{path}")).status_code == 200


async def test_the_same_photo_again_is_marked(worker: Uploader) -> None:
    content = files.picture(colour="gold")
    assert (await worker.upload(content, **record(32)))["flags"] == []
    assert (await worker.upload(content, **record(32)))["flags"] == ["SEEN_BEFORE"]


@pytest.mark.parametrize(
    ("about", "said", "known_from", "flags"),
    [
        (None, {"place": {"lon": 104.09, "lat": 30.66, "crs": "WGS84"}}, "EXIF", []),  # the photo's own word counts
        ("bare", {"place": {"lon": 104.09, "lat": 30.66, "crs": "WGS84"}}, "DEVICE", []),
        ("bare", {"place": {"lon": 104.09, "lat": 30.66, "crs": "WGS84", "known_from": "MANUAL"}}, "MANUAL", []),
        ("bare", {"place": {"lon": 104.0925, "lat": 30.6576, "crs": "GCJ02"}}, "DEVICE", []),
        ("bare", {"place": {"lon": 104.09, "lat": 30.66}}, None, ["PLACE_UNSURE"]),
        ("bare", {}, None, []),
    ],
)
async def test_where_a_photo_was_taken_is_kept_with_how_it_is_known(
    worker: Uploader, about: str | None, said: dict[str, Any], known_from: str | None, flags: list[str]
) -> None:
    bare = files.exif(None, None, taken="", zone="")
    content = files.picture(size=(100 + len(str(said)), 100), about=bare if about else None)
    view = await worker.upload(content, **record(33 + len(str(said))), **said)
    assert (view["place_from"], view["flags"]) == (known_from, flags)
    if known_from and known_from != "EXIF":
        assert (view["lon"], view["lat"]) == pytest.approx((104.09, 30.66), abs=2e-4)


async def test_an_original_is_shown_for_a_purpose_and_noted(worker: Uploader, city: City) -> None:
    content = files.picture(colour="brown")
    view = await worker.upload(content, **record(50))
    path = f"/attachments/{view['id']}/original"
    assert (await worker.client.post(path, json={})).status_code == 422
    answer = await worker.client.post(path, json={"purpose": "核对拍摄地点"})
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith("attachment; ")
    db = await city.database.pool()
    noted = await db.fetchrow("SELECT act, data FROM audit_log WHERE subject = $1", view["id"])
    assert noted["act"] == "ORIGINAL_READ"
    assert "核对拍摄地点" in noted["data"]


async def test_files_of_a_case_are_seen_by_its_readers_and_nobody_else(
    town: Town, agent: Uploader, desk: httpx.AsyncClient, centre: httpx.AsyncClient, unit: httpx.AsyncClient
) -> None:
    sent = await send(town, "att-seen", {**MESSAGE, "upstream_no": "ATT-1"})
    case_no = sent.json()["cases"][0]["case_no"]
    view = await agent.upload(files.picture(colour="cyan"), purpose="REQUEST", case_no=case_no)
    listed = await centre.get("/attachments", params={"case_no": case_no})
    assert [(row["id"], row["used_for"]) for row in listed.json()["attachments"]] == [(view["id"], "EVIDENCE")]
    assert (await centre.get(f"/attachments/{view['id']}/content")).status_code == 200
    steps = (await desk.get(f"/cases/{case_no}/timeline")).json()
    assert steps[-1]["action_text"] == "补充附件"
    assert steps[-1]["data"]["attachments"] == [view["id"]]
    for outside in (unit, await town.sign_in("intake", "grid-017001002")):  # not in their scope
        assert (await outside.get(f"/attachments/{view['id']}/content")).status_code == 404
        assert (await outside.get("/attachments", params={"case_no": case_no})).status_code == 404
    await move(desk, case_no, "DISPATCH", unit="510104-CG")
    assert (await unit.get(f"/attachments/{view['id']}/content")).status_code == 200


@pytest.mark.parametrize(
    ("person", "sees", "original"), [({}, 200, 200), ({"anonymous": True}, 200, 403), ({"secret": True}, 404, 404)]
)
async def test_units_learn_nothing_of_hidden_persons_from_what_they_sent(
    town: Town,
    agent: Uploader,
    desk: httpx.AsyncClient,
    centre: httpx.AsyncClient,
    unit: httpx.AsyncClient,
    person: dict[str, bool],
    sees: int,
    original: int,
) -> None:
    number = f"ATT-P{sorted(person)}"
    told = {"person": {"name": "张三丰", "phone": "13812345678", **person}, "upstream_no": number}
    case_no = (await send(town, number, {**MESSAGE, **told})).json()["cases"][0]["case_no"]
    view = await agent.upload(files.picture(), purpose="REQUEST", case_no=case_no)
    await move(desk, case_no, "DISPATCH", unit="510104-CG")
    listed = (await unit.get("/attachments", params={"case_no": case_no})).json()["attachments"]
    assert bool(listed) == (sees == 200)
    assert (await unit.get(f"/attachments/{view['id']}")).status_code == sees
    assert (await unit.get(f"/attachments/{view['id']}/content")).status_code == sees
    answer = await unit.post(f"/attachments/{view['id']}/original", json={"purpose": "核对地点"})
    assert answer.status_code == original
    assert (await centre.post(f"/attachments/{view['id']}/original", json={"purpose": "核对地点"})).status_code == 200
