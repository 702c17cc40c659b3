"""市民页: the citizen's page as HTML, at `/t` and `/c` of the city's address. No account, no cookie, no script.

A form names in `do` what is asked: look, survey, supplement, withdraw. After a link's move the page is asked for
anew, so that a reload sends nothing twice; number and query code stand in no address.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from casework.journey import attachments, citizen
from casework.journey.citizen import CitizenView
from casework.journey.city import City
from casework.kit.errors import NotFound, Problem, Unprocessable
from casework.kit.texts import Lang, t
from casework.rules import asks
from casework.rules.decide import Refused
from casework.rules.words import Satisfaction
from services.assembly import refused_as_problem
from services.notify.citizen_markup import Picture, Said, Sheet, case_page, document, look_up
from services.notify.page_reading import HEADERS, TheReading, Typed, calmly, sheet_of
from services.notify.routes.citizen import Token
from services.notify.schemas import CitizenCase
from services.who import TheCity

router = APIRouter(prefix="/t", tags=["市民 citizen"], default_response_class=HTMLResponse, include_in_schema=False)
DONE = ("survey", "survey_unsolved", "supplement", "withdraw")


class Asked(BaseModel):
    """What a form of the page sends; each form fills its own part."""

    model_config = ConfigDict(extra="ignore")

    do: Typed = ""
    number: Typed = ""
    code: Typed = ""
    solved: Typed = ""
    satisfaction: Typed = ""
    text: Typed = ""
    sure: Typed = ""


TheAsked = Annotated[Asked, Form()]


@router.get("")
async def empty(request: Request, reading: TheReading) -> Response:
    """查询: the form for number and query code."""
    return _page(sheet_of(request, reading, "/t"), Said())


@router.post("")
async def by_code(request: Request, reading: TheReading, asked: TheAsked, city: TheCity) -> Response:
    """By number and query code, which every form of the page carries along."""
    number, code = asked.number.replace(" ", "").upper(), asked.code.replace(" ", "")
    sheet = sheet_of(request, reading, "/t", (("number", number), ("code", code)))
    try:
        calmly(request, "page")
        view = await _coded(city, number, code, asked)
    except (Problem, Refused) as error:
        problem = _problem(error)
        seen = None if asked.do == "look" else await _still(city, number, code)
        return _page(sheet, _fault(sheet, asked, problem), seen, status=problem.status, number=number)
    return _page(sheet, Said(good=f"done_{asked.do}" if asked.do in DONE else ""), view)


@router.get("/{token}")
async def by_link(request: Request, token: Token, reading: TheReading, city: TheCity) -> Response:
    """What the link opens; where it opens nothing, why, and the form for number and query code."""
    sheet = sheet_of(request, reading, f"/t/{token}")
    try:
        calmly(request, "page")
        async with city.database.transaction() as session:
            view, pictures = await _seen(session, token)
    except Problem as problem:
        return _page(sheet, Said(bad=_sentence(problem, sheet.lang)), status=problem.status)
    said = Said(good=f"done_{reading.done}" if reading.done in DONE else "")
    return _page(sheet, said, view, link=True, pictures=pictures)


@router.post("/{token}")
async def move_by_link(request: Request, token: Token, reading: TheReading, asked: TheAsked, city: TheCity) -> Response:
    """A form of the link's page; done, the page is shown anew."""
    sheet = sheet_of(request, reading, f"/t/{token}")
    try:
        calmly(request, "page")
        done = await _linked(city, token, asked)
    except (Problem, Refused) as error:
        problem = _problem(error)
        async with city.database.transaction() as session:
            view, pictures = (None, ()) if problem.status in (404, 410) else await _seen(session, token)
        said = _fault(sheet, asked, problem)
        return _page(sheet, said, view, link=True, status=problem.status, pictures=pictures)
    size = "&size=elder" if sheet.elder else ""
    return RedirectResponse(f"/t/{token}?lang={sheet.lang}{size}&done={done}", 303, headers=HEADERS)


async def _seen(session: AsyncSession, token: str) -> tuple[CitizenView, tuple[Picture, ...]]:
    """What the link opens, with the pictures of the reply that it may show; each is authorised by the link again."""
    view = await citizen.see(session, token)
    rows = await attachments.public_pictures(session, token)
    return view, tuple(Picture(f"/api/notify/citizen/links/{token}/pictures/{row.id}", row.moment) for row in rows)


async def _coded(city: City, number: str, code: str, asked: Asked) -> CitizenView:
    if not number or not code:
        raise NotFound("citizen.not_found")
    if asked.do == "supplement":
        return await citizen.supplement_tracked(city, number, code, asked.text)
    if asked.do == "withdraw":
        _sure(asked)
        return await citizen.withdraw_tracked(city, number, code, asked.text)
    return await citizen.track(city, number, code)


async def _linked(city: City, token: str, asked: Asked) -> str:
    """Does what was asked; which sentence says so."""
    async with city.database.transaction() as session:
        if asked.do == "supplement":
            await citizen.supplement(session, city, token, asked.text)
            return "supplement"
        if asked.do == "withdraw":
            _sure(asked)
            await citizen.withdraw(session, city, token, asked.text)
            return "withdraw"
        await citizen.answer(session, city, token, _answers(asked))
        return "survey" if asked.solved == "yes" else "survey_unsolved"


def _answers(asked: Asked) -> asks.AnswerSurvey:
    if asked.solved not in ("yes", "no"):
        raise Unprocessable("citizen.solved_missing")
    if asked.satisfaction not in set(Satisfaction):
        raise Unprocessable("citizen.satisfaction_missing")
    grade = Satisfaction(asked.satisfaction)
    return asks.AnswerSurvey(solved=asked.solved == "yes", satisfaction=grade, comment=asked.text[:500])


def _sure(asked: Asked) -> None:
    if asked.sure != "yes":
        raise Unprocessable("citizen.not_sure")


async def _still(city: City, number: str, code: str) -> CitizenView | None:
    """The case as it stands, where number and code were right and only what was asked was not."""
    try:
        return await citizen.track(city, number, code)
    except Problem:
        return None


def _problem(error: Problem | Refused) -> Problem:
    return error if isinstance(error, Problem) else refused_as_problem(error)


def _sentence(problem: Problem, lang: Lang) -> str:
    return t(problem.code, lang, **problem.params)


def _fault(sheet: Sheet, asked: Asked, problem: Problem) -> Said:
    return Said(bad=_sentence(problem, sheet.lang), words=asked.text, of=asked.do)


def _page(
    sheet: Sheet,
    said: Said,
    view: CitizenView | None = None,
    *,
    link: bool = False,
    status: int = 200,
    number: str = "",
    pictures: tuple[Picture, ...] = (),
) -> HTMLResponse:
    if view is None:
        main = look_up(sheet, said, number)
    else:
        may = {"supplement": view.may_supplement, "withdraw": view.may_withdraw}
        allowed = frozenset(name for name, yes in may.items() if yes)
        main = case_page(sheet, CitizenCase.of(view, sheet.lang), said, may=allowed, link=link, pictures=pictures)
    return HTMLResponse(document(sheet, main), status, headers=HEADERS)
