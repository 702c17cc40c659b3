"""The doorbell 门铃: arq over Redis or Valkey wakes a worker's loop early. It carries nothing that matters.

Whatever happens to the server (absent, killed, wiped) the loops still poll; a ring is at most one poll of time saved.
arq's own traps are answered here: its worker dies with the connection, pickles by default, and compares clocks
(stack.md §2, reliability.md §1.0).
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast
from urllib.parse import unquote

from arq import ArqRedis, Worker, create_pool, cron, func
from arq.connections import RedisSettings
from arq.typing import WorkerCoroutine
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from casework.kit.logs import describe, get_logger

POLL_SECONDS = 0.1
COALESCE_SECONDS = 0.1
ANSWER_SECONDS = 1.0
RING_LIVES = timedelta(minutes=1)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # due at once on a worker whose clock is behind, too
_CHINA = timezone(timedelta(hours=8))  # arq asks for a fixed offset; China keeps no summer time
_LOST = (RedisConnectionError, RedisTimeoutError, OSError)


@dataclass(frozen=True, slots=True)
class Cron:
    """A periodic nudge 定时: rings a loop of the same worker at this hour and minute of Asia/Shanghai; None is any."""

    loop: str
    hour: int | None = None
    minute: int | None = 0


class Doorbell:
    """Rings workers' loops. Make one for a process; `ring` never waits for Redis and never fails its caller."""

    def __init__(self, redis_url: str) -> None:
        self._settings = _server(redis_url)
        self._pool: ArqRedis | None = None
        self._targets: set[tuple[str, str]] = set()
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def ring(self, service: str, loop: str) -> None:
        """Ask that `loop` of `service`'s worker looks now. Call it after the commit, in the event loop; elsewhere mute.

        Repeats within 100 ms are one; while Redis is away they are kept as one and the loops poll.
        """
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._targets.add((service, loop))
        self._wanted.set()
        if self._task is None or self._task.done():
            self._task = running.create_task(self._carry(), name="doorbell")

    async def close(self) -> None:
        """Stop; what was not yet rung is found by the next poll. A repeat changes nothing."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._drop_pool()

    async def _carry(self) -> None:
        failures = 0
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            targets, self._targets = self._targets, set()
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._enqueue(targets)
                failures = 0
                await asyncio.sleep(COALESCE_SECONDS)
            except Exception as error:
                if not failures:
                    get_logger().warning("doorbell.away", **describe(error))
                failures += 1
                self._targets |= targets
                self._wanted.set()
                await self._drop_pool()
                await asyncio.sleep(back_off(failures, first=0.5, most=10.0))

    async def _enqueue(self, targets: set[tuple[str, str]]) -> None:
        if self._pool is None:
            self._pool = await create_pool(self._settings, job_serializer=_pack, job_deserializer=json.loads)
        for service, loop in targets:
            await self._pool.enqueue_job(
                "ring",
                loop,
                _job_id=f"ring:{service}:{loop}",
                _queue_name=queue_of(service),
                _defer_until=_LONG_AGO,
                _expires=RING_LIVES,
            )

    async def _drop_pool(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            with suppress(Exception):
                async with asyncio.timeout(ANSWER_SECONDS):
                    await pool.aclose(close_connection_pool=True)


async def listen(service: str, bells: Mapping[str, asyncio.Event], redis_url: str, crons: Sequence[Cron] = ()) -> None:
    """Set a loop's event whenever it is rung or its cron comes, for ever; end it by cancelling the task.

    Redis absent at start, killed or wiped: it tries again after 0.5 s, growing to 5 s.
    """
    failures = 0
    while True:
        worker = _worker(service, bells, redis_url, crons)
        started = asyncio.get_running_loop().time()
        try:
            await worker.main()
        except Exception as error:
            failures = 1 if asyncio.get_running_loop().time() - started > 60 else failures + 1
            if failures == 1:
                get_logger().warning("doorbell.silent", **describe(error))
        finally:
            with suppress(Exception):
                async with asyncio.timeout(ANSWER_SECONDS):
                    await worker.close()
        await asyncio.sleep(back_off(failures, first=0.5, most=5.0))


def queue_of(service: str) -> str:
    """The name of a service's queue in Redis."""
    return f"gridcall:{service}"


def back_off(failures: int, *, first: float, most: float) -> float:
    """Seconds to wait after so many failures in a row: `first`, doubling, at most `most`."""
    return min(most, first * 2.0 ** min(max(0, failures - 1), 16))


def _worker(service: str, bells: Mapping[str, asyncio.Event], redis_url: str, crons: Sequence[Cron]) -> Worker:
    async def ring(ctx: dict[Any, Any], loop: str) -> None:
        ctx["rung"] = loop

    async def after_job(ctx: dict[Any, Any]) -> None:
        # Only now is the job's key gone: whoever rang till then was kept out by it, and committed before this look.
        bell = bells.get(ctx.get("rung", ""))
        if bell is not None:
            bell.set()

    return Worker(
        functions=[func(cast(WorkerCoroutine, ring), name="ring", keep_result=0)],
        cron_jobs=[_cron_job(nudge, bells) for nudge in crons],
        queue_name=queue_of(service),
        redis_settings=_patient(redis_url),
        job_serializer=_pack,
        job_deserializer=json.loads,
        after_job_end=after_job,
        keep_result=0,
        job_timeout=5,
        poll_delay=POLL_SECONDS,
        handle_signals=False,
        timezone=_CHINA,
    )


def _cron_job(nudge: Cron, bells: Mapping[str, asyncio.Event]) -> Any:
    async def wake(_ctx: dict[Any, Any]) -> None:
        bells[nudge.loop].set()

    name = f"{nudge.loop}@{nudge.hour}:{nudge.minute}"
    return cron(cast(WorkerCoroutine, wake), name=name, hour=nudge.hour, minute=nudge.minute, keep_result=0)


def _server(redis_url: str) -> RedisSettings:
    settings = RedisSettings.from_dsn(redis_url)
    settings.username = settings.username and unquote(settings.username)
    settings.password = settings.password and unquote(settings.password)
    settings.conn_retries = 0
    return settings


def _patient(redis_url: str) -> RedisSettings:
    settings = _server(redis_url)
    settings.retry = Retry(ExponentialBackoff(cap=1, base=0.05), 5)
    settings.retry_on_error = list(_LOST)
    settings.retry_on_timeout = True
    return settings


def _pack(job: Any) -> bytes:
    return json.dumps(job).encode()
