"""知识检索: which items in force answer these words. PostgreSQL finds a few dozen by their rare pairs of characters
(GIN), the rules rank them; the bounds keep it as quick among 50,000 items as among 50."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, bindparam, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.knowledge import IN_FORCE, Row, V, near, readable
from casework.db.models import KnowledgeGram, Unit
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.knowledge_words import Written, asked, marks_near, rank, shared_words, telling, weight

CANDIDATES = 2000
"""Items of the scope that the rare grams may name together, as far as their counts tell."""
POSTINGS = 40_000
"""Items of all scopes that they may name together: the index reads so many."""
RANKED = 40
"""Items that are looked at closely: the most that one search shows."""
LEAST = 0.05
"""Below this an item has nothing to do with the question."""
LIKELY = 0.12
"""Below this the best item is most likely another matter: the search counts as one that found nothing."""
TOTAL = ""
"""The gram under which the number of items in force is kept."""
_WEIGHTS = cast([0.1, 0.1, 0.1, 1.0], ARRAY(REAL))


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that answers, and how well. `fit`: by its words alone; `by_category`, `by_area`: what else speaks for
    it."""

    row: Row
    fit: float
    score: float
    by_category: bool
    by_area: bool
    question: Sequence[str]

    @property
    def words(self) -> tuple[str, ...]:
        """The words that it has in common with the question, longest first."""
        return shared_words(self.question, _written(self.row))


async def search(
    session: AsyncSession,
    actor: Actor,
    words: str,
    *,
    now: datetime,
    area: str | None = None,
    category: str | None = None,
    only_category: bool = False,
) -> list[Hit]:
    """The items in force and valid today that answer these words, best first, at most RANKED.

    `area`: only items that apply there, the nearest preferred. `category`: its items are preferred, or with
    `only_category` no others (and those below it) are shown.
    """
    question, marks = asked(words), marks_near(max(area or "", actor.area, key=len))
    known = await _known(session, [*question, *marks, TOTAL])
    taken = telling(question, known, _most(known, marks))
    if not taken:
        return []
    limits = [readable(actor), _valid(now)]
    if area:
        limits.append(near(area, V.area_code))
    if category and only_category:
        limits.append(V.category.startswith(category, autoescape=True))
    limits.append(V.grams.op("@@")(_any_of(marks)))
    rows = await _candidates(session, taken, question, and_(*limits))
    weights = {gram: weight(gram, known, known.get(TOTAL, 0)) for gram in question}
    hits = [_hit(row, question, weights, area, category) for row in rows]
    return sorted((h for h in hits if h.fit >= LEAST), key=lambda h: (-h.score, h.row.version.item_id))


def _most(known: Mapping[str, int], marks: Sequence[str]) -> int:
    """How many items of all scopes the grams may name: more where few of them lie in the scope."""
    here = sum(known.get(mark, 0) for mark in marks)
    return min(POSTINGS, CANDIDATES * known.get(TOTAL, 0) // max(here, 1))


async def _known(session: AsyncSession, grams: Sequence[str]) -> dict[str, int]:
    query = select(KnowledgeGram.gram, KnowledgeGram.items).where(
        KnowledgeGram.gram == func.any(cast(bindparam("grams"), ARRAY(Text)))
    )
    return {row.gram: row.items for row in await session.execute(query, {"grams": grams})}


def _valid(now: datetime) -> ColumnElement[bool]:
    today = literal(day_of(now))
    return and_(V.valid_from <= today, or_(V.valid_to.is_(None), V.valid_to >= today))


async def _candidates(
    session: AsyncSession, taken: Sequence[str], question: Sequence[str], limits: ColumnElement[bool]
) -> list[Row]:
    order = func.ts_rank(_WEIGHTS, V.grams, _any_of(question)).desc()
    fitting = select(V.id).where(IN_FORCE, V.grams.op("@@")(_any_of(taken)), limits)
    query = select(V, Unit).join(Unit, Unit.id == V.unit_id)
    query = query.where(V.id.in_(fitting.order_by(order, V.item_id).limit(RANKED)))
    return [Row(*row) for row in await session.execute(query)]


def _any_of(grams: Sequence[str]) -> ColumnElement[str]:
    """Grams and marks are letters, digits, Chinese characters, @ and = (rules/knowledge_words.py): none is escaped."""
    return cast(cast(literal(" | ".join(f"'{gram}'" for gram in grams)), Text), TSQUERY)


def _hit(row: Row, question: Sequence[str], weights: dict[str, float], area: str | None, category: str | None) -> Hit:
    version = row.version
    fit = rank(question, _written(row), weights)
    same = bool(category and version.category and version.category[:4] == category[:4])
    here = bool(area and len(version.area_code) >= 6 and area.startswith(version.area_code))
    score = fit + (0.3 if same else 0.0) + (len(version.area_code) / 200 if here else 0.0)
    return Hit(row, fit, score, same, here, question)


def _written(row: Row) -> Written:
    version = row.version
    return Written(version.title, version.questions, version.keywords, version.answer)
