"""The cases behind a figure 明细, page by page: those that fell into the period first come first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case
from casework.db.reads.judged import Judged
from casework.db.reads.questions import Slice

Chosen = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class CaseBehind:
    """A case that a figure counted: when it fell into the period, its deadline in the view, its effective completion,
    and how it stands. UTC."""

    id: int
    at: datetime
    case_no: str
    status: str
    due: datetime | None
    completed_at: datetime | None
    responded: bool
    on_time: bool
    exclusion: str | None


def all_behind(how: Judged) -> Chosen:
    """All cases, each as it stands."""
    return select(
        Case.id,
        how.at.label("at"),
        Case.case_no,
        Case.status,
        how.due.label("due"),
        Case.completed_at,
        how.on_time.label("on_time"),
        how.responded.label("responded"),
        how.exclusion.label("exclusion"),
    ).select_from(Case)


async def page_behind(session: AsyncSession, query: Chosen, how: Judged, wanted: Slice) -> list[CaseBehind]:
    """The page of such a query that is wanted. The order is that of the index that finds the period (models/cohorts),
    so that a page of a year reads little more than itself."""
    if wanted.after is not None:
        query = query.where(tuple_(how.at, Case.id) > tuple_(*wanted.after))
    rows = await session.execute(query.order_by(how.at, Case.id).limit(wanted.limit))
    return [CaseBehind(**row._mapping) for row in rows]
