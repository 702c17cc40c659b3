"""One conformance test for every store: a folder, and a bucket that speaks S3."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.kit.s3 import S3Storage
from casework.kit.settings import SettingsError, read_settings
from casework.kit.storage import DRAFT, FolderStorage, NotStored, Storage, StorageAway, StorageFull
from casework.kit.stores import open_storage
from tests.kit.s3_server import URL, TinyS3

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bucket() -> TinyS3:
    return TinyS3()


@pytest.fixture(params=["folder", "s3"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path, bucket: TinyS3) -> AsyncIterator[Storage]:
    found: Storage = (
        FolderStorage(tmp_path / "media") if request.param == "folder" else S3Storage(URL, transport=bucket)
    )
    yield found
    await found.close()


async def keys(storage: Storage) -> set[str]:
    return {file.key async for file in storage.files()}


async def test_what_is_put_is_there_whole_till_it_is_deleted(storage: Storage) -> None:
    content = bytes(range(256)) * 5000
    assert await keys(storage) == set()
    assert not await storage.has("ab/cd")
    with pytest.raises(NotStored):
        await storage.get("ab/cd")
    await storage.put("ab/cd", content)
    assert await storage.has("ab/cd")
    assert await storage.get("ab/cd") == content
    await storage.put("ab/cd", b"anew")  # a repeat replaces it
    assert await storage.get("ab/cd") == b"anew"
    await storage.delete("ab/cd")
    await storage.delete("ab/cd")  # a repeat changes nothing
    assert not await storage.has("ab/cd")
    assert await keys(storage) == set()


async def test_all_files_are_listed_with_their_times(storage: Storage) -> None:
    names = {f"{n:02x}/{n}/a" for n in range(7)}
    for name in names:
        await storage.put(name, b"x")
    assert await keys(storage) == names
    now = datetime.now(UTC)
    async for file in storage.files():
        assert now - timedelta(minutes=1) < file.at < now + timedelta(minutes=1)


@pytest.mark.parametrize(
    "key", ["../x", "/etc/passwd", "a//b", "a/../b", "A", "a b", "a\x00", "", ".", "a/.draft-1", "钥匙"]
)
async def test_a_key_is_never_a_path_out_of_the_store(storage: Storage, key: str) -> None:
    calls: tuple[Callable[[], object], ...] = (
        lambda: storage.put(key, b"x"),
        lambda: storage.get(key),
        lambda: storage.has(key),
        lambda: storage.delete(key),
    )
    for call in calls:
        with pytest.raises(ValueError, match="not a storage key"):
            await call()  # type: ignore[misc]


async def test_a_full_bucket_is_507_an_absent_one_503(bucket: TinyS3) -> None:
    storage = S3Storage(URL, transport=bucket)
    bucket.full = True
    with pytest.raises(StorageFull) as full:
        await storage.put("a/b", b"x")
    assert (full.value.status, full.value.retry_after) == (507, 60)
    bucket.full, bucket.refuses = False, 500
    for call in (storage.put("a/b", b"x"), storage.get("a/b"), storage.has("a/b"), storage.delete("a/b")):
        with pytest.raises(StorageAway):
            await call
    bucket.refuses, bucket.away = None, True
    with pytest.raises(StorageAway) as away:
        await storage.get("a/b")
    assert away.value.status == 503
    bucket.away = False
    await storage.put("a/b", b"x")
    assert await storage.get("a/b") == b"x"
    assert list(bucket.objects) == ["media/a/b"]


async def test_a_wrong_secret_opens_nothing(bucket: TinyS3) -> None:
    with pytest.raises(StorageAway):
        await S3Storage(URL.replace("signs", "sings"), transport=bucket).put("a/b", b"x")
    assert not bucket.objects


async def test_drafts_that_a_crash_left_are_no_files_and_go_after_a_day(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    await storage.put("ab/x", b"x")
    old, young = tmp_path / "ab" / f"{DRAFT}old", tmp_path / "ab" / f"{DRAFT}young"
    for draft in (old, young):
        draft.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert await keys(storage) == {"ab/x"}
    assert (old.exists(), young.exists()) == (False, True)


FULL_DISK = """
import asyncio, sys
from pathlib import Path
from casework.kit.storage import FolderStorage, StorageFull

async def main() -> None:
    folder = Path(sys.argv[1])
    storage, kept = FolderStorage(folder), []
    try:
        for n in range(100):
            await storage.put(f"{n:02d}/x", bytes(1_000_000))
            kept.append(f"{n:02d}/x")
        print("never full")
    except StorageFull:
        pass
    listed = sorted([file.key async for file in storage.files()])
    drafts = list(folder.rglob(".draft-*"))
    await storage.delete(kept[0])
    await storage.put("99/y", bytes(900_000))
    print(len(kept), listed == kept, drafts, len(await storage.get("99/y")))

asyncio.run(main())
"""


def test_a_full_disk_leaves_no_half_files_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """F14: a real disk of 4 MB."""
    small = tmp_path / "disk"
    small.mkdir()
    mount = f"mount -t tmpfs -o size=4m none {small} && exec {sys.executable} -c '{FULL_DISK}' {small}"
    ran = subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True, text=True, cwd=ROOT)
    if "unshare" in ran.stderr or "mount" in ran.stderr:
        pytest.skip(f"no small disk can be made here: {ran.stderr.strip()}")
    assert ran.stdout.strip() == "4 True [] 900000", ran.stdout + ran.stderr


def test_the_store_is_named_by_a_setting(tmp_path: Path) -> None:
    def told(where: str) -> Storage:
        return open_storage(read_settings(database_url="postgresql://u@h/d", data=tmp_path, storage=where))

    assert isinstance(told("folder"), FolderStorage)
    assert isinstance(told(URL), S3Storage)
    for wrong in ("s3://host/bucket", "s3://key:secret@host", "s3://key@host/bucket", "ftp://k:s@host/b", "C:\\media"):
        with pytest.raises(SettingsError, match="must be folder, or look like s3://") as refused:
            told(wrong)
        assert "secret@" not in str(refused.value)
