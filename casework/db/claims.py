"""认领 and 在看: who has taken a case for a while, and who looks at it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, CaseClaim, CaseViewer

LEASE = timedelta(minutes=2)
"""How long a claim lasts unless it is renewed; an open page renews it twice a minute."""
PRESENT = timedelta(seconds=50)
"""How long somebody counts as looking after the last sign."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim that stands: whose, by what name, until when (UTC)."""

    account_id: int
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Watching:
    """Somebody who has the case open."""

    name: str
    doing: str
    seen_at: datetime


async def claim(session: AsyncSession, case_id: int, account_id: int, lease: timedelta = LEASE) -> Claimed:
    """Take the case, or renew one's own claim; whose it is now: one's own, or the earlier one's that still stands."""
    until = func.now() + lease
    wish = insert(CaseClaim).values(case_id=case_id, account_id=account_id, until=until)
    mine_or_over = (CaseClaim.account_id == account_id) | (CaseClaim.until <= func.now())
    longest = {"account_id": account_id, "until": func.greatest(CaseClaim.until, until), "claimed_at": func.now()}
    await session.execute(wish.on_conflict_do_update(index_elements=["case_id"], set_=longest, where=mine_or_over))
    return (await claims_of(session, [case_id]))[case_id]


async def renew(session: AsyncSession, case_id: int, account_id: int) -> None:
    """Prolong one's own claim where there is one."""
    found = await session.get(CaseClaim, case_id, with_for_update=True)
    if found is not None and found.account_id == account_id:
        await claim(session, case_id, account_id)


async def release(session: AsyncSession, case_ids: Collection[int], account_id: int) -> None:
    """Give one's own claims up; a repeat changes nothing."""
    own = (CaseClaim.case_id.in_(case_ids), CaseClaim.account_id == account_id)
    await session.execute(delete(CaseClaim).where(*own))


async def claims_of(session: AsyncSession, case_ids: Collection[int]) -> dict[int, Claimed]:
    """The claims that stand, by case."""
    query = (
        select(CaseClaim.case_id, CaseClaim.account_id, Account.display_name, CaseClaim.until)
        .join(Account, Account.id == CaseClaim.account_id)
        .where(CaseClaim.case_id.in_(case_ids), CaseClaim.until > func.now())
    )
    return {case: Claimed(account, name, until) for case, account, name, until in await session.execute(query)}


async def look(session: AsyncSession, case_id: int, account_id: int, doing: str) -> None:
    """Note that somebody has the case open now."""
    seen = insert(CaseViewer).values(case_id=case_id, account_id=account_id, doing=doing)
    again = {"doing": doing, "seen_at": func.now()}
    await session.execute(seen.on_conflict_do_update(index_elements=["case_id", "account_id"], set_=again))


async def others_looking(session: AsyncSession, case_id: int, account_id: int) -> list[Watching]:
    """Who else has the case open, those who write first."""
    query = (
        select(Account.display_name, CaseViewer.doing, CaseViewer.seen_at)
        .join(Account, Account.id == CaseViewer.account_id)
        .where(CaseViewer.case_id == case_id, CaseViewer.account_id != account_id)
        .where(CaseViewer.seen_at > func.now() - PRESENT)
        .order_by(CaseViewer.doing, CaseViewer.seen_at)
    )
    return [Watching(*row) for row in await session.execute(query)]


async def forget_old(session: AsyncSession) -> int:
    """Clear what stands for nobody any more: claims and looks of a day ago; how many."""
    day = func.now() - timedelta(days=1)
    claims = (await session.scalars(delete(CaseClaim).where(CaseClaim.until < day).returning(CaseClaim.case_id))).all()
    looks = delete(CaseViewer).where(CaseViewer.seen_at < day).returning(CaseViewer.case_id)
    return len(claims) + len((await session.scalars(looks)).all())
