"""Lanes 快速通道: the intake's own statements, on connections that are kept while there is more to do.

A pool is asked for a connection and given it back around every statement, which costs a busy process more than sending
the statement. A lane takes a connection once, does what waits, together where that is allowed, and gives it back when
nothing waits.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")


class Lanes(Generic[Thing, Answer]):
    """At most `width` connections of the pool; each does up to `together` of the waiting things in one piece of work.

    `work` commits what it does and answers for each thing, in order; an answer that is an exception is raised to its
    asker. What the work itself raises, all its things raise.
    """

    def __init__(
        self,
        pool: Callable[[], Awaitable[asyncpg.Pool]],
        work: Callable[[PoolConnectionProxy, Sequence[Thing]], Awaitable[Sequence[Answer | Exception]]],
        *,
        width: int = 1,
        together: int = 1,
    ) -> None:
        self._pool = pool
        self._work = work
        self._width = width
        self._together = together
        self._waiting: deque[tuple[Thing, asyncio.Future[Answer]]] = deque()
        self._open: set[asyncio.Task[None]] = set()

    async def do(self, thing: Thing) -> Answer:
        """Have it done, after what waited before; it is committed when this returns.

        Raises what the work raises, or the pool when it has no connection. When the asker is cancelled the thing may be
        done all the same, as with any statement on its way.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((thing, answer))
        self._open_lane()
        return await answer

    def _open_lane(self) -> None:
        if self._waiting and len(self._open) < self._width:
            lane = asyncio.get_running_loop().create_task(self._serve(), name="lane")
            self._open.add(lane)
            lane.add_done_callback(self._closed)

    def _closed(self, lane: asyncio.Task[None]) -> None:
        """What came while the lane was closing is not left waiting."""
        self._open.discard(lane)
        self._open_lane()

    async def _serve(self) -> None:
        try:
            async with (await self._pool()).acquire() as connection:
                while self._waiting and await self._do_next(connection):
                    pass
        except Exception as error:
            _refuse(self._take(len(self._waiting)), error)

    async def _do_next(self, connection: PoolConnectionProxy) -> bool:
        """False when it failed: perhaps the connection broke, so the lane closes and the next one takes another."""
        batch = self._take(self._together)
        try:
            answers = await self._work(connection, [thing for thing, _ in batch])
        except Exception as error:
            _refuse(batch, error)
            return False
        for (_, waits), answer in zip(batch, answers, strict=True):
            if waits.done():
                continue
            if isinstance(answer, Exception):
                waits.set_exception(answer)
            else:
                waits.set_result(answer)
        return True

    def _take(self, most: int) -> list[tuple[Thing, asyncio.Future[Answer]]]:
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]


def _refuse(batch: list[tuple[Thing, asyncio.Future[Answer]]], error: Exception) -> None:
    for _, waits in batch:
        if not waits.done():
            waits.set_exception(error)
