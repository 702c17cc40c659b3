"""The grids' roster 网格值班: who is on duty for a grid, who is away, and the rows that holes are found in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from casework.db.duty import GRID_KEEPERS, KEEPERS, UNIT_KEEPERS, keeps, keeps_grid, running_shifts
from casework.db.grids import standing
from casework.db.models import Account, DutyLeave, DutyShift, Grid, GridWorker, Unit
from casework.rules.facts import Actor
from casework.rules.on_duty import Because, on_duty
from casework.rules.words import UNIT_ROLES, Role

LEAVE_KEEPERS = UNIT_KEEPERS


@dataclass(frozen=True, slots=True)
class GridDuty:
    """Who answers for a grid now. `ends_at`: until when by the roster, UTC; None where the roster names nobody."""

    account: int
    login: str
    name: str
    because: Because
    ends_at: datetime | None


async def grid_duty(session: AsyncSession, grid_id: int) -> GridDuty | None:
    """Who is on duty by the roster; where it names nobody, one of the grid's own who is there. None: nobody is."""
    found = on_duty(await running_shifts(session, DutyShift.grid_id == grid_id))
    if found is not None:
        account = await session.get_one(Account, found.account)
        return GridDuty(account.id, account.login, account.display_name, found.because, found.ends_at)
    own: Account | None = await session.scalar(_of_the_grid(grid_id))
    return GridDuty(own.id, own.login, own.display_name, Because.OF_THE_GRID, None) if own is not None else None


async def grids_served(session: AsyncSession, account_id: int, code: str) -> list[int]:
    """The standing grids, by id, that this account's shifts are of now, then the grid of that code."""
    now = func.now()
    running = (DutyShift.account_id == account_id, DutyShift.starts_at <= now, DutyShift.ends_at > now)
    own = select(DutyShift.grid_id).where(DutyShift.grid_id.is_not(None), *running).order_by(DutyShift.id)
    there = select(Grid.id).where(Grid.code == code, Grid.valid_to.is_(None))
    return [*(found for found in await session.scalars(own) if found is not None), *await session.scalars(there)]


def away_now(account_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether an account is on leave at this moment."""
    leave = aliased(DutyLeave)
    now = func.now()
    return select(leave.id).where(leave.account_id == account_id, leave.starts_at <= now, leave.ends_at > now).exists()


def is_worker() -> ColumnElement[bool]:
    """An active account that is a grid worker's."""
    return and_(Account.active, literal(Role.GRID_WORKER.value) == func.any(Account.roles))


def _of_the_grid(grid_id: int) -> Select[Account]:
    workers = select(GridWorker.account_id).where(GridWorker.grid_id == grid_id)
    leader = select(Grid.leader_id).where(Grid.id == grid_id)
    there = or_(Account.id.in_(workers), Account.id.in_(leader))
    return select(Account).where(there, is_worker(), ~away_now(Account.id)).order_by(Account.id).limit(1)


async def grid_kept(session: AsyncSession, actor: Actor, code: str) -> Grid | None:
    """The standing grid of that code whose roster the actor keeps; None for any other."""
    query = select(Grid).where(Grid.code == code, Grid.valid_to.is_(None), keeps_grid(actor))
    found: Grid | None = await session.scalar(query)
    return found


async def account_kept(session: AsyncSession, actor: Actor, login: str, *, hold: bool = False) -> Account | None:
    """The account whose leave the actor enters: of a unit whose roster it keeps, or a grid worker of its area."""
    query = select(Account).outerjoin(Unit, Unit.id == Account.unit_id).where(Account.login == login, leave_of(actor))
    found: Account | None = await session.scalar(query.with_for_update(of=Account) if hold else query)
    return found


def leave_of(actor: Actor) -> ColumnElement[bool]:
    """Whose leave the actor enters, asked of Account and its Unit."""
    ways = [and_(Unit.id.is_not(None), keeps(actor))] if actor.roles & (KEEPERS | UNIT_ROLES) else []
    if actor.roles & GRID_KEEPERS and actor.area:
        walks = literal(Role.GRID_WORKER.value) == func.any(Account.roles)
        ways.append(and_(walks, Account.area_code.startswith(actor.area, autoescape=True)))
    return or_(*ways) if ways else Account.id.is_(None)


async def overlapping(session: AsyncSession, account_id: int, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether this account is on leave at some time of that stretch."""
    query = select(DutyLeave.id).where(
        DutyLeave.account_id == account_id, DutyLeave.starts_at < ends_at, DutyLeave.ends_at > starts_at
    )
    return await session.scalar(query.limit(1)) is not None


async def leave_kept(session: AsyncSession, actor: Actor, leave_id: int) -> DutyLeave | None:
    """A leave that is not over, of somebody whose leave the actor enters; held for this transaction."""
    query = (
        select(DutyLeave)
        .join(Account, Account.id == DutyLeave.account_id)
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .where(DutyLeave.id == leave_id, DutyLeave.ends_at > func.now(), leave_of(actor))
    )
    found: DutyLeave | None = await session.scalar(query.with_for_update(of=DutyLeave))
    return found


async def leaves(
    session: AsyncSession, actor: Actor, words: str, after: tuple[datetime, int] | None, limit: int
) -> list[tuple[DutyLeave, Account, Account | None]]:
    """Leaves that are not over, of those whose leave the actor enters, soonest first, from the one `after` on (its
    begin and id). `words`: a part of the login or name of who is away."""
    other = aliased(Account)
    query = (
        select(DutyLeave, Account, other)
        .join(Account, Account.id == DutyLeave.account_id)
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .outerjoin(other, other.id == DutyLeave.substitute_id)
        .where(DutyLeave.ends_at > func.now(), leave_of(actor))
    )
    if words:
        query = query.where(
            or_(*(part.icontains(words, autoescape=True) for part in (Account.login, Account.display_name)))
        )
    if after is not None:
        query = query.where(tuple_(DutyLeave.starts_at, DutyLeave.id) > after)
    query = query.order_by(DutyLeave.starts_at, DutyLeave.id).limit(limit)
    return [(leave, who, substitute) for leave, who, substitute in await session.execute(query)]


async def grids_kept(
    session: AsyncSession, actor: Actor, area: str, at: datetime, after: str, limit: int
) -> Sequence[Grid]:
    """The grids of the area that stand at that moment and whose roster the actor keeps, by code."""
    below = Grid.code.startswith(area, autoescape=True)
    query = select(Grid).where(below, standing(at), keeps_grid(actor), Grid.code > after)
    return list(await session.scalars(query.order_by(Grid.code).limit(limit)))


async def shifts_between(
    session: AsyncSession, grid_ids: Collection[int], start: datetime, end: datetime
) -> list[DutyShift]:
    """The grids' shifts that touch the stretch."""
    query = select(DutyShift).where(
        DutyShift.grid_id.in_(grid_ids), DutyShift.starts_at < end, DutyShift.ends_at > start
    )
    return list(await session.scalars(query))


async def leaves_between(
    session: AsyncSession, people: Collection[int], start: datetime, end: datetime
) -> list[DutyLeave]:
    """These people's leaves that touch the stretch."""
    query = select(DutyLeave).where(
        DutyLeave.account_id.in_(people), DutyLeave.starts_at < end, DutyLeave.ends_at > start
    )
    return list(await session.scalars(query))


async def away_between(
    session: AsyncSession, people: Collection[int], start: datetime, end: datetime
) -> list[tuple[DutyLeave, Account, Account | None]]:
    """These people's leaves that touch the stretch, with who is away and who stands in, soonest first."""
    other = aliased(Account)
    query = (
        select(DutyLeave, Account, other)
        .join(Account, Account.id == DutyLeave.account_id)
        .outerjoin(other, other.id == DutyLeave.substitute_id)
        .where(DutyLeave.account_id.in_(people), DutyLeave.starts_at < end, DutyLeave.ends_at > start)
        .order_by(DutyLeave.starts_at, DutyLeave.id)
    )
    return [(leave, who, substitute) for leave, who, substitute in await session.execute(query)]


async def active_among(session: AsyncSession, people: Collection[int]) -> frozenset[int]:
    """Those of these accounts that may sign in."""
    return frozenset(await session.scalars(select(Account.id).where(Account.id.in_(people), Account.active)))
