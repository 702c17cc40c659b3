"""The entries of calendars.toml, limits.csv and why.toml as they are written; pydantic says which value is wrong."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from casework.rules.calendars import FIRST_DAY, LAST_DAY
from casework.rules.hours import Hours, Season
from casework.rules.limits import Limit, LimitKey, LimitRow
from casework.rules.words import ClockName, Kind, Urgency


def fault(key: str, **facts: object) -> PydanticCustomError:
    """A wrong value; `key` names its sentence in data/timing_problems.toml."""
    return PydanticCustomError(key, key, facts)


class Span(NamedTuple):
    """Days as written: `2026-02-15` or `2026-02-15..2026-02-23`, both ends included."""

    text: str
    first: date
    last: date

    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days) for days in range((self.last - self.first).days + 1))


def _span(value: object) -> Span:
    text = str(value)
    first, dots, last = text.partition("..")
    try:
        span = Span(text, date.fromisoformat(first), date.fromisoformat(last if dots else first))
    except ValueError:
        raise fault("span") from None
    if span.last < span.first or (span.last - span.first).days > 31:
        raise fault("span")
    return span


def _single_day(value: object) -> Span:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise fault("day") from None
    return Span(str(value), day, day)


def _month_day(value: object) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2000-{value}")
    except ValueError:
        raise fault("month_day") from None
    return day.month, day.day


def _interval(value: object) -> tuple[int, int]:
    match = re.fullmatch(r"([0-2]\d):([0-5]\d)-([0-2]\d):([0-5]\d)", str(value), re.ASCII)
    if match is None:
        raise fault("interval")
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in match.groups())
    return from_hour * 60 + from_minute, to_hour * 60 + to_minute


def _hours(value: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    try:
        return Hours(value).intervals
    except ValueError:
        raise fault("hours") from None


def _limit(value: object) -> Limit | None:
    try:
        return None if value == "-" else Limit.parse(str(value))
    except ValueError:
        raise fault("limit") from None


def _prefix(value: object) -> str:
    if not re.fullmatch(r"(\d\d){1,4}", str(value), re.ASCII):
        raise fault("category_prefix")
    return str(value)


Text = Annotated[str, Field(min_length=1)]
SpanText = Annotated[Span, BeforeValidator(_span)]
DayText = Annotated[Span, BeforeValidator(_single_day)]
Interval = Annotated[tuple[int, int], BeforeValidator(_interval)]
MonthDay = Annotated[tuple[int, int], BeforeValidator(_month_day)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Statutory(Entry):
    """全体公民放假的节日 of fixed date, for years that are not announced."""

    source: Text
    fixed: list[MonthDay]


class Notice(Entry):
    """放假通知 for one year; a year of no rest days is no notice. It may settle days of the December before it."""

    year: int
    source: Text
    rest: Annotated[list[SpanText], Field(min_length=1)]
    work: list[DayText] = []

    def days(self) -> dict[date, bool]:
        rest = {day: False for span in self.rest for day in span.days()}
        return rest | {span.first: True for span in self.work}

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """(field, value, key of the sentence) of each day that cannot be right."""
        if not FIRST_DAY.year < self.year < LAST_DAY.year:
            yield "year", str(self.year), "year_range"
        seen: set[date] = set()
        for field, spans in (("rest", self.rest), ("work", self.work)):
            for span in spans:
                if span.first < date(self.year - 1, 12, 1) or span.last > date(self.year, 12, 31):
                    yield field, span.text, "foreign_day"
                if not seen.isdisjoint(span.days()):
                    yield field, span.text, "day_twice"
                if field == "work" and span.first.weekday() < 5:
                    yield field, span.text, "work_on_weekday"
                seen.update(span.days())


class SeasonHours(Entry):
    """作息时间 from a month and day on: `{ from = "05-01", open = ["09:00-12:00", "14:00-18:00"] }`."""

    starts: Annotated[MonthDay, Field(alias="from")]
    open: Annotated[tuple[Interval, ...], AfterValidator(_hours)]

    def season(self) -> Season:
        return Season(self.starts, Hours(self.open))


class CalendarEntry(Entry):
    """工作日历 of some areas. `own_holidays`: it sets holidays by `local` notices of its own (放假办法 §4 [F:S30])."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
    name: Text
    areas: Annotated[list[str], Field(min_length=1)]
    hours: Annotated[list[SeasonHours], Field(min_length=1)]
    own_holidays: bool = False
    local: list[Notice] = []


class CalendarFile(Entry):
    version: Text
    statutory: Statutory
    notice: Annotated[list[Notice], Field(min_length=1)]
    calendar: Annotated[list[CalendarEntry], Field(min_length=1)]


class LimitLine(Entry):
    """One line of limits.csv; an empty cell asks nothing, `-` says that there is no such clock."""

    clock: ClockName
    urgency: Urgency | None = None
    kind: Kind | None = None
    category: Annotated[str | None, BeforeValidator(_prefix)] = None
    limit: Annotated[Limit | None, BeforeValidator(_limit)]
    repeats: bool = False
    source: Text

    @property
    def key(self) -> LimitKey:
        return LimitKey(self.clock, self.urgency, self.kind, self.category)

    def row(self) -> LimitRow | None:
        return LimitRow(self.key, self.limit, self.source, self.repeats) if self.limit else None


class WhyEntry(Entry):
    """One language of why.toml, for `casework.rules.clocks.sentence`."""

    default_basis: Text
    sentences: dict[str, Text]
    limits: dict[str, Text]
    counting: dict[str, Text]
    clocks: dict[str, Text]
    notes: dict[str, Text]
