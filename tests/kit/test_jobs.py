"""Workers' loops: woken at once, alive without Redis, unhurt by each other (reliability.md F04)."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from casework.kit.doorbell import back_off
from casework.kit.jobs import Cron, Doorbell, Loop, run_worker
from tests.kit.store import Store

pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")  # arq's own

PATIENCE = 20.0
HOURLY = 3600.0
OFTEN = 0.05


class Rounds:
    """A loop's body that counts its rounds and can be waited for."""

    def __init__(self, work: int = 0) -> None:
        self.count = 0
        self.work = work
        self._more = asyncio.Event()

    async def __call__(self) -> int:
        self.count += 1
        self._more.set()
        if self.work:
            self.work -= 1
            return 1
        return 0

    async def beyond(self, count: int) -> None:
        """Wait until more rounds than `count` were made."""
        async with asyncio.timeout(PATIENCE):
            while self.count <= count:
                self._more.clear()
                await self._more.wait()


async def _refuses() -> int:
    raise RuntimeError("13812345678")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(tmp_path)
    yield store
    store.kill()


@pytest.fixture
async def bell(store: Store) -> AsyncIterator[Doorbell]:
    bell = Doorbell(store.url)
    yield bell
    await bell.close()


@asynccontextmanager
async def _working(url: str, *loops: Loop) -> AsyncIterator[asyncio.Task[None]]:
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker("dispatch", loops, url, stop=stop))
    yield task
    stop.set()
    async with asyncio.timeout(PATIENCE):
        await task


async def _heard(bell: Doorbell, rounds: Rounds, loop: str = "sweep") -> None:
    """Ring until the loop looks again: while the line is being built, one ring may be lost."""
    before = rounds.count
    async with asyncio.timeout(PATIENCE):
        while rounds.count == before:
            bell.ring("dispatch", loop)
            await asyncio.sleep(0.1)


async def test_a_loop_works_until_nothing_is_left_and_then_waits(store: Store) -> None:
    rounds = Rounds(work=5)
    async with _working(store.url, Loop("sweep", rounds, HOURLY)):
        await rounds.beyond(5)
        await asyncio.sleep(0.1)
    assert rounds.count == 6


async def test_nobody_rings_and_the_loop_polls(store: Store) -> None:
    rounds = Rounds()
    async with _working(store.url, Loop("sweep", rounds, OFTEN)):
        await rounds.beyond(5)


async def test_one_ring_wakes_the_loop_it_names_and_no_other(store: Store, bell: Doorbell) -> None:
    await store.start()
    rung, other = Rounds(), Rounds()
    async with _working(store.url, Loop("sweep", rung, HOURLY), Loop("send", other, HOURLY)):
        await _heard(bell, rung)
        await asyncio.sleep(0.3)
        before = rung.count
        bell.ring("dispatch", "sweep")
        await rung.beyond(before)
        assert other.count == 1


async def test_every_ring_is_followed_by_a_look(store: Store, bell: Doorbell) -> None:
    await store.start()
    rounds = Rounds()
    async with _working(store.url, Loop("sweep", rounds, HOURLY)):
        await _heard(bell, rounds)
        for pause in (0.0, 0.01, 0.05, 0.1, 0.11, 0.15, 0.2, 0.003) * 3:
            await asyncio.sleep(pause)
            before = rounds.count
            bell.ring("dispatch", "sweep")
            await rounds.beyond(before)


async def test_a_loop_looks_after_its_ring_is_off_the_list_so_that_the_next_ring_gets_on(
    store: Store, bell: Doorbell
) -> None:
    await store.start()
    still_listed: list[int] = []
    rounds = Rounds()

    async def looks() -> int:
        still_listed.append(await client.exists("arq:job:ring:dispatch:sweep"))
        return await rounds()

    async with Redis.from_url(store.url) as client, _working(store.url, Loop("sweep", looks, HOURLY)):
        await _heard(bell, rounds)
        await asyncio.sleep(0.3)
        still_listed.clear()
        for _ in range(10):
            before = rounds.count
            bell.ring("dispatch", "sweep")
            await rounds.beyond(before)
    assert set(still_listed) == {0}


async def test_many_rings_are_few_rounds(store: Store, bell: Doorbell) -> None:
    await store.start()
    rounds = Rounds()
    async with _working(store.url, Loop("sweep", rounds, HOURLY)):
        await _heard(bell, rounds)
        await asyncio.sleep(0.5)
        before = rounds.count
        for _ in range(10_000):
            bell.ring("dispatch", "sweep")
        await rounds.beyond(before)
        await asyncio.sleep(0.5)
        assert rounds.count - before <= 3


async def test_the_server_is_killed_and_the_worker_polls_and_hears_again(store: Store, bell: Doorbell) -> None:
    await store.start()
    polled, rung = Rounds(), Rounds()
    loops = Loop("poll", polled, OFTEN), Loop("sweep", rung, HOURLY)
    async with _working(store.url, *loops) as worker:
        await _heard(bell, rung)
        store.kill()
        await polled.beyond(polled.count + 40)
        bell.ring("dispatch", "sweep")
        assert not worker.done()
        await store.start()
        await _heard(bell, rung)


async def test_the_server_is_absent_at_start_and_comes_later(store: Store, bell: Doorbell) -> None:
    polled, rung = Rounds(), Rounds()
    async with _working(store.url, Loop("poll", polled, OFTEN), Loop("sweep", rung, HOURLY)):
        bell.ring("dispatch", "sweep")
        await polled.beyond(20)
        await store.start()
        await rung.beyond(1)  # the ring of before was kept


async def test_the_server_is_wiped_and_the_next_ring_is_heard(store: Store, bell: Doorbell) -> None:
    await store.start()
    rounds = Rounds()
    async with _working(store.url, Loop("sweep", rounds, HOURLY)):
        await _heard(bell, rounds)
        for _ in range(3):
            await store.wipe()
            await _heard(bell, rounds)


async def test_a_loop_that_fails_stops_no_other_and_tells_no_values(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = Rounds()
    async with _working(store.url, Loop("broken", _refuses, OFTEN), Loop("sweep", rounds, OFTEN)) as worker:
        await rounds.beyond(20)
        assert not worker.done()
    told = capsys.readouterr().out
    assert "loop.failed" in told
    assert "builtins.RuntimeError" in told
    assert "13812345678" not in told


async def test_a_loop_that_failed_works_again(store: Store) -> None:
    rounds = Rounds()
    trouble = [ConnectionRefusedError(), TimeoutError()]

    async def recovers() -> int:
        if trouble:
            raise trouble.pop()
        return await rounds()

    async with _working(store.url, Loop("sweep", recovers, OFTEN)):
        await rounds.beyond(3)


async def test_ringing_never_fails_its_caller(store: Store, bell: Doorbell) -> None:
    for _ in range(3):
        bell.ring("dispatch", "sweep")
        await asyncio.sleep(0.05)
    await bell.close()
    await bell.close()


async def test_a_ring_from_a_thread_is_mute(bell: Doorbell) -> None:
    await asyncio.to_thread(bell.ring, "dispatch", "sweep")


async def test_a_password_with_marks_opens_the_server(store: Store) -> None:
    await store.start()
    async with Redis.from_url(store.url) as client:
        await client.config_set("requirepass", "a/b:c@d")
    url = store.url.replace("//", "//:a%2Fb%3Ac%40d@")
    rounds, bell = Rounds(), Doorbell(url)
    async with _working(url, Loop("sweep", rounds, HOURLY)):
        await _heard(bell, rounds)
    await bell.close()


async def test_a_name_that_no_loop_has_is_let_go(store: Store, bell: Doorbell) -> None:
    await store.start()
    rounds = Rounds()
    async with _working(store.url, Loop("sweep", rounds, HOURLY)):
        bell.ring("dispatch", "no such loop")
        await _heard(bell, rounds)


@pytest.mark.parametrize(
    ("names", "crons"), [(("a", "a"), ()), (("a",), (Cron("b"),))], ids=["two loops of one name", "a cron of none"]
)
async def test_a_worker_laid_out_wrongly_does_not_start(names: tuple[str, ...], crons: tuple[Cron, ...]) -> None:
    loops = [Loop(name, Rounds(), HOURLY) for name in names]
    with pytest.raises(ValueError, match="name"):
        await run_worker("dispatch", loops, "redis://127.0.0.1:1/0", crons=crons)


@pytest.mark.parametrize(("failures", "seconds"), [(1, 0.5), (2, 1.0), (3, 2.0), (5, 8.0), (6, 10.0), (10_000, 10.0)])
def test_waits_double_up_to_their_bound(failures: int, seconds: float) -> None:
    assert back_off(failures, first=0.5, most=10.0) == seconds


WORKER = """
import asyncio, sys
from casework.kit.jobs import Cron, Loop, run_worker

async def slow():
    print("begun", flush=True)
    await asyncio.sleep(0.5)
    print("finished", flush=True)
    return 0

asyncio.run(run_worker("dispatch", [Loop("slow", slow, 0.1)], sys.argv[1], crons=[Cron("slow", hour=2, minute=30)]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_on_a_signal_the_batch_at_hand_is_finished_and_the_process_ends_well(
    store: Store, number: signal.Signals
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, store.url, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    lines = _lines(process)
    async with asyncio.timeout(PATIENCE):
        while await lines() != "ready":
            pass
        while await lines() != "begun":
            pass
        process.send_signal(number)
        rest = []
        while line := await lines():
            rest.append(line)
        assert await process.wait() == 0
    assert [line for line in rest if not line.startswith("{")] == ["finished"]


def _lines(process: asyncio.subprocess.Process) -> Callable[[], Awaitable[str]]:
    async def line() -> str:
        assert process.stdout is not None
        return (await process.stdout.readline()).decode().strip()

    return line
