"""疑似重复: the few cases, among a million, that may be the same matter: by words, by place, by caller.

Each way is asked for a handful by its own index; rules/likeness.py judges them. Everything is within the scope.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
from sqlalchemy import ARRAY, CompoundSelect, Integer, Select, case, cast, func, literal, select, text, union
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, CaseLikeness, Request
from casework.db.scope import visible, whole_area
from casework.db.session import own_plans
from casework.rules.facts import Actor
from casework.rules.likeness import LOOK_BACK_DAYS, Matter, cells_around, pairs_of, sketch, telling
from casework.rules.points import Point

L = CaseLikeness
EACH = 40
"""Cases that one way may bring."""
_COMMON = """
SELECT most_common_elems::text::int[] AS keys, most_common_elem_freqs AS shares,
  (SELECT reltuples FROM pg_class WHERE oid = 'case_likeness'::regclass) AS rows
FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'case_likeness' AND attname = 'keys'
"""
Ids = Select[int]


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate: the case's id, and its matter as likeness sees it."""

    case_id: int
    matter: Matter


async def common_keys(db: asyncpg.Pool) -> dict[int, int]:
    """In how many rows each frequent key stands, by the server's own statistics; those not named are rare."""
    row = await db.fetchrow(_COMMON)
    if row is None or row["keys"] is None:
        return {}
    return {key: int(share * row["rows"]) for key, share in zip(row["keys"], row["shares"], strict=False)}


async def candidates(
    session: AsyncSession, actor: Actor, asked: Matter, common: Mapping[int, int], *, but: int | None = None
) -> list[Found]:
    """Cases of the 90 days before `asked.at`, and of the day after, that share words, place or caller with it.

    `but`: the id of the case that is asked about.
    """
    ids = _all_ways(actor, asked, telling(sketch(asked.pairs), common)).subquery()
    # what is rare differs from text to text: a plan for all would not know
    await own_plans(session)
    query = (
        select(
            Case.id,
            Case.area_code,
            Case.category,
            Case.created_at,
            Request.working_title,
            Request.working_text,
            Request.phone_index,
            L.lon,
            L.lat,
        )
        .select_from(ids)
        .join(Case, Case.id == ids.c[0])
        .join(Request, Request.id == Case.request_id)
        .outerjoin(L, L.case_id == Case.id)
    )
    if but is not None:
        query = query.where(Case.id != but)
    return [
        Found(
            row.id,
            Matter(
                pairs=pairs_of(f"{row.working_title} {row.working_text}"),
                area=row.area_code,
                category=row.category,
                at=row.created_at,
                point=Point(row.lon, row.lat) if row.lon is not None and row.lat is not None else None,
                callers=frozenset({row.phone_index} - {None}),
            ),
        )
        for row in await session.execute(visible(query, actor))
    ]


async def cases_of(session: AsyncSession, actor: Actor, ids: Sequence[int]) -> dict[int, Case]:
    """The cases of these ids within the actor's scope."""
    query = visible(select(Case).where(Case.id.in_(ids)), actor)
    return {case.id: case for case in await session.scalars(query)}


def _all_ways(actor: Actor, asked: Matter, keys: Sequence[int]) -> CompoundSelect[int]:
    ways = []
    if keys:
        ways.append(_by_words(actor, asked, keys))
    if len(asked.area) >= 9 and asked.category:
        ways.append(_by_street(asked, asked.category))
    if asked.point is not None:
        ways.append(_by_cell(asked, asked.point))
    if asked.callers:
        ways.append(_by_caller(asked))
    return union(*(select(way.subquery().c[0]) for way in ways or [select(L.case_id).where(literal(False))]))


def _recent(query: Ids, asked: Matter) -> Ids:
    first, last = asked.at - timedelta(days=LOOK_BACK_DAYS), asked.at + timedelta(days=1)
    return query.where(L.created_at >= first, L.created_at <= last)


def _by_words(actor: Actor, asked: Matter, keys: Sequence[int]) -> Ids:
    """Most keys in common first."""
    wanted = cast(list(keys), ARRAY(Integer))
    each = func.unnest(L.keys).table_valued("key", name="each_key").render_derived()
    shared = select(func.count()).select_from(each).where(each.c.key == func.any(wanted)).correlate(L).scalar_subquery()
    query = _recent(select(L.case_id).where(L.keys.op("&&")(wanted)), asked)
    if area := whole_area(actor):
        query = query.where(L.area_code.startswith(area, autoescape=True))
    return query.order_by(shared.desc(), L.created_at.desc()).limit(EACH)


def _by_street(asked: Matter, category: str) -> Ids:
    here = (text("left(case_likeness.area_code, 9) = :street"), text("left(case_likeness.category, 4) = :kind"))
    query = _recent(select(L.case_id).where(*here), asked).order_by(L.created_at.desc()).limit(EACH)
    return query.params(street=asked.area[:9], kind=category[:4])


def _by_cell(asked: Matter, point: Point) -> Ids:
    """The same category first, then the newest."""
    same = case((func.left(L.category, 4) == (asked.category or "")[:4], 0), else_=1)
    query = _recent(select(L.case_id).where(L.cell.in_(cells_around(point))), asked)
    return query.order_by(same, L.created_at.desc()).limit(EACH)


def _by_caller(asked: Matter) -> Ids:
    query = select(Case.id).join(Request, Request.id == Case.request_id).where(Request.phone_index.in_(asked.callers))
    since = asked.at - timedelta(days=LOOK_BACK_DAYS)
    return query.where(Case.created_at >= since).order_by(Case.id.desc()).limit(EACH)
