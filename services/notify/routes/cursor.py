"""Cursors 翻页: where a page ended, as text that callers hand back unread."""

import base64
import binascii
import json
from datetime import datetime

from casework.db.reads.followup import Place
from casework.kit.errors import FieldFault, Unprocessable


def write_place(place: Place | None) -> str | None:
    """The cursor of the page after; None after the last."""
    if place is None:
        return None
    text = json.dumps([place.rank, place.due.isoformat(), place.id])
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def read_place(cursor: str | None) -> Place | None:
    """Where to go on. Raises: Unprocessable naming the field."""
    if cursor is None:
        return None
    try:
        rank, due, row = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = Place(int(rank), datetime.fromisoformat(due), int(row))
    except (ValueError, TypeError, binascii.Error):
        raise _bad() from None
    if place.due.tzinfo is None or not 0 <= place.id < 2**63 or not 0 <= place.rank < 100:
        raise _bad()
    return place


def _bad() -> Unprocessable:
    return Unprocessable(fields=[FieldFault("cursor", "field.bad_form")])
