"""读表排队: how many files one process reads at once; each may need much memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from casework.kit.errors import Unavailable

READERS = 2
_reading = asyncio.Semaphore(READERS)


@asynccontextmanager
async def reading_turn() -> AsyncIterator[None]:
    """A place among the readers. Raises Unavailable: all are taken."""
    if _reading.locked():
        raise Unavailable("import.busy", retry_after=10)
    async with _reading:
        yield
