"""Making a bulletin on demand: the period read, the area checked, the file made."""

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.reads.supervisor import observed_now
from casework.journey.city import City
from casework.kit.errors import FieldFault, Forbidden, Unprocessable
from casework.kit.texts import Lang
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.spells import Spell, last_over, read
from services.notify.bulletins.content import Bulletin, bulletin
from services.notify.bulletins.facts import gather


async def spell_of(session: AsyncSession, code: str) -> Spell:
    """The month or week. Raises Unprocessable: there is no such, or it has not begun."""
    found = read(code)
    if found is None:
        raise Unprocessable(fields=[FieldFault("period", "bulletin.problem.period")])
    today = day_of(await observed_now(session))
    if found.first > today:
        params = {"known": last_over(found.pace, today).code}
        raise Unprocessable(fields=[FieldFault("period", "bulletin.problem.not_begun", params)])
    return found


def area_of(city: City, actor: Actor, asked: str | None) -> str:
    """The area asked for, the actor's own where none is. Raises Unprocessable, Forbidden: unknown, or out of scope."""
    if not asked:
        return actor.area
    if not city.catalog.areas.valid(asked):
        raise Unprocessable(fields=[FieldFault("area", "report.problem.unknown_area")])
    if not asked.startswith(actor.area):
        raise Forbidden()
    return asked


async def make(session: AsyncSession, city: City, actor: Actor, area: str, spell: Spell, lang: Lang) -> Bulletin:
    """The content, as things stand now or were frozen."""
    observed = await observed_now(session)
    return bulletin(await gather(session, city.catalog, actor, area, spell, observed), city.catalog, lang)
