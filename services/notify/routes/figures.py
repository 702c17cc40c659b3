"""指标集: every rate of every node, its definition in words, and the cases behind it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from casework.db.reads import figures as read
from casework.db.reads import supervisor
from casework.db.reads.unit_figures import BY_TASK, tasks_behind, unit_figures, with_units
from casework.kit.language import language
from casework.kit.texts import Lang
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.words import Role
from services.notify import figure_answers as answers
from services.notify.figure_reading import figure_of, figure_of_tasks, matured, wanted_of
from services.notify.figure_schemas import FigureCasesAsked, FigureDefinitions, FigureReport, FiguresAsked
from services.notify.report_answers import Names, page
from services.notify.report_reading import months_of, question_of, slice_of
from services.notify.report_schemas import CasesBehind
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/reports/figures", tags=["报表 reports"])
Supervisor = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.LEADER, Role.SUPERVISION))]
InLanguage = Annotated[Lang, Depends(language)]


@router.get("/definitions")
async def definitions(actor: Supervisor, lang: InLanguage) -> FigureDefinitions:
    """指标定义: every figure in words, with the version of the definitions."""
    return answers.definitions(lang)


@router.get("", response_model=FigureReport)
async def figures(
    asked: Annotated[FiguresAsked, Query()], actor: Supervisor, session: Transaction, city: TheCity, lang: InLanguage
) -> FigureReport:
    """The figures of every group within the reader's scope. 422 says what is possible instead."""
    observed = await supervisor.observed_now(session)
    wanted = wanted_of(asked, observed)
    question = await question_of(session, city.catalog, asked, observed, view=View.A, by=asked.by)
    mature = await matured(session, actor, question, observed, only=asked.mature)
    orders = () if asked.by in BY_TASK else wanted
    found = await read.figures(session, actor, question, orders, times=asked.times, monthly=asked.monthly)
    if asked.by in BY_TASK:
        tasks = await unit_figures(session, actor, question, wanted, monthly=asked.monthly)
        found = with_units(found, tasks)
    units = await supervisor.unit_names(session, list(answers.keys_of(found, asked.by)))
    names = Names(city.catalog, units, lang)
    return answers.report(question, months_of(asked, observed), observed, found, mature, names, lang)


@router.get("/cases", response_model=CasesBehind)
async def cases(
    asked: Annotated[FigureCasesAsked, Query()], actor: Supervisor, session: Transaction, city: TheCity
) -> CasesBehind:
    """明细: the cases behind a figure's numerator or denominator, or outside it, oldest first."""
    observed, figure = await supervisor.observed_now(session), figure_of(asked)
    question = await question_of(session, city.catalog, asked, observed, view=View.A, by=asked.by)
    wanted = slice_of(asked)
    if figure is not None and asked.by in BY_TASK:
        task = figure_of_tasks(figure)
        return page(await tasks_behind(session, actor, question, task, wanted), asked.limit, observed)
    if figure is None:
        return page(await read.cases_timed(session, actor, question, wanted), asked.limit, observed)
    return page(await read.cases_of(session, actor, question, figure, wanted), asked.limit, observed)
