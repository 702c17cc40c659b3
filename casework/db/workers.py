"""Grid workers 网格员: who stands where, their history, what they leave open, and where they stand in rosters."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, delete, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import (
    WAITING,
    Account,
    Case,
    DutyShift,
    Grid,
    GridWorker,
    Unit,
    WorkerEvent,
    WorkerStanding,
)
from casework.rules.facts import Actor
from casework.rules.words import Level, Role
from casework.rules.worker_words import ExitReason, WorkerStage, WorkerStep

_HAS_ROLE: ColumnElement[bool] = literal(Role.GRID_WORKER.value) == func.any(Account.roles)
_STAGE: ColumnElement[str] = func.coalesce(
    WorkerStanding.stage, case((Account.active, WorkerStage.ON_DUTY.value), else_=WorkerStage.EXITED.value)
)


@dataclass(frozen=True, slots=True)
class Worker:
    """A person with the stage that it stands in."""

    account: Account
    stage: WorkerStage


def _in_scope(actor: Actor) -> ColumnElement[bool]:
    worker = or_(_HAS_ROLE, WorkerStanding.account_id.is_not(None))
    return and_(worker, Account.area_code.startswith(actor.area or "-", autoescape=True))


async def page(
    session: AsyncSession, actor: Actor, *, area: str, stage: WorkerStage | None, after: str, limit: int
) -> list[Worker]:
    """The workers of the scope by login."""
    query = select(Account, _STAGE).outerjoin(WorkerStanding, WorkerStanding.account_id == Account.id)
    query = query.where(_in_scope(actor), Account.login > after)
    if area:
        query = query.where(Account.area_code.startswith(area, autoescape=True))
    if stage is not None:
        query = query.where(_STAGE.in_([stage.value]))
    rows = await session.execute(query.order_by(Account.login).limit(limit))
    return [Worker(account, WorkerStage(found)) for account, found in rows]


async def find(session: AsyncSession, actor: Actor, login: str, *, hold: bool = False) -> Worker | None:
    """A worker of the scope, whatever the stage; `hold`: locked for this transaction."""
    query = select(Account, _STAGE).outerjoin(WorkerStanding, WorkerStanding.account_id == Account.id)
    query = query.where(_in_scope(actor), Account.login == login)
    row = (await session.execute(query.with_for_update(of=Account) if hold else query)).one_or_none()
    return Worker(row[0], WorkerStage(row[1])) if row is not None else None


async def history(session: AsyncSession, account_id: int) -> list[tuple[WorkerEvent, str | None]]:
    """The person's steps, oldest first, each with the name of who took it."""
    query = select(WorkerEvent, Account.display_name).outerjoin(Account, Account.id == WorkerEvent.by_account)
    rows = await session.execute(query.where(WorkerEvent.account_id == account_id).order_by(WorkerEvent.id))
    return [(event, name) for event, name in rows]


async def was_trained(session: AsyncSession, account_id: int) -> bool:
    """Whether a training was passed since the last admission."""
    admitted = select(func.coalesce(func.max(WorkerEvent.id), 0)).where(
        WorkerEvent.account_id == account_id, WorkerEvent.step == WorkerStep.ADMIT.value
    )
    query = select(WorkerEvent.id).where(
        WorkerEvent.account_id == account_id,
        WorkerEvent.step == WorkerStep.TRAIN.value,
        WorkerEvent.data["passed"].as_boolean(),
        WorkerEvent.id > admitted.scalar_subquery(),
    )
    return await session.scalar(query.limit(1)) is not None


async def is_barred(session: AsyncSession, account_id: int) -> bool:
    """Whether the person once left for telling residents' secrets."""
    query = select(WorkerEvent.id).where(
        WorkerEvent.account_id == account_id,
        WorkerEvent.step == WorkerStep.EXIT.value,
        WorkerEvent.data["reason"].as_string() == ExitReason.PRIVACY.value,
    )
    return await session.scalar(query.limit(1)) is not None


async def community_unit(session: AsyncSession, area: str) -> int | None:
    """The active unit of the community."""
    query = select(Unit.id).where(Unit.area_code == area[:12], Unit.level == Level.COMMUNITY.value, Unit.active)
    found: int | None = await session.scalar(query.order_by(Unit.id).limit(1))
    return found


async def leave_rosters(session: AsyncSession, account_id: int, *, but_grid: int | None = None) -> None:
    """Out of the grids and their rosters from now on, but for one grid: running shifts end, later ones fall away."""
    other = or_(DutyShift.grid_id != (but_grid or 0), DutyShift.grid_id.is_(None))
    own = and_(DutyShift.account_id == account_id, DutyShift.ends_at > func.now(), other)
    await session.execute(delete(DutyShift).where(own, DutyShift.starts_at >= func.now()))
    await session.execute(update(DutyShift).where(own).values(ends_at=func.now()))
    stands_in = and_(DutyShift.substitute_id == account_id, DutyShift.ends_at > func.now(), other)
    await session.execute(update(DutyShift).where(stands_in).values(substitute_id=None))
    await session.execute(
        delete(GridWorker).where(GridWorker.account_id == account_id, GridWorker.grid_id != (but_grid or 0))
    )
    led = update(Grid).where(Grid.leader_id == account_id, Grid.id != (but_grid or 0), Grid.valid_to.is_(None))
    await session.execute(led.values(leader_id=None, version=Grid.version + 1))


async def join_grid(session: AsyncSession, account_id: int, grid_id: int) -> None:
    """One of the grid's workers from now on."""
    known = select(GridWorker).where(GridWorker.account_id == account_id, GridWorker.grid_id == grid_id)
    if await session.scalar(known) is None:
        session.add(GridWorker(account_id=account_id, grid_id=grid_id))


async def open_reports(session: AsyncSession, account_id: int) -> list[Case]:
    """The cases that this worker reported and somebody still owes something in, oldest first."""
    query = select(Case).where(Case.reporter_id == account_id, WAITING).order_by(Case.id)
    return list(await session.scalars(query))


async def left_open(session: AsyncSession, actor: Actor, area: str) -> Sequence[tuple[Case, Account]]:
    """离岗遗留: open cases of the area whose reporter is no worker any more, oldest first."""
    gone = or_(~Account.active, ~_HAS_ROLE)
    query = (
        select(Case, Account)
        .join(Account, Account.id == Case.reporter_id)
        .where(WAITING, gone, Case.area_code.startswith(actor.area or "-", autoescape=True))
        .where(Case.area_code.startswith(area, autoescape=True))
        .order_by(Case.id)
        .limit(500)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]
