"""What administrators are shown. Times UTC; no password, no digest, no contact is in any of it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from casework.rules.words import Role


class AccountView(BaseModel):
    """账号. `locked_until`: five wrong passwords lock it until then; null: it is open."""

    login: str
    name: str
    roles: list[Role]
    area: str
    area_name: str
    unit: str | None
    active: bool
    locked_until: datetime | None
    created_at: datetime


class AccountPage(BaseModel):
    """`next`: the `cursor` of the following page; null on the last."""

    accounts: list[AccountView]
    next: str | None


class AuditView(BaseModel):
    """审计记录: who did what to what; `data` as it was written, masked."""

    id: int
    at: datetime
    act: str
    login: str | None
    name: str | None
    subject: str | None
    data: dict[str, Any]


class AuditPage(BaseModel):
    """`next`: the `cursor` of the following page; null on the last."""

    entries: list[AuditView]
    next: str | None
