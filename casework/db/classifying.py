"""Suggested categories 分类建议 and trained models 分类模型 as rows: who waits for one, what a person made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from pydantic_core import to_json
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, CategoryModel, CategorySuggestion, Request
from casework.rules.facts import Actor
from casework.rules.words import Role

# newest first: a case that has just come is looked at by a person soonest
_WAITING = """
SELECT c.id, c.case_no, c.kind, c.urgency, c.status, r.working_title AS title, r.working_text AS text
FROM cases c JOIN request r ON r.id = c.request_id
WHERE c.category IS NULL AND c.queue_rank IS NOT NULL AND c.status IN ('CALLED', 'REVIEW', 'NEED_INFO')
  AND NOT EXISTS (SELECT FROM category_suggestion s WHERE s.case_id = c.id)
ORDER BY c.id DESC LIMIT $1
"""
_WRITE = """
INSERT INTO category_suggestion
  (case_id, source, first, first_confidence, second, second_confidence, calibrated, words)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
ON CONFLICT (case_id) DO NOTHING
"""
_IN_FORCE = "SELECT id FROM category_model WHERE state = 'IN_FORCE'"
_FILE = "SELECT file FROM category_model WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Unsorted:
    """A case that waits without a category and without a suggestion; its words are masked."""

    id: int
    case_no: str
    kind: str | None
    urgency: str
    status: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is suggested for a case, surest first: (category, confidence, words)."""

    source: str
    calibrated: bool
    best: Sequence[tuple[str, float, Sequence[str]]]


async def unsorted(db: asyncpg.Pool, *, limit: int) -> list[Unsorted]:
    """Cases that wait for a suggestion, newest first."""
    return [Unsorted(**dict(row)) for row in await db.fetch(_WAITING, limit)]


async def write(db: asyncpg.Pool, case_id: int, found: Suggested) -> None:
    """Keep the suggestion, also that there is none; a case that has one keeps it. A transaction of its own, so that
    no case is held while another is waited for."""
    first, second = (*found.best, None, None)[:2]
    words = {code: list(shown) for code, _, shown in found.best}
    await db.execute(
        _WRITE,
        case_id,
        found.source,
        first[0] if first else None,
        first[1] if first else None,
        second[0] if second else None,
        second[1] if second else None,
        found.calibrated,
        to_json(words).decode(),
    )


async def settle(session: AsyncSession, case: Case, actor: Actor, *, given: str | None, at: datetime) -> None:
    """Keep beside the suggestion which category the case was given, and by whom; the last one counts."""
    settled = {
        "settled": case.category,
        "settled_at": at,
        "settled_by": actor.account_id,
        "automatic": Role.SYSTEM in actor.roles,
    }
    row = insert(CategorySuggestion).values(case_id=case.id, given=given, **settled)
    await session.execute(row.on_conflict_do_update(index_elements=[CategorySuggestion.case_id], set_=settled))


async def of_case(session: AsyncSession, case_id: int) -> CategorySuggestion | None:
    """The suggestion of a case. Ask for the case first: this looks at no scope."""
    found: CategorySuggestion | None = await session.scalar(
        select(CategorySuggestion).where(CategorySuggestion.case_id == case_id)
    )
    return found


async def in_force(db: asyncpg.Pool) -> int | None:
    """The model that answers now; None: the lexicon alone."""
    found: int | None = await db.fetchval(_IN_FORCE)
    return found


async def file_of(db: asyncpg.Pool, model_id: int) -> bytes:
    """A model's bytes."""
    found: bytes = await db.fetchval(_FILE, model_id)
    return found


async def keep_model(session: AsyncSession, version: str, card: dict[str, Any], file: bytes) -> None:
    """Keep a model, not in force. Raises: IntegrityError: there is one of that version."""
    session.add(CategoryModel(version=version, card=card, file=file))
    await session.flush()


async def put_in_force(session: AsyncSession, version: str | None, at: datetime) -> bool:
    """Let this model answer from now on, in every process within seconds; None: the lexicon alone. False: there is no
    such model. Putting the one in force again changes nothing."""
    wanted = None
    if version is not None:
        wanted = await session.scalar(select(CategoryModel).where(CategoryModel.version == version).with_for_update())
        if wanted is None:
            return False
        if wanted.state == "IN_FORCE":
            return True
    others = update(CategoryModel).where(CategoryModel.state == "IN_FORCE")
    await session.execute(others.values(state="RETIRED"))
    if wanted is not None:
        wanted.state, wanted.in_force_at = "IN_FORCE", at
        await session.flush()
    return True


async def models(session: AsyncSession) -> list[tuple[str, str, dict[str, Any]]]:
    """(version, state, card) of all models, newest first."""
    query = select(CategoryModel.version, CategoryModel.state, CategoryModel.card).order_by(CategoryModel.id.desc())
    return [(version, state, card) for version, state, card in await session.execute(query)]


async def corrections(session: AsyncSession) -> list[tuple[str, str, str]]:
    """(title, text, category) of every case that a person gave its category, masked, oldest first; what the machine
    settled by itself is no lesson."""
    query = (
        select(Request.working_title, Request.working_text, CategorySuggestion.settled)
        .join(Case, Case.request_id == Request.id)
        .join(CategorySuggestion, CategorySuggestion.case_id == Case.id)
        .where(CategorySuggestion.settled_at.is_not(None), CategorySuggestion.settled.is_not(None))
        .where(CategorySuggestion.automatic.is_(False))
        .order_by(CategorySuggestion.settled_at, CategorySuggestion.id)
    )
    return [(title, text, settled or "") for title, text, settled in await session.execute(query)]
