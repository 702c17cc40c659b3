"""Asking upstreams that cannot push 轮询取件: adapters, the watermark, the nightly look back over 24 hours.

An adapter may bring a row twice and in any order: each goes through the one idempotent door. The watermark moves only
after all rows of a round were taken, so that a killed round is asked again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from casework.db import import_jobs, polls
from casework.db.polls import Polling
from casework.db.sources import Sources
from casework.journey.city import City
from casework.kit.errors import Problem
from casework.kit.logs import get_logger
from casework.kit.now import in_shanghai
from casework.rules.decide import Refused
from services.intake.importing.heads import guess, head_row
from services.intake.importing.mapping import plan_of
from services.intake.importing.rows import BadRow, Names, body_of
from services.intake.importing.single import take_row
from services.intake.importing.staging import KEPT, names_of
from services.intake.tables.faults import TableRefused
from services.intake.tables.limited import reading

EVERY = 60.0
"""Seconds between two rounds of a source."""
OVERLAP = timedelta(minutes=10)
"""Upstreams' clocks and ours differ, and a row may appear later than its time says: each round looks back so far."""
NIGHTLY = timedelta(hours=24)
NIGHT_HOUR = 2
"""The hour (Asia/Shanghai) from which the day's look back over 24 hours is made, once."""
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_PART = 256 * 1024


class Polled(NamedTuple):
    """One row as the upstream has it: our message's fields, and when it last changed (UTC)."""

    body: Mapping[str, Any]
    changed_at: datetime


class Upstream(Protocol):
    """上级平台: whatever can be asked for its rows."""

    def fetch(self, since: datetime) -> AsyncIterator[Polled]:
        """Every row that changed at or after `since` (UTC), in any order; a row may come more than once.

        Raises OSError, TimeoutError or httpx.HTTPError when the upstream cannot be asked: the round fails as a whole.
        """


@dataclass(frozen=True, slots=True)
class Folder:
    """文件夹: an upstream that puts CSV or XLSX files into a folder (a mounted share, an SFTP inbox).

    A file counts from its time of change, and only when it rested for `settled`: it may still be written. Columns are
    read as the source's files were mapped last. A file that cannot be read is told in the log, and asked for again in
    the night.
    """

    city: City
    source: str
    folder: Path
    settled: timedelta = timedelta(seconds=5)

    async def fetch(self, since: datetime) -> AsyncIterator[Polled]:
        """The rows of every file that changed since."""
        for changed_at, path in await asyncio.to_thread(self._files, since):
            try:
                async for body in self._rows(path):
                    yield Polled(body, changed_at)
            except TableRefused as refused:
                get_logger().error("poll.file_refused", source=self.source, code=refused.code)

    def _files(self, since: datetime) -> list[tuple[datetime, Path]]:
        rested = datetime.now(UTC) - self.settled
        found = [(datetime.fromtimestamp(path.stat().st_mtime, UTC), path) for path in self.folder.iterdir()]
        kinds = (".csv", ".xlsx")
        return sorted((at, path) for at, path in found if since <= at <= rested and path.suffix.lower() in kinds)

    async def _rows(self, path: Path) -> AsyncIterator[dict[str, Any]]:
        known = await import_jobs.source_of(await self.city.database.pool(), self.source)
        kept, names = known.mapping if known else {}, Names(self.city.catalog)
        async with reading() as table:
            with path.open("rb") as file:
                while part := await asyncio.to_thread(file.read, _PART):
                    await table.write(part)
            kind = (await table.about()).kind
            rows = [row async for row in table.rows()]
        head = head_row([row.cells for row in rows[:KEPT]], kept.get("columns", {}))
        heads = names_of(rows, rows[head].number if head >= 0 else 0)
        plan = plan_of({**kept, "names": heads, "columns": guess(heads, kept.get("columns", {}))}, kind)
        for row in rows[head + 1 :]:
            try:
                yield body_of(plan, names, row.cells)
            except BadRow as bad:
                get_logger().error("poll.row_refused", source=self.source, row=row.number, code=str(bad))


FOLDER = "folder"
Adapters = Mapping[str, Callable[[City, Polling], Upstream]]

ADAPTERS: Adapters = {
    FOLDER: lambda city, polling: Folder(city, polling.source, Path(polling.location)),
}


class Poller:
    """Asks the sources whose turn it is. Safe beside others: a turn is taken in the database."""

    def __init__(
        self, city: City, sources: Sources, adapters: Mapping[str, Callable[[City, Polling], Upstream]]
    ) -> None:
        self._city = city
        self._sources = sources
        self._adapters = adapters

    async def run_once(self, every: float = EVERY) -> int:
        """One source's round; 0 when it is nobody's turn. A round that fails moves nothing and is told in the log."""
        db = await self._city.database.pool()
        polling = await polls.next_turn(db, every)
        if polling is None:
            return 0
        since, night = window(polling)
        try:
            seen = await self._take(polling, since)
        except Exception:
            await polls.failed(db, polling.source)
            raise
        await polls.done(db, polling.source, seen, night)
        return 1

    async def _take(self, polling: Polling, since: datetime) -> datetime | None:
        """All rows since; the latest change among them."""
        latest: datetime | None = None
        async for row in self._adapters[polling.adapter](self._city, polling).fetch(since):
            try:
                await take_row(self._city, self._sources, polling.source, polling.area_code, row.body)
            except (BadRow, Problem, Refused) as refused:
                get_logger().error("poll.row_refused", source=polling.source, code=str(refused))
            latest = max(latest, row.changed_at) if latest else row.changed_at
        return latest


def window(polling: Polling) -> tuple[datetime, date | None]:
    """From when rows are asked for, and the Shanghai day whose nightly look back this round makes, if it does."""
    since = polling.watermark - OVERLAP if polling.watermark else FIRST
    local = in_shanghai(polling.now)
    if local.hour < NIGHT_HOUR or polling.swept_on == local.date():
        return since, None
    return min(since, polling.now - NIGHTLY), local.date()
