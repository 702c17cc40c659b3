"""What the knowledge base takes and shows 知识库: items, versions, hits, the report. Days are Asia/Shanghai's."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AnyHttpUrl, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, UrlConstraints

from casework.rules.knowledge import ItemState, Stale


def _without_nul(given: Any) -> Any:
    """NUL characters, which no database keeps, are left out."""
    return given.replace("\x00", "") if isinstance(given, str) else given


_Kept = BeforeValidator(_without_nul)
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Z-]{1,40}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200), _Kept]
Keyword = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), _Kept]
Answer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=5000), _Kept]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), _Kept]
Link = Annotated[AnyHttpUrl, UrlConstraints(max_length=500)]


class ItemForm(BaseModel):
    """条目内容. `questions`: other ways to ask; `keywords`: everyday names. `source_document` is what it rests on."""

    model_config = ConfigDict(extra="forbid")

    title: Line
    category: Code | None = None
    area_code: Code
    unit: Code
    valid_from: date
    valid_to: date | None = None
    questions: Annotated[list[Line], Field(max_length=30)] = []
    keywords: Annotated[list[Keyword], Field(max_length=30)] = []
    answer: Answer
    source_document: Line
    source_link: Link | None = None


class ChangeForm(ItemForm):
    """修改: `version` is the newest version that the person saw."""

    version: Annotated[int, Field(ge=1)]


class SeenForm(BaseModel):
    """送审: the version that the person saw."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1)]


class ReviewForm(SeenForm):
    """审核: publish, or send back with a note."""

    publish: bool
    note: Note = ""


class RetireForm(SeenForm):
    """停用: with the reason."""

    note: Note = ""


class ComplaintForm(BaseModel):
    """纠错: what is wrong."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=500), _Kept]


class ItemRow(BaseModel):
    """条目: one line of a list. `unusable`: why it may not answer a case today, null when it may."""

    item_no: str
    version: int
    state: ItemState
    state_text: str
    title: str
    category: str | None
    category_name: str | None
    area_code: str
    area_name: str
    unit: str
    unit_name: str
    valid_from: date
    valid_to: date | None
    unusable: str | None
    uses: int
    complaints: int
    made_at: datetime
    reviewed_at: datetime | None


class ItemView(ItemRow):
    """条目全文, and what this reader may do with it. `stale`: why its unit must mend it."""

    questions: list[str]
    keywords: list[str]
    answer: str
    source_document: str
    source_link: str | None
    review_note: str | None
    stale: list[Stale]
    may_write: bool
    may_review: bool


class VersionView(BaseModel):
    """条目版本: what it said, who wrote it and who reviewed it, when."""

    version: int
    state: ItemState
    state_text: str
    title: str
    questions: list[str]
    keywords: list[str]
    answer: str
    source_document: str
    source_link: str | None
    valid_from: date
    valid_to: date | None
    author: str | None
    made_at: datetime
    submitted_at: datetime | None
    reviewer: str | None
    reviewed_at: datetime | None
    published_at: datetime | None
    review_note: str | None


class ComplaintView(BaseModel):
    """纠错, masked."""

    version: int
    note: str
    at: datetime


class History(BaseModel):
    """版本记录, newest first, and what readers said of the newest."""

    versions: list[VersionView]
    complaints: list[ComplaintView]


class Written(BaseModel):
    """The item's newest version after a change."""

    item_no: str
    version: int
    state: ItemState


class HitView(BaseModel):
    """检索结果: the part of the answer that fits, and why it was found, in the reader's language."""

    item_no: str
    version: int
    title: str
    snippet: str
    answer: str
    why: list[str]
    score: float
    category: str | None
    category_name: str | None
    area_name: str
    unit_name: str
    valid_to: date | None
    source_document: str
    source_link: str | None


class Suggestions(BaseModel):
    """推荐条目: the best five, best first."""

    items: list[HitView]


class HitPage(BaseModel):
    """A page of hits; `next` is the cursor of the following one. `at_most`: one search shows no more than these."""

    items: list[HitView]
    next: str | None
    at_most: int


class ItemPage(BaseModel):
    """A page of items; `next` is the cursor of the following one."""

    items: list[ItemRow]
    next: str | None


class StaleView(ItemRow):
    """待更新条目, and why."""

    stale: list[Stale]
    stale_text: list[str]


class CategoryCount(BaseModel):
    """Cases of a category that were answered in writing, without an item."""

    category: str | None
    category_name: str | None
    cases: int


class MissView(BaseModel):
    """未命中: masked words, how often they were searched for, when last."""

    words: str
    times: int
    last_at: datetime


class MissingView(BaseModel):
    """缺失知识 over the last 90 days: the hundred most frequent of each."""

    answered: int
    answered_from_items: int
    written: list[CategoryCount]
    searches: list[MissView]


class UseView(BaseModel):
    """An item and the cases of the last 90 days that were answered from it."""

    item_no: str
    title: str
    times: int


class KnowledgeReport(BaseModel):
    """知识库报告. `missing` is null for who is told of a unit's own items only; `next` pages `stale`."""

    stale: list[StaleView]
    next: str | None
    missing: MissingView | None
    most_used: list[UseView]
