"""The city's own dispatch rules are written 派单规则维护: drafts, put in force, ended. One person does each; who
and why are kept with every version, and in the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.entries import DispatchLine
from casework.catalog.own_rules import Wrong, completed, wrongs
from casework.db import dispatch_rules as rows
from casework.db.accounts import note
from casework.db.models import DispatchRuleVersion
from casework.db.units import open_units
from casework.journey.city import City, readable
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.rules.dispatch_rule import DispatchRule
from casework.rules.facts import Actor
from casework.rules.said_why import says_why
from casework.rules.words import Role

KEEPERS = (Role.DISPATCHER, Role.SUPERVISION, Role.LEADER)
"""Who keeps the catalogue: the centre's dispatchers and those who lead it [domain.md §1.8 派单目录 F:S7 art.11]."""

READERS = (*KEEPERS, Role.REVIEWER, Role.ANALYST)


@dataclass(frozen=True, slots=True)
class Rule:
    """A version as it is shown, with what is wrong with it today: a unit that was retired since, for one."""

    row: DispatchRuleVersion
    line: DispatchLine
    wrong: Sequence[Wrong]


async def save(
    session: AsyncSession, city: City, actor: Actor, lines: Sequence[DispatchLine], why: str
) -> list[DispatchRuleVersion]:
    """Write drafts, all or none: new rules, or new versions of those that are there. A draft there is replaced.

    Raises: Unprocessable: a rule names what is not there, lies outside the actor's area, cannot be reached, or hides
    another; each field is named as `rules.<place>.<field>`; or the reason says nothing (`why`). Nothing is
    written then.
    """
    _ask_why(why)
    await rows.take_turn(session)
    said, known = await judged(session, city, actor, lines)
    await rows.leave_draft(session, [line.id for line in said])
    written = []
    for line in said:
        before = known.get(line.id)
        row = DispatchRuleVersion(
            code=line.id,
            version=before.version + 1 if before else 1,
            area_code=line.area,
            said=line.model_dump(mode="json", exclude={"id"}, exclude_defaults=True),
            why=why,
            made_by=actor.account_id,
        )
        session.add(row)
        written.append(row)
    await session.flush()
    for row in written:
        await session.refresh(row)
        note(session, "DISPATCH_RULE_DRAFTED", account_id=actor.account_id, subject=_subject(row))
    return written


async def put_in_force(session: AsyncSession, city: City, actor: Actor, code: str, version: int) -> DispatchRuleVersion:
    """启用: the draft takes the place of the version in force, for every process within one poll (journey/city.py).

    Raises: NotFound. Conflict: it is no draft any more. Unprocessable: it was right when it was written and is not now.
    """
    await rows.take_turn(session)
    row = await _held(session, actor, code, version, "DRAFT")
    await judged(session, city, actor, [line_of(row)])
    await rows.leave_force(session, code, "REPLACED")
    row.state, row.put_by, row.put_at = "IN_FORCE", actor.account_id, func.now()
    return await _settled(session, actor, row, "DISPATCH_RULE_IN_FORCE")


async def end(session: AsyncSession, actor: Actor, code: str, version: int, why: str) -> DispatchRuleVersion:
    """停用: a rule in force, or a draft, ends for good; a later version may begin again.

    Raises: NotFound. Conflict: it ended already. Unprocessable: no reason.
    """
    _ask_why(why)
    await rows.take_turn(session)
    row = await _held(session, actor, code, version, "DRAFT", "IN_FORCE")
    row.state, row.ended_by, row.ended_at, row.ended_why = "ENDED", actor.account_id, func.now(), why
    return await _settled(session, actor, row, "DISPATCH_RULE_ENDED")


async def judged(
    session: AsyncSession, city: City, actor: Actor, lines: Sequence[DispatchLine]
) -> tuple[list[DispatchLine], dict[str, DispatchRuleVersion]]:
    """The rules made whole, and the newest version of each that is there. Raises Unprocessable with every fault."""
    units = await open_units(await city.database.pool())
    said = [completed(line, units) for line in lines]
    known = await rows.newest(session, [line.id for line in said])
    found = [*_outside(said, known, actor), *wrongs(said, city.catalog, units, await own_in_force(session))]
    if found:
        raise Unprocessable(fields=[as_fault(wrong) for wrong in found])
    return said, known


async def own_in_force(session: AsyncSession) -> list[DispatchRule]:
    """The own rules in force, of all areas."""
    return readable(
        [{"code": row.code, "version": row.version, "said": row.said} for row in await rows.all_in_force(session)]
    )


async def shown(session: AsyncSession, city: City, listed: Sequence[DispatchRuleVersion]) -> list[Rule]:
    """Versions with what is wrong with each that counts or may yet count."""
    units, own = await city.units(), await own_in_force(session)
    found = []
    for row in listed:
        line = line_of(row)
        alive = row.state in ("DRAFT", "IN_FORCE")
        found.append(Rule(row, line, wrongs([line], city.catalog, units, own) if alive else ()))
    return found


def line_of(row: DispatchRuleVersion) -> DispatchLine:
    """What a version says."""
    told: dict[str, Any] = {**row.said, "id": row.code}
    return DispatchLine.model_validate(told)


def as_fault(wrong: Wrong) -> FieldFault:
    """A fault of a rule as the caller is told it."""
    return FieldFault(f"rules.{wrong.which}.{wrong.field}", wrong.code, wrong.params)


def _ask_why(why: str) -> None:
    if not says_why(why):
        raise Unprocessable(fields=[FieldFault("why", "dispatch_rule.why_missing")])


def _outside(lines: Sequence[DispatchLine], known: dict[str, DispatchRuleVersion], actor: Actor) -> list[Wrong]:
    found = []
    for which, line in enumerate(lines):
        if not actor.area or not line.area.startswith(actor.area):
            found.append(Wrong(which, "area", "dispatch_rule.outside_area", {"value": line.area}))
        elif line.id in known and not known[line.id].area_code.startswith(actor.area):
            found.append(Wrong(which, "id", "dispatch_rule.taken", {"value": line.id}))
    return found


async def _held(session: AsyncSession, actor: Actor, code: str, version: int, *states: str) -> DispatchRuleVersion:
    row = await rows.own(session, actor, code, version) if actor.area else None
    if row is None:
        raise NotFound("dispatch_rule.not_found")
    if row.state not in states:
        raise Conflict("dispatch_rule.changed")
    return row


async def _settled(session: AsyncSession, actor: Actor, row: DispatchRuleVersion, act: str) -> DispatchRuleVersion:
    await rows.changed(session)
    note(session, act, account_id=actor.account_id, subject=_subject(row))
    await session.flush()
    await session.refresh(row)
    return row


def _subject(row: DispatchRuleVersion) -> str:
    return f"dispatch_rule:{row.code}:{row.version}"
