"""What the dispatcher's desk takes and shows 派单台: claims, looks, moves that may be undone, standard texts, views."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.db.reads.queue import View
from casework.rules.asks import AnyAsk
from casework.rules.text_places import TextPlace
from casework.rules.words import Action, Kind, Urgency

CaseNo = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=r"^[^\x00]*$")]
MOST = 100


class ClaimView(BaseModel):
    """认领: whose the case is until `until` (UTC), unless it is renewed; `mine`: the reader's."""

    name: str
    mine: bool
    until: datetime


class LookAsk(BaseModel):
    """在看: what the reader does at the case's page now; sent again every half minute."""

    model_config = ConfigDict(extra="forbid")
    doing: Literal["VIEWING", "EDITING"]


class WatchingView(BaseModel):
    """Somebody else at the case's page."""

    name: str
    doing: Literal["VIEWING", "EDITING"]
    seen_at: datetime


class LookView(BaseModel):
    """Who else is there, and whose the case is. `version`: of the case now."""

    version: int
    claim: ClaimView | None
    others: list[WatchingView]


class HoldAsk(BaseModel):
    """可撤销的操作: one move for up to a hundred cases."""

    model_config = ConfigDict(extra="forbid")
    case_nos: Annotated[list[CaseNo], Field(min_length=1, max_length=MOST)]
    ask: AnyAsk


class HeldRow(BaseModel):
    """How one case of the batch stands: HELD (made at `run_at`), DONE, UNDONE, or REFUSED with its reason."""

    case_no: str
    state: Literal["HELD", "DONE", "UNDONE", "REFUSED"]
    code: str | None = None
    detail: str | None = None


class HeldBatch(BaseModel):
    """A batch of held moves; until `run_at` (UTC) it may be undone."""

    batch: str
    action: Action
    run_at: datetime | None
    rows: list[HeldRow]


class TextForm(BaseModel):
    """常用语. `body` has places that the page fills, such as {工单编号}, and others that the writer types over, such as
    {填写日期} (rules/text_places.py); `action`: for which move, null for any."""

    model_config = ConfigDict(extra="forbid")
    title: Title
    body: Body
    action: Action | None = None
    shared: bool = False


class TextView(TextForm):
    """A standard text with its owner. `keeps`: the reader may change it, who owns it or keeps the shared ones of its
    area."""

    id: int
    owner: str
    mine: bool
    area_code: str
    area_name: str
    keeps: bool
    updated_at: datetime


class TextFound(BaseModel):
    """`next`: the `cursor` of the following page; null on the last."""

    texts: list[TextView]
    total: int
    next: int | None


class PlaceView(BaseModel):
    """变量 of a standard text: its name as it stands in braces."""

    name: TextPlace


class ViewForm(BaseModel):
    """我的视图: a name, and the question as the page's address has it."""

    model_config = ConfigDict(extra="forbid")
    name: Title
    query: Annotated[dict[Title, Annotated[str, StringConstraints(max_length=200)]], Field(max_length=12)]
    shared: bool = False


class SavedViewView(BaseModel):
    """A saved view with its owner; only the owner changes it."""

    id: int
    name: str
    query: dict[str, Any]
    shared: bool
    owner: str
    mine: bool


class SavedQuestion(BaseModel):
    """What a saved view asks, read from the page's address; what else stands there is the page's own."""

    view: View = View.OPEN
    area: Annotated[str, StringConstraints(max_length=20, pattern=r"^[0-9A-Z]+$")] | None = None
    urgency: Urgency | None = None
    kind: Kind | None = None
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\x00]*$")] | None = None


class SavedViewCounts(BaseModel):
    """How many cases each saved view holds for the reader, by its id; absent where it asks for ended cases or for
    something that there is no more."""

    counts: dict[int, int]
