"""How each of the three APIs is put together: the city opened, refusals translated, the doorbell hung up."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from sqlalchemy import text

import casework.journey
from casework.catalog.load import load
from casework.db.session import Database
from casework.journey.city import City
from casework.kit.crypto import Keyring
from casework.kit.errors import Conflict, FieldFault, Forbidden, Problem, Unprocessable
from casework.kit.jobs import Doorbell
from casework.kit.memory import settle
from casework.kit.settings import Settings, get_settings
from casework.kit.texts import TEXTS
from casework.kit.web import MIB, create_app
from casework.place.geocoder import HttpGeocoder
from casework.rules.decide import Refused
from casework.rules.said_why import FIELDS
from casework.rules.words import Action, Status

FORBIDDEN = frozenset(
    {"NOT_YOUR_ROLE", "NOT_YOUR_CASE", "KNOWLEDGE.NOT_YOURS", "KNOWLEDGE.NOT_YOUR_UNIT", "KNOWLEDGE.OWN_WORDS"}
    | {"WORKER.NOT_YOUR_ROLE", "DISPUTE.NOT_YOUR_ROLE", "DISPUTE.NOT_YOUR_LEVEL", "DISPUTE.NOT_THE_MEDIATOR"}
)

BODY_LIMITS = {
    "intake": {"/imports/": MIB, "/imports": 1024 * MIB, "/statistics/months": 16 * MIB},
    "dispatch": {"/grids/imports": 32 * MIB},
}
"""Bytes that the bodies below a path may have, where that is not the usual limit. A list may have 100 MB; its route
says so itself, in a sentence of its own, before it reads."""

TEXTS.add(Path(casework.journey.__file__).parent / "locales")
TEXTS.add(Path(casework.journey.__file__).parent / "statistics_texts")


def refused_as_problem(error: Exception) -> Problem:
    """A refusal of the rules as the person reads it: 403 for who, 409 for when and what, 422 for a field of it."""
    assert isinstance(error, Refused)
    if "field" in error.params:
        return Unprocessable(fields=[FieldFault(error.params["field"], f"refused.{error.code}")])
    if error.code in FIELDS:
        code = f"refused.{error.code}"
        return Unprocessable(code, fields=[FieldFault(FIELDS[error.code], code)])
    kind = Forbidden if error.code in FORBIDDEN else Conflict
    params: dict[str, Any] = dict(error.params)
    if "status" in params:
        params["status"] = Status(params["status"]).zh
    if "action" in params:
        params["action"] = Action(params["action"]).zh
    return kind(f"refused.{error.code}", **params)


def open_city(settings: Settings) -> City:
    """The city of this process: catalogue, keys, database. Raises CatalogError, KeyringError with clear sentences."""
    geocoder = HttpGeocoder(settings.geocoder_url) if settings.geocoder_url else None
    return City(
        load(settings.catalog),
        Keyring.load(settings.keys_file, settings.identity_keys_file),
        Database(settings.database_url),
        geocoder,
    )


def assemble(name: str, title: str, routers: Sequence[APIRouter], settings: Settings | None = None) -> FastAPI:
    """One service's API over the city, which is opened when the app starts and closed when it stops.

    Without `settings` it is the process's own app; a test gives its settings, and may have many apps in a process.
    """
    alone = settings is None
    settings = settings or get_settings()

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        app.state.city, app.state.doorbell = open_city(settings), Doorbell(settings.redis_url)
        if alone:
            settle()
        yield
        await app.state.doorbell.close()
        await app.state.city.close()

    async def database_answers() -> None:
        async with app.state.city.database.transaction() as session:
            await session.execute(text("SELECT 1 FROM cases LIMIT 1"))

    app = create_app(
        name=name,
        title=title,
        settings=settings,
        routers=routers,
        parts=(opened,),
        checks={"database": database_answers},
        translation={Refused: refused_as_problem},
        body_limits=BODY_LIMITS.get(name),
    )
    return app
