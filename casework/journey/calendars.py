"""Notices of holidays are loaded here 放假通知录入: judged, then known to every process within one poll. None commits.

A notice moves promises to citizens, so those keep it who answer for them, not system administrators (0030).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.own_calendars import NATION, OwnNotice, judged, with_notices
from casework.catalog.timing import calendars_of
from casework.catalog.timing_entries import CalendarFile
from casework.db import calendars as rows
from casework.db.accounts import note
from casework.db.models import CalendarNotice
from casework.journey.city import City, notices
from casework.kit.errors import FieldFault, Unprocessable
from casework.kit.masking import mask_text
from casework.rules.calendar_days import changed_days
from casework.rules.calendars import Calendars
from casework.rules.facts import Actor
from casework.rules.said_why import says_why
from casework.rules.words import Policy, Role

KEEPERS = (Role.SUPERVISION, Role.LEADER)
READERS = (*KEEPERS, Role.DISPATCHER, Role.REVIEWER, Role.ANALYST)
PREFECTURE = 4
"""Digits of a prefecture's code: calendars are per prefecture (words.md §3)."""


@dataclass(frozen=True, slots=True)
class Said:
    """A notice as written: `area` is a prefecture's code, or empty for the State Council's."""

    area: str
    year: int
    source: str
    rest: Sequence[str]
    work: Sequence[str]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Change:
    """What a notice makes of the calendars; `days` are those that become another."""

    said: Said
    file: CalendarFile
    after: Calendars
    days: list[date]


async def judge(session: AsyncSession, city: City, actor: Actor, said: Said) -> Change:
    """The change, or Unprocessable naming each wrong field; a day as `rest.<place>` or `work.<place>`."""
    notice, wrong = judged(said.year, said.source, said.rest, said.work)
    faults = [FieldFault(one.field, f"calendar.{one.key}", {"value": one.value}) for one in wrong]
    if not _keeps(city, actor, said.area):
        faults.append(FieldFault("area", "calendar.outside_area"))
    if faults or notice is None:
        raise Unprocessable(fields=faults)
    held = notices(
        {name: getattr(row, name) for name in ("area_code", "year", "source", "rest", "work")}
        for row in await rows.all_in_force(session)
    )
    before_file = with_notices(city.catalog.calendar_file, held)
    file = with_notices(before_file, [OwnNotice(said.area, notice)])
    before, after = calendars_of(before_file), calendars_of(file)
    pairs = [(before.for_area(prefix), found) for prefix, found in after.within(said.area).items()]
    days = {day for was, now in pairs if was.version != now.version for day in changed_days(was, now)}
    return Change(said, file, after, sorted(days))


async def load(session: AsyncSession, city: City, actor: Actor, said: Said, why: str) -> CalendarNotice:
    """录入: the notice holds from now on, instead of the year's one before it; the worker re-plans open deadlines.

    A repeat of what holds changes nothing. Raises: Unprocessable.
    """
    if not says_why(why):
        raise Unprocessable(fields=[FieldFault("why", "calendar.why_missing")])
    await rows.take_turn(session)
    change = await judge(session, city, actor, said)
    known = await rows.versions(session, said.area, said.year)
    if known and _same(known[0], said):
        return known[0]
    row = CalendarNotice(
        area_code=said.area,
        year=said.year,
        version=known[0].version + 1 if known else 1,
        source=said.source,
        rest=list(said.rest),
        work=list(said.work),
        policy=said.policy.value,
        why=mask_text(why),
        first_day=change.days[0] if change.days else None,
        last_day=change.days[-1] if change.days else None,
        made_by=actor.account_id,
    )
    await rows.replace(session, row)
    made = sorted({found.version for found in change.after.within(said.area).values()})
    await rows.record(session, made, change.file.model_dump_json())
    subject = f"calendar:{said.area or 'cn'}:{said.year}:{row.version}"
    note(session, "CALENDAR_NOTICE_LOADED", account_id=actor.account_id, subject=subject, data={"why": row.why})
    return row


def keeps(actor: Actor, area: str) -> bool:
    """Whether the actor may load a notice there: of its prefecture, or of one below its province; the nation's by
    whoever answers for a prefecture at least, for its text is the same for all."""
    if not set(KEEPERS) & actor.roles or not actor.area or len(actor.area) > PREFECTURE:
        return False
    return area == NATION or (len(area) == PREFECTURE and area.startswith(actor.area))


def _keeps(city: City, actor: Actor, area: str) -> bool:
    return keeps(actor, area) and (area == NATION or city.catalog.areas.get(area) is not None)


def _same(row: CalendarNotice, said: Said) -> bool:
    return (row.source, row.rest, row.work) == (said.source, list(said.rest), list(said.work))
