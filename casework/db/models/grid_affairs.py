"""Grid affairs 网格事务: who is away, and what hangs on the grids' people beside the registry."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class DutyLeave(Base):
    """请假: who is away from `starts_at` to before `ends_at` (UTC), why, and who stands in, if anybody does."""

    __tablename__ = "duty_leave"
    id: Mapped[int] = new_id()
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = time_now()
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="length"),
        CheckConstraint("substitute_id <> account_id", name="another"),
        # who is away now
        Index(None, "account_id", "ends_at"),
    )


class WorkerStanding(Base):
    """网格员状态: where a person stands as a grid worker (rules/worker_life.py), since when.

    Who has the role and no row here was brought in before the register: on duty while the account is active.
    """

    __tablename__ = "worker_standing"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    stage: Mapped[str]
    since: Mapped[datetime] = time_now()


class WorkerEvent(Base):
    """网格员管理记录: append-only; every step with who took it and why. `data`: topic, result, reason, grids."""

    __tablename__ = "worker_event"
    id: Mapped[int] = new_id()
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = time_now()
    step: Mapped[str]
    from_stage: Mapped[str | None]
    to_stage: Mapped[str]
    by_account: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    __table_args__ = (Index(None, "account_id", "id"),)


class GroupLeader(Base):
    """居民小组长: a registered person of a residents' group 居民小组, who may report and is no grid worker.

    No account, no rights: others write down what they report. Name and phone are sealed.
    """

    __tablename__ = "group_leader"
    id: Mapped[int] = new_id()
    area_code: Mapped[str]
    group_name: Mapped[str]
    name_sealed: Mapped[bytes]
    phone_sealed: Mapped[bytes]
    valid_from: Mapped[datetime] = time_now()
    valid_to: Mapped[datetime | None]
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    __table_args__ = (
        CheckConstraint("length(area_code) = 12", name="in_its_community"),
        Index(None, "area_code", postgresql_ops={"area_code": "text_pattern_ops"}),
    )


class GridItem(Base):
    """网格事项准入: a category (its code, with all below it) that an area's grids may be given; no `kinds`: any.

    Asked for by one person with its source, admitted or refused by another. state: ASKED 待准入, ADMITTED 已准入,
    REFUSED 不予准入, ENDED 已退出. Days in Asia/Shanghai; from `valid_to` on it no longer holds.
    """

    __tablename__ = "grid_item"
    id: Mapped[int] = new_id()
    category: Mapped[str]
    area_code: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    name: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(server_default=text("'ASKED'"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = time_now()
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("state IN ('ASKED', 'ADMITTED', 'REFUSED', 'ENDED')", name="state"),
        CheckConstraint("valid_to > valid_from", name="valid"),
        CheckConstraint("decided_by <> asked_by OR state = 'ENDED'", name="two_persons"),
        # what may be sent to the grids of an area
        Index(None, "area_code", postgresql_where=text("state = 'ADMITTED'")),
    )


class GridCadre(Base):
    """包联干部: a cadre packaged with a grid from `valid_from` to before `valid_to` (UTC; null: until further notice).

    Told of serious cases there, and may read its cases.
    """

    __tablename__ = "grid_cadre"
    id: Mapped[int] = new_id()
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    valid_from: Mapped[datetime] = time_now()
    valid_to: Mapped[datetime | None]
    note: Mapped[str | None]
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="valid"),
        Index(None, "grid_id"),
        Index(None, "account_id"),
    )


class CadreTold(Base):
    """包联告知: a cadre was told of a serious case, once."""

    __tablename__ = "cadre_told"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    cadre_id: Mapped[int] = mapped_column(ForeignKey("grid_cadre.id"), primary_key=True)
    told_at: Mapped[datetime] = time_now()
