"""Grids 网格 of the communities, and who is on duty for a grid or a unit."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Grid(Base):
    """网格: the smallest area. `code` is its community's code and a suffix (words.md §5), unique for ever.

    `polygon`: GeoJSON, lon and lat in CGCS2000. A change of borders ends the row (`valid_to`) and makes another with a
    code of its own: a place belongs to the grid that was valid at the time [domain.md §3.2]. `leader_id` 网格长,
    `version` counts the changes, `source` says where its borders come from.
    """

    __tablename__ = "grid"
    id: Mapped[int] = new_id()
    code: Mapped[str] = mapped_column(unique=True)
    area_code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    polygon: Mapped[dict[str, Any]]
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    source: Mapped[str | None]
    valid_from: Mapped[datetime] = time_now()
    valid_to: Mapped[datetime | None]
    __table_args__ = (
        # every grid belongs to exactly one community [domain.md §3.1]
        CheckConstraint("length(area_code) = 12 AND code LIKE area_code || '_%'", name="in_its_community"),
        CheckConstraint("kind IN ('GENERAL', 'EXCLUSIVE', 'MICRO', 'DUTY')", name="kind"),
        CheckConstraint("valid_to > valid_from", name="valid"),
        # the grids of an area and of all below it
        Index(None, "area_code", postgresql_ops={"area_code": "text_pattern_ops"}),
    )


class GridWorker(Base):
    """网格员 of a grid, beside its leader."""

    __tablename__ = "grid_worker"
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    __table_args__ = (Index(None, "account_id"),)


class PlaceVersion(Base):
    """地点数据版本: raised by a trigger with every change of the grids; what processes hold in memory is as old as the
    version they read."""

    __tablename__ = "place_version"
    part: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]


class DutyShift(Base):
    """值班表: who is on duty for a unit or a grid, from `starts_at` to before `ends_at` (UTC). `substitute_id` 替班人:
    who stands in for this one; while named, that one is on duty."""

    __tablename__ = "duty_shift"
    id: Mapped[int] = new_id()
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("num_nonnulls(unit_id, grid_id) = 1", name="one_place"),
        CheckConstraint("ends_at > starts_at", name="length"),
        # who is on duty now
        Index(None, "unit_id", "ends_at", postgresql_where=text("unit_id IS NOT NULL")),
        Index(None, "grid_id", "ends_at", postgresql_where=text("grid_id IS NOT NULL")),
    )
