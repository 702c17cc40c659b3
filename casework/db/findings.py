"""Findings 剔除台账、漏报认定: what waits, what stands, how many by reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import AttachmentUse, Case, Finding
from casework.db.models.cohorts import fell_due
from casework.db.scope import visible
from casework.rules.facts import Actor
from casework.rules.words import FindingKind, FindingState, Ruling

_STANDS = and_(Finding.ruling == Ruling.GRANTED.value, Finding.revoked_at.is_(None))
_STATES: dict[FindingState, ColumnElement[bool]] = {
    FindingState.PROPOSED: Finding.ruling.is_(None),
    FindingState.STANDING: _STANDS,
    FindingState.REJECTED: Finding.ruling == Ruling.REJECTED.value,
    FindingState.REVOKED: Finding.revoked_at.is_not(None),
}


def state_of(entry: Finding) -> FindingState:
    """Where an entry stands."""
    if entry.ruling is None:
        return FindingState.PROPOSED
    if entry.ruling == Ruling.REJECTED:
        return FindingState.REJECTED
    return FindingState.REVOKED if entry.revoked_at is not None else FindingState.STANDING


async def live(session: AsyncSession, case_id: int, kind: FindingKind) -> Finding | None:
    """The case's entry of the kind that waits or stands."""
    mine = and_(Finding.case_id == case_id, Finding.kind == kind.value)
    found: Finding | None = await session.scalar(
        select(Finding).where(mine, Finding.ruling.is_distinct_from("REJECTED"), Finding.revoked_at.is_(None))
    )
    return found


async def unknown_attachments(session: AsyncSession, case_id: int, ids: Sequence[str]) -> set[str]:
    """Those that are no files of the case."""
    if not ids:
        return set()
    query = select(AttachmentUse.attachment_id).where(
        AttachmentUse.case_id == case_id, AttachmentUse.attachment_id.in_(ids)
    )
    return set(ids) - set(await session.scalars(query))


async def case_no_of(session: AsyncSession, finding_id: int) -> str | None:
    """The number of the case that the entry is about."""
    query = select(Case.case_no).join(Finding, Finding.case_id == Case.id).where(Finding.id == finding_id)
    found: str | None = await session.scalar(query)
    return found


async def locked(session: AsyncSession, finding_id: int) -> Finding:
    """The entry, locked; its case must be already."""
    query = select(Finding).where(Finding.id == finding_id).with_for_update()
    return (await session.scalars(query)).one()


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with its case's number and area."""

    entry: Finding
    case_no: str
    area_code: str


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    kind: FindingKind | None,
    state: FindingState | None,
    area: str,
    before: int | None,
    limit: int,
) -> list[Line]:
    """Entries of cases that the actor may see, newest first, those before an id."""
    query = select(Finding, Case.case_no, Case.area_code).join(Case, Case.id == Finding.case_id)
    if kind is not None:
        query = query.where(Finding.kind == kind.value)
    if state is not None:
        query = query.where(_STATES[state])
    if area:
        query = query.where(Case.area_code.like(f"{area}%"))
    if before is not None:
        query = query.where(Finding.id < before)
    rows = await session.execute(visible(query, actor).order_by(Finding.id.desc()).limit(limit))
    return [Line(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many entries of a reason wait, stand, were rejected, were revoked."""

    kind: FindingKind
    reason: str
    proposed: int
    standing: int
    rejected: int
    revoked: int


async def counts(
    session: AsyncSession, actor: Actor, *, area: str, first: datetime, last: datetime
) -> list[ReasonCount]:
    """Published counts by reason, of cases due from `first` to before `last` (UTC)."""
    by_state = [func.count().filter(_STATES[state]) for state in FindingState]
    query = (
        select(Finding.kind, Finding.reason, *by_state)
        .join(Case, Case.id == Finding.case_id)
        .where(Case.finish_due.is_not(None), fell_due >= first, fell_due < last)
        .group_by(Finding.kind, Finding.reason)
        .order_by(Finding.kind, Finding.reason)
    )
    if area:
        query = query.where(Case.area_code.like(f"{area}%"))
    rows = await session.execute(visible(query, actor))
    return [ReasonCount(FindingKind(kind), reason, *numbers) for kind, reason, *numbers in rows]
