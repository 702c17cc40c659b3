"""What the API of the notices' wording takes and shows 通知文案: texts, their places, versions, previews."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.kit.texts import Lang

TemplateCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z_]{0,60}\.[A-Z_]{1,30}$")]
WordingBody = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]


class WordingNow(BaseModel):
    """The words that hold in a language in the reader's area. `own`: the city's, by whom and since when (UTC), of which
    area; else those that ship. `length` and `parts`: filled with the example, as a text message counts."""

    lang: Lang
    body: str
    shipped: str
    own: bool
    area_code: str | None
    area_name: str | None
    version: int
    made_by: str | None
    made_at: datetime | None
    length: int
    parts: int


class PlaceOfWording(BaseModel):
    """变量: its name, what it is in the example, whether it must stay."""

    name: str
    example: str
    needed: bool


class WordingView(BaseModel):
    """通知文案 of a topic for an audience. `sms`: citizens get it as a text message, in zh-CN."""

    template: str
    topic: str
    audience: str
    sms: bool
    places: list[PlaceOfWording]
    now: list[WordingNow]


class WordingList(BaseModel):
    """All texts. `keeps`: the reader may change them, for `area_name`."""

    wordings: list[WordingView]
    keeps: bool
    area_name: str


class WordingVersion(BaseModel):
    """One version. `body` null: the file's words again. `in_force`: what holds in that area now."""

    lang: Lang
    area_code: str
    area_name: str
    version: int
    body: str | None
    why: str
    made_by: str | None
    made_at: datetime
    in_force: bool


class WordingPreviewForm(BaseModel):
    """试看: a text in the place of the one that holds."""

    model_config = ConfigDict(extra="forbid")
    template: TemplateCode
    lang: Lang
    body: WordingBody


class WordingForm(WordingPreviewForm):
    """改文案: and why."""

    why: Why


class WordingResetForm(BaseModel):
    """恢复自带文案: the file's words again, and why."""

    model_config = ConfigDict(extra="forbid")
    template: TemplateCode
    lang: Lang
    why: Why


class WordingPreview(BaseModel):
    """As the reader would get it. `parts`: of a text message, each of which is paid for."""

    text: str
    length: Annotated[int, Field(ge=0)]
    parts: int
    most: int
