"""Where a page of cases ended, as text that callers hand back unread: microseconds since 1970 UTC, and the id."""

from datetime import UTC, datetime, timedelta

from casework.db.reads.questions import Place

PATTERN = r"^\d{1,17}-\d{1,18}$"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_place(place: Place) -> str:
    """The cursor of the page after."""
    return f"{(place.at - _EPOCH) // timedelta(microseconds=1)}-{place.id}"


def read_place(cursor: str) -> Place:
    """What write_place wrote, or anything else of PATTERN."""
    micros, row = cursor.split("-")
    return Place(_EPOCH + timedelta(microseconds=int(micros)), int(row))
