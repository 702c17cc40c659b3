"""按月分区: the months of the tables that only grow are made ahead, and what has none is told."""

from casework.db import months
from casework.db.accounts import note
from casework.journey.city import City
from casework.kit.logs import get_logger

ACT = "months.made"


async def make_months(city: City) -> int:
    """Make what is missing up to three months ahead: how many. A repeat makes nothing.

    What was made is a line of the audit log, with the strays that came home into it. Rows that still have no month
    are an error in the logs: the clock of a machine is wrong, or nobody made months for as long.
    """
    pool = await city.database.pool()
    async with pool.acquire() as connection:
        made = await months.make_ahead(connection)
        left = await months.strays(connection)
    if made:
        async with city.database.transaction() as session:
            note(session, ACT, data={"made": {one.name: one.brought_home for one in made}})
    if left:
        get_logger().error("months.strays", tables=left)
    return len(made)
