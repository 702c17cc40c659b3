"""Which cases a list is of: the questions of the reports, kept as they were asked."""

from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.load import Catalog
from casework.db.models import CaseExport
from casework.db.reads.questions import By, Question
from casework.rules.rates import View
from services.notify.report_reading import question_of
from services.notify.report_schemas import Asked

ListKind = Literal["csv", "xlsx"]


class ListAsked(Asked):
    """The cases that fall into the period in the view (all overdue ones in view D), through the filters."""

    format: ListKind = "csv"
    view: View = View.A

    def kept(self) -> dict[str, Any]:
        """As it was asked, to be read again."""
        told = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return {name: value[:7] if name in ("from", "to") else value for name, value in told.items()}


async def question(session: AsyncSession, catalog: Catalog, asked: ListAsked, export: CaseExport) -> Question:
    """The question for the database. Raises Unprocessable with every field that is wrong."""
    return await question_of(session, catalog, asked, export.created_at, view=asked.view, by=By.PROVINCE)
