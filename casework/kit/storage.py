"""Storage 存储 of files by key: a folder, or a bucket that speaks S3, behind one small protocol.

Keys are relative paths of safe characters. A put is whole or not at all, also when the disk is full or the process
dies. What is put is sealed before (kit/crypto.py): a store never sees a clear file.
"""

import asyncio
import errno
import os
import re
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from casework.kit.errors import Problem, Unavailable

KEY = re.compile(r"[0-9a-z]+(?:/[0-9a-z]+)*")
DRAFT = ".draft-"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class StorageFull(Problem):
    """507: no room is left; nothing was kept."""

    status = 507
    default_code = "storage.full"

    def __init__(self) -> None:
        super().__init__(retry_after=60)


class StorageAway(Unavailable):
    """503: the store does not answer, or refuses us."""

    default_code = "storage.away"


class NotStored(Exception):
    """There is no such file."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store, and when it was put there (UTC)."""

    key: str
    at: datetime


class Storage(Protocol):
    """What keeps files. Every call may raise StorageAway."""

    async def put(self, key: str, content: bytes) -> None:
        """Keep a file, whole, safe when this returns; a repeat replaces it. Raises StorageFull."""

    async def get(self, key: str) -> bytes:
        """The file. Raises NotStored."""

    async def has(self, key: str) -> bool:
        """Whether it is there."""

    async def delete(self, key: str) -> None:
        """Forget it; a repeat changes nothing."""

    def files(self) -> AsyncIterator[Stored]:
        """All files, in no order that matters."""

    async def close(self) -> None:
        """Give connections back."""


def checked(key: str) -> str:
    """The key. Raises: ValueError: it is not of safe characters (never taken from outside)."""
    if not KEY.fullmatch(key):
        raise ValueError("not a storage key")
    return key


class FolderStorage:
    """A folder on a disk that all processes share. Drafts that a crash left are dropped when files are listed."""

    def __init__(self, folder: Path, *, draft_age_s: float = 86_400.0) -> None:
        self._folder = folder
        self._draft_age = draft_age_s

    async def put(self, key: str, content: bytes) -> None:
        """See Storage.put: written beside, flushed to the disk, then named."""
        await asyncio.to_thread(self._put, self._folder / checked(key), content)

    async def get(self, key: str) -> bytes:
        """See Storage.get."""
        try:
            return await asyncio.to_thread((self._folder / checked(key)).read_bytes)
        except FileNotFoundError:
            raise NotStored(key) from None
        except OSError as error:
            raise StorageAway() from error

    async def has(self, key: str) -> bool:
        """See Storage.has."""
        return await asyncio.to_thread((self._folder / checked(key)).is_file)

    async def delete(self, key: str) -> None:
        """See Storage.delete."""
        try:
            await asyncio.to_thread((self._folder / checked(key)).unlink, missing_ok=True)
        except OSError as error:
            raise StorageAway() from error

    async def files(self) -> AsyncIterator[Stored]:
        """See Storage.files; a folder at a time."""
        folders = [self._folder]
        while folders:
            for path, is_folder, at in await asyncio.to_thread(self._listed, folders.pop()):
                if is_folder:
                    folders.append(path)
                else:
                    yield Stored(path.relative_to(self._folder).as_posix(), at)

    async def close(self) -> None:
        """Nothing is held open."""

    def _put(self, path: Path, content: bytes) -> None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=path.parent, prefix=DRAFT)
        except OSError as error:
            raise _told(error) from error
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
            _sync_folder(path.parent)
        except OSError as error:
            Path(draft).unlink(missing_ok=True)
            raise _told(error) from error

    def _listed(self, folder: Path) -> list[tuple[Path, bool, datetime]]:
        """(path, whether a folder, time) of each entry; old drafts are removed on the way."""
        found = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    at = datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC)
                    if not entry.name.startswith(DRAFT):
                        found.append((Path(entry.path), entry.is_dir(follow_symlinks=False), at))
                    elif (datetime.now(UTC) - at).total_seconds() > self._draft_age:
                        Path(entry.path).unlink(missing_ok=True)
        except FileNotFoundError:
            return found
        except OSError as error:
            raise StorageAway() from error
        return found


def _told(error: OSError) -> Problem:
    return StorageFull() if error.errno in _FULL else StorageAway()


def _sync_folder(folder: Path) -> None:
    """The new name itself is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
