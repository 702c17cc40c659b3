"""Bulletins as they are kept 通报: schedules, and what went out. Scope: an area's, or one's own as a recipient."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, any_, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, BulletinFile, BulletinIssue, BulletinSchedule, Notice
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, Role

TOPIC = "BULLETIN_OUT"
LONGEST_WAIT = timedelta(hours=6)
READERS = frozenset({Role.ANALYST, Role.LEADER, Role.SUPERVISION})
"""Roles that read all bulletins of their area; others read those that were sent to them."""


@dataclass(frozen=True, slots=True)
class Made:
    """One file of an issue."""

    format: str
    body: bytes
    sha256: str


async def accounts_called(session: AsyncSession, logins: Iterable[str], area: str) -> dict[str, Account]:
    """Those of the logins that may be a recipient of the area's bulletins, by login."""
    query = select(Account).where(Account.login.in_(list(logins)), _may_receive(area))
    return {account.login: account for account in await session.scalars(query)}


async def may_receive(session: AsyncSession, area: str, words: str, after: str, limit: int) -> list[Account]:
    """Who may be a recipient of the area's bulletins, by login; `words`: a part of login or name."""
    query = select(Account).where(_may_receive(area), Account.login > after)
    if words:
        parts = (Account.login, Account.display_name)
        query = query.where(or_(*(part.icontains(words, autoescape=True) for part in parts)))
    return list(await session.scalars(query.order_by(Account.login).limit(limit)))


def _may_receive(area: str) -> ColumnElement[bool]:
    """An active account within the area, or above it, with another role than an administrator's."""
    near = or_(Account.area_code.like(f"{area}%"), literal(area).like(Account.area_code + "%"))
    works = or_(*(literal(role.value) == any_(Account.roles) for role in sorted(frozenset(Role) - ADMIN_ROLES)))
    return and_(Account.active, near, works)


async def add_schedule(session: AsyncSession, new: BulletinSchedule) -> BulletinSchedule | None:
    """Keep it; None where the area has one of that name already."""
    names = ("name", "area_code", "pace", "formats", "lang", "recipients", "made_by")
    made = insert(BulletinSchedule).values(**{name: getattr(new, name) for name in names})
    made_id = await session.scalar(made.on_conflict_do_nothing().returning(BulletinSchedule.id))
    return await session.get(BulletinSchedule, made_id) if made_id is not None else None


async def schedules(session: AsyncSession, area: str) -> list[BulletinSchedule]:
    """Those within the area that have not ended."""
    query = select(BulletinSchedule).where(
        BulletinSchedule.area_code.like(f"{area}%"), BulletinSchedule.ended_at.is_(None)
    )
    return list(await session.scalars(query.order_by(BulletinSchedule.id)))


async def end_schedule(session: AsyncSession, schedule_id: int, area: str) -> bool:
    """End it; False where there is none within the area. One that has ended stays as it is."""
    mine = (BulletinSchedule.id == schedule_id, BulletinSchedule.area_code.like(f"{area}%"))
    ended = update(BulletinSchedule).where(*mine).values(ended_at=func.coalesce(BulletinSchedule.ended_at, func.now()))
    return await session.scalar(ended.returning(BulletinSchedule.id)) is not None


async def accounts_of(session: AsyncSession, account_ids: Iterable[int]) -> dict[int, Account]:
    """Accounts by id."""
    found = await session.scalars(select(Account).where(Account.id.in_(sorted(set(account_ids)))))
    return {account.id: account for account in found}


async def running(session: AsyncSession) -> list[int]:
    """The schedules that may have something to send."""
    query = select(BulletinSchedule.id).where(
        BulletinSchedule.ended_at.is_(None), BulletinSchedule.retry_at <= func.now()
    )
    return list(await session.scalars(query.order_by(BulletinSchedule.id)))


async def hold(session: AsyncSession, schedule_id: int) -> BulletinSchedule | None:
    """The schedule, held by this transaction; None: another worker has it, or it has ended. Figures may take long."""
    await session.execute(text("SET LOCAL statement_timeout = '15min'"))
    query = select(BulletinSchedule).where(BulletinSchedule.id == schedule_id, BulletinSchedule.ended_at.is_(None))
    found: BulletinSchedule | None = await session.scalar(query.with_for_update(skip_locked=True))
    return found


async def periods_out(session: AsyncSession, schedule_id: int) -> set[str]:
    """The months or weeks that went out."""
    return set(await session.scalars(select(BulletinIssue.period).where(BulletinIssue.schedule_id == schedule_id)))


async def put_off(session: AsyncSession, schedule_id: int) -> None:
    """It could not be made: later again, each time twice as late."""
    wait = func.least(func.make_interval(0, 0, 0, 0, 0, 5) * func.power(2, BulletinSchedule.failures), LONGEST_WAIT)
    mine = update(BulletinSchedule).where(BulletinSchedule.id == schedule_id)
    await session.execute(mine.values(failures=BulletinSchedule.failures + 1, retry_at=func.now() + wait))


async def send(
    session: AsyncSession, schedule: BulletinSchedule, period: str, title: str, files: Sequence[Made], *, frozen: bool
) -> BulletinIssue:
    """Keep the issue with its files and owe each recipient that is still there a notice: one transaction, once."""
    there = await session.scalars(select(Account.id).where(Account.id.in_(schedule.recipients), Account.active))
    recipients = sorted(there)
    told = {"schedule_id": schedule.id, "area_code": schedule.area_code, "period": period, "title": title}
    issue = BulletinIssue(**told, frozen=frozen, recipients=recipients)
    session.add(issue)
    await session.flush()
    session.add_all(BulletinFile(issue_id=issue.id, format=f.format, body=f.body, sha256=f.sha256) for f in files)
    params = {"item": str(issue.id), "title": title}
    line = {"audience": Role.ANALYST.value, "channel": "staff", "topic": TOPIC, "params": params}
    session.add_all(Notice(**line, account_id=account_id) for account_id in recipients)
    schedule.failures = 0
    return issue


def _readable(actor: Actor) -> ColumnElement[bool]:
    mine = literal(actor.account_id) == any_(BulletinIssue.recipients)
    within = BulletinIssue.area_code.like(f"{actor.area}%")
    return or_(mine, within) if actor.roles & READERS and actor.area else mine


async def issues(
    session: AsyncSession, actor: Actor, before: int | None, limit: int
) -> list[tuple[BulletinIssue, dict[str, str]]]:
    """What went out that the actor may read, newest first, below the id `before`; each with its files' digests."""
    query = select(BulletinIssue).where(_readable(actor)).order_by(BulletinIssue.id.desc()).limit(limit)
    if before is not None:
        query = query.where(BulletinIssue.id < before)
    found = list(await session.scalars(query))
    files = select(BulletinFile.issue_id, BulletinFile.format, BulletinFile.sha256)
    digests: dict[int, dict[str, str]] = {issue.id: {} for issue in found}
    for issue_id, kind, digest in await session.execute(files.where(BulletinFile.issue_id.in_(list(digests)))):
        digests[issue_id][kind] = digest
    return [(issue, digests[issue.id]) for issue in found]


async def file(
    session: AsyncSession, actor: Actor, issue_id: int, kind: str
) -> tuple[BulletinIssue, BulletinFile] | None:
    """A file of an issue that the actor may read; None otherwise."""
    query = select(BulletinIssue, BulletinFile).join(BulletinFile, BulletinFile.issue_id == BulletinIssue.id)
    query = query.where(_readable(actor), BulletinIssue.id == issue_id, BulletinFile.format == kind)
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row is not None else None
