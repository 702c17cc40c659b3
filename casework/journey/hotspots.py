"""The daily list of hot spots 热点清单 is made: once for each day, whoever tries, and after a stop made up for."""

from casework.db import hotspots as rows
from casework.journey.city import City
from casework.rules.hotspots import spots_of


async def make_list(city: City) -> int:
    """Make the list of the oldest of the last days that has none: 1, or 0 when none is missing or another has made it.

    The day's claim, its lines and the cases behind them are one transaction: killed half way, nothing of it is there.
    """
    db = await city.database.pool()
    async with db.acquire() as connection, connection.transaction():
        day = await rows.next_day(connection)
        if day is None or not await rows.claim(connection, day):
            return 0
        await rows.write(connection, day, spots_of(await rows.counts(connection, day)))
        return 1
