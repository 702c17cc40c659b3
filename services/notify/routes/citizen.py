"""市民端: what is reached by the link in an SMS, or by number and query code. No login, no cookie."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from casework.journey import citizen
from casework.kit.language import language
from casework.kit.ratelimit import RateLimit
from casework.kit.texts import Lang
from casework.rules import asks
from services.notify.schemas import CitizenCase, SurveyForm, TrackForm, WithdrawForm
from services.who import RequestKey, TheCity, Transaction

router = APIRouter(prefix="/citizen", tags=["市民 citizen"])
limiter = RateLimit()


class Calmly:
    """A dependency: so many calls from one address, counted by name. Raises TooMany."""

    def __init__(self, name: str, rule: str) -> None:
        self._name, self._rule = name, rule

    def __call__(self, request: Request) -> None:
        address = request.client.host if request.client else ""
        limiter.check(f"{self._name}:{address}", self._rule)


Token = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
TheLanguage = Annotated[Lang, Depends(language)]
_LOOKING = [Depends(Calmly("look", "120/minute"))]
_WRITING = [Depends(Calmly("write", "30/minute"))]
_TRACKING = [Depends(Calmly("track", "30/minute"))]


@router.get("/links/{token}", dependencies=_LOOKING)
async def see(token: Token, session: Transaction, lang: TheLanguage) -> CitizenCase:
    """The case that the link opens: its public side, and whether it may be judged now. 410 after 30 days."""
    return CitizenCase.of(await citizen.see(session, token), lang)


@router.post("/links/{token}/survey", dependencies=_WRITING)
async def answer(
    token: Token, form: SurveyForm, session: Transaction, city: TheCity, lang: TheLanguage, key: RequestKey = None
) -> CitizenCase:
    """回访答复. "Solved" closes the case; "unsolved" waits for an officer and may be changed till then (409 after).

    The same answers again change nothing.
    """
    ask = asks.AnswerSurvey(solved=form.solved, satisfaction=form.satisfaction, comment=form.comment)
    return CitizenCase.of(await citizen.answer(session, city, token, ask, request_key=key), lang)


@router.post("/links/{token}/withdraw", dependencies=_WRITING)
async def withdraw(
    token: Token, form: WithdrawForm, session: Transaction, city: TheCity, lang: TheLanguage, key: RequestKey = None
) -> CitizenCase:
    """撤诉: the request is ended as its citizen asks. A repeat changes nothing; 409 when it is over already."""
    return CitizenCase.of(await citizen.withdraw(session, city, token, form.reason, request_key=key), lang)


@router.post("/track", dependencies=_TRACKING)
async def track(form: TrackForm, city: TheCity, lang: TheLanguage) -> CitizenCase:
    """查询 by number and query code. 404 when they do not go together; after five such tries 429 for half an hour."""
    return CitizenCase.of(await citizen.track(city, form.request_no, form.query_code), lang)
