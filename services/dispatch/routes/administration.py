"""管理: accounts for the system's and the security administrator, the audit log for the auditor alone (三员分立)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.reads import administration as read
from casework.journey import accounts as journey
from casework.journey.city import City
from casework.kit.errors import NotFound
from casework.rules.account_care import allowed
from casework.rules.facts import Actor
from casework.rules.words import Permission, Role
from services.dispatch.administration_schemas import (
    AccountForm,
    AccountMade,
    AccountPage,
    AccountView,
    AuditPage,
    AuditView,
    CareDone,
    CareForm,
    RightsForm,
)
from services.who import Holding, TheCity, Transaction

router = APIRouter(tags=["管理 administration"])
Keeper = Annotated[Actor, Depends(Holding(Role.SYS_ADMIN, Role.SEC_ADMIN))]
Maker = Annotated[Actor, Depends(Holding(Role.SYS_ADMIN))]
Granter = Annotated[Actor, Depends(Holding(Role.SEC_ADMIN))]
Auditor = Annotated[Actor, Depends(Holding(Role.AUDIT_ADMIN))]
Login = Annotated[str, Path(max_length=100)]
Words = Annotated[str, Query(max_length=100)]
Exactly = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/accounts", response_model=AccountPage)
async def list_accounts(
    actor: Keeper, session: Transaction, city: TheCity, words: Words = "", cursor: Words = "", limit: Limit = 50
) -> AccountPage:
    """账号: those of the reader's area by login; `words` is a part of login, name or unit."""
    found = await read.accounts_page(session, actor, words=words, after=cursor, limit=limit + 1)
    shown = [_account(city, actor, one) for one in found[:limit]]
    return AccountPage(accounts=shown, next=shown[-1].login if len(found) > limit else None)


@router.post("/accounts", status_code=201)
async def make_account(form: AccountForm, actor: Maker, session: Transaction, city: TheCity) -> AccountMade:
    """建立: without any role; the security administrator gives those."""
    password = await journey.make(session, city, actor, form.login, form.name, form.area, form.unit)
    return AccountMade(account=await _shown(session, city, actor, form.login), password=password)


@router.put("/accounts/{login}/rights")
async def grant_rights(
    login: Login, form: RightsForm, actor: Granter, session: Transaction, city: TheCity
) -> AccountView:
    """授权: roles, scope, unit; its sessions end when anything changes."""
    rights = journey.Rights(form.roles, form.area, form.unit)
    await journey.grant(session, city, actor, login, rights, form.why)
    return await _shown(session, city, actor, login)


@router.post("/accounts/{login}/acts")
async def care_for(login: Login, form: CareForm, actor: Keeper, session: Transaction, city: TheCity) -> CareDone:
    """停用、启用、重置口令、解锁、结束会话: what `may` of the account says."""
    password = await journey.care(session, actor, login, form.act, form.why)
    return CareDone(account=await _shown(session, city, actor, login), password=password)


@router.get("/audit", response_model=AuditPage)
async def list_audit(
    actor: Auditor,
    session: Transaction,
    act: Exactly = None,
    login: Exactly = None,
    subject: Exactly = None,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Limit = 50,
) -> AuditPage:
    """审计: what was done by accounts of the reader's area, newest first; by act, account and subject exactly."""
    asked = {"act": act, "login": login, "subject": subject}
    found = await read.audit_page(session, actor, **asked, before=cursor, limit=limit + 1)
    shown = [
        AuditView(
            id=one.log.id,
            at=one.log.at,
            act=one.log.act,
            login=one.login,
            name=one.name,
            subject=one.log.subject,
            data=one.log.data,
        )
        for one in found[:limit]
    ]
    return AuditPage(entries=shown, next=str(shown[-1].id) if len(found) > limit else None)


async def _shown(session: AsyncSession, city: City, actor: Actor, login: str) -> AccountView:
    await session.flush()
    found = await read.account(session, actor, login)
    if found is None:  # the scope it was given lies outside the giver's
        raise NotFound("account.not_found")
    await session.refresh(found.account)
    return _account(city, actor, found)


def _account(city: City, actor: Actor, one: read.Listed) -> AccountView:
    account, unit = one.account, one.unit
    return AccountView(
        login=account.login,
        name=account.display_name,
        roles=[Role(role) for role in account.roles],
        permissions=[Permission(name) for name in account.permissions],
        area=account.area_code,
        area_name=city.catalog.areas.name_path(account.area_code),
        unit=unit.name if unit else None,
        unit_code=unit.code if unit else None,
        active=account.active,
        locked_until=account.locked_until if one.locked else None,
        once_until=account.once_until,
        sessions=one.sessions,
        created_at=account.created_at,
        may=allowed(actor.roles, one.standing(actor)),
    )
