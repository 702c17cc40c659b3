"""What administrators read: the accounts of their area, and the audit log. Reading changes nothing."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.accounts import IDLE_FOR
from casework.db.models import Account, AuditLog, Session, Unit
from casework.rules.account_care import Standing
from casework.rules.facts import Actor
from casework.rules.words import Role

PROVINCE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """审计记录, with the login and name of who did it; None: the system, or nobody known."""

    log: AuditLog
    login: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """账号, with its unit, whether it is locked now and how many open sessions it has."""

    account: Account
    unit: Unit | None
    locked: bool
    sessions: int

    def standing(self, actor: Actor) -> Standing:
        """As the rules of administration see it."""
        roles = frozenset(Role(role) for role in self.account.roles)
        oneself = self.account.id == actor.account_id
        return Standing(roles, self.account.active, self.locked, self.sessions, oneself)


def _listed(actor: Actor) -> Select[Account, Unit, bool, int]:
    live = (Session.expires_at > func.now()) & (Session.seen_at > func.now() - IDLE_FOR)
    sessions = select(func.count()).where(Session.account_id == Account.id, live).scalar_subquery()
    locked: ColumnElement[bool] = func.coalesce(Account.locked_until > func.now(), False)
    query = select(Account, Unit, locked, sessions).outerjoin(Unit, Unit.id == Account.unit_id)
    return query.where(Account.area_code.startswith(actor.area or "-", autoescape=True))


async def accounts_page(
    session: AsyncSession, actor: Actor, *, words: str = "", after: str = "", limit: int
) -> list[Listed]:
    """The accounts of the actor's area by login. `words`: a part of login, name or unit."""
    query = _listed(actor).where(Account.login > after).order_by(Account.login).limit(limit)
    if words:
        parts = (Account.login, Account.display_name, Unit.name)
        query = query.where(or_(*(part.icontains(words, autoescape=True) for part in parts)))
    return [Listed(*row) for row in await session.execute(query)]


async def account(session: AsyncSession, actor: Actor, login: str, *, hold: bool = False) -> Listed | None:
    """One of them; `hold`: locked for this transaction."""
    query = _listed(actor).where(Account.login == login)
    row = (await session.execute(query.with_for_update(of=Account) if hold else query)).one_or_none()
    return Listed(*row) if row is not None else None


async def audit_page(
    session: AsyncSession,
    actor: Actor,
    *,
    act: str | None = None,
    login: str | None = None,
    subject: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Entry]:
    """What accounts of the actor's area did, newest first; what nobody's account did is for the whole province's."""
    within = Account.area_code.startswith(actor.area, autoescape=True)
    seen = or_(within, AuditLog.account_id.is_(None)) if len(actor.area) <= PROVINCE_DIGITS else within
    query = (
        select(AuditLog, Account.login, Account.display_name)
        .outerjoin(Account, Account.id == AuditLog.account_id)
        .where(seen)
        .order_by(AuditLog.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(AuditLog.id < before)
    if act:
        query = query.where(AuditLog.act == act)
    if login:
        query = query.where(Account.login == login)
    if subject:
        query = query.where(AuditLog.subject == subject)
    return [Entry(*row) for row in await session.execute(query)]
