"""重算: every night all cases are counted again, and the rates' kept sums must be what they add up to."""

from casework.db import rollups
from casework.db.accounts import note
from casework.journey.city import City
from casework.kit.logs import get_logger

ACT = "rates.recount"
MOST_TOLD = 100
"""Differences that one line of the audit log names; their number stands beside."""


async def recount_nightly(city: City) -> int:
    """Recount, once after each 3 o'clock (Asia/Shanghai) whoever else tries: how many differences there were.

    Every run is a line in the audit log. A difference is a fault in the program, or a case that was changed past it:
    it is told there and in the logs, and what was missing is added to the sums, in the same transaction.
    """
    async with city.database.transaction() as session:
        if not await rollups.claim_recount(session, ACT):
            return 0
        found = await rollups.recount(session, mend=True)
        told = [difference.told() for difference in found[:MOST_TOLD]]
        note(session, ACT, data={"differences": len(found), "first": told})
    if found:
        get_logger().error("rates.sums_differed", differences=len(found), first=told[:3])
    return len(found)
