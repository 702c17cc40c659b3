"""Clocks 时钟: when a promise is due, which moments lie on its way, what a pause does to it, and why (words.md §3).

How a clock is set: `row = table.find(...)` (None: no clock), `own = due(row.limit, start, calendar)`,
`kept = promise(own, upstream_at)`, `stages(start, kept.at, calendar, own.limit)`, `why(row, start, kept, ...)`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from casework.rules.calendars import WorkCalendar, as_utc
from casework.rules.limits import Limit, LimitKey, LimitRow, LimitTable, NoLimit, Statute, Unit
from casework.rules.words import ClockName, Stage

__all__ = [
    "Due",
    "Limit",
    "LimitKey",
    "LimitRow",
    "LimitTable",
    "NoLimit",
    "Promise",
    "PromisedBy",
    "Reason",
    "Statute",
    "Unit",
    "WhyTexts",
    "due",
    "promise",
    "resume_due",
    "sentence",
    "stages",
    "why",
]

_TWO_HOURS = timedelta(hours=2)
_HALF, _MOST = (1, 2), (4, 5)
_BEIJING = timedelta(hours=8)
_MARK = re.compile(r"\s*\[[^\]]*\]")
_ORDER = {stage: place for place, stage in enumerate(Stage)}


@dataclass(frozen=True, slots=True)
class Due:
    """到期时间 in UTC. `provisional`: it used a day that is not announced. `limit`: the part that applied."""

    at: datetime
    provisional: bool
    limit: Limit


class PromisedBy(StrEnum):
    """Whose word the deadline is: 本级, 上级, an approved extension 延期, the lead's 主办 for its helpers, or what
    remained after a suspension 挂起."""

    OWN = "OWN"
    UPSTREAM = "UPSTREAM"
    EXTENSION = "EXTENSION"
    LEAD = "LEAD"
    SUSPENSION = "SUSPENSION"


@dataclass(frozen=True, slots=True)
class Promise:
    """承诺时间: the earlier of our own deadline and the upstream's. In UTC.

    Provisional whenever our own is: once settled, it may become the earlier one.
    """

    at: datetime
    by: PromisedBy
    own: Due

    @property
    def provisional(self) -> bool:
        return self.own.provisional


def due(limit: Limit, start: datetime, calendar: WorkCalendar) -> Due:
    """When `limit` runs out. Natural time and open business hours count at once, working days from the next day.

    `30wm|2h` takes its second part when started off hours (the lunch break is off hours). In UTC.
    Raises TypeError for a naive start, OutsideCalendar beyond the covered years.
    """
    start = as_utc(start)
    if limit.off_hours is not None:
        unsure = calendar.provisional(start, start)
        part = limit.in_hours if calendar.in_business(start) else limit.off_hours
        settled = due(part, start, calendar)
        return replace(settled, provisional=True) if unsure else settled
    if limit.unit.natural:
        return Due(start + limit.natural_length, False, limit)
    if limit.unit is Unit.WORKING_DAY:
        at = calendar.add_working_days(start, limit.amount)
        return Due(at, calendar.provisional(start + timedelta(days=1), at), limit)
    at = calendar.add_working_minutes(start, limit.amount)
    return Due(at, calendar.provisional(start, at), limit)


def promise(own: Due, upstream_at: datetime | None) -> Promise:
    """The earlier deadline is the promise (words.md §3); at the same instant it is our own."""
    if upstream_at is not None and upstream_at < own.at:
        return Promise(as_utc(upstream_at), PromisedBy.UPSTREAM, own)
    return Promise(own.at, PromisedBy.OWN, own)


def stages(
    start: datetime, due_at: datetime, calendar: WorkCalendar, limit: Limit
) -> tuple[tuple[Stage, datetime], ...]:
    """The moments 节点 on the way to `due_at`, in order, BREACH last; in UTC.

    50 %, 80 % and 2 h before count as the limit does: in working time for a working limit, so that nobody is reminded
    at night. LAST_DAY, only for working days, is the opening of the last working day. One that would fall at or before
    the start is not created; BREACH always is, so that a deadline already past on arrival is seen at once.
    """
    start, due_at = as_utc(start), as_utc(due_at)
    if due_at <= start:
        return ((Stage.BREACH, due_at),)
    if limit.off_hours is not None:
        limit = limit.in_hours if calendar.in_business(start) else limit.off_hours
    on_the_way = _natural_stages(start, due_at) if limit.unit.natural else _working_stages(start, due_at, calendar)
    if limit.unit is Unit.WORKING_DAY:
        on_the_way.append((Stage.LAST_DAY, calendar.last_day_opening(due_at)))
    created = [(stage, at) for stage, at in on_the_way if start < at < due_at]
    return (*sorted(created, key=lambda moment: (moment[1], _ORDER[moment[0]])), (Stage.BREACH, due_at))


def _natural_stages(start: datetime, due_at: datetime) -> list[tuple[Stage, datetime]]:
    length = due_at - start
    return [
        (Stage.HALF, start + length / 2),
        (Stage.MOST, start + length * 4 / 5),
        (Stage.TWO_HOURS, due_at - _TWO_HOURS),
    ]


def _working_stages(start: datetime, due_at: datetime, calendar: WorkCalendar) -> list[tuple[Stage, datetime]]:
    half, most = calendar.shares_of(start, due_at, _HALF, _MOST)
    return [
        (Stage.HALF, half),
        (Stage.MOST, most),
        (Stage.TWO_HOURS, calendar.take_working_time(due_at, _TWO_HOURS)),
    ]


def resume_due(
    due_at: datetime, paused_from: datetime, resumed_at: datetime, calendar: WorkCalendar, limit: Limit
) -> Due:
    """Our own deadline after a pause 挂起: what remained of the limit, in its own time, runs on from `resumed_at`.

    Exact to the microsecond, so that a pause gains nobody the rest of a day; never earlier than before; resuming at
    once changes nothing. A clock already due when paused stays due when it was. The upstream's deadline does not pause:
    make the promise anew. Pass `Due.limit`. Raises ValueError for a limit in two parts (which one applied depends on
    the start) and for a pause that ends before it begins.
    """
    if limit.off_hours is not None:
        raise ValueError(f"{limit} must be settled before it can pause: pass Due.limit")
    if resumed_at < paused_from:
        raise ValueError("a pause cannot end before it begins")
    due_at, paused_from, resumed_at = as_utc(due_at), as_utc(paused_from), as_utc(resumed_at)
    late = due_at <= paused_from
    if limit.unit.natural:
        return Due(due_at if late else due_at + (resumed_at - paused_from), False, limit)
    if late:
        return Due(due_at, calendar.provisional(due_at, due_at), limit)
    remaining = calendar.working_time_between(paused_from, due_at)
    at = max(due_at, calendar.add_working_time(resumed_at, remaining))
    return Due(at, calendar.provisional(paused_from, at), limit)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a clock is due when it is 为什么是这个时间: what a sentence needs, to be kept beside the clock. UTC.

    `code` says whose deadline it is; `limit` is the part that applied (`Due.limit`), `source` the row's.
    """

    code: PromisedBy
    clock: ClockName
    limit: str
    start: datetime
    due_at: datetime
    own_due_at: datetime
    source: str
    rules_version: str
    calendar_version: str
    calendar_unannounced: bool
    kind_unknown: bool

    @property
    def provisional(self) -> bool:
        """暂定: the deadline may change when the calendar is announced or the kind is known."""
        return self.calendar_unannounced or self.kind_unknown


def why(row: LimitRow, start: datetime, kept: Promise, calendar: WorkCalendar, rules_version: str) -> Reason:
    """The reason of a promise, from what it was made of."""
    return Reason(
        code=kept.by,
        clock=row.key.clock,
        limit=str(kept.own.limit),
        start=as_utc(start),
        due_at=kept.at,
        own_due_at=kept.own.at,
        source=row.source,
        rules_version=rules_version,
        calendar_version=calendar.version,
        calendar_unannounced=kept.own.provisional,
        kind_unknown=row.provisional,
    )


@dataclass(frozen=True, slots=True)
class WhyTexts:
    """One language's texts for `sentence`; templates name their fields in braces.

    `sentences` by code, `limits` by unit, `counting` and `clocks` by name, `notes` by what is unsure.
    """

    sentences: Mapping[str, str]
    limits: Mapping[str, str]
    counting: Mapping[str, str]
    clocks: Mapping[str, str]
    notes: Mapping[str, str]
    default_basis: str


def sentence(reason: Reason, texts: WhyTexts) -> str:
    """One sentence that answers "why this time?", in the language of `texts`; times are Beijing time, to the minute."""
    limit = Limit.parse(reason.limit)
    unsure = {"calendar": reason.calendar_unannounced, "kind": reason.kind_unknown}
    return texts.sentences[reason.code].format(
        clock=texts.clocks[reason.clock],
        limit=texts.limits[limit.unit].format(n=limit.amount),
        counting=texts.counting[_counting(limit)],
        start=_beijing(reason.start),
        due=_beijing(reason.due_at),
        own_due=_beijing(reason.own_due_at),
        basis=_MARK.sub("", reason.source) or texts.default_basis,
        rules=reason.rules_version,
        calendar=reason.calendar_version,
        note="".join(texts.notes[name] for name, holds in unsure.items() if holds),
    )


def _counting(limit: Limit) -> str:
    if limit.unit.natural:
        return "natural"
    return "working_days" if limit.unit is Unit.WORKING_DAY else "working_minutes"


def _beijing(at: datetime) -> str:
    return f"{as_utc(at) + _BEIJING:%Y-%m-%d %H:%M}"
