"""The questions a row of the disputes' table may ask. Each answers None (yes) or a reason code, whose sentence is in
the texts under refused.DISPUTE. A guard looks at facts and touches nothing (as guards.py)."""

from collections.abc import Callable
from datetime import timedelta

from casework.rules import mediation_asks as asks
from casework.rules.mediation_facts import DisputeFacts
from casework.rules.mediation_words import LEVEL_DIGITS, DisputeClock, Form, Risk, level_above
from casework.rules.words import Role

Guard = Callable[[DisputeFacts], str | None]
Question = Callable[[DisputeFacts], bool]

A_MINUTE = timedelta(minutes=1)
SHORTEST = 4
"""Characters below which a reason or a record says nothing."""


# 谁: which centre, which mediator


def at_this_level(f: DisputeFacts) -> str | None:
    """The centre that has the dispute, or one above it: after 提级 the lower one reads and acts no more."""
    return None if len(f.actor.area) <= LEVEL_DIGITS[f.dispute.level] else "NOT_YOUR_LEVEL"


def at_next_level(f: DisputeFacts) -> str | None:
    """The centre that the dispute was raised to."""
    above = level_above(f.dispute.level)
    return None if above is not None and len(f.actor.area) <= LEVEL_DIGITS[above] else "NOT_YOUR_LEVEL"


def has_level_above(f: DisputeFacts) -> str | None:
    """There is a centre above."""
    return None if level_above(f.dispute.level) is not None else "NO_LEVEL_ABOVE"


def is_the_mediator(f: DisputeFacts) -> str | None:
    """The mediator who has the dispute, and nobody else, mediates."""
    return None if f.actor.account_id is not None and f.dispute.mediator == f.actor.account_id else "NOT_THE_MEDIATOR"


def may_take(f: DisputeFacts) -> str | None:
    """The assigned mediator, or where none is assigned any who has not stood aside."""
    if f.actor.account_id in f.dispute.recused:
        return "RECUSED"
    return None if f.dispute.mediator in (None, f.actor.account_id) else "TAKEN_BY_ANOTHER"


def names_mediator(f: DisputeFacts) -> str | None:
    """An active mediator whose area holds the dispute, and who has not stood aside."""
    if f.mediator is None:
        return "MEDIATOR_UNKNOWN"
    return "RECUSED" if f.mediator in f.dispute.recused else None


def has_mediator(f: DisputeFacts) -> str | None:
    """Somebody is there to stand aside."""
    return None if f.dispute.mediator is not None else "NO_MEDIATOR"


# 说了什么


def gives_note(f: DisputeFacts) -> str | None:
    """A reason or a record in words."""
    return None if len(f.ask.note) >= SHORTEST else "NOTE_MISSING"


def registers(f: DisputeFacts) -> str | None:
    """A kind of the catalogue, what is claimed, and at least two parties on two sides (人民调解法 §17, 18)."""
    ask = f.ask
    if not isinstance(ask, asks.Register) or ask.kind not in f.rules.kinds:
        return "KIND_UNKNOWN"
    if len(ask.claim) < SHORTEST:
        return "CLAIM_MISSING"
    return None if len({party.side for party in ask.parties}) >= 2 else "PARTIES_MISSING"


def gives_unsuitable(f: DisputeFacts) -> str | None:
    """Why it cannot be mediated, of the catalogue (domain.md §9.5 M15)."""
    return None if isinstance(f.ask, asks.Unsuitable) and f.ask.reason in f.rules.unsuitable else "REASON_UNKNOWN"


def gives_ending(f: DisputeFacts) -> str | None:
    """Why mediation ends without an agreement, of the catalogue (domain.md §9.5 M45)."""
    return None if isinstance(f.ask, asks.Terminate) and f.ask.reason in f.rules.endings else "REASON_UNKNOWN"


def names_party(f: DisputeFacts) -> str | None:
    """One of the dispute's parties."""
    no = f.ask.party if isinstance(f.ask, asks.RecordWill | asks.SignAgreement) else None
    return None if f.dispute.party(no) is not None else "PARTY_UNKNOWN"


def tells_will(f: DisputeFacts) -> str | None:
    """Yes or no: silence is neither (人民调解法 §17)."""
    return None if isinstance(f.ask, asks.RecordWill) and f.ask.willing is not None else "WILL_MISSING"


def tells_session(f: DisputeFacts) -> str | None:
    """When it was held, neither in the future nor before all were willing, and which of the parties came."""
    ask = f.ask
    if not isinstance(ask, asks.HoldSession) or ask.held_at is None:
        return "SESSION_TIME_MISSING"
    if ask.held_at > f.now + A_MINUTE:
        return "SESSION_IN_FUTURE"
    if f.dispute.accepted_at is not None and ask.held_at + A_MINUTE < f.dispute.accepted_at:
        return "SESSION_TOO_EARLY"
    known = {party.no for party in f.dispute.parties}
    return None if ask.present and set(ask.present) <= known else "PARTY_UNKNOWN"


def session_allowed(f: DisputeFacts) -> str | None:
    """治安调解 is held once, a second time within its limit (公安机关办理行政案件程序规定 ch.10)."""
    most = f.rules.most_sessions.get(f.dispute.track)
    if most is not None and len(f.dispute.sessions) >= most:
        return "NO_MORE_SESSIONS"
    held = f.ask.held_at if isinstance(f.ask, asks.HoldSession) else None
    late = f.next_session_by is not None and held is not None and held > f.next_session_by
    return "SESSION_TOO_LATE" if late else None


def all_agree_to_extend(f: DisputeFacts) -> str | None:
    """A longer time needs every party's consent and an end to come (domain.md §9.3)."""
    ask = f.ask
    if not isinstance(ask, asks.Extend) or ask.until is None or ask.until <= f.now:
        return "EXTENSION_END_WRONG"
    return None if {party.no for party in f.dispute.parties} <= set(ask.agreed) else "EXTENSION_NOT_AGREED"


def not_over(f: DisputeFacts) -> str | None:
    """The time for mediation is not over."""
    return "TIME_OVER" if f.expired else None


def is_over(f: DisputeFacts) -> str | None:
    """The time for mediation is over."""
    return None if f.expired else "TIME_NOT_OVER"


def agrees(f: DisputeFacts) -> str | None:
    """What an agreement says (人民调解法 §29): facts, terms, way and day of performance; an oral one its terms."""
    ask = f.ask
    if not isinstance(ask, asks.Agree) or ask.form is None or len(ask.terms) < SHORTEST:
        return "TERMS_MISSING"
    if ask.form is Form.WRITTEN and (len(ask.facts) < SHORTEST or not ask.way):
        return "AGREEMENT_INCOMPLETE"
    return None if ask.perform_by is not None and ask.perform_by >= f.today else "PERFORM_DAY_WRONG"


def was_mediated(f: DisputeFacts) -> str | None:
    """An agreement comes of at least one session that is on record."""
    return None if f.dispute.sessions else "NO_SESSION"


def not_signed_yet(f: DisputeFacts) -> str | None:
    """A party signs once."""
    party = f.dispute.party(f.ask.party) if isinstance(f.ask, asks.SignAgreement) else None
    return "SIGNED_ALREADY" if party is not None and party.signed else None


def gives_way(f: DisputeFacts) -> str | None:
    """Where the parties may go now, and the facts that nobody disputes."""
    if not isinstance(f.ask, asks.Guide) or f.ask.way not in f.rules.ways:
        return "WAY_UNKNOWN"
    return None if len(f.ask.undisputed) >= SHORTEST else "UNDISPUTED_MISSING"


# 司法确认


def may_be_confirmed(f: DisputeFacts) -> str | None:
    """A written agreement that binds, not of identity, adoption or marriage, nor outside a court's power."""
    if f.dispute.form is not Form.WRITTEN:
        return "AGREEMENT_NOT_WRITTEN"
    return None if isinstance(f.ask, asks.ApplyConfirmation) and f.ask.subject == "CIVIL" else "NOT_CONFIRMABLE"


def all_apply(f: DisputeFacts) -> str | None:
    """Both sides apply together (民事诉讼法 §205)."""
    return None if isinstance(f.ask, asks.ApplyConfirmation) and f.ask.joint and f.ask.court else "NOT_JOINT"


def within_window(f: DisputeFacts) -> str | None:
    """Within 30 days from the agreement's effect (民事诉讼法 §205), once."""
    open_now = f.confirm_until is not None and f.now <= f.confirm_until
    return None if open_now else "CONFIRMATION_WINDOW_PAST"


def gives_court_no(f: DisputeFacts) -> str | None:
    """The court's number."""
    told = isinstance(f.ask, asks.CourtAccepts | asks.CourtConfirms | asks.CourtRejects) and f.ask.court_no
    return None if told else "COURT_NUMBER_MISSING"


def awaits_court(f: DisputeFacts) -> str | None:
    """The court has not yet said whether it takes the application."""
    return None if DisputeClock.COURT_ACCEPT in f.dispute.running else "COURT_ACCEPTED_ALREADY"


def court_reviews(f: DisputeFacts) -> str | None:
    """The court took the application."""
    return None if DisputeClock.COURT_REVIEW in f.dispute.running else "COURT_NOT_ACCEPTED"


def tells_settled(f: DisputeFacts) -> str | None:
    """回访 asks whether peace lasts."""
    return None if isinstance(f.ask, asks.FollowUp) and f.ask.settled is not None else "FOLLOW_UP_MISSING"


# 风险、对接


def changes_grade(f: DisputeFacts) -> str | None:
    """Another grade than now: red again would give a new limit for the same danger."""
    named = isinstance(f.ask, asks.Grade) and f.ask.risk is not None and f.ask.risk is not f.dispute.risk
    return None if named else "GRADE_UNCHANGED"


def tells_police(f: DisputeFacts) -> str | None:
    """Which station was told (人民调解法 §25)."""
    return None if isinstance(f.ask, asks.Warn) and f.ask.station else "STATION_MISSING"


def hands_over(f: DisputeFacts) -> str | None:
    """The other organ and every object that this link carries (domain.md §9.4); one of a kind is open at a time."""
    ask = f.ask
    if not isinstance(ask, asks.HandOver) or ask.link is None or not ask.organ:
        return "LINK_UNKNOWN"
    if ask.link in f.dispute.open_links:
        return "LINK_OPEN"
    given = {name for name, text in ask.objects.items() if text}
    return None if f.rules.objects.get(ask.link, frozenset()) <= given else "OBJECTS_MISSING"


def link_is_open(f: DisputeFacts) -> str | None:
    """There is a handover that awaits its answer."""
    return None if isinstance(f.ask, asks.AnswerLink) and f.ask.link in f.dispute.open_links else "LINK_NOT_OPEN"


# 选行: questions that choose between rows of one action


def refuses(f: DisputeFacts) -> bool:
    """One clear refusal: no mediation (人民调解法 §17)."""
    return isinstance(f.ask, asks.RecordWill) and f.ask.willing is False


def completes_will(f: DisputeFacts) -> bool:
    """With this yes all parties are willing."""
    ask = f.ask
    if not isinstance(ask, asks.RecordWill) or not ask.willing:
        return False
    return all(party.willing or party.no == ask.party for party in f.dispute.parties)


def others_to_ask(f: DisputeFacts) -> bool:
    """Neither: somebody has not been asked."""
    return not refuses(f) and not completes_will(f)


def all_willing(f: DisputeFacts) -> bool:
    """Every party said yes."""
    return bool(f.dispute.parties) and all(party.willing for party in f.dispute.parties)


def agreement_in_force(f: DisputeFacts) -> bool:
    """The agreement binds."""
    return f.dispute.in_force


def agreement_unsigned(f: DisputeFacts) -> bool:
    """An agreement awaits signatures."""
    return f.dispute.form is not None and not f.dispute.in_force


def willing_without_agreement(f: DisputeFacts) -> bool:
    """All are willing, nothing is agreed."""
    return f.dispute.form is None and not f.dispute.in_force and all_willing(f)


def will_not_known(f: DisputeFacts) -> bool:
    """Somebody has not said yes, nothing is agreed."""
    return f.dispute.form is None and not f.dispute.in_force and not all_willing(f)


def last_signature(f: DisputeFacts) -> bool:
    """With this one all have signed."""
    ask = f.ask
    return isinstance(ask, asks.SignAgreement) and all(p.signed or p.no == ask.party for p in f.dispute.parties)


def more_signatures(f: DisputeFacts) -> bool:
    """Somebody has not signed."""
    return not last_signature(f)


def time_runs(f: DisputeFacts) -> bool:
    """The time for mediation runs already: another mediator, or another centre, has what is left of it."""
    return DisputeClock.MEDIATE in f.dispute.running


def time_starts(f: DisputeFacts) -> bool:
    """Mediation begins."""
    return not time_runs(f)


def grades_red(f: DisputeFacts) -> bool:
    """红: may turn criminal."""
    return isinstance(f.ask, asks.Grade) and f.ask.risk is Risk.RED


def grades_other(f: DisputeFacts) -> bool:
    """Any other grade."""
    return not grades_red(f)


ABOUT_THE_DISPUTE: frozenset[Guard] = frozenset(
    (
        *(at_this_level, at_next_level, has_level_above, is_the_mediator, may_take, has_mediator),
        *(not_over, is_over, was_mediated, within_window, awaits_court, court_reviews),
    )
)
"""Guards that look at the dispute and the actor alone: they decide which buttons are drawn."""

FIELDS: dict[str, str] = {
    "NOTE_MISSING": "note",
    "KIND_UNKNOWN": "kind",
    "CLAIM_MISSING": "claim",
    "PARTIES_MISSING": "parties",
    "REASON_UNKNOWN": "reason",
    "PARTY_UNKNOWN": "party",
    "WILL_MISSING": "willing",
    "SESSION_TIME_MISSING": "held_at",
    "SESSION_IN_FUTURE": "held_at",
    "SESSION_TOO_EARLY": "held_at",
    "EXTENSION_END_WRONG": "until",
    "EXTENSION_NOT_AGREED": "agreed",
    "TERMS_MISSING": "terms",
    "AGREEMENT_INCOMPLETE": "facts",
    "PERFORM_DAY_WRONG": "perform_by",
    "WAY_UNKNOWN": "way",
    "UNDISPUTED_MISSING": "undisputed",
    "NOT_CONFIRMABLE": "subject",
    "NOT_JOINT": "joint",
    "COURT_NUMBER_MISSING": "court_no",
    "FOLLOW_UP_MISSING": "settled",
    "GRADE_UNCHANGED": "risk",
    "STATION_MISSING": "station",
    "MEDIATOR_UNKNOWN": "mediator",
    "LINK_UNKNOWN": "link",
    "OBJECTS_MISSING": "objects",
}
"""Refusals that are about one field of what was typed, and which."""

ANYBODY_IN_MEDIATION = (Role.MEDIATOR, Role.COMMUNITY, Role.STREET, Role.DISPATCHER)
"""Who works in a centre (综治中心, 人民调解委员会)."""
