"""工单: one case's page, its timeline, its moves, and the logged reveal of what is masked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from casework.db.callers import earlier_cases
from casework.db.cases import find, hanging
from casework.db.reads.case_page import case_page, timeline
from casework.db.reads.holding import holding_of
from casework.db.units import names_of
from casework.journey.move import move
from casework.journey.reveal import reveal
from casework.journey.supplement import supplement_by_staff
from casework.kit.errors import NotFound
from casework.kit.language import language
from casework.rules.asks import AnyAsk
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.dispatch.drawing import case_view, earlier_case, held_view, moved, steps_for
from services.dispatch.schemas import (
    CaseView,
    EarlierCase,
    HeldView,
    Moved,
    RevealAsk,
    Revealed,
    StepView,
    SupplementForm,
)
from services.who import Holding, RequestKey, SignedIn, TheCity, TheDoorbell, Transaction

router = APIRouter(prefix="/cases", tags=["工单 cases"])
Phone = Annotated[Actor, Depends(Holding(Role.AGENT, Role.DISPATCHER))]


@router.get("/{case_no}", response_model=CaseView)
async def show(case_no: str, request: Request, actor: SignedIn, session: Transaction, city: TheCity) -> CaseView:
    """The case's page, with the buttons for this reader."""
    page = await case_page(session, case_no, actor)
    if page is None:
        raise NotFound("case_not_found")
    return case_view(city, page, actor, await names_of(session), language(request))


@router.get("/{case_no}/timeline", response_model=list[StepView])
async def show_timeline(case_no: str, actor: SignedIn, session: Transaction) -> list[StepView]:
    """All that happened, oldest first."""
    case = await find(session, case_no, actor)
    if case is None:
        raise NotFound("case_not_found")
    return steps_for(case, await timeline(session, case.id), actor)


@router.get("/{case_no}/repeats", response_model=list[EarlierCase])
async def show_repeats(case_no: str, request: Request, actor: SignedIn, session: Transaction) -> list[EarlierCase]:
    """重复诉求: the same number's cases of the 90 days before, most alike first, with what may be told of each."""
    if await find(session, case_no, actor) is None:
        raise NotFound("case_not_found")
    found = await earlier_cases(session, actor, case_no)
    return [earlier_case(earlier, language(request)) for earlier in found]


@router.get("/{case_no}/holding", response_model=list[HeldView])
async def show_holding(case_no: str, actor: SignedIn, session: Transaction, city: TheCity) -> list[HeldView]:
    """持有时长: who held the case when; the spans add up to the whole."""
    case = await find(session, case_no, actor)
    if case is None:
        raise NotFound("case_not_found")
    calendar = city.catalog.calendars.for_area(case.area_code)
    return [held_view(span, unit, calendar) for span, unit in await holding_of(session, case)]


@router.post("/{case_no}/moves", response_model=Moved)
async def make_move(
    case_no: str,
    ask: AnyAsk,
    actor: SignedIn,
    session: Transaction,
    city: TheCity,
    bell: TheDoorbell,
    key: RequestKey = None,
) -> Moved:
    """One move of the case table. 409 says why not now; a repeated Idempotency-Key changes nothing."""
    case = await move(session, city, case_no, actor, ask, request_key=key)
    for loop in ("sms", "upstream", "staff"):
        bell.ring("notify", loop)
    return moved(city.catalog, case, await hanging(session, case), actor)


@router.post("/{case_no}/supplements", status_code=204)
async def add_words(
    case_no: str, form: SupplementForm, actor: Phone, session: Transaction, city: TheCity, bell: TheDoorbell
) -> None:
    """来电补充: the caller's words, told to whoever holds the case. The same words again change nothing."""
    await supplement_by_staff(session, city, actor, case_no, form.text)
    bell.ring("notify", "staff")


@router.post("/{case_no}/reveal", response_model=Revealed)
async def show_clear(case_no: str, asked: RevealAsk, actor: SignedIn, session: Transaction, city: TheCity) -> Revealed:
    """查看明文: the unmasked field, for a stated purpose; the act is in the audit log before the answer leaves."""
    return Revealed(value=await reveal(session, city, case_no, actor, asked.what, asked.purpose))
