"""Who asks, and with what: the dependencies that every route takes.

All are async, also those that wait for nothing: FastAPI runs a plain function in another thread, at a third of what a
whole request costs.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy.ext.asyncio import AsyncSession

from casework.journey.city import City
from casework.journey.sign_in import actor_of_token
from casework.kit.errors import Forbidden, Unauthenticated
from casework.kit.jobs import Doorbell
from casework.rules.facts import Actor
from casework.rules.words import Role


async def the_city(request: Request) -> City:
    """The city that this process serves, with the calendars that hold."""
    city: City = request.app.state.city
    await city.fresh()
    return city


async def the_doorbell(request: Request) -> Doorbell:
    """The bell that wakes workers early."""
    bell: Doorbell = request.app.state.doorbell
    return bell


async def one_transaction(city: Annotated[City, Depends(the_city)]) -> AsyncIterator[AsyncSession]:
    """The request's transaction: committed before the answer is sent, rolled back when the route raises."""
    async with city.database.transaction() as session:
        yield session


async def signed_in(
    request: Request, session: Annotated[AsyncSession, Depends(one_transaction, scope="function")]
) -> Actor:
    """The signed-in actor. Raises Unauthenticated."""
    token = request.cookies.get(request.app.state.settings.session_cookie)
    actor = await actor_of_token(session, token) if token else None
    if actor is None:
        raise Unauthenticated()
    return actor


class Holding:
    """A dependency: the actor, if it holds one of these roles. Raises Forbidden."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    async def __call__(self, actor: Annotated[Actor, Depends(signed_in)]) -> Actor:
        if not actor.roles & self.roles:
            raise Forbidden()
        return actor


TheCity = Annotated[City, Depends(the_city)]
TheDoorbell = Annotated[Doorbell, Depends(the_doorbell)]
Transaction = Annotated[AsyncSession, Depends(one_transaction, scope="function")]
SignedIn = Annotated[Actor, Depends(signed_in)]
RequestKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$"),
]
