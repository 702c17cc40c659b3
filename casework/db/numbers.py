"""Number blocks 号段: a process takes a hundred numbers at a time, so that no request waits for another's commit."""

import asyncio
from datetime import date

import asyncpg

BLOCK = 100

_TAKE = """
INSERT INTO number_block AS b (region, day, next) VALUES ($1, $2, $3 + 1)
ON CONFLICT (region, day) DO UPDATE SET next = b.next + $3
RETURNING next
"""


class NumberBlocks:
    """The numbers this process may still give out. What a process did not use is a gap (domain.md §5.1 allows it)."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, date], range] = {}
        self._lock = asyncio.Lock()

    async def next(self, db: asyncpg.Pool, region: str, day: date) -> int:
        """The next number of a region and Shanghai day, from 1; given once, whatever becomes of it."""
        if not self._held.get((region, day)):
            async with self._lock:
                if not self._held.get((region, day)):
                    end = await db.fetchval(_TAKE, region, day, BLOCK)
                    self._held = {key: numbers for key, numbers in self._held.items() if key[1] >= day}
                    self._held[(region, day)] = range(end - BLOCK, end)
        numbers = self._held[(region, day)]
        self._held[(region, day)] = numbers[1:]
        return numbers[0]
