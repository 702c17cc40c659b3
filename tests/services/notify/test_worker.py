"""The worker as a process of its own: killed in the middle of sending, started again, told to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from casework.journey.city import City
from casework.kit.settings import Settings
from manage.standalone.programs import ROOT
from services.notify.worker import open_outboxes, tidy
from tests.services.notify.conftest import Post
from tests.services.notify.gateway import SECRET, Gateway
from tests.services.notify.life import PHONE, Life

PATIENCE = 60


@asynccontextmanager
async def worker(settings: Settings, gateway: Gateway) -> AsyncIterator[asyncio.subprocess.Process]:
    told = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "GRIDCALL_KEYS_FILE": str(settings.keys_file),
        "GRIDCALL_MODE": "test",
        "GRIDCALL_SMS_URL": gateway.url,
        "GRIDCALL_SMS_SECRET": SECRET,
        "PYTHONUNBUFFERED": "1",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.notify.worker", cwd=ROOT, env=told, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.05)


async def test_a_killed_workers_message_goes_out_again_under_the_same_id(
    life: Life, post: Post, gateway: Gateway, settings: Settings, city: City
) -> None:
    gateway.behave = lambda _received: "hang"
    number = await life.begin()
    async with worker(settings, gateway) as process:
        await until(lambda: bool(gateway.received))
        process.kill()
        await process.wait()
    await post.due_now()
    gateway.behave = lambda _received: "ok"
    async with worker(settings, gateway) as process:
        await until(lambda: len(gateway.received) == 2)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            written, _ = await process.communicate()
    assert process.returncode == 0
    first, second = gateway.received
    assert first.id == second.id
    pool = await city.database.pool()
    row = await pool.fetchrow(
        "SELECT state, tries FROM notice n JOIN cases c ON c.id = case_id WHERE case_no = $1 AND n.channel = 'sms'",
        number,
    )
    assert tuple(row) == ("SENT", 2), "what was under way at the signal was finished and recorded"
    assert b"ready" in written.splitlines()
    assert PHONE.encode() not in written


async def test_every_channel_has_its_own_slots(city: City, settings: Settings) -> None:
    outboxes = open_outboxes(city, settings)
    assert {outbox.name: outbox.channel.name for outbox in outboxes} == {
        "sms": "console",
        "upstream": "webhook",
        "staff": "console",
    }
    assert all(outbox.slots > 0 for outbox in outboxes)
    for outbox in outboxes:
        await outbox.close()
    assert await tidy(city) == 0
