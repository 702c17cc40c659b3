"""What is owed to whom 通知: the roles of a row's `tells` become lines of the outbox, without any contact."""

from collections.abc import Iterable
from dataclasses import dataclass

from casework.db.door import NoticeRow
from casework.db.models import Case, Request
from casework.rules.words import UNIT_ROLES, Role


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is there to be told. `citizen`: may be written to (a phone is known, a reply is wanted)."""

    citizen: bool
    upstream: bool
    lead_unit_id: int | None
    reporter_id: int | None


def owed(
    tells: tuple[Role, ...],
    topic: str,
    listeners: Listeners,
    also_units: Iterable[int] = (),
    also_accounts: Iterable[int] = (),
) -> list[NoticeRow]:
    """One line per role that is there: citizens by sms, the upstream by its own channel, staff by theirs.

    `also_units`: units beside the lead that this move concerns; `also_accounts`: grid workers, in person.
    """
    lines = [NoticeRow(Role.UNIT.value, "staff", topic, unit, None) for unit in also_units]
    lines += [NoticeRow(Role.GRID_WORKER.value, "staff", topic, None, account) for account in also_accounts]
    for role in tells:
        if role is Role.CITIZEN:
            if listeners.citizen:
                lines.append(NoticeRow(role.value, "sms", topic, None, None))
        elif role is Role.UPSTREAM:
            if listeners.upstream:
                lines.append(NoticeRow(role.value, "upstream", topic, None, None))
        elif role is Role.GRID_WORKER:
            if listeners.reporter_id is not None:
                lines.append(NoticeRow(role.value, "staff", topic, None, listeners.reporter_id))
        elif role in UNIT_ROLES:
            if listeners.lead_unit_id is not None:
                lines.append(NoticeRow(role.value, "staff", topic, listeners.lead_unit_id, None))
        else:
            lines.append(NoticeRow(role.value, "staff", topic, None, None))
    return lines


def listeners_of(case: Case, request: Request) -> Listeners:
    """Who is there to be told of this case."""
    return Listeners(
        citizen=request.phone_sealed is not None and request.reply_wanted and not request.anonymous,
        upstream=request.upstream_no is not None,
        lead_unit_id=case.lead_unit_id,
        reporter_id=case.reporter_id,
    )
