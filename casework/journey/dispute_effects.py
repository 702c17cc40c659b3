"""What a dispute's moves write beyond status, clocks and event. One small function per action, as in effects.py."""

from collections.abc import Awaitable, Callable
from typing import cast

from casework.db.disputes import earlier_between
from casework.db.models import DisputeLink, DisputeParty, DisputeSession
from casework.journey.dispute_wording import ID_NO, PHONE, masked_words, names_of, sealed_party
from casework.journey.dispute_writing import DisputeWriting
from casework.kit.masking import normal_phone
from casework.rules import mediation_asks as asks
from casework.rules.limits import Limit
from casework.rules.mediation import Turn
from casework.rules.mediation_periods import period_end
from casework.rules.mediation_words import (
    Confirmation,
    DisputeAction,
    DisputeStatus,
    LinkKind,
    LinkWay,
    Risk,
    level_above,
)
from casework.rules.words import Level

Effect = Callable[[DisputeWriting, Turn], Awaitable[None]]
ENDED = frozenset({DisputeStatus.GUIDED, DisputeStatus.FOLLOWED_UP, DisputeStatus.ARCHIVED})


async def registered(w: DisputeWriting, row: Turn) -> None:
    """登记: kind, claim and parties; an earlier agreement between the same people is found 复发."""
    ask, dispute, keyring = cast(asks.Register, w.ask), w.dispute, w.city.keyring
    parties = [sealed_party(keyring, dispute.id, no, form) for no, form in enumerate(ask.parties, 1)]
    w.session.add_all(parties)
    w.hangs.parties.extend(parties)
    w.words = masked_words(ask, names_of(keyring, parties))
    dispute.kind, dispute.track, dispute.people = ask.kind, ask.track.value, max(ask.people, len(parties))
    dispute.claim_sealed = keyring.seal(ask.claim, "dispute.claim")
    dispute.working_claim = w.words["claim"]
    dispute.registered_at = w.now
    phones = {index for form in ask.parties for index in _indexes(w, normal_phone(form.phone), PHONE)}
    id_nos = {index for form in ask.parties for index in _indexes(w, form.id_no.upper(), ID_NO)}
    dispute.earlier_id = await earlier_between(w.session, dispute, list(phones), list(id_nos))


def _indexes(w: DisputeWriting, value: str | None, purpose: str) -> tuple[bytes, ...]:
    return w.city.keyring.blind_indexes(value, purpose) if value else ()


async def will_recorded(w: DisputeWriting, row: Turn) -> None:
    """记录意愿 of one party."""
    ask = cast(asks.RecordWill, w.ask)
    party = _party(w, ask.party)
    party.willing, party.asked_at = ask.willing, w.now
    if row.target is DisputeStatus.ACCEPTED:
        w.dispute.accepted_at = w.now
    if row.target is DisputeStatus.FAILED:
        w.dispute.reason_code = "REFUSAL"


def _party(w: DisputeWriting, no: int | None) -> DisputeParty:
    return next(party for party in w.hangs.parties if party.no == no)


async def assigned(w: DisputeWriting, row: Turn) -> None:
    """指派调解员."""
    w.dispute.mediator_id = w.mediator


async def taken(w: DisputeWriting, row: Turn) -> None:
    """接手调解."""
    w.dispute.mediator_id = w.actor.account_id


async def recused(w: DisputeWriting, row: Turn) -> None:
    """回避: for good."""
    if w.dispute.mediator_id is not None:
        w.dispute.recused = [*w.dispute.recused, w.dispute.mediator_id]
        w.noted["mediator"] = w.dispute.mediator_id
    w.dispute.mediator_id = None


async def session_held(w: DisputeWriting, row: Turn) -> None:
    """调解会 and its record."""
    ask = cast(asks.HoldSession, w.ask)
    assert ask.held_at is not None
    held = DisputeSession(
        dispute_id=w.dispute.id,
        no=len(w.hangs.sessions) + 1,
        held_at=ask.held_at,
        place=ask.place or None,
        present=sorted(set(ask.present)),
        working_record=w.words["note"],
        account_id=w.actor.account_id,
    )
    w.session.add(held)
    w.hangs.sessions.append(held)


async def extended(w: DisputeWriting, row: Turn) -> None:
    """延期 by consent; the former end stays on the cancelled clock."""
    w.agreed_end = cast(asks.Extend, w.ask).until


async def agreed(w: DisputeWriting, row: Turn) -> None:
    """达成协议: not yet binding."""
    ask = cast(asks.Agree, w.ask)
    assert ask.form is not None
    w.dispute.form, w.dispute.working_terms, w.dispute.perform_by = ask.form.value, w.words["terms"], ask.perform_by
    w.dispute.agreed_at = w.now


async def signed(w: DisputeWriting, row: Turn) -> None:
    """签认: with the last one the agreement is in force (人民调解法 §29)."""
    _party(w, cast(asks.SignAgreement, w.ask).party).signed_at = w.now
    if row.target is DisputeStatus.PERFORMING:
        w.dispute.in_force_at = w.dispute.concluded_at = w.now


async def reasoned(w: DisputeWriting, row: Turn) -> None:
    """A reason of the catalogue ends it."""
    w.dispute.reason_code = cast(asks.Terminate | asks.Unsuitable, w.ask).reason


async def expired(w: DisputeWriting, row: Turn) -> None:
    """期满未成."""
    w.dispute.reason_code = "EXPIRED"


async def confirmed(w: DisputeWriting, row: Turn) -> None:
    """法院确认."""
    w.dispute.confirmation = Confirmation.CONFIRMED.value
    w.dispute.court_no = cast(asks.CourtConfirms, w.ask).court_no


async def rejected(w: DisputeWriting, row: Turn) -> None:
    """法院驳回."""
    w.dispute.confirmation = Confirmation.REJECTED.value
    w.dispute.court_no = cast(asks.CourtRejects, w.ask).court_no or w.dispute.court_no


async def application_withdrawn(w: DisputeWriting, row: Turn) -> None:
    """撤回确认申请."""
    w.dispute.confirmation = Confirmation.WITHDRAWN.value


async def completed(w: DisputeWriting, row: Turn) -> None:
    """履行完毕."""
    w.dispute.performed_at = w.now


async def followed_up(w: DisputeWriting, row: Turn) -> None:
    """回访."""
    w.dispute.settled = cast(asks.FollowUp, w.ask).settled


async def graded(w: DisputeWriting, row: Turn) -> None:
    """风险评级."""
    w.noted["before"] = w.dispute.risk
    w.dispute.risk = cast(Risk, cast(asks.Grade, w.ask).risk).value


async def warned(w: DisputeWriting, row: Turn) -> None:
    """民转刑预警: red from now on, and handed to the police where no handover to them is open."""
    ask = cast(asks.Warn, w.ask)
    w.dispute.warned += 1
    w.dispute.risk = Risk.RED.value
    if LinkKind.POLICE.value not in {link.kind for link in w.hangs.links if link.answered_at is None}:
        _hand(w, LinkKind.POLICE, LinkWay.OUT, ask.station, ask.police_no, ["risk"])


async def handed_to_police(w: DisputeWriting, row: Turn) -> None:
    """移送公安."""
    w.dispute.criminal = cast(asks.HandToPolice, w.ask).criminal
    w.dispute.reason_code = "CRIMINAL"


async def taken_up(w: DisputeWriting, row: Turn) -> None:
    """上级接手: the next level's centre has it, and finds its own mediator."""
    above = level_above(Level(w.dispute.level))
    assert above is not None
    w.noted["before"] = w.dispute.level
    w.dispute.level, w.dispute.mediator_id = above.value, None


async def handed_over(w: DisputeWriting, row: Turn) -> None:
    """对接移交."""
    ask = cast(asks.HandOver, w.ask)
    assert ask.link is not None
    _hand(w, ask.link, ask.way, ask.organ, ask.number, sorted(ask.objects))


def _hand(w: DisputeWriting, kind: LinkKind, way: LinkWay, organ: str, number: str, objects: list[str]) -> None:
    entry = w.city.catalog.mediation.links[kind]
    link = DisputeLink(
        dispute_id=w.dispute.id,
        kind=kind.value,
        way=way.value,
        organ=organ,
        number=number or None,
        objects=objects,
        handed_at=w.now,
        handed_by=w.actor.account_id,
        due_at=period_end(Limit.parse(entry.limit), w.now, w.calendar),
        limit_text=entry.limit,
        limit_source=entry.source,
    )
    w.session.add(link)
    w.hangs.links.append(link)


async def link_answered(w: DisputeWriting, row: Turn) -> None:
    """对接反馈."""
    kind = cast(asks.AnswerLink, w.ask).link
    link = next(one for one in w.hangs.links if one.kind == kind and one.answered_at is None)
    link.answered_at, link.answer = w.now, w.words["note"]


EFFECTS: dict[DisputeAction, Effect] = {
    DisputeAction.REGISTER: registered,
    DisputeAction.RECORD_WILL: will_recorded,
    DisputeAction.ASSIGN: assigned,
    DisputeAction.TAKE: taken,
    DisputeAction.RECUSE: recused,
    DisputeAction.HOLD_SESSION: session_held,
    DisputeAction.EXTEND: extended,
    DisputeAction.AGREE: agreed,
    DisputeAction.SIGN_AGREEMENT: signed,
    DisputeAction.UNSUITABLE: reasoned,
    DisputeAction.TERMINATE: reasoned,
    DisputeAction.EXPIRE: expired,
    DisputeAction.COURT_CONFIRMS: confirmed,
    DisputeAction.COURT_REJECTS: rejected,
    DisputeAction.WITHDRAW_APPLICATION: application_withdrawn,
    DisputeAction.COMPLETE: completed,
    DisputeAction.FOLLOW_UP: followed_up,
    DisputeAction.GRADE: graded,
    DisputeAction.WARN: warned,
    DisputeAction.HAND_TO_POLICE: handed_to_police,
    DisputeAction.TAKE_UP: taken_up,
    DisputeAction.HAND_OVER: handed_over,
    DisputeAction.ANSWER_LINK: link_answered,
}
