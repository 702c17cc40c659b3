"""One row through the door for one 单行: known, new, or other words under a known number, which supplement it."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from casework.db import imports
from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.report import BODY
from casework.kit.crypto import digest
from services.intake.importing.door import DOOR, inbox_source, origin, same_words, stored
from services.intake.importing.rows import read
from services.intake.taking import take


class Became(Enum):
    """What a row became."""

    TAKEN = "TAKEN"
    KNOWN = "KNOWN"
    SUPPLEMENTED = "SUPPLEMENTED"


async def take_row(
    city: City, sources: Sources, source: str, scope: str, body: Mapping[str, Any], account_id: int | None = None
) -> tuple[Became, tuple[str, ...]]:
    """Take a row of the source in transactions of its own; what it became, and the flags that were left on it.

    A repeat changes nothing. Raises BadRow before anything is stored; Problem and Refused as the door does.
    """
    kept, where = stored(city.keyring, body), await origin(city, sources, source, scope)
    read(city.catalog, where, kept.row)
    if await same_words(city, where.source, kept.row):
        return Became.KNOWN, ()
    inbox = inbox_source(source)
    before = await imports.seen(await city.database.pool(), inbox, [kept.message_id])
    digests = city.keyring.blind_indexes(digest(kept.body).hex(), BODY)
    changed = kept.message_id in before and before[kept.message_id][0] not in digests
    message_id = kept.changed_id if changed else kept.message_id
    receipt = await take(
        *(city, sources), door=DOOR, source=inbox, message_id=message_id, body=kept.body, account_id=account_id
    )
    if receipt.repeated:
        return Became.KNOWN, ()
    return (Became.SUPPLEMENTED, ()) if receipt.supplemented else (Became.TAKEN, receipt.flags)
