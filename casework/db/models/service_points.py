"""社区服务点 and what people said of its services: points, answers, what was looked at, and the day's counts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class ServicePoint(Base):
    """社区服务点 of a community (`area_code`, 12 digits, for ever).

    `code`: the public random code (128 bits) on its poster, changed when a poster is misused; `services`: what may be
    chosen there. `closed_at` ends it; `version` counts the changes.
    """

    __tablename__ = "service_point"
    id: Mapped[int] = new_id()
    area_code: Mapped[str]
    name: Mapped[str]
    services: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    code: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    created_at: Mapped[datetime] = time_now()
    code_since: Mapped[datetime] = time_now()
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("length(area_code) = 12", name="in_its_community"),
        CheckConstraint("length(code) >= 22", name="code"),
        # the points of an area and of all below it
        Index(None, "area_code", postgresql_ops={"area_code": "text_pattern_ops"}),
    )


class ServiceAnswer(Base):
    """服务评价: one person's grade of a service, append-only; nobody's name, phone or address is with it.

    `area_code` is the point's. `service`: as the point's list had it then. `words_sealed`: a few words, masked before
    they were sealed. `key_digest`: of the form's key: the same form sent again is one answer.
    """

    __tablename__ = "service_answer"
    id: Mapped[int] = new_id()
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"))
    area_code: Mapped[str]
    at: Mapped[datetime] = time_now()
    grade: Mapped[str]
    service: Mapped[str | None]
    words_sealed: Mapped[bytes | None]
    key_digest: Mapped[bytes]
    __table_args__ = (
        CheckConstraint("grade IN ('VERY_GOOD', 'GOOD', 'FAIR', 'BAD', 'VERY_BAD')", name="grade"),
        Index("uq_service_answer_key", "point_id", "key_digest", unique=True),
        # the figures of a period, of a whole city and of an area in it
        Index(None, "at"),
        Index(None, "area_code", "at", postgresql_ops={"area_code": "text_pattern_ops"}),
    )


class ServiceLook(Base):
    """回看: what was done about an answer, and by whom; append-only, the first one ends the task."""

    __tablename__ = "service_look"
    id: Mapped[int] = new_id()
    answer_id: Mapped[int] = mapped_column(ForeignKey("service_answer.id"), index=True)
    at: Mapped[datetime] = time_now()
    by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str]


class ServiceQuota(Base):
    """限次: how many answers a point took on a day (Asia/Shanghai), in all (`caller` empty) and from each caller.

    `caller` is a keyed digest of address and day. Rows of days gone by are deleted.
    """

    __tablename__ = "service_quota"
    day: Mapped[date] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("service_point.id"), primary_key=True)
    caller: Mapped[bytes] = mapped_column(primary_key=True)
    answers: Mapped[int] = mapped_column(Integer)
