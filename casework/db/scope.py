"""范围: what an actor may see, in one place. Every query for cases passes through `visible`.

An area role sees the cases of its area prefix; a unit role those ever assigned, or copied, to its unit or one below
it and, as a packaged cadre 包联干部, those of its grids; a grid worker its own reports and what it was given to check;
admin roles see none; nobody a report about their own unit. The citizen, the upstream and the system come through doors
of their own, which name one case.
"""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, all_, and_, exists, false, literal, or_, select, true
from sqlalchemy.orm import aliased

from casework.db.models import Assignment, Case, CaseCopy, Dispute
from casework.rules.facts import Actor
from casework.rules.minors import READERS
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, UNIT_ROLES, Role

Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])

AREA_ROLES = frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES - UNIT_ROLES - {Role.GRID_WORKER, Role.KNOWLEDGE}


def not_barred(actor: Actor) -> ColumnElement[bool]:
    """举报: a unit that was reported, and all above and below it, see nothing of the case, in whatever role."""
    return literal(actor.unit_id) != all_(Case.barred_units) if actor.unit_id is not None else true()


def condition(actor: Actor) -> ColumnElement[bool]:
    """The condition on `cases` that an actor's scope is."""
    if actor.roles & OUTSIDE_ROLES:
        return true()
    return and_(_within(actor), not_barred(actor))


def _within(actor: Actor) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if actor.roles & AREA_ROLES and actor.area:
        ways.append(Case.area_code.like(f"{actor.area}%"))
    if actor.roles & UNIT_ROLES and actor.units:
        held = select(Assignment.id).where(Assignment.case_id == Case.id, Assignment.unit_id.in_(actor.units))
        copy = aliased(CaseCopy)  # a query may name the table itself
        copied = select(copy.case_id).where(copy.case_id == Case.id, copy.unit_id.in_(actor.units))
        ways += [exists(held), exists(copied)]
    if actor.grids:
        ways.append(Case.area_code.in_(sorted(actor.grids)))
    if Role.GRID_WORKER in actor.roles and actor.account_id is not None:
        given = select(Assignment.id).where(Assignment.case_id == Case.id, Assignment.account_id == actor.account_id)
        ways += [Case.reporter_id == actor.account_id, exists(given)]
    return or_(*ways) if ways else false()


def in_circle(actor: Actor) -> ColumnElement[bool]:
    """涉未成年人: cases of minors are read by few; of units, only those that have them now."""
    if actor.roles & (READERS | OUTSIDE_ROLES):
        return true()
    ways: list[ColumnElement[bool]] = [~Case.minor]
    if actor.roles & UNIT_ROLES and actor.units:
        has = select(Assignment.id).where(Assignment.case_id == Case.id, Assignment.unit_id.in_(actor.units))
        ways.append(exists(has.where(Assignment.closed_at.is_(None))))
    if actor.account_id is not None:
        ways += [Case.reporter_id == actor.account_id, Case.checker_id == actor.account_id]
    return or_(*ways)


def visible(query: Q, actor: Actor) -> Q:
    """The query narrowed to what the actor may see."""
    return query.where(condition(actor), in_circle(actor))


def opens(query: Q, actor: Actor) -> Q:
    """As `visible`, of one case that is asked for by its number: the organ that guards a minor opens it too."""
    guards = Case.guardian_unit_id.in_(actor.units) if actor.roles & UNIT_ROLES else false()
    return query.where(or_(and_(condition(actor), in_circle(actor)), and_(guards, not_barred(actor))))


def in_figures(query: Q, actor: Actor) -> Q:
    """The query narrowed to what counts in the actor's figures: cases of minors count, and are not shown."""
    return query.where(condition(actor))


def whole_area(actor: Actor) -> str | None:
    """The area prefix that is the whole of an actor's scope; None where it is something else or more."""
    other = UNIT_ROLES | OUTSIDE_ROLES | {Role.GRID_WORKER}
    return actor.area if actor.area and actor.roles & AREA_ROLES and not actor.roles & other else None


DISPUTE_ROLES = frozenset(
    {Role.MEDIATOR, Role.COMMUNITY, Role.STREET, Role.DISPATCHER, Role.LEADER, Role.SUPERVISION, Role.ANALYST}
)
"""Roles that see the disputes of their area; others see at most those that they reported themselves."""


def dispute_condition(actor: Actor) -> ColumnElement[bool]:
    """The condition on `dispute` that an actor's scope is."""
    if Role.SYSTEM in actor.roles:
        return true()
    ways: list[ColumnElement[bool]] = []
    if actor.roles & DISPUTE_ROLES and actor.area:
        ways.append(Dispute.area_code.like(f"{actor.area}%"))
    if actor.roles & {Role.GRID_WORKER, Role.AGENT} and actor.account_id is not None:
        ways.append(Dispute.reported_by == actor.account_id)
    return or_(*ways) if ways else false()


def visible_disputes(query: Q, actor: Actor) -> Q:
    """The query narrowed to the disputes that the actor may see."""
    return query.where(dispute_condition(actor))
