"""An import whose process is killed goes on where it was; nothing is lost, nothing is doubled."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

import asyncpg
import httpx
import pytest

from casework.db import import_jobs
from casework.db.sources import Sources
from casework.journey.city import City
from casework.kit.settings import Settings
from services.intake.importing import running
from services.intake.importing.running import Importer
from services.intake.tables.limited import ROOT
from tests.conftest import Town
from tests.services.intake.lists import HEAD, as_csv, brought, row, take_all

ROWS = 6000


@pytest.fixture(scope="module")
async def agent(town: Town) -> httpx.AsyncClient:
    """The agent who brings lists."""
    return await town.sign_in("intake", "agent1")


async def worker(settings: Settings) -> asyncio.subprocess.Process:
    """The real intake worker, over the module's database."""
    told = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "GRIDCALL_DATA": str(settings.data),
        "GRIDCALL_KEYS_FILE": str(settings.keys_file),
        "GRIDCALL_MODE": "demo",
        "PYTHONPATH": str(ROOT),
    }
    environment = {**os.environ, **told}
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.intake.worker"), env=environment, stdout=quiet, stderr=quiet
    )


async def until(met: Callable[[asyncpg.Record], bool], city: City, job_id: int) -> asyncpg.Record:
    """The import, as soon as it is so; a minute at most."""
    db = await city.database.pool()
    for _ in range(6000):
        found = await db.fetchrow("SELECT state, taken, known, bad FROM import_job WHERE id = $1", job_id)
        assert found is not None
        if met(found):
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to this")


async def test_a_killed_worker_loses_and_doubles_nothing(
    agent: httpx.AsyncClient, city: City, settings: Settings
) -> None:
    told = await brought(agent, as_csv([HEAD, *(row(n) for n in range(ROWS))]), "killed")
    assert (await agent.post(f"/imports/{told['id']}/start")).status_code == 200
    seen = 0
    for _ in range(3):
        process = await worker(settings)
        seen = (await until(lambda job, seen=seen: job["taken"] > seen, city, told["id"]))["taken"]
        process.send_signal(signal.SIGKILL)
        await process.wait()
        assert seen < ROWS
    process = await worker(settings)
    done = await until(lambda job: job["state"] == "DONE", city, told["id"])
    process.terminate()
    await process.wait()
    assert tuple(done) == ("DONE", ROWS, 0, 0)
    db = await city.database.pool()
    found = await db.fetchrow(
        "SELECT count(*), count(DISTINCT r.upstream_no) FROM request r JOIN cases c ON c.request_id = r.id "
        "WHERE r.source = 'import:killed'"
    )
    assert tuple(found) == (ROWS, ROWS)
    assert await db.fetchval("SELECT count(*) FROM inbox WHERE source = 'import:killed' AND state = 'DONE'") == ROWS


async def test_rows_that_go_one_by_one_are_safe_to_be_done_again(agent: httpx.AsyncClient, city: City) -> None:
    """Killed after its rows and before its block was counted: the same rows once more change nothing."""
    rows = [row(n) for n in range(20)]
    await take_all(agent, city, (await brought(agent, as_csv([HEAD, *rows]), "one-by-one"))["id"])
    changed = [row(n, 诉求内容=f"第{n}件的新情况。") for n in range(20)]
    told = await brought(agent, as_csv([HEAD, *changed]), "one-by-one")
    db = await city.database.pool()
    await db.execute(
        "CREATE TABLE kept AS SELECT job_id, no, rows_sealed FROM import_block WHERE job_id = $1", told["id"]
    )
    first = await take_all(agent, city, told["id"])
    await db.execute("INSERT INTO import_block (job_id, no, rows_sealed, again) SELECT *, true FROM kept")
    await db.execute("UPDATE import_job SET state = 'RUNNING' WHERE id = $1", told["id"])
    await db.execute("DROP TABLE kept")
    again = await take_all(agent, city, told["id"])
    assert (first["supplemented"], again["supplemented"], again["known"]) == (20, 20, 20)
    supplements = "SELECT count(*) FROM supplement s JOIN request r ON r.id = s.request_id WHERE r.source = $1"
    assert await db.fetchval(supplements, "import:one-by-one") == 20


async def test_a_batch_that_fails_again_and_again_goes_row_by_row(
    agent: httpx.AsyncClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ArithmeticError

    told = await brought(agent, as_csv([HEAD, *(row(n) for n in range(70))]), "poisoned")
    assert (await agent.post(f"/imports/{told['id']}/start")).status_code == 200
    monkeypatch.setattr(running, "report_many", broken)
    importer, failures = Importer(city, Sources(city.keyring)), 0
    for _ in range(12):
        try:
            await importer.run_once()
        except ArithmeticError:
            failures += 1
    done = (await agent.get(f"/imports/{told['id']}")).json()
    assert failures == running.TRIES
    assert (done["state"], done["taken"], done["bad"]) == ("DONE", 70, 0)


async def test_a_stop_while_rows_are_taken_keeps_what_was_taken(
    agent: httpx.AsyncClient, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "IN_A_ROW", 1)
    told = await brought(agent, as_csv([HEAD, *(row(n) for n in range(2500))]), "stopped-midway")
    assert (await agent.post(f"/imports/{told['id']}/start")).status_code == 200
    importer = Importer(city, Sources(city.keyring))
    await importer.run_once()
    taking = asyncio.create_task(importer.run_once())
    await asyncio.sleep(0)
    stopped = (await agent.delete(f"/imports/{told['id']}")).json()
    await taking
    while await importer.run_once():
        pass
    done = (await agent.get(f"/imports/{told['id']}")).json()
    db = await city.database.pool()
    count = await db.fetchval("SELECT count(*) FROM request WHERE source = 'import:stopped-midway'")
    assert stopped["state"] == done["state"] == "STOPPED"
    assert 0 < done["taken"] == count < 2500
    assert await db.fetchval("SELECT count(*) FROM import_block WHERE job_id = $1", told["id"]) == 0


async def test_a_file_whose_sender_went_away_leaves_nothing(agent: httpx.AsyncClient, city: City) -> None:
    async def body() -> object:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        yield as_csv([HEAD, row(1)])
        raise ConnectionResetError

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await agent.post("/imports", params={"source": "gone"}, content=body(), headers=headers)
    assert answer.status_code >= 500
    db = await city.database.pool()
    assert await import_jobs.source_of(db, "gone") is None
    assert await db.fetchval("SELECT count(*) FROM import_job WHERE source = 'gone'") == 0
