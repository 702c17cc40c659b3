"""What the dispatch API shows of classifying 分类: suggestions with their words, signs of danger, how they fare."""

from datetime import date

from pydantic import BaseModel

from casework.rules.signs import Sign
from casework.rules.words import Action, Kind, Level, Urgency


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


class DemandView(BaseModel):
    """证据要求 of one move: so many photos, one before and one after, within so many metres, how a call ended.

    `urgency`, `kind` and `way` (of a first contact) say when it holds, null always.
    """

    action: Action
    urgency: Urgency | None
    kind: Kind | None
    way: str | None
    photos: int
    before_after: bool
    within_m: int | None
    call_outcome: bool


class CatalogueEntry(BaseModel):
    """目录条目: one category as the catalogue in force has it; the first level has a code and a name alone.

    `lead` and `co_units`: departments' names, the usual one first. `limit`: the statute's own, 60wd = 60 working days,
    30d = 30 days, for `limit_kinds` only. `replaced_by`: offered instead of a retired one.
    """

    code: str
    parent: str
    name: str
    lead: list[str]
    co_units: list[str]
    level: Level
    urgency: Urgency
    urgency_note: str
    confidential: bool
    minor: bool
    restricted: bool
    lines: list[LineView]
    guide: str | None
    limit: str | None
    limit_kinds: list[Kind]
    legal_basis: str
    retired: bool
    replaced_by: str
    note: str
    evidence: list[DemandView]


class Catalogue(BaseModel):
    """诉求目录: the city's name for it, its version with the digest of all its files, all entries in its order."""

    name: str
    version: str
    entries: list[CatalogueEntry]
