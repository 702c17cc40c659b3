"""`up --alive`: the demo keeps living 持续演示. One process of its own, which only knows the public API's address.

It acts so many times a minute, tells each act in one line, waits while the system is away, and stops with it.
"""

import asyncio
import signal
import sys
from contextlib import suppress
from datetime import datetime

from casework.catalog.load import Catalog, load
from casework.kit.now import SHANGHAI, utcnow
from casework.kit.settings import get_settings
from casework.rules.facts import Actor
from casework.rules.words import Role
from manage.seed.acts import Townspeople
from manage.seed.arrivals import Arrivals, Neighbourhood
from manage.seed.chance import chance
from manage.seed.desk import Away, Busy, Desks
from manage.seed.grids import COUNTY, grid_lines
from manage.seed.texts import matters, words
from manage.texts import text

PACE = 6.0
LONGEST_WAIT_S = 30.0


def arrivals_of(desks: Desks, catalog: Catalog) -> Arrivals:
    """What may come in: from the places and by the people of the demo."""
    walkers = [_actor(desks, login, Role.GRID_WORKER) for login in desks.logins(Role.GRID_WORKER)]
    agents = [_actor(desks, login, Role.AGENT) for login in desks.logins(Role.AGENT)]
    streets = catalog.areas.children(COUNTY)
    communities = {area.code: area.name for street in streets for area in catalog.areas.children(street.code)}
    walked = sorted({walker.area[:12] for walker in walkers})
    grids = grid_lines(catalog, walked)
    places = [Neighbourhood(code, communities[code], tuple(g.box for g in grids if g.area == code)) for code in walked]
    return Arrivals(words(), matters(catalog), [*agents, *walkers], places)


def _actor(desks: Desks, login: str, role: Role) -> Actor:
    return Actor(frozenset({role}), area=desks.area_of(login), login=login)


async def keep_going(people: Townspeople, pace: float, stop: asyncio.Event) -> None:
    """Act until told to stop."""
    own = chance("pace", utcnow())
    failures = 0
    while not stop.is_set():
        wait = 60 / pace * own.uniform(0.6, 1.4)
        try:
            done = await people.act()
            failures = 0
            if done is not None:
                _say(" ".join(done))
        except Busy:
            pass
        except Away as away:
            failures += 1
            wait = max(wait, min(2.0**failures, LONGEST_WAIT_S))
            _say(text("alive.waiting", reason=away))
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await stop.wait()


def _say(line: str) -> None:
    print(f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M:%S} {line}", flush=True)


async def main(pace: float) -> None:
    settings = get_settings()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    desks = Desks(settings.public_url, settings.data)
    people = Townspeople(desks, arrivals_of(desks, load(settings.catalog)), words(), chance("alive", utcnow()))
    print("ready", flush=True)
    await keep_going(people, pace, stop)
    await desks.close()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else PACE))
