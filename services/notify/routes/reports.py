"""督导报表: the response and completion rate, its views, and the cases behind each figure."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from casework.db.reads import supervisor
from casework.db.reads.questions import By
from casework.kit.language import language
from casework.kit.texts import Lang
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.words import Role
from services.notify import report_answers as answers
from services.notify.report_reading import months_of, question_of, slice_of
from services.notify.report_schemas import (
    Asked,
    CasesAsked,
    CasesBehind,
    CompletionAsked,
    CompletionReport,
    CompletionViews,
)
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/reports", tags=["报表 reports"])
Supervisor = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.LEADER, Role.SUPERVISION))]
InLanguage = Annotated[Lang, Depends(language)]


@router.get("/completion", response_model=CompletionReport)
async def completion(
    asked: Annotated[CompletionAsked, Query()],
    actor: Supervisor,
    session: Transaction,
    city: TheCity,
    lang: InLanguage,
) -> CompletionReport:
    """民生诉求响应完成率: one view, group by group, within the reader's scope."""
    observed = await supervisor.observed_now(session)
    question = await question_of(session, city.catalog, asked, observed, view=asked.view, by=asked.by)
    sums = await supervisor.completion(session, actor, question, observed, city.catalog.calendars)
    units = await supervisor.unit_names(session, [key for key in sums if key]) if asked.by is By.UNIT else {}
    names = answers.Names(city.catalog, units, lang)
    return answers.report(question, months_of(asked, observed), observed, sums, names, lang)


@router.get("/completion/views", response_model=CompletionViews)
async def completion_views(
    asked: Annotated[Asked, Query()], actor: Supervisor, session: Transaction, city: TheCity, lang: InLanguage
) -> CompletionViews:
    """各口径并列: the same selection in all views, so that no view hides what another shows."""
    observed = await supervisor.observed_now(session)
    totals = {}
    for view in View:
        question = await question_of(session, city.catalog, asked, observed, view=view, by=By.PROVINCE)
        sums = await supervisor.completion(session, actor, question, observed, city.catalog.calendars)
        totals[view] = question, answers.total(sums)
    return answers.views(months_of(asked, observed), observed, totals, lang)


@router.get("/completion/cases", response_model=CasesBehind)
async def completion_cases(
    asked: Annotated[CasesAsked, Query()], actor: Supervisor, session: Transaction, city: TheCity
) -> CasesBehind:
    """明细: the cases behind a numerator, a denominator or an exclusion, oldest first."""
    observed = await supervisor.observed_now(session)
    question = await question_of(session, city.catalog, asked, observed, view=asked.view, by=asked.by)
    rows = await supervisor.cases_behind(session, actor, question, observed, slice_of(asked))
    return answers.page(rows, asked.limit, observed)
