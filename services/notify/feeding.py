"""取数 feed: how a city's frozen months are asked for and told, signed both ways (kit/signing.py).

Asked is for the month behind the last one that is known; told is that month, or that there is none. The answer is
signed under the id of the question, so that neither an older answer nor another's passes.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casework.db.models import Freeze
from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.collecting import hash_of_sums, sums_of
from casework.kit.errors import BadRequest
from casework.kit.now import utcnow
from casework.kit.ratelimit import RateLimit
from casework.kit.schemas import whole_schema
from casework.kit.signing import SignatureRefused, sign, verify
from casework.rules.words import Channel

RATE = "20/second"
limiter = RateLimit()
Pair = tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]


class FeedAsked(BaseModel):
    """Who asks, as the city registered it, and behind which of the city's numbers."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str, Field(max_length=100)]
    after: Annotated[int, Field(ge=0, lt=2**63)] = 0


FEED_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": whole_schema(FeedAsked)}}}
}


class FeedMonth(BaseModel):
    """A frozen or restated month. `number`: the city's own, to be asked behind; `sums` by county and code."""

    number: Annotated[int, Field(ge=1, lt=2**63)]
    area: Annotated[str, Field(pattern=r"^[0-9A-Z]{4}$")]
    month: date
    version: Annotated[int, Field(ge=1, le=10_000)]
    definition: Annotated[str, Field(max_length=20)]
    cut_off: datetime
    cases: Annotated[int, Field(ge=0, lt=2**53)]
    data_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    sums: Annotated[dict[str, dict[str, Pair]], Field(max_length=100)]
    sums_hash: str


class FeedTold(BaseModel):
    """The month as JSON text, null for none, and the headers that prove it."""

    payload: str
    proof: dict[str, str]


class FeedWrong(Exception):
    """What was told cannot be taken; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Known:
    """Who asks: what it may see, its newest secret, and behind which number it asks."""

    area_code: str
    secret: str
    after: int


async def asked_by(city: City, headers: Mapping[str, str], body: bytes) -> tuple[Known, str]:
    """Who asks, and the question's id: a source of the province, for no hotline may read the months.

    Raises BadRequest: unreadable. SignatureRefused: not proven."""
    try:
        asked = FeedAsked.model_validate_json(body)
    except ValidationError:
        raise BadRequest() from None
    found = await Sources(city.keyring).find(await city.database.pool(), asked.source)
    if found is None or found.channel != Channel.PROVINCE:
        raise SignatureRefused()
    for secret in found.secrets:
        with suppress(SignatureRefused):
            question = verify(headers, body, [secret], utcnow())
            limiter.check(asked.source, RATE)
            return Known(found.area_code, secret, asked.after), question
    raise SignatureRefused()


def told(freeze: Freeze | None, question: str, secret: str) -> FeedTold:
    """The answer to the question of that id."""
    payload = json.dumps(_month(freeze) if freeze else None, ensure_ascii=False)
    return FeedTold(payload=payload, proof=sign(question, utcnow(), payload.encode(), secret))


def _month(freeze: Freeze) -> Mapping[str, Any]:
    sums = sums_of(freeze)
    month = FeedMonth(
        number=freeze.id,
        area=freeze.area,
        month=freeze.month,
        version=freeze.version,
        definition=freeze.definition,
        cut_off=freeze.cut_off,
        cases=freeze.cases,
        data_hash=freeze.data_hash,
        sums={area: dict(pairs) for area, pairs in sums.items()},
        sums_hash=hash_of_sums(sums),
    )
    return month.model_dump(mode="json")


def read(content: bytes, question: str, secret: str, area: str) -> FeedMonth | None:
    """The month that was told; None: there is no further one. Raises FeedWrong: not proven, not of that prefecture, or
    not what its hash says."""
    try:
        answer = FeedTold.model_validate_json(content)
        if verify(answer.proof, answer.payload.encode(), [secret], utcnow()) != question:
            raise FeedWrong("other_question")
        month = None if answer.payload == "null" else FeedMonth.model_validate_json(answer.payload)
    except SignatureRefused:
        raise FeedWrong("not_proven") from None
    except ValueError:
        raise FeedWrong("unreadable") from None
    if month is not None:
        _check(month, area)
    return month


def _check(month: FeedMonth, area: str) -> None:
    if month.area != area or not all(county.startswith(area) for county in month.sums):
        raise FeedWrong("other_area")
    if month.month.day != 1 or any(n > d for pairs in month.sums.values() for n, d in pairs.values()):
        raise FeedWrong("unreadable")
    if hash_of_sums(month.sums) != month.sums_hash:
        raise FeedWrong("wrong_hash")
