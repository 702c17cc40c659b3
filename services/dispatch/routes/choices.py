"""可选理由: what a form offers to choose from, as the city's catalogue has it, in the reader's language."""

from collections.abc import Mapping

from fastapi import APIRouter, Request

from casework.catalog.entries import EmergencyLine, Reason
from casework.catalog.turns import Choice as Named
from casework.catalog.turns import Listing, Suspension
from casework.kit.language import language
from casework.kit.texts import Lang
from services.dispatch.choice_schemas import Choice, Choices, LongestChoice, ToldChoice
from services.who import SignedIn, TheCity

router = APIRouter(tags=["可选理由 choices"])


@router.get("/choices", response_model=Choices)
async def list_choices(_actor: SignedIn, request: Request, city: TheCity) -> Choices:
    """The reasons of a return, a suspension, a listing 挂账, a closure and a guidance, and the emergency lines."""
    lang, turns, reasons = language(request), city.catalog.turns, city.catalog.reasons
    return Choices(
        returns=[Choice(code=code, text=_text(one, lang)) for code, one in turns.return_reasons.items()],
        suspensions=_longest(turns.suspension_reasons, lang),
        listings=_longest(turns.ledger_reasons, lang),
        closures=_told(reasons.closure, lang),
        guidances=_told(reasons.guidance, lang),
        lines=[Choice(code=code, text=_text(one, lang)) for code, one in reasons.emergency.items()],
    )


def _longest(reasons: Mapping[str, Suspension] | Mapping[str, Listing], lang: Lang) -> list[LongestChoice]:
    return [LongestChoice(code=code, text=_text(one, lang), most=one.most) for code, one in reasons.items()]


def _text(one: Named | Reason | EmergencyLine, lang: Lang) -> str:
    return one.en if lang == "en" else one.zh


def _told(reasons: Mapping[str, Reason], lang: Lang) -> list[ToldChoice]:
    return [
        ToldChoice(
            code=code,
            text=_text(one, lang),
            told=(one.told_en if lang == "en" else one.told_zh) or "",
            second_person=one.second_person,
        )
        for code, one in reasons.items()
    ]
