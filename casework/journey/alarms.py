"""一键求助: somebody who works outside calls for help; the centre and the own community are told at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import accounts, alarms
from casework.db.models import Account, Alarm, Notice
from casework.kit.errors import Conflict, NotFound
from casework.kit.now import utcnow
from casework.rules.facts import Actor
from casework.rules.words import Role

TOPIC = "ALARM"
NOWHERE = "—"


@dataclass(frozen=True, slots=True)
class CallForHelp:
    """Where the phone says it is (WGS-84, accuracy in metres; None: it does not know), and when it was asked (UTC)."""

    lon: float | None
    lat: float | None
    accuracy: float | None
    note: str
    acted_at: datetime | None


async def call(session: AsyncSession, actor: Actor, said: CallForHelp, request_key: str) -> Alarm:
    """The call, kept and told. A repeat of the key returns the first one and tells nobody again. Does not commit."""
    assert actor.account_id is not None, "an account calls"
    caller = await session.get(Account, actor.account_id, with_for_update=True)
    assert caller is not None, "the account is signed in"
    if (before := await alarms.known(session, caller.id, request_key)) is not None:
        return before
    alarm = Alarm(
        account_id=caller.id,
        area_code=actor.area,
        lon=said.lon,
        lat=said.lat,
        accuracy=said.accuracy,
        note=said.note,
        acted_at=said.acted_at,
        request_key=request_key,
    )
    session.add(alarm)
    params = {"who": caller.display_name, "place": _place(said)}
    for audience in (Role.DISPATCHER, Role.COMMUNITY):
        unit = actor.unit_id
        session.add(Notice(audience=audience.value, channel="staff", topic=TOPIC, unit_id=unit, params=params))
    await session.flush()
    return alarm


def _place(said: CallForHelp) -> str:
    if said.lon is None or said.lat is None:
        return NOWHERE
    about = f" ±{said.accuracy:.0f} m" if said.accuracy is not None else ""
    return f"{said.lon:.5f}, {said.lat:.5f}{about}"


async def answer(session: AsyncSession, actor: Actor, alarm_id: int, note: str) -> tuple[Alarm, Account]:
    """Somebody took it in hand; in the audit log. Does not commit.

    Raises: NotFound outside the scope; Conflict when it was answered before.
    """
    found = await alarms.lock(session, actor, alarm_id)
    if found is None:
        raise NotFound("alarm.not_found")
    alarm = found[0]
    if alarm.answered_at is not None:
        raise Conflict("alarm.answered")
    alarm.answered_at, alarm.answered_by, alarm.answer = utcnow(), actor.account_id, note
    accounts.note(session, "ALARM_ANSWERED", account_id=actor.account_id, subject=f"alarm:{alarm.id}")
    return found
