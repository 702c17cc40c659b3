"""What staff are told, as they read it themselves: the sentence of the staff's channel, without any contact."""

from datetime import datetime

from pydantic import BaseModel

from casework.catalog.load import Catalog
from casework.db.notices import Owed
from casework.db.reads.outbox import Told
from casework.journey.wordings import OwnWordings
from casework.kit.texts import Lang
from services.notify.wording import template_of, wording


class OwnNotice(BaseModel):
    """消息. `case_no` null: it is about no case, or about one that the reader may not see any more. UTC."""

    id: int
    at: datetime
    topic: str
    case_no: str | None
    text: str


class OwnPage(BaseModel):
    """`next`: the `cursor` of the following page; null on the last."""

    items: list[OwnNotice]
    next: int | None


def own_notice(catalog: Catalog, told: Told, lang: Lang, words: OwnWordings) -> OwnNotice:
    """One line, in the words that held then; a topic whose words were taken away shows itself."""
    notice = told.notice
    template = template_of(notice.topic, notice.audience)
    own = words.find(template, lang, told.area, notice.created_at) if template else None
    text = wording(catalog, _owed(told), template, lang, own) if template else notice.topic
    return OwnNotice(id=notice.id, at=notice.created_at, topic=notice.topic, case_no=told.open_case, text=text)


def _owed(told: Told) -> Owed:
    notice = told.notice
    return Owed(
        id=notice.id,
        audience=notice.audience,
        channel=notice.channel,
        topic=notice.topic,
        params=notice.params,
        tries=0,
        created_at=notice.created_at,
        case_id=notice.case_id or 0,
        case_no=told.case_no or "",
        request_no="",
        source="",
        upstream_no=None,
        phone_sealed=None,
        guarded=False,
        minor=False,
        unit_code=None,
        unit_name=told.unit,
        login=None,
        area=told.area,
        status="",
        said={},
        filed={},
        seq=0,
        cycle=1,
    )
