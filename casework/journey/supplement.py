"""Later words about a known request 补充: kept beside it, told to whoever holds the case."""

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.cases import find
from casework.db.models import Case, Event, Inbox, Notice, Request, Supplement
from casework.db.requests import Receipt, receipt_of
from casework.journey.city import City
from casework.journey.identity import SUPPLEMENT, seal_messages
from casework.journey.move import move
from casework.journey.wording import caller_names
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.kit.masking import mask_text
from casework.rules import asks
from casework.rules.facts import CITIZEN, UPSTREAM, Actor
from casework.rules.said_why import says_why
from casework.rules.transitions import OPEN
from casework.rules.words import Record, Role, Status

CONTENT = "request.content"


async def supplement(city: City, inbox_id: int, source: str, upstream_no: str, words: tuple[str, str, str]) -> Receipt:
    """Add a message under a known upstream number to its request. The same words again change nothing.

    A case that waited for information goes back to review. A repeat of the message returns the same receipt.
    """
    title, text, fingerprint = words
    known = (
        *city.keyring.blind_indexes(fingerprint, CONTENT),
        *city.keyring.identity.blind_indexes(fingerprint, CONTENT),
    )
    said = f"{title}\n{text}".strip()
    async with city.database.transaction() as session:
        query = select(Request).where(Request.source == source, Request.upstream_no == upstream_no)
        # held, so that the same words sent twice at once are seen as such
        request = (await session.scalars(query.with_for_update(key_share=True))).one()
        same = request.content_digest in known or await _said_before(session, request, said, city)
        settled = await session.execute(
            update(Inbox)
            .where(Inbox.id == inbox_id, Inbox.state != "DONE")
            .values(state="DONE", outcome="REPEATED" if same else "SUPPLEMENTED", request_id=request.id)
            .returning(Inbox.id)
        )
        if settled.one_or_none() is not None and not same:
            await _add(session, city, request, said, UPSTREAM, inbox_id)
    found = await receipt_of(await city.database.pool(), city.keyring, inbox_id)
    return replace(found, repeated=same)


async def supplement_by_citizen(session: AsyncSession, city: City, request_id: int, said: str) -> None:
    """Words of the citizen's own, from their page, told to whoever holds a case. The same again change nothing."""
    query = select(Request).where(Request.id == request_id).with_for_update(key_share=True)
    request = (await session.scalars(query)).one()
    if not await _said_before(session, request, said, city):
        await _add(session, city, request, said, CITIZEN)


async def supplement_by_staff(session: AsyncSession, city: City, actor: Actor, case_no: str, said: str) -> None:
    """来电补充: what a caller adds by phone to a matter that is known. The same words again change nothing.

    Raises: NotFound; Unprocessable: they say nothing; Conflict: the case is over.
    """
    case = await find(session, case_no, actor)
    if case is None:
        raise NotFound("case_not_found")
    if not says_why(said):
        raise Unprocessable("supplement.words_missing", fields=[FieldFault("text", "supplement.words_missing")])
    if Status(case.status) not in OPEN:
        raise Conflict("supplement.over", status=Status(case.status).zh)
    query = select(Request).where(Request.id == case.request_id).with_for_update(key_share=True)
    request = (await session.scalars(query)).one()
    if not await _said_before(session, request, said, city):
        await _add(session, city, request, said, actor)


async def _said_before(session: AsyncSession, request: Request, said: str, city: City) -> bool:
    kept = await session.scalars(select(Supplement.text_sealed).where(Supplement.request_id == request.id))
    keys = city.keyring.of(request.guarded)
    return any(keys.open(sealed, SUPPLEMENT) == said for sealed in kept)


def _speaks_as(actor: Actor) -> Role:
    return next(role for role in (Role.CITIZEN, Role.UPSTREAM, Role.AGENT, Role.DISPATCHER) if role in actor.roles)


async def _add(
    session: AsyncSession, city: City, request: Request, said: str, actor: Actor, inbox_id: int | None = None
) -> None:
    working = mask_text(said, caller_names(city.keyring, request))
    session.add(
        Supplement(
            request_id=request.id,
            inbox_id=inbox_id,
            text_sealed=city.keyring.of(request.guarded).seal(said, SUPPLEMENT),
            working_text=working,
        )
    )
    if request.guarded and inbox_id is not None:
        await seal_messages(session, city, [inbox_id])
    query = select(Case).where(Case.request_id == request.id).order_by(Case.id).with_for_update()
    for case in await session.scalars(query):
        if Status(case.status) not in OPEN:
            continue
        case.screened_at = None
        session.add(
            Event(
                case_id=case.id,
                action=Record.SUPPLEMENT.value,
                role=_speaks_as(actor).value,
                account_id=actor.account_id,
                data={"inbox_id": inbox_id, "text": working} if inbox_id is not None else {"text": working},
            )
        )
        audience = Role.UNIT if case.lead_unit_id is not None else Role.DISPATCHER
        session.add(
            Notice(
                case_id=case.id,
                audience=audience.value,
                channel="staff",
                topic=Record.SUPPLEMENT.value,
                unit_id=case.lead_unit_id,
            )
        )
        if case.status == Status.NEED_INFO:
            await move(session, city, case.case_no, actor, asks.SupplyInfo(note=working or "—"))
