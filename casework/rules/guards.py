"""The questions a row of the table may ask. Each answers None (yes) or a reason code, whose sentence is in the texts.

A guard looks at facts and touches nothing. `when` questions choose between two rows of one action; `needs` refuse.
"""

from collections.abc import Callable
from datetime import timedelta

from casework.rules import asks, evidence
from casework.rules.facts import Facts
from casework.rules.words import CallOutcome, Level, Urgency

REPEATED = "NA04"
"""同一事项无新情况: told the progress, no new dispatch (domain.md §1.8 重复件)."""

Guard = Callable[[Facts], str | None]
Question = Callable[[Facts], bool]


def is_assigned_unit(f: Facts) -> str | None:
    """The case is with the actor's unit or one below it."""
    return None if f.case.lead_unit is not None and f.case.lead_unit in f.actor.units else "NOT_YOUR_CASE"


def at_community(f: Facts) -> str | None:
    """Community level: only there may a unit settle or call the centre by itself (domain.md §3.9)."""
    return None if f.case.level is Level.COMMUNITY else "NOT_COMMUNITY_LEVEL"


def has_evidence(f: Facts) -> str | None:
    """自办结 is told with what was done (words.md §2)."""
    return None if isinstance(f.ask, asks.Settle) and len(f.ask.evidence) >= 4 else "EVIDENCE_MISSING"


def changes_something(f: Facts) -> str | None:
    """A classification names at least one thing."""
    ask = f.ask
    named = isinstance(ask, asks.Classify) and (ask.kind or ask.category or ask.urgency or ask.area_code)
    return None if named else "NOTHING_TO_CHANGE"


def category_known(f: Facts) -> str | None:
    """The category is one of the catalogue."""
    return None if f.category_known else "CATEGORY_UNKNOWN"


def area_allowed(f: Facts) -> str | None:
    """The area exists and lies in the actor's own: nobody puts a case where they could not see it."""
    return None if f.area_allowed else "AREA_UNKNOWN"


def gives_answer(f: Facts) -> str | None:
    """ANSWERED names a knowledge item that may be used, or a written answer (words.md §2)."""
    if not isinstance(f.ask, asks.Answer):
        return "ANSWER_MISSING"
    if f.ask.knowledge_item:
        return f.item_fault
    return None if len(f.ask.answer) >= 2 else "ANSWER_MISSING"


def gives_guidance(f: Facts) -> str | None:
    """A reason code NA01 to NA10 and the text told to the citizen (domain.md §1.8)."""
    if not isinstance(f.ask, asks.Guide) or f.ask.reason not in f.guidance_codes:
        return "GUIDANCE_REASON_UNKNOWN"
    if f.ask.reason == REPEATED and not f.repeat_known:
        return "REPEAT_UNKNOWN"
    return None if f.ask.told else "GUIDANCE_TEXT_MISSING"


def names_unit(f: Facts) -> str | None:
    """The lead unit exists, is active and lies in the dispatcher's area."""
    return None if f.target_unit is not None else "UNIT_UNKNOWN"


def gives_note(f: Facts) -> str | None:
    """A reason in words."""
    return None if f.ask.note else "NOTE_MISSING"


def gives_feedback(f: Facts) -> str | None:
    """What the citizen is told."""
    return None if isinstance(f.ask, asks.Feedback) and f.ask.text else "FEEDBACK_MISSING"


def tells_contact(f: Facts) -> str | None:
    """First contact with evidence: time and way (words.md §3), and not in the future."""
    ask = f.ask
    if not isinstance(ask, asks.Contact) or ask.contacted_at is None or ask.way is None:
        return "CONTACT_EVIDENCE_MISSING"
    return None if ask.contacted_at <= f.now + timedelta(minutes=1) else "CONTACT_IN_FUTURE"


def tells_outcome(f: Facts) -> str | None:
    """How the call ended, where the catalogue asks for it; what is said of it does not contradict `reached`."""
    ask = f.ask
    if not isinstance(ask, asks.Contact) or ask.way != "PHONE":
        return None
    if ask.outcome is None:
        return "CALL_OUTCOME_MISSING" if f.demand.call_outcome else None
    return None if ask.reached == (ask.outcome is CallOutcome.REACHED) else "CALL_OUTCOME_CONTRADICTS"


def shows_evidence(f: Facts) -> str | None:
    """Every attachment named may be used, and together they show what the catalogue asks for."""
    if isinstance(f.ask, asks.WithAttachments) and len(f.shown) != len(set(f.ask.attachments)):
        return "ATTACHMENT_UNUSABLE"
    return evidence.missing(f.demand, f.shown, f.spot)


def contact_made(f: Facts) -> str | None:
    """A result needs the first contact, except where the request itself said anonymous or no reply (words.md §3)."""
    return None if f.case.contact_made or f.case.contact_exempt else "CONTACT_NOT_MADE"


def result_complete(f: Facts) -> str | None:
    """Reply to the citizen, whether it was true, whether it is solved, and why not (domain.md §1.5)."""
    ask = f.ask
    if not isinstance(ask, asks.FileResult) or len(ask.reply_text) < 4:
        return "REPLY_MISSING"
    if ask.factual is None or ask.solved is None:
        return "RESULT_INCOMPLETE"
    return "UNSOLVED_REASON_MISSING" if ask.solved != "SOLVED" and not ask.unsolved_reason else None


def answers_solved(f: Facts) -> str | None:
    """The survey's first question has an answer."""
    return None if isinstance(f.ask, asks.AnswerSurvey) and f.ask.solved is not None else "SURVEY_ANSWER_MISSING"


def tried_enough(f: Facts) -> str | None:
    """未联系上 only after the attempts that the catalogue asks for."""
    return None if f.case.attempts >= f.attempts_needed else "TRY_AGAIN_FIRST"


def gives_closure_reason(f: Facts) -> str | None:
    """A closure reason of the catalogue, explained."""
    if not isinstance(f.ask, asks.CloseReasoned) or f.ask.reason not in f.closure_codes:
        return "CLOSURE_REASON_UNKNOWN"
    return gives_note(f)


def identity_checked(f: Facts) -> str | None:
    """撤诉: the identity was checked (domain.md §1.5)."""
    return None if isinstance(f.ask, asks.Withdraw) and f.ask.identity_checked else "IDENTITY_NOT_CHECKED"


def second_person(f: Facts) -> str | None:
    """VOID: proposed before, by somebody else (words.md §2)."""
    if f.case.void_proposed_by is None:
        return "VOID_NOT_PROPOSED"
    return None if f.actor.account_id != f.case.void_proposed_by else "SECOND_PERSON_NEEDED"


def window_over(f: Facts) -> str | None:
    """The reopening window is over."""
    ended = f.case.ended_at
    return None if ended is not None and f.now >= ended + timedelta(days=f.window_days) else "WINDOW_OPEN"


ABOUT_THE_CASE: frozenset[Guard] = frozenset(
    {is_assigned_unit, at_community, contact_made, tried_enough, second_person, window_over}
)
"""Guards that look at the case and the actor only: with them the server says which buttons there are."""


def is_reached(f: Facts) -> bool:
    """The person was reached."""
    return isinstance(f.ask, asks.Contact) and f.ask.reached


def is_not_reached(f: Facts) -> bool:
    """The person was not reached: kept as an attempt, the clock runs on."""
    return not is_reached(f)


def is_solved(f: Facts) -> bool:
    """The citizen says solved."""
    return isinstance(f.ask, asks.AnswerSurvey) and f.ask.solved is True


def is_unsolved(f: Facts) -> bool:
    """The citizen says unsolved."""
    return not is_solved(f)


def in_rework(f: Facts) -> bool:
    """The result that is judged is a rework's."""
    return f.case.in_rework


def in_first_handling(f: Facts) -> bool:
    """The result that is judged is the first handling's."""
    return not f.case.in_rework


def is_complex(f: Facts) -> bool:
    """复杂疑难: feedback is owed again every few working days (words.md §3)."""
    return f.case.urgency is Urgency.C


def is_not_complex(f: Facts) -> bool:
    """One feedback is enough."""
    return not is_complex(f)
