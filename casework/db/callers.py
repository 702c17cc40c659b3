"""Callers 来电人 by their number: who is on the block list, and what the same person said before."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import CallerBlock, Case, Request
from casework.db.scope import visible
from casework.rules.facts import Actor

LOOK_BACK = timedelta(days=90)
ALIKE = 0.2
"""Trigram likeness of two working texts from which they may be the same matter; a person decides."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier case of the same person: how alike its words are (0 to 1), and whether the category is the same."""

    case: Case
    likeness: float
    same_category: bool

    @property
    def same_matter(self) -> bool:
        """同一事项 as far as a machine can say."""
        return self.same_category or self.likeness >= ALIKE


def live_block() -> ColumnElement[bool]:
    """A block that holds now."""
    return and_(CallerBlock.state == "BLOCKED", CallerBlock.until > func.now())


async def block_of(session: AsyncSession, indexes: tuple[bytes, ...], area: str) -> CallerBlock | None:
    """The block that holds for a number in an area now (made there, or for a wider area)."""
    near = or_(*(CallerBlock.area_code == area[:length] for length in range(2, len(area) + 1)))
    query = select(CallerBlock).where(CallerBlock.phone_index.in_(indexes), live_block(), near)
    found: CallerBlock | None = await session.scalar(query.order_by(CallerBlock.until.desc()).limit(1))
    return found


async def blocks(session: AsyncSession, area: str, state: str | None, *, after: int, limit: int) -> list[CallerBlock]:
    """The list within an area, newest first; `after`: the id the page before ended with, 0 for the first."""
    query = select(CallerBlock).where(CallerBlock.area_code.like(f"{area}%"))
    if state:
        query = query.where(CallerBlock.state == state)
    if after:
        query = query.where(CallerBlock.id < after)
    return list(await session.scalars(query.order_by(CallerBlock.id.desc()).limit(limit)))


async def live_row(session: AsyncSession, index: bytes, area: str) -> CallerBlock | None:
    """The proposal or block of a number in an area that is not settled, held for this transaction."""
    query = select(CallerBlock).where(
        CallerBlock.phone_index == index,
        CallerBlock.area_code == area,
        CallerBlock.state.in_(["PROPOSED", "BLOCKED"]),
    )
    found: CallerBlock | None = await session.scalar(query.with_for_update())
    return found


async def one_block(session: AsyncSession, block_id: int, area: str) -> CallerBlock | None:
    """A line of the list within an area, held for this transaction."""
    query = select(CallerBlock).where(CallerBlock.id == block_id, CallerBlock.area_code.like(f"{area}%"))
    found: CallerBlock | None = await session.scalar(query.with_for_update())
    return found


async def earlier_cases(session: AsyncSession, actor: Actor, case_no: str, *, limit: int = 20) -> list[Earlier]:
    """重复诉求: cases of the same number in the 90 days before, most alike first, within the actor's scope."""
    here = (
        select(Case.id, Case.category, Case.created_at, Request.phone_index, Request.working_text)
        .join(Request, Request.id == Case.request_id)
        .where(Case.case_no == case_no, Request.phone_index.is_not(None))
    )
    this = (await session.execute(visible(here, actor))).one_or_none()
    if this is None:
        return []
    likeness = func.similarity(Request.working_text, this.working_text).label("likeness")
    query = (
        select(Case, likeness)
        .join(Request, Request.id == Case.request_id)
        .where(
            Request.phone_index == this.phone_index,
            Case.id < this.id,
            Case.created_at >= this.created_at - LOOK_BACK,
        )
        .order_by(likeness.desc(), Case.id.desc())
        .limit(limit)
    )
    rows = await session.execute(visible(query, actor))
    return [
        Earlier(case, float(alike), this.category is not None and case.category == this.category)
        for case, alike in rows
    ]
