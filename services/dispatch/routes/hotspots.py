"""热点: the daily list for 未诉先办 with the cases behind each line, and numbers that call again and again."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from casework.catalog.load import Catalog
from casework.db import hotspots as rows
from casework.db.models import Case, HotSpot
from casework.db.reads.repeat_callers import repeat_callers
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.kit.masking import mask_phone
from casework.rules.facts import Actor
from casework.rules.words import Role, Status
from services.dispatch import hotspot_schemas as s
from services.who import Holding, TheCity, Transaction

router = APIRouter(tags=["热点 hot spots"])
Watcher = Annotated[Actor, Depends(Holding(Role.DISPATCHER, Role.SUPERVISION, Role.LEADER, Role.ANALYST))]
Area = Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Z]*$")]
Category = Annotated[str, Query(max_length=8, pattern=r"^[0-9]*$")]
Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/hot-spots")
async def list_spots(
    actor: Watcher,
    session: Transaction,
    city: TheCity,
    day: date | None = None,
    area: Area = "",
    category: Category = "",
    cursor: Annotated[str | None, Query(max_length=60)] = None,
    limit: Limit = 50,
) -> s.HotSpotPage:
    """热点清单 of a day, or the newest one: bursts by place and category against their own history."""
    wanted = day or await rows.newest_day(session)
    if wanted is None:
        return s.HotSpotPage(day=None, spots=[], next=None)
    found = await rows.page(session, actor, wanted, area=area, category=category, after=_after(cursor), limit=limit + 1)
    following = f"{found[limit - 1].score!r}_{found[limit - 1].id}" if len(found) > limit else None
    return s.HotSpotPage(day=wanted, spots=[_spot(city.catalog, spot) for spot in found[:limit]], next=following)


@router.get("/hot-spots/{spot_id}/cases")
async def list_cases(
    spot_id: Annotated[int, Path(ge=1, lt=2**63)],
    actor: Watcher,
    session: Transaction,
    city: TheCity,
    cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Limit = 50,
) -> s.SpotCases:
    """The cases that were counted."""
    found = await rows.cases_behind(session, actor, spot_id, after=cursor, limit=limit + 1)
    if found is None:
        raise NotFound()
    following = str(found[limit - 1].id) if len(found) > limit else None
    return s.SpotCases(cases=[_case(city.catalog, case) for case in found[:limit]], next=following)


@router.get("/repeat-callers")
async def list_callers(
    actor: Watcher,
    session: Transaction,
    city: TheCity,
    days: Annotated[int, Query(ge=1, le=90)] = 30,
    least: Annotated[int, Query(ge=2, le=1000)] = 3,
    cursor: Annotated[int, Query(ge=0, le=10_000)] = 0,
    limit: Limit = 50,
) -> s.RepeatCallers:
    """重复来电人: numbers with many cases in the last days, masked."""
    found = await repeat_callers(session, actor, days=days, least=least, after=cursor, limit=limit + 1)
    return s.RepeatCallers(
        callers=[
            s.RepeatCallerView(
                phone=mask_phone(city.keyring.open(one.phone_sealed, "request.phone")),
                cases=one.cases,
                categories=one.categories,
                case_nos=list(one.case_nos),
            )
            for one in found[:limit]
        ],
        next=str(cursor + limit) if len(found) > limit else None,
    )


def _after(cursor: str | None) -> rows.After | None:
    """Raises Unprocessable for a cursor that this API did not write."""
    if not cursor:
        return None
    score, _, number = cursor.partition("_")
    try:
        place = rows.After(float(score), int(number))
    except ValueError:
        raise Unprocessable(fields=[FieldFault("cursor", "field.invalid")]) from None
    if not 0 <= place.id < 2**63:
        raise Unprocessable(fields=[FieldFault("cursor", "field.invalid")])
    return place


def _spot(catalog: Catalog, spot: HotSpot) -> s.HotSpotView:
    category = catalog.categories.get(spot.category)
    return s.HotSpotView(
        id=spot.id,
        day=spot.day,
        area_code=spot.area_code,
        area_name=catalog.areas.name_path(spot.area_code),
        category=spot.category,
        category_name=category.name if category else None,
        days=spot.days,
        cases=spot.cases,
        expected=spot.expected,
        score=spot.score,
        history=spot.history,
    )


def _case(catalog: Catalog, case: Case) -> s.SpotCase:
    status = Status(case.status)
    return s.SpotCase(
        case_no=case.case_no,
        title=case.title,
        status=status,
        status_text=status.zh,
        area_code=case.area_code,
        area_name=catalog.areas.name_path(case.area_code),
        created_at=case.created_at,
    )
