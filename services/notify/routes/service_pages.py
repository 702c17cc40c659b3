"""服务评价页: what a poster's QR code opens, at `/p` of the city's address. No account, no cookie, no script."""

import re
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from casework.db.models import ServicePoint
from casework.journey.city import City
from casework.journey.service_rating import Given, opened, rate
from casework.kit.errors import Problem, Unprocessable
from casework.kit.texts import t
from casework.rules.words import Satisfaction
from services.notify.citizen_markup import Said, Sheet, document
from services.notify.page_reading import HEADERS, TheReading, Typed, calmly, sheet_of
from services.notify.routes.citizen import Token
from services.notify.service_markup import rating_page, refused, thanks
from services.who import TheCity

router = APIRouter(
    prefix="/p", tags=["社区服务评价 services"], default_response_class=HTMLResponse, include_in_schema=False
)
KEY_BYTES = 16
LONGEST_WORDS = 500
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")
_DONE = {"rated": False, "rated_bad": True}


class Rated(BaseModel):
    """What the form sends."""

    model_config = ConfigDict(extra="ignore")

    key: Typed = ""
    grade: Typed = ""
    service: Typed = ""
    words: Typed = ""


@router.get("/{token}")
async def ask(request: Request, token: Token, reading: TheReading, city: TheCity) -> Response:
    """The form, or thanks after it was sent; where the code opens nothing, why."""
    sheet = sheet_of(request, reading, f"/p/{token}")
    try:
        calmly(request, "rate")
        point = await _point(city, token)
    except Problem as problem:
        return _refused(sheet, problem)
    if reading.done in _DONE:
        return _page(sheet, thanks(sheet, point, bad=_DONE[reading.done]))
    return _page(sheet, _form(sheet, city, point, Said(), Rated(key=_new_key())))


@router.post("/{token}")
async def take(
    request: Request, token: Token, reading: TheReading, sent: Annotated[Rated, Form()], city: TheCity
) -> Response:
    """One answer; done, the page is asked for anew. What was typed is kept where something is wrong."""
    sheet = sheet_of(request, reading, f"/p/{token}")
    try:
        calmly(request, "rate")
        given = _given(sent)
        async with city.database.transaction() as session:
            await rate(session, city, token, given, request.client.host if request.client else "")
    except Problem as problem:
        return await _again(sheet, city, token, sent, problem)
    bad = given.grade in city.catalog.service_ratings.definition.bad
    size = "&size=elder" if sheet.elder else ""
    done = "rated_bad" if bad else "rated"
    return RedirectResponse(f"/p/{token}?lang={sheet.lang}{size}&done={done}", 303, headers=HEADERS)


def _given(sent: Rated) -> Given:
    if not _KEY.fullmatch(sent.key):
        raise Unprocessable("service.stale")
    if sent.grade not in set(Satisfaction):
        raise Unprocessable("service.grade_missing")
    return Given(sent.key, Satisfaction(sent.grade), sent.service, sent.words[:LONGEST_WORDS])


async def _again(sheet: Sheet, city: City, token: str, sent: Rated, problem: Problem) -> Response:
    try:
        point = await _point(city, token)
    except Problem as gone:
        return _refused(sheet, gone)
    kept = sent if _KEY.fullmatch(sent.key) else sent.model_copy(update={"key": _new_key()})
    said = Said(bad=t(problem.code, sheet.lang, **problem.params), words=sent.words, of=sent.grade)
    return _page(sheet, _form(sheet, city, point, said, kept), problem.status, problem.headers())


async def _point(city: City, token: str) -> ServicePoint:
    async with city.database.transaction() as session:
        return await opened(session, token)


def _form(sheet: Sheet, city: City, point: ServicePoint, said: Said, sent: Rated) -> str:
    area = city.catalog.areas.name_path(point.area_code)
    return rating_page(sheet, point, area, said, key=sent.key, service=sent.service)


def _refused(sheet: Sheet, problem: Problem) -> Response:
    said = Said(bad=t(problem.code, sheet.lang, **problem.params))
    return _page(sheet, refused(sheet, said), problem.status, problem.headers())


def _page(sheet: Sheet, main: str, status: int = 200, headers: dict[str, str] | None = None) -> HTMLResponse:
    page = document(sheet, main, "rate_title")
    return HTMLResponse(page, status, headers={**HEADERS, **(headers or {})})


def _new_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)
