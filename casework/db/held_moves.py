"""可撤销的操作: moves that wait for their moment, so that they can be undone."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, Case, HeldMove


async def keep(
    session: AsyncSession, *, case_id: int, account_id: int, batch: str, action: str, ask_sealed: bytes, wait: timedelta
) -> None:
    """Hold a move until `wait` from now. The caller has the case locked and none is held for it yet."""
    row = HeldMove(batch=batch, case_id=case_id, account_id=account_id, action=action, ask_sealed=ask_sealed)
    row.run_at = func.now() + wait
    session.add(row)
    await session.flush()


async def is_held(session: AsyncSession, case_id: int) -> bool:
    """Whether a move waits for its moment."""
    query = select(HeldMove.id).where(HeldMove.case_id == case_id, HeldMove.state == "HELD")
    return (await session.scalar(query)) is not None


async def undo(session: AsyncSession, batch: str, account_id: int) -> None:
    """Undo those of one's own batch that have not been made yet; a repeat changes nothing."""
    mine = (HeldMove.batch == batch, HeldMove.account_id == account_id, HeldMove.state == "HELD")
    await session.execute(
        update(HeldMove).where(*mine).values(state="UNDONE", ask_sealed=None, ended_at=func.clock_timestamp())
    )


async def of_batch(session: AsyncSession, batch: str, account_id: int) -> Sequence[tuple[HeldMove, Case]]:
    """One's own batch, with the cases, in the order in which they were asked for."""
    query = (
        select(HeldMove, Case)
        .join(Case, Case.id == HeldMove.case_id)
        .where(HeldMove.batch == batch, HeldMove.account_id == account_id)
        .order_by(HeldMove.id)
        .execution_options(populate_existing=True)
    )
    return [(row, case) for row, case in await session.execute(query)]


async def due(session: AsyncSession, *, limit: int) -> Sequence[int]:
    """Whose moment has come, oldest first."""
    query = select(HeldMove.id).where(HeldMove.state == "HELD", HeldMove.run_at <= func.now())
    return (await session.scalars(query.order_by(HeldMove.run_at).limit(limit))).all()


async def take(session: AsyncSession, held_id: int) -> tuple[HeldMove, str, Account] | None:
    """The move with its case's number and its account, locked; None when it is over or in somebody else's hands."""
    query = (
        select(HeldMove, Case.case_no, Account)
        .join(Case, Case.id == HeldMove.case_id)
        .join(Account, Account.id == HeldMove.account_id)
        .where(HeldMove.id == held_id, HeldMove.state == "HELD")
        .with_for_update(of=HeldMove, skip_locked=True)
    )
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def end(session: AsyncSession, held_ids: Collection[int], state: str, code: str | None, params: Any) -> None:
    """Write down how it ended."""
    over = {"state": state, "ask_sealed": None, "ended_at": func.clock_timestamp(), "code": code, "params": params}
    await session.execute(update(HeldMove).where(HeldMove.id.in_(held_ids), HeldMove.state == "HELD").values(**over))
