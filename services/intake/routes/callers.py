"""来电核查、骚扰名单、个人信息告知: before a word is written down."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from casework.db import callers
from casework.db.models import CallerBlock, Case
from casework.db.reads.people import cases_of_phone
from casework.journey import nuisance
from casework.journey.city import City
from casework.kit.language import language
from casework.kit.masking import mask_phone
from casework.rules.facts import Actor
from casework.rules.words import Role, Status
from services.intake import caller_schemas as s
from services.who import Holding, TheCity, Transaction

router = APIRouter(tags=["来电 callers"])
Centre = Annotated[Actor, Depends(Holding(Role.AGENT, Role.DISPATCHER))]
Decider = Annotated[Actor, Depends(Holding(Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISION, Role.LEADER))]
Reader = Annotated[Actor, Depends(Holding(Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISION, Role.LEADER))]
NEWEST = 10


@router.get("/privacy-notice", response_model=s.PrivacyView)
async def privacy_notice(request: Request, city: TheCity) -> s.PrivacyView:
    """个人信息处理告知: the text and version of today, and the purpose of each field. Open to all."""
    notice = city.catalog.privacy
    zh = language(request) == "zh-CN"
    purposes = [
        s.PurposeView(field=p.field, purpose=p.zh if zh else p.en, kept_days=p.kept_days) for p in notice.purposes
    ]
    return s.PrivacyView(version=notice.version, text=notice.text.zh if zh else notice.text.en, purposes=purposes)


@router.post("/callers/check", response_model=s.CallerView)
async def check_caller(asked: s.CallerAsk, actor: Centre, session: Transaction, city: TheCity) -> s.CallerView:
    """来电核查: is the number blocked, and what did it say before. A blocked number may still speak of an emergency."""
    indexes = city.keyring.blind_indexes(nuisance.number_of(asked.phone), "request.phone")
    block = await callers.block_of(session, indexes, actor.area)
    cases = await cases_of_phone(session, city.keyring, actor, asked.phone, limit=NEWEST)
    return s.CallerView(
        blocked=block is not None,
        until=block.until if block else None,
        reason=block.reason if block else None,
        cases=[_known(case) for case in cases],
    )


@router.get("/callers/blocks", response_model=s.BlockPage)
async def list_blocks(
    actor: Reader,
    session: Transaction,
    city: TheCity,
    state: s.State | None = None,
    cursor: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> s.BlockPage:
    """骚扰名单, newest first."""
    rows = await callers.blocks(session, actor.area, state, after=cursor, limit=limit + 1)
    views = [_view(city, block) for block in rows[:limit]]
    return s.BlockPage(rows=views, next=rows[limit - 1].id if len(rows) > limit else None)


@router.post("/callers/blocks", response_model=s.BlockView)
async def propose_block(asked: s.BlockAsk, actor: Centre, session: Transaction, city: TheCity) -> s.BlockView:
    """申请列入; a second proposal of the same number returns the first. Somebody else decides."""
    block = await nuisance.propose(session, city, actor, asked.phone, asked.reason, asked.case_no)
    return _view(city, block)


@router.post("/callers/blocks/{block_id}/decision", response_model=s.BlockView)
async def decide_block(
    block_id: int, asked: s.BlockDecision, actor: Decider, session: Transaction, city: TheCity
) -> s.BlockView:
    """第二人决定: block for some days, or refuse."""
    block = await nuisance.decide_block(
        session, actor, block_id, approve=asked.approve, days=asked.days, words=asked.note
    )
    return _view(city, block)


@router.post("/callers/blocks/{block_id}/lift", response_model=s.BlockView)
async def lift_block(
    block_id: int, asked: s.BlockLift, actor: Decider, session: Transaction, city: TheCity
) -> s.BlockView:
    """解除 before its time."""
    return _view(city, await nuisance.lift(session, actor, block_id, asked.note))


def _known(case: Case) -> s.KnownCase:
    status = Status(case.status)
    return s.KnownCase(
        case_no=case.case_no,
        title=case.title,
        status=status,
        status_text=status.zh,
        created_at=case.created_at,
        reply_text=case.reply_text,
    )


def _view(city: City, block: CallerBlock) -> s.BlockView:
    phone = mask_phone(city.keyring.open(block.phone_sealed, "caller_block.phone"))
    return s.BlockView.model_validate({**vars(block), "phone": phone}, from_attributes=True)
