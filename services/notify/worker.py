"""The notify worker 通知后台: one loop per channel sends what is owed; one freezes months at their cut-off, one tells
them to the statistics, one asks cities for theirs; one sends bulletins out; one writes case lists; one drops
counts that are over: of query codes, and of a day's answers to services."""

import asyncio

from casework.db import citizens
from casework.db.sources import Sources
from casework.journey.city import CALENDARS_AGE_S, City, read_calendars
from casework.journey.collecting import keep_own
from casework.journey.freezing import freeze_due
from casework.journey.service_rating import forget_callers
from casework.kit.jobs import Loop, run_worker
from casework.kit.settings import Mode, Settings, get_settings
from services.assembly import open_city
from services.notify.bulletins.issuing import issue_due
from services.notify.case_lists.writing import forget_old, step
from services.notify.channels.choose import open_channels
from services.notify.channels.guard import Guard
from services.notify.channels.post import Poster
from services.notify.compose import Composer
from services.notify.outbox import Outbox
from services.notify.pulling import Puller

SLOTS = {"sms": 8, "upstream": 8, "staff": 4}
EVERY = 1.0
TIDY_EVERY = 600.0
FREEZE_EVERY = 600.0
BULLETINS_EVERY = 60.0
PULL_EVERY = 60.0
MOST_MONTH = 2**20
"""Bytes of a city's month."""


def open_outboxes(city: City, settings: Settings) -> list[Outbox]:
    """The outbox of each channel, with the adapter that the settings choose. Raises: SettingsError."""
    composer = Composer(city, Sources(city.keyring), settings.public_url)
    channels = open_channels(settings)
    return [Outbox(city, name, channels[name], composer, slots) for name, slots in SLOTS.items()]


async def tidy(city: City) -> int:
    """Drop counts whose time is over: of wrong query codes, and of days gone by with what stood for addresses."""
    async with city.database.transaction() as session:
        await citizens.sweep_tries(session)
    await forget_callers(city)
    return 0


async def tell_own(city: City) -> int:
    """Months frozen here are told to the statistics too."""
    async with city.database.transaction() as session:
        return await keep_own(session)


def open_poster(settings: Settings) -> Poster:
    """What asks cities for their months; their addresses are data, and guarded as such."""
    guard = Guard(settings.outbound_networks, open_to_all=settings.mode is not Mode.PRODUCTION)
    return Poster(guard, most_answer=MOST_MONTH)


async def main() -> None:
    """Run until told to stop; what is under way then is finished first."""
    settings = get_settings()
    city = open_city(settings)
    outboxes = open_outboxes(city, settings)
    loops = [Loop(outbox.name, outbox.run_once, every=EVERY) for outbox in outboxes]
    loops.append(Loop("calendars", lambda: read_calendars(city), every=CALENDARS_AGE_S))
    loops.append(Loop("freeze", lambda: freeze_due(city), every=FREEZE_EVERY))
    loops.append(Loop("statistics", lambda: tell_own(city), every=FREEZE_EVERY))
    loops.append(Loop("bulletins", lambda: issue_due(city), every=BULLETINS_EVERY))
    puller = Puller(city, poster := open_poster(settings))
    loops.append(Loop("statistics-pull", puller.run_once, every=PULL_EVERY))
    loops.append(Loop("exports", lambda: step(city), every=EVERY))
    loops.append(Loop("old exports", lambda: forget_old(city), every=TIDY_EVERY))
    loops.append(Loop("tidy", lambda: tidy(city), every=TIDY_EVERY))
    try:
        await run_worker("notify", loops, settings.redis_url)
    finally:
        await asyncio.gather(poster.close(), *(outbox.close() for outbox in outboxes))
        await city.database.close()


if __name__ == "__main__":
    asyncio.run(main())
