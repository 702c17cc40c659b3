"""矛盾纠纷: reported, listed, shown, moved along the disputes' table; the logged reveal of what is masked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from casework.db import disputes as rows
from casework.db.knowledge import now_of
from casework.db.reads import disputes as reads
from casework.db.reads.dispute_rates import counts
from casework.db.scope import DISPUTE_ROLES
from casework.journey.dispute_documents import available, print_document
from casework.journey.dispute_reveal import reveal_dispute
from casework.journey.disputes import FINDERS, Found, move_dispute, report_dispute
from casework.kit.errors import NotFound
from casework.kit.language import language
from casework.kit.sheets import as_pdf
from casework.rules.facts import Actor
from casework.rules.mediation_asks import AnyDisputeAsk
from casework.rules.mediation_words import DisputeStatus, Risk
from services.dispatch import dispute_drawing as draw
from services.dispatch import dispute_schemas as s
from services.dispatch.rule_drawing import month_of
from services.dispatch.schemas import Revealed
from services.who import Holding, RequestKey, TheCity, Transaction


class PdfResponse(Response):
    """application/pdf."""

    media_type = "application/pdf"


router = APIRouter(prefix="/disputes", tags=["矛盾纠纷 disputes"])
Finder = Annotated[Actor, Depends(Holding(*FINDERS))]
Reader = Annotated[Actor, Depends(Holding(*DISPUTE_ROLES, *FINDERS))]
Counter = Annotated[Actor, Depends(Holding(*DISPUTE_ROLES))]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[int, Query(ge=0, lt=2**63)]
Month = Annotated[str | None, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
Area = Annotated[str | None, Query(max_length=20, pattern=r"^[0-9A-Z]+$")]


@router.get("")
async def list_disputes(
    request: Request,
    actor: Reader,
    session: Transaction,
    city: TheCity,
    status: DisputeStatus | None = None,
    risk: Risk | None = None,
    mine: bool = False,
    cursor: Cursor = 0,
    limit: Limit = 50,
) -> s.DisputePage:
    """The reader's disputes, newest first."""
    found = await reads.page(session, actor, status=status, risk=risk, mine=mine, after=cursor, limit=limit + 1)
    following = str(found[limit - 1].dispute.id) if len(found) > limit else None
    lang = language(request)
    return s.DisputePage(rows=[draw.dispute_row(city, one, lang) for one in found[:limit]], next=following)


@router.get("/choices")
async def list_choices(request: Request, actor: Reader, city: TheCity) -> s.DisputeChoices:
    """目录: kinds, tracks, reasons, ways, and the objects of each link."""
    return draw.choices(city, language(request))


@router.get("/indicators")
async def show_indicators(actor: Counter, session: Transaction, month: Month = None, area: Area = None) -> s.Indicators:
    """调解指标 of a month (the last one where none is named), over the reader's scope or an area of it."""
    named, period = month_of(month, await now_of(session))
    return draw.indicators(named, await counts(session, actor, period, area))


@router.post("", status_code=201)
async def report(
    form: s.FoundForm, actor: Finder, session: Transaction, city: TheCity, key: RequestKey = None
) -> s.DisputeMoved:
    """发现线索: a dispute at M00. A repeated Idempotency-Key changes nothing."""
    found = Found(form.text, form.origin, form.area_code, form.case_no)
    dispute = await report_dispute(session, city, actor, found, request_key=key)
    return draw.moved(city, dispute, await rows.hanging(session, dispute.id), actor)


@router.get("/{dispute_no}")
async def show(dispute_no: str, request: Request, actor: Reader, session: Transaction, city: TheCity) -> s.DisputeView:
    """The dispute's page, with the buttons for this reader."""
    found = await reads.shown(session, dispute_no, actor)
    if found is None:
        raise NotFound("dispute.not_found")
    hangs = await rows.hanging(session, found.dispute.id)
    return draw.dispute_view(city, found, hangs, actor, await now_of(session), language(request))


@router.get("/{dispute_no}/timeline")
async def show_timeline(dispute_no: str, actor: Reader, session: Transaction) -> list[s.DisputeStep]:
    """All that happened, oldest first."""
    dispute = await rows.find(session, dispute_no, actor)
    if dispute is None:
        raise NotFound("dispute.not_found")
    return [draw.step(happened) for happened in await reads.history(session, dispute.id)]


@router.post("/{dispute_no}/moves")
async def make_move(
    dispute_no: str,
    ask: AnyDisputeAsk,
    actor: Reader,
    session: Transaction,
    city: TheCity,
    key: RequestKey = None,
) -> s.DisputeMoved:
    """One move of the disputes' table. 409 says why not now, 422 what is missing; a repeated key changes nothing."""
    dispute = await move_dispute(session, city, dispute_no, actor, ask, request_key=key)
    return draw.moved(city, dispute, await rows.hanging(session, dispute.id), actor)


@router.post("/{dispute_no}/reveal")
async def show_clear(
    dispute_no: str, asked: s.RevealForm, actor: Reader, session: Transaction, city: TheCity
) -> Revealed:
    """查看明文: the unmasked value, for a stated purpose; the act is in the audit log before the answer leaves."""
    clear = await reveal_dispute(session, city, dispute_no, actor, asked.what, asked.party, asked.purpose)
    return Revealed(value=clear)


@router.get("/{dispute_no}/documents")
async def list_documents(dispute_no: str, actor: Reader, session: Transaction, city: TheCity) -> list[s.ChoiceView]:
    """文书: those that the dispute has now."""
    found = await available(session, city, dispute_no, actor)
    return [s.ChoiceView(code=code, text=title) for code, title in found]


@router.post("/{dispute_no}/documents", response_class=PdfResponse)
async def print_one(
    dispute_no: str, asked: s.DocumentForm, actor: Reader, session: Transaction, city: TheCity
) -> PdfResponse:
    """打印: one document as PDF, with people in the clear; the act is in the audit log before the answer leaves."""
    at = await now_of(session)
    sheet = await print_document(session, city, dispute_no, actor, asked.document, asked.purpose, at)
    return PdfResponse(await as_pdf(sheet), headers={"Cache-Control": "no-store"})
