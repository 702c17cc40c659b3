"""Rows of the knowledge base as the API shows them: names beside codes, why in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.catalog.load import Catalog
from casework.db.knowledge import Row, as_item
from casework.db.models import KnowledgeVersion
from casework.db.reads.knowledge_report import Missing, StaleRow
from casework.db.reads.knowledge_search import Hit
from casework.journey.knowledge import Words
from casework.kit.texts import Lang, t
from casework.rules.facts import Actor
from casework.rules.knowledge import ItemState, item_no, may_write, review_fault, stale, unusable
from casework.rules.knowledge_words import snippet
from services.dispatch import knowledge_schemas as s

_SAME = ("title", "questions", "keywords", "answer", "source_document", "source_link", "valid_from", "valid_to")


def as_words(form: s.ItemForm) -> Words:
    """What was typed, as the journey takes it."""
    said = form.model_dump(exclude={"version"})
    link = str(form.source_link) if form.source_link else None
    return Words(**{**said, "questions": tuple(form.questions), "keywords": tuple(form.keywords), "source_link": link})


def written(version: KnowledgeVersion) -> s.Written:
    """The answer to a change."""
    return s.Written(item_no=item_no(version.item_id), version=version.version, state=ItemState(version.state))


def item_row(catalog: Catalog, row: Row, now: datetime, lang: Lang) -> s.ItemRow:
    """One line of a list."""
    return s.ItemRow(**_row(catalog, row, now, lang))


def item_view(catalog: Catalog, row: Row, actor: Actor, now: datetime, lang: Lang) -> s.ItemView:
    """The whole item, as far as this reader goes."""
    version, item = row.version, as_item(row.version, row.complaints)
    return s.ItemView(
        **_row(catalog, row, now, lang),
        questions=version.questions,
        keywords=version.keywords,
        answer=version.answer,
        source_document=version.source_document,
        source_link=version.source_link,
        review_note=version.review_note,
        stale=stale(item, now) if item.state is ItemState.PUBLISHED else [],
        may_write=may_write(actor, version.area_code, version.unit_id),
        may_review=review_fault(item, actor) is None,
    )


def _row(catalog: Catalog, row: Row, now: datetime, lang: Lang) -> dict[str, Any]:
    version, state = row.version, ItemState(row.version.state)
    fault = unusable(as_item(version), None, now)
    return {
        "item_no": item_no(version.item_id),
        "version": version.version,
        "state": state,
        "state_text": state.zh,
        "title": version.title,
        "category": version.category,
        "category_name": _category(catalog, version.category),
        "area_code": version.area_code,
        "area_name": catalog.areas.name_path(version.area_code),
        "unit": row.unit.code,
        "unit_name": row.unit.name,
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "unusable": t(f"refused.{fault}", lang) if fault else None,
        "uses": row.uses,
        "complaints": row.complaints,
        "made_at": version.made_at,
        "reviewed_at": version.reviewed_at,
    }


def version_view(version: KnowledgeVersion, names: Mapping[int, str]) -> s.VersionView:
    """One version of the history."""
    state = ItemState(version.state)
    return s.VersionView(
        **{name: getattr(version, name) for name in _SAME},
        version=version.version,
        state=state,
        state_text=state.zh,
        author=names.get(version.author_id or 0),
        made_at=version.made_at,
        submitted_at=version.submitted_at,
        reviewer=names.get(version.reviewer_id or 0),
        reviewed_at=version.reviewed_at,
        published_at=version.published_at,
        review_note=version.review_note,
    )


def hit_view(catalog: Catalog, hit: Hit, lang: Lang) -> s.HitView:
    """One hit with the part of its answer that fits."""
    version = hit.row.version
    words = hit.words
    why = [t("knowledge.why.words", lang, words=words)] if words else []
    why += [t("knowledge.why.category", lang)] if hit.by_category else []
    why += [t("knowledge.why.area", lang)] if hit.by_area else []
    return s.HitView(
        item_no=item_no(version.item_id),
        version=version.version,
        title=version.title,
        snippet=snippet(version.answer, words),
        answer=version.answer,
        why=why,
        score=round(hit.score, 3),
        category=version.category,
        category_name=_category(catalog, version.category),
        area_name=catalog.areas.name_path(version.area_code),
        unit_name=hit.row.unit.name,
        valid_to=version.valid_to,
        source_document=version.source_document,
        source_link=version.source_link,
    )


def stale_view(catalog: Catalog, found: StaleRow, now: datetime, lang: Lang) -> s.StaleView:
    """One item of the report that needs its unit."""
    told = [t(f"knowledge.stale.{reason.value}", lang) for reason in found.why]
    return s.StaleView(**_row(catalog, found.row, now, lang), stale=found.why, stale_text=told)


def missing_view(catalog: Catalog, found: Missing) -> s.MissingView:
    """What the knowledge base lacks."""
    return s.MissingView(
        answered=found.answered,
        answered_from_items=found.answered_from_items,
        written=[
            s.CategoryCount(category=code, category_name=_category(catalog, code), cases=cases)
            for code, cases in found.written
        ],
        searches=[s.MissView(words=words, times=times, last_at=at) for words, times, at in found.words],
    )


def _category(catalog: Catalog, code: str | None) -> str | None:
    found = catalog.categories.get(code) if code else None
    return found.name if found else None
