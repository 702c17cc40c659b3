"""待办队列: what waits for the signed-in person, most pressing first; unrouted work stands at the top."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from casework.db.claims import claims_of
from casework.db.reads import queue
from casework.db.reads.people import cases_of_phone
from casework.db.units import units_near
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, Kind, Role, Status, Urgency
from services.dispatch import cursor as cursors
from services.dispatch.drawing import queue_row
from services.dispatch.schemas import Found, FoundCase, PhoneAsk, QueueCounts, QueuePage, UnitView
from services.who import Holding, SignedIn, TheCity, Transaction

router = APIRouter(tags=["队列 queue"])
Centre = Annotated[Actor, Depends(Holding(Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP))]
Namer = Annotated[
    Actor,
    Depends(
        Holding(
            *UNIT_ROLES,
            Role.AGENT,
            Role.DISPATCHER,
            Role.REVIEWER,
            Role.FOLLOW_UP,
            Role.SUPERVISION,
            Role.LEADER,
            Role.ANALYST,
        )
    ),
]


@router.get("/cases", response_model=QueuePage)
async def list_cases(
    actor: SignedIn,
    session: Transaction,
    city: TheCity,
    view: queue.View = queue.View.OPEN,
    area: Annotated[str | None, Query(max_length=20, pattern=r"^[0-9A-Z]+$")] = None,
    urgency: Urgency | None = None,
    kind: Kind | None = None,
    words: Annotated[str | None, Query(max_length=40, pattern=r"^[^\x00]*$")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> QueuePage:
    """A page of a view. Give `next` of the page before as `cursor`. `words`: a number's beginning or of a title."""
    narrowed = queue.Narrowed(area, urgency, kind, words.strip() if words else None)
    page = await queue.page(session, actor, view, after=cursors.read(cursor), limit=limit, narrowed=narrowed)
    claims = await claims_of(session, [case.id for case, _ in page.rows])
    rows = [queue_row(city.catalog, case, unit, claims.get(case.id), actor) for case, unit in page.rows]
    return QueuePage(rows=rows, next=cursors.write(page.next))


@router.get("/queue/counts", response_model=QueueCounts)
async def count_views(actor: SignedIn, session: Transaction) -> QueueCounts:
    """How many cases each view holds."""
    return QueueCounts(counts=await queue.counts(session, actor))


@router.post("/search/phone", response_model=Found)
async def find_by_phone(asked: PhoneAsk, actor: Centre, session: Transaction, city: TheCity) -> Found:
    """来电历史: the newest hundred cases of an exact number, within the scope."""
    cases = await cases_of_phone(session, city.keyring, actor, asked.phone)
    found = [
        FoundCase(
            case_no=case.case_no,
            title=case.title,
            status=Status(case.status),
            status_text=Status(case.status).zh,
            created_at=case.created_at,
        )
        for case in cases
    ]
    return Found(cases=found)


@router.get("/units", response_model=list[UnitView])
async def list_units(actor: Namer, session: Transaction) -> list[UnitView]:
    """The active units that the reader's moves may name: to dispatch to, to return to, to call in."""
    units = await units_near(session, actor.area)
    return [UnitView.model_validate(unit, from_attributes=True) for unit in units]
