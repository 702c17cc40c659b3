"""How the pages without a script are read and answered: language, 长辈版, headers, so many calls a minute."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from casework.kit.language import language
from casework.kit.texts import Lang
from services.notify.citizen_markup import Sheet
from services.notify.routes.citizen import limiter

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Vary": "Accept-Language",
}
Typed = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=5000),
    AfterValidator(lambda said: said.replace("\x00", "")),
]


class Reading(BaseModel):
    """How the page is read: in which language, and 长辈版 (`elder`) or not; `done`: what was just done."""

    model_config = ConfigDict(extra="ignore")

    lang: str = Field("", max_length=10)
    size: str = Field("", max_length=10)
    done: str = Field("", max_length=20)


TheReading = Annotated[Reading, Query()]


def calmly(request: Request, page: str) -> None:
    """So many calls of a page from one address. Raises TooMany."""
    address = request.client.host if request.client else ""
    limiter.check(f"{page}:{request.method}:{address}", "120/minute" if request.method == "GET" else "30/minute")


def sheet_of(request: Request, reading: Reading, path: str, kept: tuple[tuple[str, str], ...] = ()) -> Sheet:
    """The page as this reader asked for it."""
    lang: Lang = "en" if reading.lang == "en" else "zh-CN" if reading.lang == "zh-CN" else language(request)
    return Sheet(path, lang, reading.size == "elder", kept)
