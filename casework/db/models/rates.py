"""The rates' sums: what the moves add, and what it is folded into (rules/rollups.py)."""

from datetime import date

from sqlalchemy import ARRAY, BigInteger, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id


class RateDelta(Base):
    """汇总增量: what one change of a case adds to the sums; written with the change, deleted when it is folded.

    `views` that change alike share a line; `amounts` of figures by their `names` ride on one of their month and county,
    or on one without views. The other columns are those of rules/rollups.Delta.
    """

    __tablename__ = "rate_delta"
    id: Mapped[int] = new_id()
    views: Mapped[list[str]]
    month: Mapped[date]
    area: Mapped[str]
    reason: Mapped[str]
    cases: Mapped[int] = mapped_column(Integer)
    kept: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    on_time: Mapped[int] = mapped_column(Integer)
    first_on_time: Mapped[int] = mapped_column(Integer)
    from_grid: Mapped[int] = mapped_column(Integer)
    names: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    amounts: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))


class FigureRollup(Base):
    """指标汇总: the folded amounts of each name (rules/rates/figures.py), by month of its basis and county."""

    __tablename__ = "figure_rollup"
    name: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]


class RateRollup(Base):
    """汇总: the folded sums of a view, by month, county and reason of exclusion ("": what enters the rate)."""

    __tablename__ = "rate_rollup"
    view: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int] = mapped_column(Integer)
    kept: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    on_time: Mapped[int] = mapped_column(Integer)
    first_on_time: Mapped[int] = mapped_column(Integer)
    from_grid: Mapped[int] = mapped_column(Integer)
