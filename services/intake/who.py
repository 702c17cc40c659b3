"""What the intake's routes take beside services/who.py."""

from dataclasses import dataclass

from fastapi import Request

from casework.db.sources import Sources
from casework.journey.city import City
from casework.kit.jobs import Doorbell


@dataclass(frozen=True, slots=True)
class Hall:
    """接件大厅: what taking a message in needs."""

    city: City
    sources: Sources
    doorbell: Doorbell


def hall_of(request: Request) -> Hall:
    """The hall of this process; its knowledge of the upstream sources is kept from one request to the next.

    Called, not declared: each dependency and header that FastAPI resolves costs a webhook a twentieth of its time.
    """
    state = request.app.state
    if not hasattr(state, "sources"):
        state.sources = Sources(state.city.keyring)
    return Hall(state.city, state.sources, state.doorbell)
