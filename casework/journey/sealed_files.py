"""Files of the store 密封文件: sealed before they are put, under keys that say whose they are, opened only here."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from casework.journey.city import City
from casework.kit.errors import NotFound, Problem
from casework.kit.logs import describe, get_logger
from casework.kit.storage import NotStored, Storage


@asynccontextmanager
async def kept(city: City, storage: Storage, attachment_id: str, contents: Sequence[bytes]) -> AsyncIterator[list[str]]:
    """The keys of files that are put now, and deleted again when the block is refused.

    After any other failure they stay: a commit whose answer was lost may have been one. The sweep tells the two apart.
    Raises: StorageFull, StorageAway: none of them is kept.
    """
    keys: list[str] = []
    try:
        for content in contents:
            key = f"{attachment_id[:2]}/{attachment_id}/{secrets.token_hex(8)}"
            keys.append(key)
            await storage.put(key, city.keyring.seal_bytes(content, _purpose(key)))
        yield keys
    except Problem:
        await discard(storage, keys)
        raise


def _purpose(key: str) -> str:
    """A file that was moved to another place of the store does not open there."""
    return f"attachment/{key}"


async def opened(city: City, storage: Storage, key: str) -> bytes:
    """A file of the store in clear. Raises: NotFound: it is gone, which is logged; StorageAway."""
    try:
        return city.keyring.open_bytes(await storage.get(key), _purpose(key))
    except NotStored:
        get_logger().error("attachment.file_lost", key=key)
        raise NotFound("attachment.lost") from None


async def discard(storage: Storage, keys: Sequence[str]) -> None:
    """Delete files whose rows are gone or never came; what cannot be deleted now, the sweep finds."""
    for key in keys:
        try:
            await storage.delete(key)
        except Problem as error:
            get_logger().warning("attachment.left_behind", **describe(error))
