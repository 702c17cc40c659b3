"""What the dispatch API shows of classifying 分类: suggestions with their words, signs of danger, how they fare."""

from datetime import date

from pydantic import BaseModel

from casework.rules.signs import Sign
from casework.rules.words import Urgency


class GuessView(BaseModel):
    """建议的分类. `confidence` 0 to 1; `words`: of the masked text, strongest first; `lead`: who usually takes it."""

    category: str
    name: str
    confidence: float
    words: list[str]
    lead: str | None
    urgency: Urgency
    confidential: bool
    minor: bool
    restricted: bool


class LineView(BaseModel):
    """紧急热线: `number` is empty where the city has not filled it in."""

    code: str
    number: str
    name: str


class SignView(BaseModel):
    """警示: what the text says, in which words, the least urgency it asks for, and whom to call at once."""

    rule: str
    sign: Sign
    sign_text: str
    words: str
    urgency: Urgency | None
    lines: list[LineView]


class SuggestionView(BaseModel):
    """分类建议. `source`: the model's version, or "lexicon", whose confidence is an estimate (`calibrated` false)."""

    source: str
    calibrated: bool
    categories: list[GuessView]
    signs: list[SignView]


class KeptGuess(BaseModel):
    """A category that was suggested for a case."""

    category: str
    name: str
    confidence: float
    words: list[str]


class KeptSuggestion(BaseModel):
    """What was suggested for the case when it came, beside the category that it was given; `automatic`: by itself."""

    source: str | None
    calibrated: bool
    categories: list[KeptGuess]
    settled: str | None
    settled_name: str | None
    automatic: bool


class FaredView(BaseModel):
    """How one source's suggestions fared. Shares are null where nobody settled one; `few`: fewer than 30."""

    source: str
    settled: int
    none_given: int
    first_right: float | None
    first_or_second_right: float | None
    said: float | None
    few: bool


class MixedUpView(BaseModel):
    """Suggested first, and what people gave instead."""

    suggested: str
    suggested_name: str
    settled: str
    settled_name: str
    cases: int


class DriftReport(BaseModel):
    """分类漂移报告 of the days `begin` to `end`, both included, Asia/Shanghai. `stability`: how far what people gave
    has moved from the same number of days before (under 0.1 the same, from 0.25 another); null where one is empty."""

    begin: date
    end: date
    fared: list[FaredView]
    mixed_up: list[MixedUpView]
    stability: float | None
    moved: bool


class CategoryChoice(BaseModel):
    """诉求分类, to choose from. `path`: the names above it, the widest first; `guide`: the guidance it suggests."""

    code: str
    name: str
    path: str
    urgency: Urgency
    guide: str
