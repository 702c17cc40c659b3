"""Nothing is lost: while a hotline keeps calling, every kind of process is killed with SIGKILL, PostgreSQL and Valkey
included, and Valkey is wiped. Afterwards the history of what was answered is compared with the database."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest

from casework.kit.signing import sign
from manage.standalone.record import running
from manage.standalone.stores import free_port

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = 400
CALLERS = 8
VICTIMS = ("postgres", "api", "notify-worker", "valkey", "dispatch-worker", "intake-worker", "api", "postgres")


@dataclass
class History:
    """What the hotline knows: the number it was given for each of its own, and how often it was answered otherwise."""

    given: dict[str, str] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    doubled: list[str] = field(default_factory=list)

    def heard(self, upstream_no: str, answer: httpx.Response) -> bool:
        self.answers[answer.status_code] += 1
        if answer.status_code not in (200, 201):
            return False
        number = answer.json()["request_no"]
        if self.given.setdefault(upstream_no, number) != number:
            self.doubled.append(upstream_no)
        return True


@pytest.fixture(scope="module")
def system() -> Iterator[tuple[Path, str]]:
    """The whole system as `./gridcall up` runs it, over a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="gridcall-faults-") as folder:
        data, port = Path(folder) / "var", free_port(None)
        told = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
        command = [sys.executable, "-m", "manage", "up", "--no-demo", "--data", str(data), "--port", str(port)]
        up = subprocess.Popen(command, cwd=ROOT, env={**told, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
        try:
            wait_until_ready(f"http://localhost:{port}", up)
            yield data, f"http://localhost:{port}"
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(60)


def wait_until_ready(address: str, up: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert up.poll() is None, "the system ended by itself"
        try:
            if all(httpx.get(f"{address}/api/{s}/readyz").status_code == 200 for s in ("intake", "dispatch", "notify")):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    raise AssertionError("the system did not become ready")


async def call(client: httpx.AsyncClient, secret: str, upstream_no: str, history: History) -> None:
    """As a hotline does: the same message until it is answered."""
    message = {
        "upstream_no": upstream_no,
        "text": f"第{upstream_no}件：楼道灯不亮。",
        "person": {"phone": "13812345678"},
    }
    body = json.dumps(message, ensure_ascii=False).encode()
    while True:
        headers = sign(f"fault-{upstream_no}", datetime.now(UTC), body, secret)
        try:
            answer = await client.post(
                "/api/intake/hotline/requests", content=body, headers={**headers, "content-type": "application/json"}
            )
            if history.heard(upstream_no, answer):
                return
        except httpx.TransportError:
            history.answers[0] += 1
        await asyncio.sleep(0.2)


async def kill_one_after_another(data: Path) -> list[str]:
    """SIGKILL to each victim in turn."""
    killed = []
    for name in VICTIMS:
        await asyncio.sleep(1.5)
        run = running(data)
        assert run is not None
        found = [process for process in run.processes if process.name == name]
        for process in found:
            os.kill(process.pid, signal.SIGKILL)
            killed.append(name)
    return killed


async def callers(address: str, secret: str, numbers: list[str], history: History) -> None:
    todo = asyncio.Queue[str]()
    for number in numbers:
        todo.put_nowait(number)

    async def one(client: httpx.AsyncClient) -> None:
        while not todo.empty():
            await call(client, secret, todo.get_nowait(), history)
            await asyncio.sleep(random.uniform(0.05, 0.3))

    async with httpx.AsyncClient(base_url=address, timeout=15) as client:
        await asyncio.gather(*(one(client) for _ in range(CALLERS)))


@pytest.fixture(scope="module")
async def after(system: tuple[Path, str]) -> AsyncIterator[tuple[History, list[str], asyncpg.Connection]]:
    """The storm is over; all is up again."""
    data, address = system
    secret = json.loads((data / "demo-hotline.json").read_text("utf-8"))["secret"]
    history, numbers = History(), [f"F-{n}" for n in range(MESSAGES)]
    async with asyncio.timeout(200):
        _, killed = await asyncio.gather(callers(address, secret, numbers, history), kill_one_after_another(data))
    run = running(data)
    assert run is not None
    db = await asyncpg.connect(run.environment["DATABASE_URL"].replace("+asyncpg", ""))
    yield history, killed, db
    await db.close()


async def until_zero(db: asyncpg.Connection, query: str, seconds: float = 60) -> int:
    deadline = time.monotonic() + seconds
    while (left := await db.fetchval(query)) and time.monotonic() < deadline:
        await asyncio.sleep(0.3)
    return int(left)


async def test_the_kills_happened_and_every_message_was_answered(
    after: tuple[History, list[str], asyncpg.Connection],
) -> None:
    history, killed, _ = after
    assert sorted(killed) == sorted(VICTIMS)
    assert len(history.given) == MESSAGES


async def test_an_outage_is_told_as_503_never_as_500(
    system: tuple[Path, str], after: tuple[History, list[str], asyncpg.Connection]
) -> None:
    history, _, _ = after
    logged = (system[0] / "logs" / "api.log").read_text("utf-8").splitlines()
    failed = [line for line in logged if "request.failed" in line]
    assert set(history.answers) <= {0, 200, 201, 502, 503}, failed


async def test_each_message_became_exactly_one_case_under_one_number(
    after: tuple[History, list[str], asyncpg.Connection],
) -> None:
    history, _, db = after
    assert not history.doubled
    rows = await db.fetch(
        "SELECT r.upstream_no, r.request_no, count(c.id) AS cases FROM request r JOIN cases c ON c.request_id = r.id "
        "GROUP BY 1, 2"
    )
    assert {row["upstream_no"]: row["request_no"] for row in rows} == history.given
    assert {row["cases"] for row in rows} == {1}


async def test_every_case_has_its_clocks_running_and_its_event(
    after: tuple[History, list[str], asyncpg.Connection],
) -> None:
    _, _, db = after
    wrong = await db.fetchval(
        "SELECT count(*) FROM cases c WHERE 2 <> (SELECT count(*) FROM clock k WHERE k.case_id = c.id "
        "AND k.state = 'RUNNING' AND name IN ('DISPATCH', 'FINISH')) OR 1 <> (SELECT count(*) FROM event e "
        "WHERE e.case_id = c.id AND e.version = 1)"
    )
    assert wrong == 0


async def test_no_stored_message_stays_unfinished(after: tuple[History, list[str], asyncpg.Connection]) -> None:
    _, _, db = after
    assert await until_zero(db, "SELECT count(*) FROM inbox WHERE state = 'RECEIVED'") == 0


async def test_every_owed_message_is_told_in_the_end(after: tuple[History, list[str], asyncpg.Connection]) -> None:
    _, _, db = after
    assert await until_zero(db, "SELECT count(*) FROM notice WHERE state = 'PENDING'", 120) == 0
    states = await db.fetch("SELECT state, count(*) AS n FROM notice GROUP BY 1")
    assert {row["state"]: row["n"] for row in states} == {"SENT": MESSAGES}


async def test_valkey_may_be_wiped_and_a_due_clock_fires_all_the_same(
    system: tuple[Path, str], after: tuple[History, list[str], asyncpg.Connection]
) -> None:
    data, _ = system
    _, _, db = after
    run = running(data)
    assert run is not None
    store = httpx.URL(run.environment["REDIS_URL"])
    await wipe(store)
    await db.execute("UPDATE clock SET next_at = now() WHERE name = 'DISPATCH' AND stage_no = 1")
    assert await until_zero(db, "SELECT count(*) FROM clock WHERE state = 'RUNNING' AND next_at <= now()") == 0
    fired = await db.fetchval(
        "SELECT count(*) FROM clock_fired f JOIN clock k ON k.id = f.clock_id WHERE name = 'DISPATCH'"
    )
    assert fired >= MESSAGES


async def wipe(store: httpx.URL) -> None:
    reader, writer = await asyncio.open_connection(store.host, store.port)
    writer.write(f"AUTH {store.password}\r\nFLUSHALL\r\n".encode())
    assert await reader.readline() == b"+OK\r\n"
    assert await reader.readline() == b"+OK\r\n"
    writer.close()
