"""What the intake's routes take beside services/who.py."""

from typing import Annotated

from fastapi import Depends, Request

from casework.db.sources import Sources
from services.who import TheCity


async def the_sources(request: Request, city: TheCity) -> Sources:
    """The upstream sources as this process knows them."""
    state = request.app.state
    if not hasattr(state, "sources"):
        state.sources = Sources(city.keyring)
    found: Sources = state.sources
    return found


TheSources = Annotated[Sources, Depends(the_sources)]
