"""The sweep of attachments 附件清理, by the intake worker: what was never finished or never used goes after a day;
files without rows go too, rows without files are reported. Safe beside the API and beside itself."""

import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

from casework.db import attachment_sweep
from casework.journey.city import City
from casework.journey.evidence import join_late
from casework.journey.sealed_files import discard
from casework.kit.logs import get_logger
from casework.kit.storage import Storage

UNUSED_FOR = timedelta(hours=24)
BATCH, PAGE = 200, 500


async def sweep_once(city: City, storage: Storage, *, unused_for: timedelta = UNUSED_FOR, limit: int = BATCH) -> int:
    """Files whose record came in while they were finished join it; what nobody used in a day is forgotten, the rows
    first. How many of both."""
    joined = await join_late(city, limit=limit)
    db = await city.database.pool()
    gone = await attachment_sweep.forget_unused(db, older_than=unused_for.total_seconds(), limit=limit)
    await discard(storage, gone.keys)
    return joined + gone.rows


class StoreCheck:
    """Compares the store with the rows, a page at each call, a whole pass every six hours, the first after ten minutes.

    Each difference is a line of storage_fault and of the log; a stray file is deleted, a lost one is told of once.
    Young files may be on their way to a row and are left alone.
    """

    def __init__(
        self, city: City, storage: Storage, *, first: float = 600.0, every: float = 21_600.0, page: int = PAGE
    ) -> None:
        self._city, self._storage, self._every, self._page = city, storage, every, page
        self._next = time.monotonic() + first
        self._under_way: AsyncGenerator[int] | None = None

    async def run_once(self, *, unused_for: timedelta = UNUSED_FOR) -> int:
        """One page; how many files were looked at, 0 when the pass is over or not due. An outage ends the pass."""
        if self._under_way is None:
            if time.monotonic() < self._next:
                return 0
            self._under_way = self._pass(datetime.now(UTC) - unused_for)
        try:
            return await anext(self._under_way)
        except StopAsyncIteration:
            self._under_way = None
            return 0
        except BaseException:
            self._under_way = None
            raise

    async def _pass(self, before: datetime) -> AsyncGenerator[int]:
        page: list[str] = []
        async for file in self._storage.files():
            page += [file.key] if file.at < before else []
            if len(page) == self._page:
                yield await self._drop_strays(page)
                page = []
        if page:
            yield await self._drop_strays(page)
        db, after = await self._city.database.pool(), ""
        while rows := await attachment_sweep.held(db, after=after, limit=self._page):
            after = rows[-1][0]
            yield await self._note_lost(rows)
        self._next = time.monotonic() + self._every

    async def _drop_strays(self, page: list[str]) -> int:
        db = await self._city.database.pool()
        known = await attachment_sweep.known(db, page)
        for key in (key for key in page if key not in known):
            get_logger().warning("attachment.file_without_row", key=key)
            await attachment_sweep.note_stray(db, key)
            await discard(self._storage, [key])
        return len(page)

    async def _note_lost(self, rows: list[tuple[str, list[str]]]) -> int:
        db = await self._city.database.pool()
        for attachment_id, keys in rows:
            lost = [key for key in keys if not await self._storage.has(key)]
            if lost:
                get_logger().error("attachment.row_without_file", attachment=attachment_id, key=lost[0])
                await attachment_sweep.note_lost(db, attachment_id, lost[0])
        return len(rows)
