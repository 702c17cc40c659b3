"""变动推送: what was committed, read once for all who listen in this process, and handed to those whom it concerns."""

import asyncio
import signal
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any

import asyncpg
from fastapi import FastAPI

from casework.db import changes
from casework.db.session import Database
from casework.kit.logs import describe, get_logger
from casework.rules.facts import Actor

PAUSE_S = 0.4
OVERLAP_S = 5.0
"""For so long a lower id may appear after a higher one: a transaction that was longer than its neighbours."""
BATCH = 1000
BACKLOG = 300
_FULL = 500
Handler = Callable[[int, Any], Any]


class Listener:
    """One open stream: whose it is, and what waits to be sent. None in the queue: too much, look at everything anew."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.waiting: asyncio.Queue[changes.Change | None] = asyncio.Queue(_FULL)
        self.left = False

    def leave(self) -> None:
        """No more is sent; the browser connects again, to another process or a little later."""
        self.left = True
        self._empty()
        self.waiting.put_nowait(None)

    def offer(self, change: changes.Change) -> None:
        """Hand it over if it concerns the listener; one that is too slow is told to look at everything anew."""
        if not changes.concerns(self.actor, change):
            return
        if self.waiting.full():
            self._empty()
            self.waiting.put_nowait(None)
        self.waiting.put_nowait(change)

    def _empty(self) -> None:
        while not self.waiting.empty():
            self.waiting.get_nowait()


def feed_of(app: FastAPI) -> "Feed":
    """The app's feed, made when first asked for; a process that is told to stop ends its streams first."""
    if not hasattr(app.state, "feed"):
        app.state.feed = Feed(app.state.city.database)
        _before_the_server_stops(app.state.feed.leave)
    feed: Feed = app.state.feed
    return feed


def _before_the_server_stops(call: Callable[[], None]) -> None:
    """Do it in the event loop when SIGTERM or SIGINT comes, then what the server does by itself."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        usual = signal.getsignal(number)
        if callable(usual) and usual is not signal.default_int_handler:
            signal.signal(number, partial(_also, loop, call, usual))


def _also(loop: asyncio.AbstractEventLoop, call: Callable[[], None], usual: Handler, number: int, frame: Any) -> None:
    loop.call_soon_threadsafe(call)
    usual(number, frame)


class Feed:
    """The process's one reader. It asks the database while somebody listens, and rests otherwise."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: set[Listener] = set()
        self._reading: asyncio.Task[None] | None = None

    async def listen(self, actor: Actor, last_id: int | None) -> AsyncGenerator[changes.Change | None]:
        """Changes that concern the actor, from now or from behind `last_id`; ends when its reader goes away."""
        listener = Listener(actor)
        for change in await self.missed(actor, last_id):
            listener.waiting.put_nowait(change)
        self._listeners.add(listener)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        try:
            while not listener.left:
                yield await listener.waiting.get()
        finally:
            self._listeners.discard(listener)

    def leave(self) -> None:
        """End every stream, so that the process can stop without waiting for its readers."""
        for listener in self._listeners:
            listener.leave()

    async def missed(self, actor: Actor, last_id: int | None) -> list[changes.Change | None]:
        """What concerns the actor behind an id; one None where that is too much to tell."""
        if last_id is None:
            return []
        found = await changes.after(await self._database.pool(), last_id, limit=BACKLOG)
        if len(found) == BACKLOG:
            return [None]
        return [change for change in found if changes.concerns(actor, change)]

    async def _read(self) -> None:
        """Read on while somebody listens; what goes wrong is logged and tried again."""
        window = _Window()
        try:
            while self._listeners:
                try:
                    for change in await window.fresh(await self._database.pool()):
                        for listener in self._listeners:
                            listener.offer(change)
                except Exception as error:
                    get_logger().warning("feed.waits", **describe(error))
                await asyncio.sleep(PAUSE_S)
        finally:
            self._reading = None


class _Window:
    """Where reading has come to: every id up to `_low` is done with, those above that were read are kept a while."""

    def __init__(self) -> None:
        self._low: int | None = None
        self._read: deque[tuple[float, int]] = deque()

    async def fresh(self, pool: asyncpg.Pool) -> list[changes.Change]:
        """What has appeared since the last time."""
        now = asyncio.get_running_loop().time()
        if self._low is None:
            self._low = await changes.newest(pool)
        while self._read and self._read[0][0] < now - OVERLAP_S:
            self._low = max(self._low, self._read.popleft()[1])
        known = {event_id for _, event_id in self._read}
        found = [one for one in await changes.after(pool, self._low, limit=BATCH) if one.id not in known]
        self._read.extend((now, one.id) for one in found)
        return found
