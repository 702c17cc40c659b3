"""A row of shifts 连续排班: one shift that comes again on chosen days of the week, and which shifts get in its way."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from itertools import pairwise

from casework.rules.duty_gaps import Stretch
from casework.rules.routing import SHANGHAI

MOST_WEEKS = 26
DAYS_OF_A_WEEK = 7


def repeated(first: Stretch, weekdays: Collection[int], weeks: int) -> list[Stretch]:
    """`first`, and the same hours on each of the `weekdays` (1 Monday … 7 Sunday, Asia/Shanghai) of `weeks` weeks that
    begin with its day; no weekdays: `first` alone. Of its own day only where that is one of them."""
    if not weekdays:
        return [first]
    start = first.start.astimezone(SHANGHAI)
    length = first.end - first.start
    moments = (start + timedelta(days=days) for days in range(weeks * DAYS_OF_A_WEEK))
    return [Stretch(moment, moment + length) for moment in moments if moment.isoweekday() in weekdays]


def run_into(row: Iterable[Stretch]) -> bool:
    """Whether one of the row begins before the one before it is over."""
    ordered = sorted(row)
    return any(later.start < earlier.end for earlier, later in pairwise(ordered))


def first_meeting(row: Iterable[Stretch], kept: Iterable[Stretch]) -> Stretch | None:
    """The soonest of `kept` that shares a moment with one of the row; one that ends as another begins shares none."""
    wanted = sorted(row)
    meets = (one for one in sorted(kept) if any(one.start < other.end and other.start < one.end for other in wanted))
    return next(meets, None)
