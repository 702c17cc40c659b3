"""Who may be put on a roster 值班人选: a unit's people, a grid's workers; and whose leave and rosters one keeps."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.duty import keeps
from casework.db.grid_duty import is_worker, leave_of
from casework.db.models import Account, DutyShift, Unit
from casework.rules.duty_gaps import Stretch
from casework.rules.facts import Actor
from casework.rules.words import Role


def of_unit(unit_id: int) -> ColumnElement[bool]:
    """An active account of the unit."""
    return and_(Account.active, Account.unit_id == unit_id)


def of_community(code: str) -> ColumnElement[bool]:
    """An active grid worker of the community."""
    return and_(is_worker(), Account.area_code.startswith(code, autoescape=True))


def beside(account: Account) -> ColumnElement[bool]:
    """Who may stand in for that one: another of the unit or, for a grid worker, of the community."""
    if Role.GRID_WORKER.value in account.roles:
        return and_(of_community(account.area_code[:12]), Account.id != account.id)
    return and_(of_unit(account.unit_id), Account.id != account.id) if account.unit_id else false()


async def one_of(session: AsyncSession, who: ColumnElement[bool], login: str) -> int | None:
    """The id of the account of that login that is so; None for any other."""
    found: int | None = await session.scalar(select(Account.id).where(who, Account.login == login))
    return found


async def held(session: AsyncSession, who: ColumnElement[bool], logins: Collection[str]) -> dict[str, Account]:
    """Those of `logins` that are so, by login; held, in one order, so that two who plan at once do not cross."""
    query = select(Account).where(who, Account.login.in_(list(logins))).order_by(Account.id)
    return {one.login: one for one in await session.scalars(query.with_for_update(of=Account, key_share=True))}


async def shifts_of(
    session: AsyncSession, place: ColumnElement[bool], people: Collection[int], within: Stretch
) -> list[tuple[int, Stretch]]:
    """The shifts that these people have at that place at some time of the stretch, soonest first."""
    query = select(DutyShift.account_id, DutyShift.starts_at, DutyShift.ends_at).where(
        place, DutyShift.account_id.in_(people), DutyShift.starts_at < within.end, DutyShift.ends_at > within.start
    )
    rows = await session.execute(query.order_by(DutyShift.starts_at, DutyShift.id))
    return [(account, Stretch(start, end)) for account, start, end in rows]


async def page(session: AsyncSession, who: ColumnElement[bool], words: str, after: str, limit: int) -> list[Account]:
    """The accounts that are so, by login; `words`: a part of login or name."""
    query = select(Account).outerjoin(Unit, Unit.id == Account.unit_id).where(who, Account.login > after)
    if words:
        parts = (Account.login, Account.display_name)
        query = query.where(or_(*(part.icontains(words, autoescape=True) for part in parts)))
    return list(await session.scalars(query.order_by(Account.login).limit(limit)))


def may_leave(actor: Actor) -> ColumnElement[bool]:
    """An active account whose leave the actor enters."""
    return and_(Account.active, leave_of(actor))


async def units_kept(session: AsyncSession, actor: Actor, words: str, after: str, limit: int) -> list[Unit]:
    """The active units whose roster the actor keeps or works by, by code; `words`: a part of code or name."""
    query = select(Unit).where(Unit.active, keeps(actor), Unit.code > after)
    if words:
        query = query.where(or_(*(part.icontains(words, autoescape=True) for part in (Unit.code, Unit.name))))
    return list(await session.scalars(query.order_by(Unit.code).limit(limit)))


async def own_unit(session: AsyncSession, actor: Actor) -> Unit | None:
    """The actor's own unit, if it is active and its roster is one that the actor keeps or works by."""
    found: Unit | None = await session.scalar(select(Unit).where(Unit.id == actor.unit_id, Unit.active, keeps(actor)))
    return found
