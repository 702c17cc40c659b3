"""The writes of the knowledge base 知识库: every change is a new version, the owning unit reviews, another than the
author. Each function is one transaction's worth; none commits."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.load import Catalog
from casework.db import knowledge as rows
from casework.db import knowledge_mending
from casework.db.accounts import note
from casework.db.models import KnowledgeComplaint, KnowledgeItem, KnowledgeUse, KnowledgeVersion, Unit
from casework.db.units import unit_in_area
from casework.journey.city import City
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.kit.masking import mask_text
from casework.rules import knowledge as rules
from casework.rules.calendars import day_of
from casework.rules.decide import Refused
from casework.rules.facts import Actor
from casework.rules.knowledge import ItemState, item_id, item_no
from casework.rules.knowledge_words import Written, stored

_SERVICE_NUMBERS = re.compile(
    r"(?<!\d)[(（]?0(?:10|2\d|[3-9]\d\d)[)）]?[ \-—－]{0,2}[2-9]\d{2,3}[ \-]?\d{4}(?!\d)"  # 028-8663 2222
    r"|(?<![\d\-])[2-8]\d{2,3}[ \-]?\d{4}(?!\d)"  # 86632222
    r"|[\w.%+\-]+@[\w\-]+(?:\.[\w\-]+)+",  # an office's mailbox
    re.ASCII,
)
MISS_LENGTH = 80
"""Characters that are kept of words that were not found."""


@dataclass(frozen=True, slots=True)
class Words:
    """What an item says. `unit`: the owning unit's code. Days in Asia/Shanghai, both included."""

    title: str
    area_code: str
    unit: str
    valid_from: date
    answer: str
    source_document: str
    category: str | None = None
    valid_to: date | None = None
    questions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    source_link: str | None = None


async def create(session: AsyncSession, city: City, actor: Actor, words: Words) -> KnowledgeVersion:
    """新建: an item with its first version, a draft. A repeat makes another item.

    Raises: Refused: not this person's area or unit. Unprocessable: a field is wrong or has personal data.
    """
    unit = await _checked(session, city.catalog, actor, words)
    item = KnowledgeItem(latest=1)
    session.add(item)
    await session.flush()
    return await _write(session, item, actor, words, unit)


async def change(
    session: AsyncSession, city: City, actor: Actor, number: str, words: Words, *, seen: int
) -> KnowledgeVersion:
    """修改: a new version, a draft; what is in force stays so until the unit has reviewed the new one.

    A repeat is refused: `seen` is the newest version that the person saw.
    Raises: NotFound. Refused: KNOWLEDGE.CHANGED, KNOWLEDGE.RETIRED, KNOWLEDGE.NOT_YOURS. Unprocessable, as `create`.
    """
    held = await _held(session, actor, number, seen)
    _must_write(actor, held.version.area_code, held.version.unit_id)
    unit = await _checked(session, city.catalog, actor, words)
    if held.version.state in (ItemState.DRAFT, ItemState.IN_REVIEW):
        held.version.state = ItemState.RETIRED.value
    held.item.latest += 1
    return await _write(session, held.item, actor, words, unit)


async def submit(session: AsyncSession, actor: Actor, number: str, *, seen: int) -> None:
    """送审: the draft waits for its unit; who reviews is told by the unit's list. Raises: as `change`."""
    held = await _held(session, actor, number, seen)
    _must_write(actor, held.version.area_code, held.version.unit_id)
    if held.version.state != ItemState.DRAFT:
        raise Refused("KNOWLEDGE.NOT_DRAFT")
    held.version.state, held.version.submitted_at = ItemState.IN_REVIEW.value, held.now


async def review(session: AsyncSession, actor: Actor, number: str, *, seen: int, publish: bool, said: str) -> None:
    """审核: the owning unit publishes the version, or sends it back to draft with a note.

    Raises: NotFound. Refused: KNOWLEDGE.CHANGED, KNOWLEDGE.RETIRED, KNOWLEDGE.NOT_IN_REVIEW, KNOWLEDGE.NOT_YOUR_UNIT,
    KNOWLEDGE.OWN_WORDS (四眼原则), KNOWLEDGE.EXPIRED (its validity is over), NOTE_MISSING.
    """
    held = await _held(session, actor, number, seen)
    if (code := rules.review_fault(rows.as_item(held.version), actor)) is not None:
        raise Refused(code)
    if not publish and not said:
        raise Refused("NOTE_MISSING")
    held.version.reviewer_id, held.version.reviewed_at = actor.account_id, held.now
    held.version.review_note = said or None
    if publish:
        if rules.out_of_validity(rows.as_item(held.version), day_of(held.now)) == "EXPIRED":
            raise Refused("KNOWLEDGE.EXPIRED")
        await rows.put_in_force(session, held)
    else:
        held.version.state = ItemState.DRAFT.value
    _note(session, actor, "KNOWLEDGE_PUBLISHED" if publish else "KNOWLEDGE_SENT_BACK", held)


async def retire(session: AsyncSession, actor: Actor, number: str, *, seen: int, said: str) -> None:
    """停用: no version is in force any more and none follows; all that were stay readable.

    Raises: as `change`, and Refused NOTE_MISSING.
    """
    held = await _held(session, actor, number, seen)
    _must_write(actor, held.version.area_code, held.version.unit_id)
    if not said:
        raise Refused("NOTE_MISSING")
    await rows.take_out_of_force(session, held)
    held.version.state = ItemState.RETIRED.value
    held.item.retired_at, held.item.retired_by, held.item.retire_note = held.now, actor.account_id, said
    _note(session, actor, "KNOWLEDGE_RETIRED", held)


async def complain(session: AsyncSession, actor: Actor, number: str, *, said: str) -> None:
    """纠错: a reader says what is wrong with the version in force. Raises: NotFound: there is none in force."""
    found = item_id(number)
    row = await rows.shown(session, actor, found) if found is not None else None
    if row is None or row.version.state != ItemState.PUBLISHED:
        raise NotFound("knowledge.not_found")
    version = row.version
    session.add(
        KnowledgeComplaint(
            item_id=version.item_id, version=version.version, note=mask_text(said), account_id=actor.account_id
        )
    )


async def not_found(session: AsyncSession, actor: Actor, words: str) -> None:
    """未命中: counts a search that found nothing, its words masked, without who searched."""
    masked = " ".join(mask_text(words).split())[:MISS_LENGTH]
    if masked and actor.area:
        await rows.add_miss(session, actor.area[:6], masked)


async def to_answer_from(session: AsyncSession, actor: Actor, number: str | None) -> KnowledgeVersion | None:
    """The version of an item that an answer would be given from, as far as the actor may read; None for none."""
    found = item_id(number) if number else None
    row = await rows.shown(session, actor, found) if found is not None else None
    return row.version if row is not None else None


def used(version: KnowledgeVersion, case_id: int, at: datetime) -> KnowledgeUse:
    """引用: the row that counts an answer from this version."""
    return KnowledgeUse(item_id=version.item_id, version=version.version, case_id=case_id, at=at)


async def tell_units(city: City, *, limit: int = 100) -> int:
    """催更: tell the units of up to `limit` stale items, each once a calendar month; how many were told.

    Words that were searched for in vain are forgotten after half a year.
    """
    async with city.database.transaction() as session:
        await knowledge_mending.forget_misses(session)
        return await knowledge_mending.tell_units(session, limit=limit)


async def _write(
    session: AsyncSession, item: KnowledgeItem, actor: Actor, words: Words, unit: Unit
) -> KnowledgeVersion:
    version = KnowledgeVersion(
        item_id=item.id,
        version=item.latest,
        state=ItemState.DRAFT.value,
        title=words.title,
        category=words.category,
        area_code=words.area_code,
        unit_id=unit.id,
        valid_from=words.valid_from,
        valid_to=words.valid_to,
        questions=list(words.questions),
        keywords=list(words.keywords),
        answer=words.answer,
        source_document=words.source_document,
        source_link=words.source_link,
        grams=rows.tsvector(
            stored(Written(words.title, words.questions, words.keywords, words.answer), words.area_code)
        ),
        author_id=actor.account_id,
    )
    session.add(version)
    await session.flush()
    await session.refresh(version, ["made_at"])
    return version


async def _held(session: AsyncSession, actor: Actor, number: str, seen: int) -> rows.Held:
    found = item_id(number)
    if found is None or not await rows.is_readable(session, actor, found):
        raise NotFound("knowledge.not_found")
    held = await rows.lock(session, found)
    assert held is not None, "a version has its item"
    if held.item.retired_at is not None:
        raise Refused("KNOWLEDGE.RETIRED")
    if held.item.latest != seen:
        raise Refused("KNOWLEDGE.CHANGED")
    return held


def _must_write(actor: Actor, area: str, unit_id: int) -> None:
    if not rules.may_write(actor, area, unit_id):
        raise Refused("KNOWLEDGE.NOT_YOURS")


async def _checked(session: AsyncSession, catalog: Catalog, actor: Actor, words: Words) -> Unit:
    """The owning unit, when every field is right and the actor may write for it."""
    faults = list(_faults(catalog, words))
    unit = await unit_in_area(session, words.unit, words.area_code)
    if unit is None and not any(fault.field == "area_code" for fault in faults):
        faults.append(FieldFault("unit", "knowledge.unit_unknown"))
    if unit is None or faults:
        raise Unprocessable(fields=faults)
    _must_write(actor, words.area_code, unit.id)
    return unit


def _faults(catalog: Catalog, words: Words) -> list[FieldFault]:
    faults: list[FieldFault] = []
    if not catalog.areas.valid(words.area_code):
        faults.append(FieldFault("area_code", "knowledge.area_unknown"))
    category = catalog.categories.get(words.category) if words.category else None
    if words.category and (category is None or category.retired):
        faults.append(FieldFault("category", "knowledge.category_unknown"))
    if words.valid_to is not None and words.valid_to < words.valid_from:
        faults.append(FieldFault("valid_to", "knowledge.ends_before_it_begins"))
    said = {
        "title": words.title,
        "questions": "\n".join(words.questions),
        "keywords": "\n".join(words.keywords),
        "answer": words.answer,
        "source_document": words.source_document,
    }
    faults.extend(FieldFault(name, "knowledge.personal_data") for name, text in said.items() if is_personal(text))
    return faults


def is_personal(text: str) -> bool:
    """Whether a text names somebody's mobile, id, bank card or plate. Offices' numbers (12345, 96333, 028-…) may stand:
    items are public and are never masked."""
    left = _SERVICE_NUMBERS.sub("；", text)
    return mask_text(left) != left


def _note(session: AsyncSession, actor: Actor, act: str, held: rows.Held) -> None:
    subject = f"knowledge:{item_no(held.item.id)}"
    note(session, act, account_id=actor.account_id, subject=subject, data={"version": held.version.version})
