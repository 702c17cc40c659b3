"""What people are told 通知文案: the template of a topic and an audience, filled from rows at the time of sending."""

from datetime import datetime
from pathlib import Path
from typing import Any

from casework.catalog.load import Catalog
from casework.db.notices import Owed
from casework.kit.now import show_minute
from casework.kit.texts import Lang, Texts, fill
from casework.rules.words import Action

TEMPLATES = Texts.load(Path(__file__).parent / "templates")
ANY_STAFF = "STAFF"
LONGEST_SAID = 120
_SAID = {
    Action.ANSWER.value: "answer",
    Action.GUIDE.value: "told",
    Action.FEEDBACK.value: "text",
    Action.ACCEPT_RECTIFICATION.value: "rectified",
}
_ENDS = ("。", "！", "？", "…", ".", "!", "?")


def template_of(topic: str, audience: str) -> str | None:
    """The code of the template: the audience's own, else that of all staff."""
    own, any_staff = f"{topic}.{audience}", f"{topic}.{ANY_STAFF}"
    if TEMPLATES.has(own):
        return own
    return any_staff if audience != "CITIZEN" and TEMPLATES.has(any_staff) else None


def wording(catalog: Catalog, owed: Owed, template: str, lang: Lang, own: str | None = None, **links: str) -> str:
    """The sentences for one reader: the city's `own` words, else the file's. `links` are addresses and codes that only
    some templates name."""
    return fill(
        own if own is not None else TEMPLATES.sentence(template, lang),
        lang,
        request_no=owed.request_no,
        case_no=owed.case_no,
        unit=owed.unit_name or TEMPLATES.t("word.unit", lang),
        said=_said(catalog, owed, lang),
        **_clock(owed, lang),
        **_item(owed, lang),
        **{name: owed.params.get(name) for name in ("who", "place")},
        **links,
    )


def _said(catalog: Catalog, owed: Owed, lang: Lang) -> str:
    """What the case's own words tell the citizen, cut to a message's length, as a whole sentence; or nothing."""
    reason = catalog.reasons.closure.get(owed.said.get("reason", "")) if owed.topic == Action.CLOSE_REASONED else None
    if reason is not None:
        text = reason.told_zh if lang == "zh-CN" else reason.told_en
    else:
        text = " ".join(str(owed.said.get(_SAID.get(owed.topic, ""), "")).split())
    if len(text) > LONGEST_SAID and reason is None:
        text = text[:LONGEST_SAID] + "…"
    if text and not text.endswith(_ENDS):
        text += TEMPLATES.t("word.stop", lang)
    if text and owed.topic == Action.FEEDBACK and (day := owed.said.get("planned_for")):
        text += TEMPLATES.t("word.gap", lang) + TEMPLATES.t("word.planned", lang, day=day)
    return text + TEMPLATES.t("word.gap", lang) if text else ""


def _item(owed: Owed, lang: Lang) -> dict[str, Any]:
    """What a notice about a knowledge item names: its number, its title, and why it needs its unit."""
    reasons = [TEMPLATES.t(f"stale.{reason}", lang) for reason in owed.params.get("stale", ())]
    return {"item": owed.params.get("item"), "title": owed.params.get("title"), "stale": reasons}


def _clock(owed: Owed, lang: Lang) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if name := owed.params.get("clock"):
        told["clock"] = TEMPLATES.t(f"clock.{name}", lang)
    if due := owed.params.get("due_at"):
        told["due"] = show_minute(datetime.fromisoformat(due), lang)
    return told
