"""Cursors of the queue: opaque to the caller, readable here."""

import base64
import json
from dataclasses import asdict
from datetime import UTC, datetime

from casework.db.reads.queue import Place
from casework.kit.errors import FieldFault, Unprocessable


def write(place: Place | None) -> str | None:
    """The cursor of a place; None for no next page."""
    if place is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(asdict(place), default=str).encode()).decode()


def read(cursor: str | None) -> Place | None:
    """The place of a cursor. Raises Unprocessable for one that this API did not write."""
    if not cursor:
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        due = datetime.fromisoformat(said["due"]).astimezone(UTC) if said["due"] else None
        place = Place(int(said["rank"]), due, int(said["id"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise _bad() from None
    if not (0 <= place.rank <= 9 and 0 <= place.id < 2**63):
        raise _bad()
    return place


def _bad() -> Unprocessable:
    return Unprocessable(fields=[FieldFault("cursor", "field.invalid")])
