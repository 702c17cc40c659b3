"""What the citizen's doors read and keep 市民端: links, query codes' tries, the public side of a case."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from sqlalchemy import Integer, Interval, bindparam, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Assignment, Case, CitizenLink, Event, QueryTry, Survey, Unit

LINK_LASTS = timedelta(days=30)
TRIES = 5
WAIT = timedelta(minutes=30)

_KEEP_LINK = """
INSERT INTO citizen_link AS l (token_digest, case_id, cycle, expires_at) VALUES ($1, $2, $3, now() + $4::interval)
ON CONFLICT (token_digest) DO UPDATE SET expires_at = greatest(l.expires_at, excluded.expires_at)
"""
# tries within half an hour of one another add up; from the sixth on the end of the wait stands still
_COUNT_TRY = text(
    """
INSERT INTO query_try AS q (request_no, failed, wait_until) VALUES (:number, 1, now() + :wait)
ON CONFLICT (request_no) DO UPDATE SET
    failed = CASE WHEN q.wait_until > now() THEN least(q.failed, :most) + 1 ELSE 1 END,
    wait_until = CASE WHEN q.wait_until > now() AND q.failed >= :most THEN q.wait_until ELSE now() + :wait END
RETURNING failed, extract(epoch FROM wait_until - now()) AS seconds
"""
).bindparams(bindparam("wait", type_=Interval()), bindparam("most", type_=Integer()))


@dataclass(frozen=True, slots=True)
class Linked:
    """The case that a link opens, and whether the link's time is over."""

    case_no: str
    expired: bool


@dataclass(frozen=True, slots=True)
class Lead:
    """Which unit had the case in the lead from `since` on."""

    since: datetime
    unit_name: str


async def keep_link(db: asyncpg.Pool, token_digest: bytes, case_id: int, cycle: int) -> None:
    """Let a token open a case for 30 days from now; a repeat only moves the end."""
    await db.execute(_KEEP_LINK, token_digest, case_id, cycle, LINK_LASTS)


async def beside(session: AsyncSession, case: Case) -> list[Case]:
    """The other cases of the same request, oldest first."""
    query = select(Case).where(Case.request_id == case.request_id, Case.id != case.id).order_by(Case.id)
    return list(await session.scalars(query))


async def by_link(session: AsyncSession, token_digest: bytes) -> Linked | None:
    """What a link opens; None when there is no such link."""
    query = (
        select(Case.case_no, CitizenLink.expires_at <= func.now())
        .join(CitizenLink, CitizenLink.case_id == Case.id)
        .where(CitizenLink.token_digest == token_digest)
    )
    row = (await session.execute(query)).one_or_none()
    return Linked(*row) if row is not None else None


async def by_number(session: AsyncSession, case_no: str) -> Case | None:
    """The case of that number; a request's number is its first case's (words.md §1)."""
    found: Case | None = await session.scalar(select(Case).where(Case.case_no == case_no))
    return found


async def history(session: AsyncSession, case_id: int) -> list[Event]:
    """The events of a case, oldest first."""
    return list(await session.scalars(select(Event).where(Event.case_id == case_id).order_by(Event.id)))


async def leads(session: AsyncSession, case_id: int) -> list[Lead]:
    """The units that had the case in the lead, in order."""
    query = (
        select(Assignment.opened_at, Unit.name)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.case_id == case_id, Assignment.kind == "LEAD")
        .order_by(Assignment.id)
    )
    return [Lead(*row) for row in await session.execute(query)]


async def last_survey(session: AsyncSession, case: Case) -> Survey | None:
    """The answers that count now: the latest of this handling or rework."""
    query = (
        select(Survey)
        .where(Survey.case_id == case.id, Survey.cycle == case.rework_count + 1)
        .order_by(Survey.id.desc())
        .limit(1)
    )
    found: Survey | None = await session.scalar(query)
    return found


async def count_try(session: AsyncSession, request_no: str) -> int | None:
    """Count one try at a number before its code is looked at; None when it may be looked at.

    After five without a right one: the whole seconds to wait, at most 30 minutes. Commit it whatever comes after.
    """
    row = (await session.execute(_COUNT_TRY, {"number": request_no, "most": TRIES, "wait": WAIT})).one()
    return None if row.failed <= TRIES else max(1, math.ceil(row.seconds))


async def forget_tries(session: AsyncSession, request_no: str) -> None:
    """The code was right: the tries before it are forgotten."""
    await session.execute(delete(QueryTry).where(QueryTry.request_no == request_no))


async def sweep_tries(session: AsyncSession) -> int:
    """Drop counts whose time is over; how many."""
    gone = await session.execute(
        delete(QueryTry).where(QueryTry.wait_until < func.now()).returning(QueryTry.request_no)
    )
    return len(gone.all())


def unit_at(found: Sequence[Lead], at: datetime) -> str | None:
    """The unit that had the lead at that time."""
    return next((lead.unit_name for lead in reversed(found) if lead.since <= at), None)
