"""Reading what a report is asked: months made a period, codes looked up, each wrong one named."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.load import Catalog
from casework.db.reads.questions import By, Part, Question, Slice
from casework.db.reads.supervisor import units_led_by
from casework.kit.errors import FieldFault, Unprocessable
from casework.rules.calendars import day_of
from casework.rules.rates import View
from casework.rules.tallies import Period
from services.notify.figure_schemas import FigureCasesAsked
from services.notify.page_place import read_place
from services.notify.report_schemas import Asked, CasesAsked

LONGEST = 36
"""Months that one report may span."""


async def question_of(
    session: AsyncSession, catalog: Catalog, asked: Asked, observed: datetime, *, view: View, by: By
) -> Question:
    """The question for the database. Raises Unprocessable with every field that is wrong."""
    first, last = months_of(asked, observed)
    faults = period_faults(first, last)
    if asked.area and not catalog.areas.valid(asked.area):
        faults.append(FieldFault("area", "report.problem.unknown_area"))
    if asked.category and asked.category not in catalog.categories:
        faults.append(FieldFault("category", "report.problem.unknown_category"))
    units = await units_led_by(session, asked.unit) if asked.unit else None
    if asked.unit and not units:
        faults.append(FieldFault("unit", "report.problem.unknown_unit"))
    if faults:
        raise Unprocessable(fields=faults)
    return Question(
        view=view,
        period=Period.months(first, last),
        by=by,
        area=asked.area or "",
        units=units,
        category=asked.category or "",
        channel=asked.channel,
        kind=asked.kind,
        urgency=asked.urgency,
    )


def slice_of(asked: CasesAsked | FigureCasesAsked) -> Slice:
    """Which of the cases. Raises Unprocessable where a reason is given for cases that have none."""
    if asked.reason is not None and asked.part is not Part.EXCLUDED:
        raise Unprocessable(fields=[FieldFault("reason", "report.problem.reason_needs_excluded")])
    after = read_place(asked.cursor) if asked.cursor else None
    return Slice(asked.part, asked.reason, asked.key, after, asked.limit)


def months_of(asked: Asked, observed: datetime) -> tuple[date, date]:
    """The first and the last month, by their first days: this month where nothing is asked, one where one is named."""
    this_month = day_of(observed).replace(day=1)
    first = asked.first or asked.last or this_month
    return first, asked.last or first


def period_faults(first: date, last: date) -> list[FieldFault]:
    """What is wrong with a period of whole months."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months < 1:
        return [FieldFault("to", "report.problem.ends_before")]
    if months > LONGEST:
        return [FieldFault("to", "report.problem.too_long", {"months": LONGEST})]
    return []
