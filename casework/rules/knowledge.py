"""The knowledge base 知识库, its rules: states, who reads and writes, whether an item may answer a case, what is stale.

An item 条目 goes DRAFT → IN_REVIEW → PUBLISHED → RETIRED; the owning unit reviews, never the author (两人制). Days are
Asia/Shanghai's. The figures below are our own proposals, no norm gives any.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.routing import SHANGHAI
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, UNIT_ROLES, Role, Term

NEAR_DAYS = 30
"""临期: days before the end of its validity from which an item is reported and its unit told."""
REVIEWED_WITHIN_DAYS = 365
"""久未复核: days after which an item has to be looked at again, even without an end of validity."""
COMPLAINTS = 1
"""Complaints about the version in force from which an item is reported."""

READERS = frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES
_NUMBER = re.compile(r"KB([1-9]\d{0,17})", re.ASCII)


class ItemState(Term):
    """条目状态: where a version of an item stands."""

    DRAFT = "DRAFT", "草稿"
    IN_REVIEW = "IN_REVIEW", "待审核"
    PUBLISHED = "PUBLISHED", "已发布"
    RETIRED = "RETIRED", "已停用"


class Stale(Term):
    """待更新原因: why an item in force needs its unit."""

    EXPIRED = "EXPIRED", "已过有效期"
    EXPIRES_SOON = "EXPIRES_SOON", "即将到期"
    UNREVIEWED = "UNREVIEWED", "久未复核"
    COMPLAINED = "COMPLAINED", "被纠错"


@dataclass(frozen=True, slots=True)
class Item:
    """One version of an item as the rules see it. `complaints`: about this version. `reviewed_at` in UTC."""

    state: ItemState
    area: str
    unit_id: int
    valid_from: date
    valid_to: date | None = None
    reviewed_at: datetime | None = None
    author_id: int | None = None
    complaints: int = 0


def item_no(item_id: int) -> str:
    """How people call an item: KB17."""
    return f"KB{item_id}"


def item_id(number: str) -> int | None:
    """The id behind a number; None for what is none."""
    found = _NUMBER.fullmatch(number.strip().upper())
    return int(found[1]) if found and int(found[1]) < 2**63 else None


def applies(item_area: str, area: str) -> bool:
    """适用范围: an item of a wider area holds below; one of a narrower area where the place is only known as wider."""
    return area.startswith(item_area) or item_area.startswith(area)


def out_of_validity(item: Item, today: date) -> str | None:
    """NOT_YET or EXPIRED; None on the days it is valid, the first and the last included."""
    if today < item.valid_from:
        return "NOT_YET"
    return "EXPIRED" if item.valid_to is not None and today > item.valid_to else None


def unusable(item: Item | None, area: str | None, now: datetime) -> str | None:
    """Why an item may not answer a case of that area: the code of the sentence; None when it may."""
    if item is None:
        why: str | None = "UNKNOWN"
    elif item.state is not ItemState.PUBLISHED:
        why = "NOT_PUBLISHED"
    elif area and not applies(item.area, area):
        why = "ELSEWHERE"
    else:
        why = out_of_validity(item, day_of(now))
    return f"KNOWLEDGE_ITEM_UNUSABLE.{why}" if why else None


def review_due_before(now: datetime) -> datetime:
    """What was last reviewed before this moment, a midnight in Asia/Shanghai, is to be looked at again."""
    first = day_of(now) - timedelta(days=REVIEWED_WITHIN_DAYS)
    return datetime.combine(first, time(), SHANGHAI)


def stale(item: Item, now: datetime) -> list[Stale]:
    """Why an item in force needs its unit, worst first; empty when it does not."""
    today = day_of(now)
    found: list[Stale] = []
    if item.valid_to is not None and today > item.valid_to:
        found.append(Stale.EXPIRED)
    elif item.valid_to is not None and item.valid_to - today <= timedelta(days=NEAR_DAYS):
        found.append(Stale.EXPIRES_SOON)
    if item.complaints >= COMPLAINTS:
        found.append(Stale.COMPLAINED)
    if item.reviewed_at is None or item.reviewed_at < review_due_before(now):
        found.append(Stale.UNREVIEWED)
    return found


def may_write(actor: Actor, area: str, unit_id: int) -> bool:
    """知识库管理员 within its area; the owning unit's own people for what their unit owns."""
    as_keeper = Role.KNOWLEDGE in actor.roles and bool(actor.area) and area.startswith(actor.area)
    return as_keeper or of_unit(actor, unit_id)


def of_unit(actor: Actor, unit_id: int) -> bool:
    """Acts for the owning unit, or for one above it."""
    return bool(actor.roles & UNIT_ROLES) and unit_id in actor.units


def review_fault(item: Item, actor: Actor) -> str | None:
    """Why this person may not judge this version: the code of the sentence; None when it may."""
    if item.state is not ItemState.IN_REVIEW:
        return "KNOWLEDGE.NOT_IN_REVIEW"
    if not of_unit(actor, item.unit_id):
        return "KNOWLEDGE.NOT_YOUR_UNIT"
    return "KNOWLEDGE.OWN_WORDS" if item.author_id == actor.account_id else None
