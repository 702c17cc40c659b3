"""账号的建立、授权、停用 are written here, each with who did it and why in the audit log. None commits.

Whoever loses something loses it at once: the sessions are gone before the answer leaves.
"""

import asyncio
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import accounts as rows
from casework.db import units
from casework.db.models import Account, Unit
from casework.db.reads import administration as read
from casework.journey.city import City
from casework.kit.errors import Conflict, FieldFault, Forbidden, NotFound, Unprocessable
from casework.kit.masking import mask_text
from casework.kit.passwords import hash_password, new_password
from casework.rules.account_care import Care, Standing, closes, refusal, rights_fault
from casework.rules.facts import Actor
from casework.rules.said_why import says_why
from casework.rules.words import ADMIN_ROLES, Role


@dataclass(frozen=True, slots=True)
class Rights:
    """角色与范围: `area` is the prefix of the scope, `unit` a unit's code."""

    roles: frozenset[Role]
    area: str
    unit: str | None


async def make(
    session: AsyncSession, city: City, actor: Actor, login: str, name: str, area: str, unit: str | None
) -> str:
    """建立: an account without any role, and its one-time password, which is kept nowhere.

    Raises Unprocessable naming the field: the login is taken, the area or unit is not the actor's.
    """
    faults = [] if _within(city, actor, area) else [FieldFault("area", "account.area_unknown", {"area": area})]
    if await rows.login_taken(session, login):
        faults.append(FieldFault("login", "worker.login_taken", {"login": login}))
    if faults:
        raise Unprocessable(fields=faults)
    found = await _unit(session, actor, unit)
    account = Account(login=login, display_name=name, roles=[], area_code=area, unit_id=found.id if found else None)
    password = await _one_time(account)
    session.add(account)
    await session.flush()
    told = {"login": login, "area": area, "unit": unit}
    rows.note(session, "ACCOUNT_MADE", account_id=actor.account_id, subject=f"account:{login}", data=told)
    return password


async def grant(session: AsyncSession, city: City, actor: Actor, login: str, rights: Rights, why: str) -> None:
    """授权: roles and scope from now on; whoever is signed in must sign in again. A repeat changes nothing.

    Permissions are given on the server (decision 0024); they go with the last business role.

    Raises: NotFound, Forbidden, Conflict as `care`; Unprocessable naming the field.
    """
    account, _ = await _held(session, actor, login, Care.GRANT)
    faults = _why_faults(why)
    # a grid worker's area is a grid's, which the registry knows and the tree of areas does not
    if rights.area != account.area_code and not _within(city, actor, rights.area):
        faults.append(FieldFault("area", "account.area_unknown", {"area": rights.area}))
    before = [Role(role) for role in account.roles]
    if wrong := rights_fault(before, rights.roles, has_unit=bool(rights.unit)):
        faults.append(FieldFault(*wrong))
    if faults:
        raise Unprocessable(fields=faults)
    unit = await _unit(session, actor, rights.unit)
    was = _told(account)
    account.roles, account.area_code, account.unit_id = sorted(rights.roles), rights.area, unit.id if unit else None
    if not rights.roles - ADMIN_ROLES:
        account.permissions = []  # `./gridcall permit` gives them, to business roles alone
    if _told(account) == was:
        return
    await rows.end_sessions(session, account.id)
    data = {"was": was, "now": _told(account), "why": mask_text(why)}
    rows.note(session, "ACCOUNT_GRANTED", account_id=actor.account_id, subject=f"account:{login}", data=data)


async def care(session: AsyncSession, actor: Actor, login: str, act: Care, why: str) -> str | None:
    """停用、启用、重置口令、解锁、结束会话; the one-time password of a reset, else None. What is so already stays so.

    Raises: NotFound: no such account in the actor's area. Forbidden, Conflict: account_care.py says no.
    Unprocessable: no reason.
    """
    account, standing = await _held(session, actor, login, act)
    if faults := _why_faults(why):
        raise Unprocessable(fields=faults)
    password = None
    if act in (Care.CLOSE, Care.OPEN):
        account.active = act is Care.OPEN
    if act in (Care.OPEN, Care.UNLOCK, Care.RESET):
        account.failed_tries, account.locked_until = 0, None
    if act is Care.RESET:
        password = await _one_time(account)
        account.active = not closes(act, standing)
    if act in (Care.CLOSE, Care.RESET, Care.SIGN_OUT):
        await rows.end_sessions(session, account.id)
    told = {"why": mask_text(why), "active": account.active}
    rows.note(session, f"ACCOUNT_{act.value}", account_id=actor.account_id, subject=f"account:{login}", data=told)
    return password


async def _held(session: AsyncSession, actor: Actor, login: str, act: Care) -> tuple[Account, Standing]:
    """The account, locked for this transaction, where the act is allowed."""
    found = await read.account(session, actor, login, hold=True)
    if found is None:
        raise NotFound("account.not_found")
    standing = found.standing(actor)
    code = refusal(act, actor.roles, standing)
    if code == "account.not_your_role":
        raise Forbidden(code)
    if code is not None:
        raise Conflict(code)
    return found.account, standing


def _within(city: City, actor: Actor, area: str) -> bool:
    return bool(actor.area) and area.startswith(actor.area) and city.catalog.areas.valid(area)


async def _unit(session: AsyncSession, actor: Actor, code: str | None) -> Unit | None:
    found = await units.unit_in_area(session, code, actor.area) if code else None
    if code and found is None:
        raise Unprocessable(fields=[FieldFault("unit", "account.unit_unknown", {"unit": code})])
    return found


def _why_faults(why: str) -> list[FieldFault]:
    return [] if says_why(why) else [FieldFault("why", "account.why_missing")]


async def _one_time(account: Account) -> str:
    password = new_password()
    account.password_hash = await asyncio.to_thread(hash_password, password)
    account.once_until = func.now() + rows.ONE_TIME_FOR
    return password


def _told(account: Account) -> dict[str, object]:
    return {
        "roles": list(account.roles),
        "area": account.area_code,
        "unit_id": account.unit_id,
        "permissions": list(account.permissions or []),
    }
