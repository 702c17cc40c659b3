"""管理: accounts for the system's and the security administrator, the audit log for the auditor alone (三员分立)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from casework.db.reads import administration as read
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.dispatch.administration_schemas import AccountPage, AccountView, AuditPage, AuditView
from services.who import Holding, TheCity, Transaction

router = APIRouter(tags=["管理 administration"])
Keeper = Annotated[Actor, Depends(Holding(Role.SYS_ADMIN, Role.SEC_ADMIN))]
Auditor = Annotated[Actor, Depends(Holding(Role.AUDIT_ADMIN))]
Words = Annotated[str, Query(max_length=100)]
Exactly = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/accounts", response_model=AccountPage)
async def list_accounts(
    actor: Keeper, session: Transaction, city: TheCity, words: Words = "", cursor: Words = "", limit: Limit = 50
) -> AccountPage:
    """账号: those of the reader's area by login; `words` is a part of login, name or unit."""
    found = await read.accounts_page(session, actor, words=words, after=cursor, limit=limit + 1)
    shown = [
        AccountView(
            login=account.login,
            name=account.display_name,
            roles=[Role(role) for role in account.roles],
            area=account.area_code,
            area_name=city.catalog.areas.name_path(account.area_code),
            unit=unit,
            active=account.active,
            locked_until=account.locked_until,
            created_at=account.created_at,
        )
        for account, unit in found[:limit]
    ]
    return AccountPage(accounts=shown, next=shown[-1].login if len(found) > limit else None)


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
