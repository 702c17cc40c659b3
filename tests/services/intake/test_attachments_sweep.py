"""The sweep of attachments, and what a full or absent store does to an upload: nothing half, nothing left behind."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from casework.journey.city import City
from casework.kit.storage import FolderStorage, Storage, StorageAway, StorageFull, Stored
from services.intake.sweeping import StoreCheck, sweep_once
from tests.conftest import Town
from tests.journey.test_one_case import MESSAGE, send
from tests.kit import files
from tests.services.intake.hotline import rows
from tests.services.intake.uploading import Uploader

NOW = timedelta(seconds=-1)  # as if all had been there for a day


class Troubled:
    """A store that refuses from the n-th put on, as a full disk or a bucket that is away would."""

    def __init__(self, store: Storage, trouble: Exception, after: int) -> None:
        self._store, self._trouble, self._left = store, trouble, after

    async def put(self, key: str, content: bytes) -> None:
        if self._left <= 0:
            raise self._trouble
        self._left -= 1
        await self._store.put(key, content)

    async def get(self, key: str) -> bytes:
        return await self._store.get(key)

    async def has(self, key: str) -> bool:
        return await self._store.has(key)

    async def delete(self, key: str) -> None:
        await self._store.delete(key)

    def files(self) -> AsyncIterator[Stored]:
        return self._store.files()

    async def close(self) -> None:
        await self._store.close()


@pytest.fixture(scope="module")
async def agent(town: Town) -> Uploader:
    return Uploader(await town.sign_in("intake", "agent1"))


@pytest.fixture(scope="module")
def store(town: Town, tmp_path_factory: pytest.TempPathFactory) -> FolderStorage:
    """A store of this module's own: in another's, whose rows are elsewhere, all would be strays."""
    found = FolderStorage(tmp_path_factory.mktemp("media"))
    town.apps["intake"].state.storage = found
    return found


@pytest.fixture
async def clean(city: City, store: FolderStorage) -> None:
    """Nothing is left over from tests before."""
    while await sweep_once(city, store, unused_for=NOW):
        pass


async def keys(store: Storage) -> set[str]:
    return {file.key async for file in store.files()}


async def left(city: City, store: Storage) -> tuple[dict[str, int], int]:
    return await rows(city, "attachment", "attachment_part"), len(await keys(store))


def record(name: str) -> dict[str, str]:
    return {"purpose": "REQUEST", "record_key": f"record-{name}"}


@pytest.mark.usefixtures("clean")
async def test_what_nobody_finished_or_used_goes_after_a_day_and_what_a_case_has_stays(
    town: Town, city: City, agent: Uploader, store: FolderStorage
) -> None:
    case_no = (await send(town, "sweep-1", {**MESSAGE, "upstream_no": "SWEEP-1"})).json()["cases"][0]["case_no"]
    used = await agent.upload(files.picture(), purpose="REQUEST", case_no=case_no)
    before = await left(city, store)
    await agent.sent(files.picture(colour="red"), **record("unfinished"))
    await agent.upload(files.picture(colour="blue"), **record("unused"))
    refused = await agent.sent(b"MZ" + bytes(500), **record("refused"))
    assert (await agent.finish(refused)).status_code == 422
    assert await sweep_once(city, store) == 0  # a day has not passed
    assert (await left(city, store))[1] == before[1] + 1 + 3
    while await sweep_once(city, store, unused_for=NOW, limit=2):
        pass
    assert await left(city, store) == before
    assert (await agent.client.get(f"/attachments/{used['id']}/content")).status_code == 200


@pytest.mark.usefixtures("clean")
async def test_files_without_rows_go_and_rows_without_files_are_told_of_once(
    town: Town, city: City, agent: Uploader, store: FolderStorage
) -> None:
    case_no = (await send(town, "sweep-2", {**MESSAGE, "upstream_no": "SWEEP-2"})).json()["cases"][0]["case_no"]
    whole = await agent.upload(files.picture(colour="pink"), purpose="REQUEST", case_no=case_no)
    lost = await agent.upload(files.picture(colour="gray"), purpose="REQUEST", case_no=case_no)
    sending = await agent.sent(files.picture(colour="red"), **record("on-its-way"))
    db = await city.database.pool()
    gone = await db.fetchval("SELECT served_key FROM attachment WHERE id = $1", lost["id"])
    await store.delete(gone)
    stray = f"ab/{'ab' * 16}/{'0' * 16}"
    await store.put(stray, b"left by a killed process")
    kept = await keys(store) - {stray}

    check = StoreCheck(city, store, first=0.0, every=0.0, page=2)
    while await check.run_once():  # young files may be on their way to a row
        pass
    assert await keys(store) == kept | {stray}
    for _ in range(2):
        while await check.run_once(unused_for=NOW):
            pass
    assert await keys(store) == kept
    faults = await db.fetch("SELECT kind, key FROM storage_fault ORDER BY id")
    assert sorted(map(tuple, faults)) == [("FILE_WITHOUT_ROW", stray), ("ROW_WITHOUT_FILE", gone)]
    answer = await agent.client.get(f"/attachments/{lost['id']}/content")
    assert (answer.status_code, answer.json()["code"]) == (404, "attachment.lost")
    assert (await agent.client.get(f"/attachments/{whole['id']}/content")).status_code == 200
    assert (await agent.finish(sending)).status_code == 200


async def test_a_whole_pass_is_not_due_again_at_once(city: City, store: FolderStorage) -> None:
    check = StoreCheck(city, store, first=3600.0)
    assert await check.run_once(unused_for=NOW) == 0
    check = StoreCheck(city, store, first=0.0)
    while await check.run_once():
        pass
    await store.put(f"ab/{'ab' * 16}/{'1' * 16}", b"x")
    assert await check.run_once(unused_for=NOW) == 0
    await store.delete(f"ab/{'ab' * 16}/{'1' * 16}")


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize(("trouble", "status"), [(StorageFull(), 507), (StorageAway(), 503)], ids=["full", "away"])
@pytest.mark.parametrize("after", [0, 1, 2, 3])
async def test_a_store_in_trouble_is_a_clean_answer_and_the_upload_goes_on_when_it_is_over(
    town: Town, city: City, agent: Uploader, store: FolderStorage, trouble: Exception, status: int, after: int
) -> None:
    """F14. The first put is the piece, then original, copy, thumbnail: trouble at each of them."""
    content: Any = files.picture(colour="navy")
    state = town.apps["intake"].state
    attachment = (await agent.declare(content, **record(f"trouble-{after}-{status}"))).json()["id"]
    before = await left(city, store)
    state.storage = Troubled(store, trouble, after)
    try:
        answer = await agent.patch(attachment, 0, content)
        if after:
            assert answer.status_code == 204
            before = await left(city, store)
            answer = await agent.finish(attachment)
    finally:
        state.storage = store
    assert answer.status_code == status
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["code"] == f"storage.{'full' if status == 507 else 'away'}"
    assert await left(city, store) == before
    await agent.send(attachment, content, await agent.offset(attachment))
    assert (await agent.finish(attachment)).status_code == 200
