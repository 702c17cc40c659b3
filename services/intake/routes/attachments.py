"""附件: declared, sent in pieces that may be resumed, finished; looked at by those who may see their case."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.requests import ClientDisconnect

from casework.journey import attachments, declaring, uploads
from casework.journey.evidence import demand_of
from casework.kit.errors import UnsupportedType
from casework.rules.facts import CaseState
from casework.rules.words import Action, Kind, Status, Urgency
from services.intake.attachments_schemas import (
    AttachmentList,
    AttachmentView,
    DeclareForm,
    DemandView,
    OriginalAsk,
    UploadView,
)
from services.media import FILE_RESPONSES, SignedInBefore, TheStorage, file_answer, storage_open
from services.who import SignedIn, TheCity, Transaction

router = APIRouter(prefix="/attachments", tags=["附件 attachments"], lifespan=storage_open)
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
PIECE_TYPE = "application/offset+octet-stream"
WORTH_KEEPING = 16 * 1024
"""Of a piece that broke off on its way, less than this is not kept."""


@router.post("", response_model=UploadView, status_code=201)
async def declare(form: DeclareForm, actor: SignedIn, session: Transaction) -> UploadView:
    """申报: what will come, and for which case or record. 10 MB each, 9 per record; 429 when a day's share is used."""
    row = await declaring.declare(session, actor, form.declaration())
    return UploadView(id=row.id, offset=0, size=row.size)


@router.get("", response_model=AttachmentList)
async def list_of_case(
    case_no: Annotated[str, Query(max_length=40)], actor: SignedIn, session: Transaction
) -> AttachmentList:
    """The files of a case that the reader may look at."""
    rows = await attachments.of_case(session, actor, case_no)
    return AttachmentList(attachments=[AttachmentView.of(row, use) for row, use in rows])


@router.get("/demands", response_model=DemandView)
async def show_demands(
    actor: SignedIn,
    city: TheCity,
    action: Action,
    category: Annotated[str | None, Query(max_length=20)] = None,
    urgency: Urgency = Urgency.N,
    kind: Kind | None = None,
    way: Annotated[str | None, Query(max_length=20)] = None,
) -> DemandView:
    """证据要求: what the catalogue asks to be shown with an action on such a case."""
    case = CaseState(Status.DRAFT, category=category, urgency=urgency, kind=kind)
    return DemandView.of(demand_of(city, action, case, way))


@router.head("/{attachment_id}", status_code=204)
async def tell_offset(attachment_id: Id, actor: SignedIn, session: Transaction) -> Response:
    """Upload-Offset: how many bytes have come; Upload-Length: how many were declared."""
    arrived = await uploads.progress(session, actor, attachment_id)
    offset = arrived.offset if arrived.row.state == "UPLOADING" else arrived.row.size
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(arrived.row.size)}
    return Response(status_code=204, headers=headers)


@router.patch(
    "/{attachment_id}",
    status_code=204,
    openapi_extra={"requestBody": {"required": True, "content": {PIECE_TYPE: {}}}},
)
async def take_piece(
    attachment_id: Id,
    request: Request,
    actor: SignedInBefore,
    city: TheCity,
    storage: TheStorage,
    start: Annotated[int, Header(alias="Upload-Offset", ge=0)],
) -> Response:
    """续传: the bytes from Upload-Offset on, at most 1 MiB. 409 tells the right offset; a repeat changes nothing.

    When the connection breaks, what had come is kept.
    """
    if request.headers.get("content-type") != PIECE_TYPE:
        raise UnsupportedType(expected=PIECE_TYPE)
    piece, whole = await _received(request)
    offset = start
    if whole or len(piece) >= WORTH_KEEPING:
        offset = await uploads.take_piece(city, storage, actor, attachment_id, start, piece)
    return Response(status_code=204, headers={"Upload-Offset": str(offset)})


async def _received(request: Request) -> tuple[bytes, bool]:
    """The body, and whether it came whole."""
    got = bytearray()
    try:
        async for part in request.stream():
            got += part
    except ClientDisconnect:
        return bytes(got), False
    return bytes(got), True


@router.post("/{attachment_id}/finish", response_model=AttachmentView)
async def finish(attachment_id: Id, actor: SignedInBefore, city: TheCity, storage: TheStorage) -> AttachmentView:
    """传完: size and digest are verified, the file is recognised by its bytes, a picture is made anew. A repeat answers
    the same. 422 names what is wrong; then nothing is kept."""
    return AttachmentView.of(await uploads.finish(city, storage, actor, attachment_id))


@router.get("/{attachment_id}", response_model=AttachmentView)
async def show(attachment_id: Id, actor: SignedIn, session: Transaction) -> AttachmentView:
    """What is known of a finished file."""
    return AttachmentView.of((await attachments.see(session, actor, attachment_id)).row)


@router.get("/{attachment_id}/content", responses=FILE_RESPONSES)
async def read(attachment_id: Id, actor: SignedInBefore, city: TheCity, storage: TheStorage) -> Response:
    """The copy to look at: pictures as JPEG without metadata; PDF and audio as they are, for saving."""
    return file_answer(await attachments.serve(city, storage, actor, attachment_id))


@router.get("/{attachment_id}/thumbnail", responses=FILE_RESPONSES)
async def read_small(attachment_id: Id, actor: SignedInBefore, city: TheCity, storage: TheStorage) -> Response:
    """A small picture, 320 pixels at most."""
    return file_answer(await attachments.serve(city, storage, actor, attachment_id, small=True))


@router.post("/{attachment_id}/original", responses=FILE_RESPONSES)
async def read_original(
    attachment_id: Id, asked: OriginalAsk, actor: SignedInBefore, city: TheCity, storage: TheStorage
) -> Response:
    """查看原件: the file as it came, for a stated purpose; the act is in the audit log before the answer leaves."""
    return file_answer(await attachments.original(city, storage, actor, attachment_id, asked.purpose))
