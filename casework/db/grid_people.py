"""Who may answer for a grid 网格责任人候选: to choose a leader, a cadre or a worker from."""

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.grid_duty import is_worker
from casework.db.models import Account
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role

_HERE = frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES


async def candidates(
    session: AsyncSession, actor: Actor, place: str, *, worker: bool, words: str, after: str, limit: int
) -> list[Account]:
    """Active accounts of the actor's scope by login that are near enough to `place` (a grid's code or, of a grid to be,
    its community's); `worker`: 网格员 only. `words`: a part of login or name."""
    query = select(Account).where(_near(place), Account.area_code.startswith(actor.area or "-", autoescape=True))
    query = query.where(is_worker() if worker else and_(Account.active, _at_work()))
    if words:
        parts = (Account.login, Account.display_name)
        query = query.where(or_(*(part.icontains(words, autoescape=True) for part in parts)))
    query = query.where(Account.login > after).order_by(Account.login).limit(limit)
    return list(await session.scalars(query))


def _at_work() -> ColumnElement[bool]:
    return or_(*(literal(role.value) == func.any(Account.roles) for role in sorted(_HERE)))


def _near(place: str) -> ColumnElement[bool]:
    """An account whose area holds the place, or lies in its community."""
    return or_(literal(place).startswith(Account.area_code), Account.area_code.startswith(place[:12], autoescape=True))
