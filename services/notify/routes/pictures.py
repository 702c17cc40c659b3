"""市民端图片: the public pictures of a result, by the citizen's link."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel

from casework.journey import attachments
from casework.rules.words import Moment
from services.media import FILE_RESPONSES, TheStorage, file_answer, storage_open
from services.notify.routes.citizen import Calmly, Token
from services.who import TheCity, Transaction

router = APIRouter(
    prefix="/citizen/links/{token}/pictures",
    tags=["市民 citizen"],
    dependencies=[Depends(Calmly("pictures", "240/minute"))],
    lifespan=storage_open,
)
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class PublicPicture(BaseModel):
    """办理图片: a picture of the result, before or after."""

    id: str
    moment: Moment | None
    width: int | None
    height: int | None


class PublicPictures(BaseModel):
    """The pictures that the unit made public with the accepted result."""

    pictures: list[PublicPicture]


@router.get("")
async def list_pictures(token: Token, session: Transaction) -> PublicPictures:
    """Which pictures there are; none before the review let the result through. 410 after 30 days."""
    rows = await attachments.public_pictures(session, token)
    return PublicPictures(pictures=[PublicPicture.model_validate(row, from_attributes=True) for row in rows])


@router.get("/{attachment_id}", responses=FILE_RESPONSES)
async def read(token: Token, attachment_id: Id, city: TheCity, storage: TheStorage) -> Response:
    """One picture: JPEG, without metadata."""
    return file_answer(await attachments.public_picture(city, storage, token, attachment_id))


@router.get("/{attachment_id}/thumbnail", responses=FILE_RESPONSES)
async def read_small(token: Token, attachment_id: Id, city: TheCity, storage: TheStorage) -> Response:
    """The same, 320 pixels at most."""
    return file_answer(await attachments.public_picture(city, storage, token, attachment_id, small=True))
