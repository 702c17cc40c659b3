"""疑似重复: cases that may be the same matter, for a case and for a request that is still being written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from casework.catalog.load import Catalog
from casework.db.knowledge import now_of
from casework.db.reads.around import AROUND_M, Around, Near, around
from casework.journey.similar import Similar, Told, similar_to_case, similar_to_draft
from casework.kit.errors import NotFound
from casework.kit.language import language
from casework.kit.texts import Lang, t
from casework.rules.facts import Actor
from casework.rules.minors import veil
from casework.rules.points import Point
from casework.rules.words import Role, Status, Urgency
from services.dispatch import similar_schemas as s
from services.who import Holding, SignedIn, TheCity, Transaction

router = APIRouter(tags=["疑似重复 similar"])
Centre = Annotated[Actor, Depends(Holding(Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP))]


@router.get("/cases/{case_no}/similar")
async def show_similar(
    case_no: str, request: Request, actor: SignedIn, session: Transaction, city: TheCity
) -> s.SimilarCases:
    """疑似重复: candidates within the reader's scope, each with its reasons; nothing is merged by itself."""
    found = await similar_to_case(session, city, actor, case_no)
    return _view(city.catalog, found, await now_of(session), language(request))


@router.get("/cases/{case_no}/around")
async def show_around(case_no: str, actor: SignedIn, session: Transaction, city: TheCity) -> s.CaseAround:
    """附近: what waits near the case within the reader's scope, nearest first, for the map and before dispatch."""
    found = await around(session, actor, case_no)
    if found is None:
        raise NotFound("case_not_found")
    return _around(city.catalog, found)


@router.post("/similar")
async def find_similar(
    form: s.DraftForm, request: Request, actor: Centre, session: Transaction, city: TheCity
) -> s.SimilarCases:
    """受理时查重: the same for a request that is not saved; nothing of it is kept."""
    told = Told(form.text, form.area_code, form.category, form.phone, form.lon, form.lat, form.crs)
    found = await similar_to_draft(session, city, actor, told)
    return _view(city.catalog, found, await now_of(session), language(request))


def _view(catalog: Catalog, found: Sequence[Similar], now: datetime, lang: Lang) -> s.SimilarCases:
    return s.SimilarCases(cases=[_row(catalog, one, now, lang) for one in found])


def _around(catalog: Catalog, found: Around) -> s.CaseAround:
    area = found.case.area_code
    return s.CaseAround(
        point=_point(found.point) if found.point else None,
        grid=area if catalog.areas.get(area) is None else None,
        within=round(AROUND_M),
        cases=[_near(one) for one in found.near],
        total=found.total,
    )


def _near(one: Near) -> s.NearCase:
    case = one.case
    return s.NearCase(
        case_no=case.case_no,
        title=veil(case.title) if case.minor else case.title,
        status=Status(case.status),
        urgency=Urgency(case.urgency),
        created_at=case.created_at,
        next_due=case.next_due,
        metres=round(one.metres),
        point=_point(one.point),
    )


def _point(point: Point) -> s.MapPoint:
    return s.MapPoint(lon=point.lon, lat=point.lat)


def _row(catalog: Catalog, one: Similar, now: datetime, lang: Lang) -> s.SimilarCase:
    case, how, status = one.case, one.how, Status(one.case.status)
    category = catalog.categories.get(case.category) if case.category else None
    return s.SimilarCase(
        case_no=case.case_no,
        title=case.title,
        status=status,
        status_text=status.zh,
        category=case.category,
        category_name=category.name if category else None,
        area_code=case.area_code,
        area_name=catalog.areas.name_path(case.area_code),
        created_at=case.created_at,
        days=max(0, (now - case.created_at).days),
        words=round(how.words, 3),
        metres=round(how.metres) if how.metres is not None else None,
        score=round(how.score, 3),
        because=[
            s.ReasonView(reason=reason, text=t(f"similar.{reason.value}", lang, **said))
            for reason, said in how.reasons.items()
        ],
    )
