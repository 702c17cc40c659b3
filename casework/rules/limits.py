"""Time limits 时限: how they are written, and which one holds for which facts (words.md §3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from casework.rules.words import ClockName, Kind, Urgency


class Unit(StrEnum):
    """What a limit counts; `natural` units run day and night, the others in working time."""

    MINUTE = "m"
    HOUR = "h"
    DAY = "d"
    WORKING_MINUTE = "wm"
    WORKING_DAY = "wd"

    @property
    def natural(self) -> bool:
        return self in _NATURAL


_NATURAL = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
}
_MOST_DAYS = 999
_ONE = re.compile(r"([1-9][0-9]{0,3})(wm|wd|m|h|d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """时限: `15m`, `2h`, `3d` natural; `30wm` working minutes; `1wd` working days; `30wm|2h` in | off hours."""

    amount: int
    unit: Unit
    off_hours: "Limit | None" = None

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Raises ValueError for anything but the forms above (up to 9999, days to 999; a second part is natural)."""
        first, bar, second = text.partition("|")
        limit = cls._parse_one(first)
        if not bar:
            return limit
        off_hours = cls._parse_one(second)
        if limit.unit.natural or not off_hours.unit.natural:
            raise ValueError(f'"{text}" must be a working limit before the bar and a natural one after it, as 30wm|2h')
        return replace(limit, off_hours=off_hours)

    @classmethod
    def _parse_one(cls, text: str) -> "Limit":
        match = _ONE.fullmatch(text)
        if match is None:
            raise ValueError(f'"{text}" is no time limit: write 15m, 2h, 3d, 30wm, 1wd or 30wm|2h')
        limit = cls(int(match[1]), Unit(match[2]))
        if limit.amount > _MOST_DAYS and limit.unit in (Unit.DAY, Unit.WORKING_DAY):
            raise ValueError(f'"{text}" is longer than {_MOST_DAYS} days')
        return limit

    def __str__(self) -> str:
        own = f"{self.amount}{self.unit}"
        return own if self.off_hours is None else f"{own}|{self.off_hours}"

    @property
    def in_hours(self) -> "Limit":
        """The part of a limit in two parts that holds in business hours."""
        return Limit(self.amount, self.unit)

    @property
    def natural_length(self) -> timedelta:
        """The length of a natural limit."""
        return self.amount * _NATURAL[self.unit]


class LimitKey(NamedTuple):
    """What a row of the table asks for; None asks nothing. `category` is a prefix of the category's code."""

    clock: ClockName
    urgency: Urgency | None = None
    kind: Kind | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Statute:
    """法定时限 that a category carries: its limit and the law that sets it."""

    limit: Limit
    source: str


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One time limit of the profile with its reason.

    `source` names the instrument, then its mark in domain.md; the mark alone is the platform's own default.
    `repeats`: each record opens the next cycle (C: feedback every 5 working days). `provisional`: the kind is unknown
    and would matter.
    """

    key: LimitKey
    limit: Limit
    source: str
    repeats: bool = False
    provisional: bool = False

    def __hash__(self) -> int:
        return hash(self.source)


class NoLimit(LookupError):
    """The profile says nothing for these facts: a fault of the catalogue, or a clock whose time is set elsewhere."""


def _days(limit: Limit) -> float:
    """Roughly how many natural days it is: to tell the longer of two."""
    if limit.unit is Unit.WORKING_DAY:
        return limit.amount * 1.4
    if limit.unit is Unit.WORKING_MINUTE:
        return limit.amount / 420 * 1.4
    return limit.natural_length / timedelta(days=1)


def longer(limit: Limit, other: Limit) -> bool:
    """Whether one limit gives more time than another, five working days taken as a week."""
    return _days(limit) > _days(other)


class LimitTable:
    """时限表 of a city. A row of None says that there is no such clock for these facts."""

    def __init__(self, version: str, rows: Mapping[LimitKey, LimitRow | None]) -> None:
        self.version = version
        self._rows = dict(rows)
        self._by_kind = {key.clock for key in rows if key.kind}
        self._lengths = sorted({len(key.category) for key in rows if key.category}, reverse=True)

    def find(
        self, clock: ClockName, urgency: Urgency, kind: Kind | None, category: str | None, legal: Statute | None = None
    ) -> LimitRow | None:
        """The most specific row: the longest category first, then urgency, then kind. None: no such clock here.

        An unknown kind counts as 求助, provisionally where another kind would have another limit. `legal` is the
        category's statutory limit; it sets FINISH of N and C, and danger (E0, E1) never waits for it.
        Raises NoLimit.
        """
        if legal and clock is ClockName.FINISH and urgency in (Urgency.N, Urgency.C):
            return LimitRow(LimitKey(clock, urgency, kind, category), legal.limit, source=legal.source)
        if kind is not None or clock not in self._by_kind:
            return self._most_specific(clock, urgency, kind or Kind.HELP, category)
        row = self._most_specific(clock, urgency, Kind.HELP, category)
        others = (self._most_specific(clock, urgency, other, category) for other in Kind)
        return replace(row, provisional=True) if row and any(other is not row for other in others) else row

    def interim(
        self, urgency: Urgency, kind: Kind | None, category: str | None, legal: Statute | None
    ) -> LimitRow | None:
        """答复进展: where the statute gives longer than the ordinary limit, the citizen is owed a dated interim reply
        within the ordinary one (domain.md §1.6 Statutory override; Jinan art. 24 [F:S9]). None: nothing is owed.

        Danger never waits for a statute, and the complex (C) hear every few working days anyway.
        """
        if legal is None or urgency is not Urgency.N:
            return None
        ordinary = self.find(ClockName.FINISH, urgency, kind, category)
        if ordinary is None or _days(legal.limit) <= _days(ordinary.limit):
            return None
        return LimitRow(LimitKey(ClockName.FEEDBACK, urgency, kind, category), ordinary.limit, source=legal.source)

    def _most_specific(self, clock: ClockName, urgency: Urgency, kind: Kind, category: str | None) -> LimitRow | None:
        prefixes = [category[:length] for length in self._lengths if length <= len(category)] if category else []
        for prefix in (*prefixes, None):
            for asked in ((urgency, kind), (urgency, None), (None, kind), (None, None)):
                key = LimitKey(clock, asked[0], asked[1], prefix)
                if key in self._rows:
                    return self._rows[key]
        raise NoLimit(f"no limit for {clock} with urgency {urgency}, kind {kind}, category {category or 'any'}")
