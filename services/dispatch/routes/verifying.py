"""核实: the verifying tasks that wait for the signed-in person. Answering one is a move (routes/cases.py)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from casework.db.cases import Hanging
from casework.db.verifying import OpenVerify, open_verifies
from casework.journey.city import City
from casework.journey.evidence import demand_of
from casework.journey.standing import state_of
from casework.rules.words import Action
from services.dispatch.check_schemas import DemandOfCheck
from services.who import SignedIn, TheCity, Transaction

router = APIRouter(tags=["现场核实 verifying"])


class VerifyView(BaseModel):
    """核实任务: what was reported where, and until when it is answered. `in_person`: given to the reader by name; else
    it is the unit's. `to_answer`: what the answer has to show. All times UTC."""

    case_no: str
    title: str
    text: str
    category: str | None
    area_code: str
    area_name: str
    address: str | None
    lon: float | None
    lat: float | None
    crs: str | None
    in_person: bool
    given_at: datetime
    due_at: datetime
    version: int
    to_answer: DemandOfCheck


@router.get("/verifications", response_model=list[VerifyView])
async def list_verifications(
    actor: SignedIn, session: Transaction, city: TheCity, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[VerifyView]:
    """What is to be verified, the nearest limit first."""
    return [_view(city, found) for found in await open_verifies(session, actor, limit=limit)]


def _view(city: City, found: OpenVerify) -> VerifyView:
    case, request = found.case, found.request
    demand = demand_of(city, Action.ANSWER_VERIFY, state_of(case, Hanging()))
    return VerifyView(
        case_no=case.case_no,
        title=case.title,
        text=request.working_text,
        category=case.category,
        area_code=case.area_code,
        area_name=city.catalog.areas.name_path(case.area_code),
        address=request.address,
        lon=request.lon,
        lat=request.lat,
        crs=request.crs,
        in_person=found.given_to is not None,
        given_at=found.given_at,
        due_at=found.due_at,
        version=case.version,
        to_answer=DemandOfCheck(photos=demand.photos, before_after=demand.before_after, within_m=demand.within_m),
    )
