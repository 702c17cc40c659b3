"""The worker runner 后台循环: each loop works until nothing is left, then waits for a ring or its time.

A loop's memory is the database alone. Nothing that a loop raises, and no store that goes away, ends the process.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from casework.kit.doorbell import Cron, Doorbell, back_off, listen
from casework.kit.logs import SERVICE, configure_once, describe, get_logger
from casework.kit.memory import settle
from casework.kit.outage import is_outage

__all__ = ["Cron", "Doorbell", "Loop", "run_worker"]

FIRST_BACK_OFF = 0.5
MOST_BACK_OFF = 10.0


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop of a worker. `run_once` does a batch and says how many it did; 0 means that nothing is left.

    `every` is in seconds: the longest that something due waits when nobody rings.
    """

    name: str
    run_once: Callable[[], Awaitable[int]]
    every: float


async def run_worker(
    service: str,
    loops: Sequence[Loop],
    redis_url: str,
    *,
    crons: Sequence[Cron] = (),
    stop: asyncio.Event | None = None,
) -> None:
    """Run the loops until SIGTERM or SIGINT (or `stop`, for a process that has its own signals).

    Prints `ready` on stdout once every loop has tried a first round, whether or not it went well. On the signal each
    loop finishes the batch at hand, then this returns.
    Raises: ValueError: two loops share a name, or a cron names none of them.
    """
    bells = {loop.name: asyncio.Event() for loop in loops}
    if len(bells) != len(loops) or not {nudge.loop for nudge in crons} <= bells.keys():
        raise ValueError("loops need names of their own, and crons the name of a loop")
    configure_once()
    SERVICE.set(f"{service}-worker")
    if stop is None:
        stop = _stop_on_signals()
        settle()
    tried = [asyncio.Event() for _ in loops]
    ear = asyncio.create_task(listen(service, bells, redis_url, crons), name="doorbell")
    running = [
        asyncio.create_task(_run(loop, bells[loop.name], stop, done), name=loop.name)
        for loop, done in zip(loops, tried, strict=True)
    ]
    for done in tried:
        await done.wait()
    print("ready", flush=True)
    await stop.wait()
    for bell in bells.values():
        bell.set()
    await asyncio.gather(*running)
    ear.cancel()
    with suppress(asyncio.CancelledError):
        await ear


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _run(loop: Loop, bell: asyncio.Event, stop: asyncio.Event, tried: asyncio.Event) -> None:
    failures = 0
    while not stop.is_set():
        bell.clear()
        try:
            more = True
            while more:
                more = bool(await loop.run_once()) and not stop.is_set()
                await asyncio.sleep(0)
            failures = 0
        except Exception as error:
            failures += 1
            _tell(loop.name, failures, error)
        tried.set()
        if failures:
            await _wait(stop, back_off(failures, first=FIRST_BACK_OFF, most=MOST_BACK_OFF))
        elif not stop.is_set():
            await _wait(bell, loop.every)
    tried.set()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _tell(name: str, failures: int, error: Exception) -> None:
    if is_outage(error):
        get_logger().warning("loop.database_away", loop=name, failures=failures, **describe(error))
    else:
        get_logger().error("loop.failed", loop=name, failures=failures, **describe(error))
