"""The intake worker: finishes messages that were stored when their process was killed, sweeps attachments."""

import asyncio

from fastapi.exceptions import RequestValidationError

from casework.db import inbox
from casework.db.sources import Sources
from casework.journey.city import CALENDARS_AGE_S, City, read_calendars
from casework.journey.report import BODY, Held
from casework.kit.errors import Problem
from casework.kit.jobs import Loop, run_worker
from casework.kit.logs import get_logger
from casework.kit.outage import is_outage
from casework.kit.settings import get_settings
from casework.kit.stores import open_storage
from casework.rules.decide import Refused
from services.assembly import open_city
from services.intake.doors import Message
from services.intake.importing.running import Importer
from services.intake.poll import ADAPTERS, Poller
from services.intake.sweeping import StoreCheck, sweep_once
from services.intake.taking import enter

LEFT_FOR_S = 5.0
BATCH = 50
MOST_TRIES = 5


async def finish_left(city: City, sources: Sources, *, older_than: float = LEFT_FOR_S, limit: int = BATCH) -> int:
    """Deal with messages left in the inbox, oldest first; how many were dealt with. Safe beside the API and itself."""
    db = await city.database.pool()
    done = 0
    for left in await inbox.unfinished(db, older_than=older_than, limit=limit, most_tries=MOST_TRIES):
        await inbox.count_try(db, left.id)
        body = city.keyring.open_bytes(left.body_sealed, BODY)
        try:
            held = Held(left.id, left.received_at, body)
            await enter(city, sources, left.door, Message(held, left.source, body, left.account_id))
        except (RequestValidationError, Refused, Problem):
            get_logger().info("inbox.rejected", inbox_id=left.id)
        except Exception as error:
            if is_outage(error):
                raise
            get_logger().error("inbox.failed", inbox_id=left.id, error=type(error).__name__)
            continue
        done += 1
    return done


async def main() -> None:
    """Run until told to stop."""
    settings = get_settings()
    city = open_city(settings)
    sources = Sources(city.keyring)
    importer, poller = Importer(city, sources), Poller(city, sources, ADAPTERS)
    storage = open_storage(settings)
    store_check = StoreCheck(city, storage)

    async def round_() -> int:
        return await finish_left(city, sources)

    async def sweep() -> int:
        return await sweep_once(city, storage)

    try:
        loops = [
            Loop("inbox", round_, every=2.0),
            Loop("calendars", lambda: read_calendars(city), every=CALENDARS_AGE_S),
            Loop("imports", importer.run_once, every=2.0),
            Loop("polls", poller.run_once, every=5.0),
            Loop("attachments", sweep, every=60.0),
            Loop("store", store_check.run_once, every=600.0),
        ]
        await run_worker("intake", loops, settings.redis_url)
    finally:
        await storage.close()
        await city.close()


if __name__ == "__main__":
    asyncio.run(main())
