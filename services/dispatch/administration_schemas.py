"""What administrators are shown. Times UTC; no password, no digest, no contact is in any of it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.rules.account_care import Care
from casework.rules.words import Permission, Role

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Area = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=20, pattern=r"^[0-9A-Z]+$")]
UnitCode = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Z-]+$")] | None
Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]
Act = Literal[Care.CLOSE, Care.OPEN, Care.RESET, Care.UNLOCK, Care.SIGN_OUT]


class AccountView(BaseModel):
    """账号. `locked_until`: five wrong passwords lock it until then; null: it is open. `once_until`: its password was
    handed out and waits for the person to choose another. `may`: what the reader may do to it now."""

    login: str
    name: str
    roles: list[Role]
    permissions: list[Permission]
    area: str
    area_name: str
    unit: str | None
    unit_code: str | None
    active: bool
    locked_until: datetime | None
    once_until: datetime | None
    sessions: int
    created_at: datetime
    may: list[Care]


class AccountPage(BaseModel):
    """`next`: the `cursor` of the following page; null on the last."""

    accounts: list[AccountView]
    next: str | None


class AccountForm(BaseModel):
    """建立账号: it can do nothing until it is given roles."""

    model_config = ConfigDict(extra="forbid")

    login: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z][a-z0-9-]{2,31}$")]
    name: Name
    area: Area
    unit: UnitCode = None


class AccountMade(BaseModel):
    """`password`: one-time, shown this once."""

    account: AccountView
    password: str


class RightsForm(BaseModel):
    """授权: all that the account may do from now on."""

    model_config = ConfigDict(extra="forbid")

    roles: Annotated[frozenset[Role], Field(max_length=20)]
    area: Area
    unit: UnitCode = None
    why: Why


class CareForm(BaseModel):
    """停用、启用、重置口令、解锁、结束会话, with its reason."""

    model_config = ConfigDict(extra="forbid")

    act: Act
    why: Why


class CareDone(BaseModel):
    """`password`: of a reset, one-time, shown this once."""

    account: AccountView
    password: str | None


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
