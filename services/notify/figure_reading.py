"""Reading which figures are asked for, and refusing what cannot be told yet, with what is possible instead."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.reads.maturity import maturity, newest_mature
from casework.db.reads.questions import Question
from casework.kit.errors import FieldFault, Unprocessable
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.rates import DEFINITION_VERSION, FIGURES, TASK_FIGURES, TIMES, Figure, View, named
from services.notify.figure_schemas import FigureCasesAsked, FiguresAsked

TIMES_BY_CODE = {time.value: time for time in TIMES}


def wanted_of(asked: FiguresAsked, observed: datetime) -> tuple[Figure, ...]:
    """The figures by their codes. Raises Unprocessable: an unknown one, an unknown version, a period to come."""
    faults = [_unknown(code) for code in asked.figure if named(code) is None]
    if asked.definition not in (None, DEFINITION_VERSION):
        faults.append(FieldFault("definition", "figure.problem.version", {"known": [DEFINITION_VERSION]}))
    this_month = day_of(observed).replace(day=1)
    if asked.first and asked.first > this_month:
        faults.append(FieldFault("from", "figure.problem.not_begun", {"month": _month(this_month)}))
    if faults:
        raise Unprocessable(fields=faults)
    return tuple(figure for figure in FIGURES if not asked.figure or figure.code in asked.figure)


def figure_of(asked: FigureCasesAsked) -> Figure | None:
    """The figure, None for the times. Raises Unprocessable for what is neither."""
    if asked.figure in TIMES_BY_CODE:
        return None
    found = named(asked.figure)
    if found is None:
        raise Unprocessable(fields=[_unknown(asked.figure, *TIMES_BY_CODE)])
    return found


def figure_of_tasks(figure: Figure) -> Figure:
    """The same figure of the units' tasks. Raises Unprocessable where there is none."""
    known = {one.code: one for one in TASK_FIGURES}
    if figure.code not in known:
        params = {"code": figure.code, "known": list(known)}
        raise Unprocessable(fields=[FieldFault("figure", "figure.problem.not_of_units", params)])
    return known[figure.code]


def _unknown(code: str, *more: str) -> FieldFault:
    known = [figure.code for figure in FIGURES]
    return FieldFault("figure", "figure.problem.unknown", {"code": code[:40], "known": [*known, *more]})


async def matured(
    session: AsyncSession, actor: Actor, question: Question, observed: datetime, *, only: bool
) -> dict[View, bool]:
    """Which bases are mature. With `only`, raises Unprocessable where one is not, naming the latest month that is."""
    found = await maturity(session, actor, question, observed)
    if only and not all(found.values()):
        month = await newest_mature(session, actor, question, observed)
        code = "figure.problem.not_mature" if month else "figure.problem.none_mature"
        raise Unprocessable(fields=[FieldFault("to", code, {"month": _month(month)} if month else {})])
    return found


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
