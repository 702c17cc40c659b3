"""What routes that carry files take: the store, a sign-in that holds no transaction while bytes travel, the answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response

from casework.journey.attachments import File
from casework.journey.sign_in import actor_of_token
from casework.kit.errors import Unauthenticated
from casework.kit.labels import disposition
from casework.kit.storage import Storage
from casework.kit.stores import open_storage
from casework.rules.facts import Actor
from services.who import TheCity

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@asynccontextmanager
async def storage_open(app: FastAPI) -> AsyncIterator[None]:
    """The life of a router whose routes need the store."""
    app.state.storage = open_storage(app.state.settings)
    yield
    await app.state.storage.close()


async def the_storage(request: Request) -> Storage:
    """The store of this process."""
    found: Storage = request.app.state.storage
    return found


async def signed_in_before(request: Request, city: TheCity) -> Actor:
    """The signed-in actor, asked in a transaction that is over before the body is read. Raises Unauthenticated."""
    token = request.cookies.get(request.app.state.settings.session_cookie)
    async with city.database.transaction() as session:
        actor = await actor_of_token(session, token) if token else None
    if actor is None:
        raise Unauthenticated()
    return actor


def file_answer(file: File) -> Response:
    """The bytes, in a form in which no browser runs them. Files that came from outside are for saving only."""
    kind = "inline" if file.inline else "attachment"
    headers = {
        "Content-Disposition": disposition(kind, file.label, file.extension),
        "Content-Security-Policy": POLICY,
    }
    return Response(file.content, media_type=file.media_type, headers=headers)


TheStorage = Annotated[Storage, Depends(the_storage)]
SignedInBefore = Annotated[Actor, Depends(signed_in_before)]
FILE_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "the file", "content": {"application/octet-stream": {}}}
}
