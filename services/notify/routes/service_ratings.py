"""社区服务满意率: the services' own figure, the answers behind it, and what was done about the bad ones 回看."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from casework.catalog.load import Catalog
from casework.db.reads import service_ratings as read
from casework.db.reads.service_ratings import ServicesBy, Span, Which
from casework.db.reads.supervisor import observed_now
from casework.journey import service_looks
from casework.kit.errors import FieldFault, Unprocessable
from casework.kit.language import language
from casework.kit.texts import Lang
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.service_ratings import RatingDefinition
from casework.rules.tallies import Period
from casework.rules.words import Role, Satisfaction
from services.notify import service_answers as draw
from services.notify import service_schemas as s
from services.notify.report_reading import period_faults
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/reports/services", tags=["社区服务评价 services"])
LOOKERS = (Role.STREET, Role.SUPERVISION)
Reader = Annotated[Actor, Depends(Holding(*LOOKERS, Role.ANALYST, Role.LEADER, Role.DISPATCHER, Role.COMMUNITY))]
Looker = Annotated[Actor, Depends(Holding(*LOOKERS))]
InLanguage = Annotated[Lang, Depends(language)]
AnswerId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/definition")
async def definition(actor: Reader, city: TheCity, lang: InLanguage) -> s.ServiceDefinition:
    """口径: the definition in force, in words, with its source."""
    return draw.definition(city.catalog.service_ratings, lang)


@router.get("", response_model=s.ServiceReport)
async def figures(
    asked: Annotated[s.ServicesAsked, Query()], actor: Reader, session: Transaction, city: TheCity, lang: InLanguage
) -> s.ServiceReport:
    """The rate of every group within the reader's scope. 422 says what is possible instead."""
    observed = await observed_now(session)
    first, last = _months(city.catalog, asked, observed)
    rules = city.catalog.service_ratings.definition
    if asked.definition not in (None, rules.version):
        known = {"known": [rules.version]}
        raise Unprocessable(fields=[FieldFault("definition", "figure.problem.version", known)])
    span = Span(Period.months(first, last), asked.area or "")
    found = await read.sums(session, actor, span, asked.by, rules.bad, monthly=asked.monthly)
    points = {int(key) for key, _ in found} if asked.by is ServicesBy.POINT else ()
    names = await read.point_names(session, actor, points)
    return draw.report(city, asked.by, (first, last), observed, found, names, lang)


@router.get("/answers")
async def answers(
    asked: Annotated[s.AnswersAsked, Query()], actor: Reader, session: Transaction, city: TheCity
) -> s.AnswerPage:
    """明细: the answers behind a figure, the newest first; `waiting`: 待回看."""
    period = None
    if asked.first or asked.last:
        period = Period.months(*_months(city.catalog, asked, await observed_now(session)))
    span = Span(period, asked.area or "", asked.point)
    rules = city.catalog.service_ratings.definition
    grades, unseen = _grades(rules, asked.which), asked.which is Which.WAITING
    before = int(asked.cursor) if asked.cursor else None
    found = await read.answers(session, actor, span, grades=grades, unseen=unseen, before=before, limit=asked.limit + 1)
    return draw.answer_page(city, found, asked.limit, await read.waiting(session, actor, span, rules.bad))


@router.post("/answers/{answer_id}/looks")
async def look(
    answer_id: AnswerId, form: s.LookForm, actor: Looker, session: Transaction, city: TheCity
) -> list[s.LookView]:
    """回看: what was found and done about a bad grade; all that was said of it, oldest first."""
    row = await service_looks.look(session, city, actor, answer_id, form.note)
    said = (await read.looks_at(session, [row.id])).get(row.id, [])
    return [s.LookView(at=one.at, by=one.by, note=one.note) for one in said]


def _months(catalog: Catalog, asked: s.ServicesSpan, observed: datetime) -> tuple[date, date]:
    """The first and the last month. Raises Unprocessable with every field that is wrong."""
    first = asked.first or asked.last or day_of(observed).replace(day=1)
    last = asked.last or first
    faults = period_faults(first, last)
    if asked.area and not catalog.areas.valid(asked.area):
        faults.append(FieldFault("area", "report.problem.unknown_area"))
    if faults:
        raise Unprocessable(fields=faults)
    return first, last


def _grades(rules: RatingDefinition, which: Which) -> frozenset[Satisfaction]:
    if which is Which.ALL:
        return frozenset(Satisfaction)
    return rules.satisfied if which is Which.SATISFIED else rules.bad
