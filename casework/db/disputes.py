"""Disputes 矛盾纠纷: found within a scope; locked after the case that they hang on, before what hangs on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import (
    Account,
    Case,
    Dispute,
    DisputeEvent,
    DisputeLink,
    DisputeParty,
    DisputeSession,
    DisputeTimer,
)
from casework.db.scope import visible_disputes
from casework.rules.facts import Actor
from casework.rules.words import Role


@dataclass(frozen=True, slots=True)
class Held:
    """A dispute that this transaction holds, and the database's time (UTC)."""

    dispute: Dispute
    now: datetime


@dataclass(slots=True)
class HangsOn:
    """What hangs on a dispute, oldest first."""

    parties: list[DisputeParty]
    timers: list[DisputeTimer]
    sessions: list[DisputeSession]
    links: list[DisputeLink]


async def lock(session: AsyncSession, dispute_no: str, actor: Actor) -> Held | None:
    """Take the case that it hangs on, then the dispute, as they stand now; None when not there or not in scope."""
    asked = select(Dispute.id, Dispute.case_id).where(Dispute.dispute_no == dispute_no)
    known = (await session.execute(visible_disputes(asked, actor))).one_or_none()
    if known is None:
        return None
    if known.case_id is not None:
        await session.execute(select(Case.id).where(Case.id == known.case_id).with_for_update())
    query = select(Dispute, func.now()).where(Dispute.id == known.id).with_for_update(of=Dispute)
    row = (await session.execute(query.execution_options(populate_existing=True))).one()
    return Held(*row)


async def find(session: AsyncSession, dispute_no: str, actor: Actor) -> Dispute | None:
    """The dispute, unlocked; None when it is not there or not in the actor's scope."""
    query = visible_disputes(select(Dispute).where(Dispute.dispute_no == dispute_no), actor)
    found: Dispute | None = await session.scalar(query)
    return found


async def hanging(session: AsyncSession, dispute_id: int) -> HangsOn:
    """All that hangs on a dispute, as it stands now."""
    fresh = {"populate_existing": True}
    parties = select(DisputeParty).where(DisputeParty.dispute_id == dispute_id).order_by(DisputeParty.no)
    timers = select(DisputeTimer).where(DisputeTimer.dispute_id == dispute_id).order_by(DisputeTimer.id)
    held = select(DisputeSession).where(DisputeSession.dispute_id == dispute_id).order_by(DisputeSession.no)
    links = select(DisputeLink).where(DisputeLink.dispute_id == dispute_id).order_by(DisputeLink.id)
    return HangsOn(
        list(await session.scalars(parties.execution_options(**fresh))),
        list(await session.scalars(timers.execution_options(**fresh))),
        list(await session.scalars(held.execution_options(**fresh))),
        list(await session.scalars(links.execution_options(**fresh))),
    )


async def was_done(session: AsyncSession, dispute_id: int, request_key: str) -> bool:
    """Whether this request key made an event of the dispute before."""
    query = select(DisputeEvent.id).where(
        DisputeEvent.dispute_id == dispute_id, DisputeEvent.request_key == request_key
    )
    return await session.scalar(query) is not None


async def reported_before(session: AsyncSession, account_id: int | None, request_key: str) -> Dispute | None:
    """The dispute that this account's request key made before; holds the key for this transaction."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{account_id} {request_key}", 0))))
    query = select(Dispute).where(Dispute.reported_by == account_id, Dispute.request_key == request_key)
    found: Dispute | None = await session.scalar(query)
    return found


async def mediator_of(session: AsyncSession, login: str, area_code: str) -> int | None:
    """The active mediator of that login whose area holds the dispute's; None otherwise."""
    query = select(Account).where(Account.login == login, Account.active)
    found = await session.scalar(query)
    if found is None or Role.MEDIATOR.value not in found.roles:
        return None
    return found.id if found.area_code and area_code.startswith(found.area_code) else None


async def earlier_between(
    session: AsyncSession, dispute: Dispute, phones: Sequence[bytes], id_nos: Sequence[bytes]
) -> int | None:
    """复发: the newest dispute of the prefecture that was agreed on between two of these people; None where there is
    none."""
    same = or_(DisputeParty.phone_index.in_(phones), DisputeParty.id_no_index.in_(id_nos))
    query = (
        select(Dispute.id)
        .join(DisputeParty, DisputeParty.dispute_id == Dispute.id)
        .where(same, Dispute.id != dispute.id, Dispute.agreed_at.is_not(None))
        .where(Dispute.area_code.like(f"{dispute.area_code[:4]}%"))
        .group_by(Dispute.id)
        .having(func.count() >= 2)
        .order_by(Dispute.id.desc())
        .limit(1)
    )
    found: int | None = await session.scalar(query)
    return found


_BREACH = """
WITH due AS (
  SELECT t.id, t.dispute_id, t.name, t.due_at, d.status FROM dispute_timer t JOIN dispute d ON d.id = t.dispute_id
  WHERE t.state = 'RUNNING' AND t.breached_at IS NULL AND t.due_at <= now()
  ORDER BY t.due_at LIMIT $1 FOR UPDATE OF d, t SKIP LOCKED
), marked AS (
  UPDATE dispute_timer t SET breached_at = now() FROM due WHERE t.id = due.id RETURNING t.id
)
INSERT INTO dispute_event (dispute_id, action, role, data)
SELECT dispute_id, 'BREACH', 'SYSTEM', jsonb_build_object('clock', name, 'due_at', due_at) FROM due
"""
LINK_LATE = "DISPUTE_LINK_LATE"
"""Topic: a handover was not answered in time."""
_LINKS = """
WITH due AS (
  SELECT l.id, l.dispute_id, l.kind, l.due_at, l.handed_by, d.dispute_no, d.mediator_id
  FROM dispute_link l JOIN dispute d ON d.id = l.dispute_id
  WHERE l.answered_at IS NULL AND l.breached_at IS NULL AND l.due_at <= now()
  ORDER BY l.due_at LIMIT $1 FOR UPDATE OF d, l SKIP LOCKED
), marked AS (
  UPDATE dispute_link l SET breached_at = now() FROM due WHERE l.id = due.id RETURNING l.id
), owed AS (
  INSERT INTO notice (audience, channel, topic, account_id, params)
  SELECT 'MEDIATOR', 'staff', $2, who, jsonb_build_object('item', dispute_no)
  FROM due, LATERAL (SELECT DISTINCT who FROM unnest(ARRAY[mediator_id, handed_by]) AS u (who)
                     WHERE who IS NOT NULL) AS told
)
INSERT INTO dispute_event (dispute_id, action, role, data)
SELECT dispute_id, 'BREACH', 'SYSTEM', jsonb_build_object('link', kind, 'due_at', due_at) FROM due
"""
_EXPIRED = """
SELECT d.dispute_no FROM dispute_timer t JOIN dispute d ON d.id = t.dispute_id
WHERE t.state = 'RUNNING' AND t.name = 'MEDIATE' AND t.due_at < now() ORDER BY t.due_at LIMIT $1
"""


async def sweep(db: asyncpg.Pool, *, limit: int) -> int:
    """Mark the timers that fell due, each once, with an event; how many."""
    return int((await db.execute(_BREACH, limit)).rpartition(" ")[2])


async def sweep_links(db: asyncpg.Pool, *, limit: int) -> int:
    """Mark the handovers that were not answered in time, each once, with an event; the mediator and whoever handed it
    over are told. How many."""
    return int((await db.execute(_LINKS, limit, LINK_LATE)).rpartition(" ")[2])


async def expired(db: asyncpg.Pool, *, limit: int) -> list[str]:
    """The numbers of the disputes whose time for mediation is over."""
    return [row["dispute_no"] for row in await db.fetch(_EXPIRED, limit)]
