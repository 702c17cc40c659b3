"""How the wording of notices is shown 通知文案: each text with its places, an example, who changed it and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from casework.catalog.load import Catalog
from casework.db.models import NoticeWording
from casework.db.notices import Owed
from casework.journey.wordings import KEEPERS, by_text, held
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.kit.now import utcnow
from casework.kit.texts import LANGS, Lang
from casework.rules import wordings as rules
from casework.rules.facts import Actor
from casework.rules.words import Action, ClockName
from services.notify import wording_schemas as s
from services.notify.wording import TEMPLATES, wording

_BESIDE = ("word", "clock", "stale")
CITIZEN = "CITIZEN"
_SAID = {"zh-CN": "路灯已修复，今晚亮灯", "en": "The street lamp is repaired"}
_EXAMPLE = {
    "zh-CN": {"unit": "锦江区城市管理局", "who": "网格员甲", "place": "水井坊社区小广场", "title": "路灯报修指南"},
    "en": {
        "unit": "the urban management bureau",
        "who": "Grid worker A",
        "place": "the square",
        "title": "Street lamps",
    },
}


@lru_cache
def templates() -> tuple[str, ...]:
    """The codes of all texts: a topic and an audience each."""
    return tuple(sorted(code for code in TEMPLATES.codes() if code.partition(".")[0] not in _BESIDE))


def shipped(template: str, lang: Lang) -> str:
    """The words that ship. Raises NotFound."""
    if template not in templates():
        raise NotFound("wording.not_found")
    return TEMPLATES.sentence(template, lang)


def is_citizens(template: str) -> bool:
    """Whether citizens are told it, by text message."""
    return template.endswith(f".{CITIZEN}")


def checked(catalog: Catalog, template: str, lang: Lang, body: str, public_url: str) -> s.WordingPreview:
    """The text filled with the example. Raises Unprocessable, naming all that is wrong; NotFound."""
    found = rules.faults(shipped(template, lang), body, is_citizens(template))
    if found:
        told = [FieldFault("body", f"wording.{one.code}", {"sample": "{unit}", **one.params}) for one in found]
        raise Unprocessable(fields=told)
    text = example(catalog, template, lang, body, public_url)
    length = rules.length_of(text)
    if length > rules.LONGEST:
        raise Unprocessable(fields=[FieldFault("body", "wording.too_long", {"length": length, "most": rules.LONGEST})])
    return s.WordingPreview(text=text, length=length, parts=rules.parts_of(text), most=rules.LONGEST)


def example(catalog: Catalog, template: str, lang: Lang, body: str, public_url: str) -> str:
    """A text as a reader would get it, of a case that is made up."""
    topic, _, audience = template.partition(".")
    links = {"code": "20260225", "track": f"{public_url}/c", "link": f"{public_url}/c/{'x' * 22}"}
    given = _EXAMPLE[lang]
    params = {
        "clock": ClockName.FINISH.value,
        "due_at": (utcnow() + timedelta(days=3)).isoformat(),
        "stale": ["EXPIRED"],
    }
    said = dict.fromkeys(("answer", "told", "text", "rectified"), _SAID[lang])
    made_up = Owed(
        id=0,
        audience=audience,
        channel="sms",
        topic=topic,
        params={**params, "item": "5101042026112300001", **{name: given[name] for name in ("who", "place", "title")}},
        tries=1,
        created_at=utcnow(),
        case_id=0,
        case_no="5101042026022501000000118",
        request_no="5101042026022501000000118",
        source="",
        upstream_no=None,
        phone_sealed=None,
        guarded=False,
        minor=False,
        unit_code=None,
        unit_name=given["unit"],
        login=None,
        area="",
        status="",
        said={**said, "reason": next(iter(catalog.reasons.closure))} if topic == Action.CLOSE_REASONED else said,
        filed={},
        seq=1,
        cycle=1,
    )
    return wording(catalog, made_up, template, lang, body, **links)


def listed(
    catalog: Catalog,
    actor: Actor,
    rows: Sequence[NoticeWording],
    people: Mapping[int, str],
    public_url: str,
    at: datetime,
) -> s.WordingList:
    """All texts as they hold at `at` in the reader's area; `rows`: versions in it and around it, newest first."""
    known = {(row.template, row.lang, row.area_code, row.made_at): row for row in rows}
    versions = by_text(
        {"template": r.template, "lang": r.lang, "area_code": r.area_code, "body": r.body, "made_at": r.made_at}
        for r in rows
    )
    found = []
    for template in templates():
        texts = []
        for lang in LANGS:
            version = held(versions.get((template, lang), ()), actor.area, at)
            row = known[template, lang, version.area, version.since] if version else None
            texts.append(_now(catalog, template, lang, row, people, public_url))
        found.append(_view(catalog, template, texts, public_url))
    area = catalog.areas.name_path(actor.area)
    return s.WordingList(wordings=found, keeps=bool(actor.area and actor.roles & set(KEEPERS)), area_name=area)


def _now(
    catalog: Catalog, template: str, lang: Lang, row: NoticeWording | None, people: Mapping[int, str], public_url: str
) -> s.WordingNow:
    file = shipped(template, lang)
    body = row.body if row is not None and row.body is not None else file
    text = example(catalog, template, lang, body, public_url)
    return s.WordingNow(
        lang=lang,
        body=body,
        shipped=file,
        own=row is not None,
        area_code=row.area_code if row else None,
        area_name=catalog.areas.name_path(row.area_code) if row else None,
        version=row.version if row else 0,
        made_by=people.get(row.made_by) if row and row.made_by else None,
        made_at=row.made_at if row else None,
        length=rules.length_of(text),
        parts=rules.parts_of(text),
    )


def _view(catalog: Catalog, template: str, texts: list[s.WordingNow], public_url: str) -> s.WordingView:
    topic, _, audience = template.partition(".")
    file = texts[0].shipped
    needed = rules.needed_in(file)
    places = [
        s.PlaceOfWording(
            name=name,
            example=example(catalog, template, texts[0].lang, "{" + name + "}", public_url),
            needed=name in needed,
        )
        for name in rules.places_of(file, is_citizens(template))
    ]
    return s.WordingView(
        template=template, topic=topic, audience=audience, sms=audience == CITIZEN, places=places, now=texts
    )


def versions_of(catalog: Catalog, rows: Sequence[NoticeWording], people: Mapping[int, str]) -> list[s.WordingVersion]:
    """Versions, newest first; the first of each language and area is the one in force there."""
    seen: set[tuple[str, str]] = set()
    found = []
    for row in rows:
        told = {name: getattr(row, name) for name in ("lang", "area_code", "version", "body", "why", "made_at")}
        about = {"area_name": catalog.areas.name_path(row.area_code), "made_by": people.get(row.made_by or 0)}
        in_force = (row.lang, row.area_code) not in seen
        seen.add((row.lang, row.area_code))
        found.append(s.WordingVersion.model_validate({**told, **about, "in_force": in_force}))
    return found
