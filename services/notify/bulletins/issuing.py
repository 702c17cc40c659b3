"""Bulletins that go out by themselves 定期通报: each month or week of a schedule once, whatever becomes of the worker.

A month waits for its freeze, but no longer than PATIENCE after its cut-off; a week goes out when it is over. What a
worker that was away has missed goes out when it is back, oldest first.
"""

import hashlib
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import bulletins as rows
from casework.db import freezes
from casework.db.models import BulletinSchedule
from casework.db.reads.supervisor import observed_now
from casework.journey.city import City
from casework.journey.freezing import cut_off_day
from casework.kit.logs import describe, get_logger
from casework.kit.outage import is_outage
from casework.kit.texts import DEFAULT_LANG, LANGS, t
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.rollups import COUNTY_DIGITS
from casework.rules.spells import Pace, Spell, following, holding, last_over
from casework.rules.words import Role
from services.notify.bulletins.files import FileKind, Taker, file_of
from services.notify.bulletins.making import make

PATIENCE = timedelta(days=3)


async def issue_due(city: City) -> int:
    """Send out what is due, one period of each schedule; how many. One that fails is put off and holds up no other."""
    async with city.database.transaction() as session:
        due = await rows.running(session)
    made = 0
    for schedule_id in due:
        try:
            async with city.database.transaction() as session:
                made += await _issue_next(session, city, schedule_id)
        except Exception as error:
            if is_outage(error):
                raise
            get_logger().error("bulletin.not_made", schedule=schedule_id, **describe(error))
            async with city.database.transaction() as session:
                await rows.put_off(session, schedule_id)
    return made


async def _issue_next(session: AsyncSession, city: City, schedule_id: int) -> int:
    schedule = await rows.hold(session, schedule_id)
    spell = await _next_due(session, city, schedule) if schedule is not None else None
    if schedule is None or spell is None:
        return 0
    lang = next((one for one in LANGS if one == schedule.lang), DEFAULT_LANG)
    actor = Actor(frozenset({Role.ANALYST}), account_id=schedule.made_by, area=schedule.area_code)
    found = await make(session, city, actor, schedule.area_code, spell, lang)
    taker = Taker(t("bulletin.by_schedule", lang, name=schedule.name), await observed_now(session))
    files = []
    for kind in map(FileKind, schedule.formats):
        body = await file_of(found, kind, taker.mark(lang))
        files.append(rows.Made(kind.value, body, hashlib.sha256(body).hexdigest()))
    await rows.send(session, schedule, spell.code, found.title, files, frozen=found.frozen)
    return 1


async def _next_due(session: AsyncSession, city: City, schedule: BulletinSchedule) -> Spell | None:
    """The oldest period since the schedule was made that is over, due, and has not gone out."""
    today, pace = day_of(await observed_now(session)), Pace(schedule.pace)
    newest, out = last_over(pace, today), await rows.periods_out(session, schedule.id)
    spell = holding(pace, day_of(schedule.made_at))
    while spell.first <= newest.first:
        if spell.code not in out:
            return spell if await _may_go(session, city, schedule.area_code, spell) else None
        spell = following(spell)
    return None


async def _may_go(session: AsyncSession, city: City, area: str, spell: Spell) -> bool:
    if spell.pace is Pace.WEEK:
        return True
    today = day_of(await observed_now(session))
    calendar, rules = city.catalog.calendars.for_area(area), city.catalog.rates.freeze
    cut_off = cut_off_day(calendar, spell.after, rules.working_day)
    if today < cut_off:
        return False
    if len(area) > COUNTY_DIGITS or today >= cut_off + PATIENCE:
        return True
    known = {one.area for one in await freezes.series(session, area, spell.first, spell.first)}
    wanted = [one for one in await freezes.prefectures(session) if one.startswith(area) or area.startswith(one)]
    return known.issuperset(wanted)
