"""剔除台账 and 漏报认定: one person proposes with evidence, a second one rules; anybody who may rule may take it back.

Each step is an event of the case, and what it changes in the rates' sums is written with it.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import cases, findings, rollups
from casework.db.accounts import note
from casework.db.models import Case, Event, Finding
from casework.journey.city import City
from casework.journey.counting import counts_as
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.kit.masking import mask_text
from casework.rules.decide import Refused
from casework.rules.facts import Actor
from casework.rules.rollups import deltas
from casework.rules.words import FindingKind, Record, Role, Ruling

_FLAG = {FindingKind.EXCLUSION: "struck", FindingKind.MISSED: "missed_by_grid"}


async def propose(
    session: AsyncSession,
    city: City,
    actor: Actor,
    case_no: str,
    kind: FindingKind,
    *,
    reason: str,
    evidence: str,
    attachments: list[str],
) -> Finding:
    """Put a case up for a finding; nothing changes yet. A second proposal while one waits or stands is refused.

    Raises: NotFound: no such case in the actor's scope. Unprocessable: no such reason, or an attachment that is not the
    case's. Refused: one waits or stands already.
    """
    held = await cases.lock(session, case_no, actor)
    if held is None:
        raise NotFound("case_not_found")
    known = city.catalog.rates.reasons[kind]
    if reason not in known:
        raise Unprocessable(fields=[FieldFault("reason", "findings.unknown_reason", {"known": sorted(known)})])
    if await findings.unknown_attachments(session, held.case.id, attachments):
        raise Unprocessable(fields=[FieldFault("attachments", "findings.unknown_attachment")])
    if await findings.live(session, held.case.id, kind) is not None:
        raise Refused("FINDING_LIVE")
    assert actor.account_id is not None
    entry = Finding(
        case_id=held.case.id,
        kind=kind.value,
        reason=reason,
        evidence=mask_text(evidence),
        attachments=attachments,
        proposed_by=actor.account_id,
        proposed_at=held.now,
    )
    session.add(entry)
    await session.flush()
    _record(session, held.case, actor, entry, "PROPOSED", held.now)
    return entry


async def rule(session: AsyncSession, actor: Actor, finding_id: int, *, grant: bool, words: str) -> Finding:
    """核准 or 不予: by somebody else than who proposed it. Raises: NotFound. Refused: the same one, or ruled."""
    entry, held = await _held(session, actor, finding_id)
    if entry.ruling is not None:
        raise Refused("FINDING_RULED")
    if entry.proposed_by == actor.account_id:
        raise Refused("FINDING_SECOND_PERSON")
    entry.ruling = (Ruling.GRANTED if grant else Ruling.REJECTED).value
    entry.ruled_by, entry.ruled_at, entry.ruling_note = actor.account_id, held.now, mask_text(words)
    if grant:
        await _mark(session, held.case, FindingKind(entry.kind), on=True)
    _record(session, held.case, actor, entry, entry.ruling, held.now)
    return entry


async def revoke(session: AsyncSession, actor: Actor, finding_id: int, *, words: str) -> Finding:
    """撤销: the case counts again as before. Raises: NotFound. Refused: it does not stand."""
    entry, held = await _held(session, actor, finding_id)
    if entry.ruling != Ruling.GRANTED or entry.revoked_at is not None:
        raise Refused("FINDING_NOT_STANDING")
    entry.revoked_by, entry.revoked_at, entry.revoked_note = actor.account_id, held.now, mask_text(words)
    await _mark(session, held.case, FindingKind(entry.kind), on=False)
    _record(session, held.case, actor, entry, "REVOKED", held.now)
    return entry


async def _held(session: AsyncSession, actor: Actor, finding_id: int) -> tuple[Finding, cases.Locked]:
    """The case is locked first, then what hangs on it."""
    case_no = await findings.case_no_of(session, finding_id)
    held = await cases.lock(session, case_no, actor) if case_no else None
    if held is None:
        raise NotFound()
    return await findings.locked(session, finding_id), held


async def _mark(session: AsyncSession, case: Case, kind: FindingKind, *, on: bool) -> None:
    before = counts_as(case)
    setattr(case, _FLAG[kind], on)
    await rollups.write(session, deltas(before, counts_as(case)))


def _record(session: AsyncSession, case: Case, actor: Actor, entry: Finding, act: str, now: datetime) -> None:
    role = next(role for role in Role if role in actor.roles)
    data = {"kind": entry.kind, "reason": entry.reason, "step": act, "entry": entry.id}
    session.add(
        Event(
            case_id=case.id,
            at=now,
            action=Record.FINDING.value,
            role=role.value,
            account_id=actor.account_id,
            unit_id=actor.unit_id,
            data=data,
        )
    )
    note(session, f"FINDING_{act}", account_id=actor.account_id, subject=f"finding:{entry.id}", data=data)
