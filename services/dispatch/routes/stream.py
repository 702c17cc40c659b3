"""实时变动 as server-sent events: ids and versions only; whoever wants to know more asks for the case."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse

from casework.db.changes import Change
from casework.journey.sign_in import actor_of_token
from casework.kit.errors import Unauthenticated
from casework.rules.facts import Actor
from services.dispatch.feed import Feed, feed_of
from services.who import TheCity

router = APIRouter(tags=["派单台 desk"])
BEAT_S = 15.0
LONGEST_S = 600.0
"""After ten minutes the browser connects again, and its session is looked at again."""
HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}


async def who_listens(request: Request, city: TheCity) -> Actor:
    """The signed-in actor, without a transaction that would stay open as long as the stream. Raises Unauthenticated."""
    token = request.cookies.get(request.app.state.settings.session_cookie)
    async with city.database.transaction() as session:
        actor = await actor_of_token(session, token) if token else None
    if actor is None:
        raise Unauthenticated()
    return actor


@router.get("/stream", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def stream_changes(
    request: Request,
    actor: Annotated[Actor, Depends(who_listens)],
    last_event_id: Annotated[str | None, Header(pattern=r"^[0-9]{1,18}$")] = None,
    once: bool = False,
) -> StreamingResponse:
    """`case` events as cases change within the scope; behind Last-Event-ID what was missed, or `reset` if too much.

    `once`: what was missed and then the end, for whoever cannot hold a stream open.
    """
    feed, last_id = feed_of(request.app), int(last_event_id) if last_event_id else None
    told = _missed(feed, actor, last_id) if once else _told(feed, actor, last_id)
    return StreamingResponse(told, media_type="text/event-stream", headers=HEADERS)


async def _told(feed: Feed, actor: Actor, last_id: int | None) -> AsyncIterator[str]:
    yield "retry: 3000\n: ready\n\n"
    ends = asyncio.get_running_loop().time() + LONGEST_S
    changes = feed.listen(actor, last_id)
    waiting = asyncio.ensure_future(anext(changes))
    try:
        while asyncio.get_running_loop().time() < ends:
            done, _ = await asyncio.wait([waiting], timeout=BEAT_S)
            if not done:
                yield ": still here\n\n"
                continue
            try:
                change = waiting.result()
            except StopAsyncIteration:
                return
            waiting = asyncio.ensure_future(anext(changes))
            yield _event(change)
    finally:
        waiting.cancel()
        await changes.aclose()


async def _missed(feed: Feed, actor: Actor, last_id: int | None) -> AsyncIterator[str]:
    for change in await feed.missed(actor, last_id):
        yield _event(change)


def _event(change: Change | None) -> str:
    if change is None:
        return "event: reset\ndata: {}\n\n"
    body = json.dumps({"case_no": change.case_no, "version": change.version})
    return f"id: {change.id}\nevent: case\ndata: {body}\n\n"
