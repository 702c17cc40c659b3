"""分类: what a text would be sorted as, and how suggestions fare."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from casework.db.knowledge import now_of
from casework.db.reads.drift import drift
from casework.kit.errors import FieldFault, Unprocessable
from casework.kit.language import language
from casework.kit.masking import mask_text
from casework.kit.now import SHANGHAI
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role
from services.dispatch import category_drawing as draw
from services.dispatch import category_schemas as s
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/categories", tags=["分类 categories"])
Sorter = Annotated[
    Actor,
    Depends(Holding(Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.GRID_WORKER, Role.COMMUNITY, Role.STREET)),
]
Staff = Annotated[Actor, Depends(Holding(*(frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES)))]
Supervisor = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.SUPERVISION, Role.LEADER, Role.DISPATCHER))]
Said = Annotated[str, Query(min_length=1, max_length=2000)]
USUAL = timedelta(days=29)
LONGEST = timedelta(days=366)


@router.get("")
async def list_categories(actor: Staff, city: TheCity) -> list[s.CategoryChoice]:
    """诉求分类: all that a case may be given, without the retired ones and the widest."""
    return draw.category_choices(city.catalog)


@router.get("/catalogue")
async def show_catalogue(request: Request, actor: Staff, city: TheCity) -> s.Catalogue:
    """诉求目录: every category in force or retired, who takes it, how urgent, by which law, with which evidence."""
    return draw.catalogue_view(city.catalog, language(request))


@router.get("/suggest")
async def suggest(
    text: Said, request: Request, actor: Sorter, city: TheCity, title: Annotated[str, Query(max_length=200)] = ""
) -> s.SuggestionView:
    """分类建议: the two likeliest categories for what has been typed so far, and signs of danger; nothing is kept."""
    title, text = mask_text(title), mask_text(text)
    found = (await city.classifier.suggester()).suggest(title, text)
    seen = city.catalog.classifying.signs.seen(f"{title}\n{text}")
    return draw.suggestion_view(city.catalog, found, seen, language(request))


@router.get("/drift")
async def show_drift(
    actor: Supervisor, session: Transaction, city: TheCity, begin: date | None = None, end: date | None = None
) -> s.DriftReport:
    """分类漂移: of the last 30 days, or of the days asked for, both included; within the reader's scope."""
    end = end or day_of(await now_of(session))
    begin = begin or end - USUAL
    if not timedelta(0) <= end - begin <= LONGEST:
        raise Unprocessable(fields=[FieldFault("begin", "drift_period")])
    found = await drift(session, actor, _midnight(begin), _midnight(end + timedelta(days=1)))
    return draw.drift_report(city.catalog, found, begin, end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
