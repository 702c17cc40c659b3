"""数字城管: the classes of parts and events that may be reported, with their limits where the reader works."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from casework.catalog.urban import UrbanType
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role
from services.who import Holding, TheCity

router = APIRouter(tags=["数字城管 city management"])
Reader = Annotated[Actor, Depends(Holding(*(frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES)))]


class UrbanClassView(BaseModel):
    """小类: its ten-digit code in the county; when it is filed 立案 and closed 结案; its limit there, null: the usual
    one. `area_class`: A, B or C."""

    type: UrbanType
    code: str
    name: str
    category: str | None
    condition: str
    close: str
    area_class: str
    limit: str | None
    source: str


@router.get("/urban-classes")
async def list_urban_classes(
    actor: Reader,
    city: TheCity,
    type: UrbanType | None = None,
    area: Annotated[str, Query(pattern=r"^[0-9A-Z]{0,20}$")] = "",
) -> list[UrbanClassView]:
    """部件和事件分类 in an area (the reader's own if left out), by type and code."""
    urban, where = city.catalog.urban, area or actor.area
    grade, county = urban.area_class(where), where[:6].ljust(6, "0")
    found = [urban.classes[key] for key in sorted(urban.classes) if type is None or key[0] is type]
    return [
        UrbanClassView(
            type=one.type,
            code=f"{county}{one.code}",
            name=one.name,
            category=one.category,
            condition=one.condition,
            close=one.close,
            area_class=grade,
            limit=str(one.limits[grade]) if grade in one.limits else None,
            source=one.source,
        )
        for one in found
    ]
