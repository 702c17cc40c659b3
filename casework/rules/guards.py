"""The questions a row of the table may ask. Each answers None (yes) or a reason code, whose sentence is in the texts.

A guard looks at facts and touches nothing. `when` questions choose between two rows of one action; `needs` refuse.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from casework.rules import asks, evidence
from casework.rules.calendars import day_of
from casework.rules.facts import Facts
from casework.rules.levels import NEXT
from casework.rules.said_why import says_why
from casework.rules.words import Adoption, Backdated, CallOutcome, Kind, Level, MotionKind, Permission, Role, Urgency

SKEW = timedelta(minutes=1)
"""How far the clocks of people's devices may be ahead."""
BACKDATED_FROM = timedelta(hours=24)
"""From how far back on a contact is entered by two persons."""
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


def settles_below(f: Facts) -> str | None:
    """自办结 belongs to the community and the street (domain.md §3.9 G21, G31)."""
    return None if f.case.level in (Level.COMMUNITY, Level.STREET) else "NOT_COMMUNITY_LEVEL"


def is_graded(f: Facts) -> str | None:
    """分级响应: the level's time is limited, and there is a level above."""
    return None if f.case.level_due is not None and f.case.level in NEXT else "NOT_GRADED"


def may_raise(f: Facts) -> str | None:
    """提级: by whoever has the matter, or by itself when its level is late."""
    if Role.SYSTEM not in f.actor.roles:
        return is_assigned_unit(f)
    due = f.case.level_due
    return None if due is not None and f.now > due else "LEVEL_NOT_OVER"


def has_unit_above(f: Facts) -> str | None:
    """There is a unit to raise it to, and it is not reported."""
    return "NO_UNIT_ABOVE" if f.target_unit is None else _not_reported(f)


def has_evidence(f: Facts) -> str | None:
    """自办结 is told with what was done (words.md §2)."""
    return None if isinstance(f.ask, asks.Settle) and len(f.ask.evidence) >= 4 else "EVIDENCE_MISSING"


def changes_something(f: Facts) -> str | None:
    """A classification names at least one thing."""
    ask = f.ask
    if not isinstance(ask, asks.Facets):
        return "NOTHING_TO_CHANGE"
    named = ask.kind or ask.category or ask.urgency or ask.area_code or ask.urban_code or ask.minor is not None
    return None if named else "NOTHING_TO_CHANGE"


def urban_code_fits(f: Facts) -> str | None:
    """数字城管: a code of the published structure, of a class of the catalogue and of the county the case lies in."""
    return f.urban_fault


def category_known(f: Facts) -> str | None:
    """The category is one of the catalogue, and not one that is given to no case any more."""
    if f.category_retired:
        return "CATEGORY_RETIRED"
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
    """The lead unit exists, is active, lies in the dispatcher's area, and is not the reported one nor near it."""
    return "UNIT_UNKNOWN" if f.target_unit is None else _not_reported(f)


def _not_reported(f: Facts) -> str | None:
    """举报: never to the reported unit, nor to those above or below it (domain.md §1.8 举报保密, §10.5)."""
    return "UNIT_REPORTED" if f.names_barred else None


def is_guarded(f: Facts) -> str | None:
    """举报保密审查 is of reports."""
    return None if f.case.guarded else "NOT_A_REPORT"


def screened(f: Facts) -> str | None:
    """举报: nobody outside the centre has it before it was screened, nor again after more was said."""
    return "REPORT_NOT_SCREENED" if f.case.guarded and not f.case.screened else None


def names_reported(f: Facts) -> str | None:
    """Who is reported: units that are there, or expressly none of them."""
    ask = f.ask
    if not isinstance(ask, asks.Screen) or bool(f.reported) == ask.no_unit:
        return "REPORTED_MISSING"
    return "UNIT_UNKNOWN" if None in f.reported else None


def tells_nobody(f: Facts) -> str | None:
    """Nothing that is left tells who reported, or a person has looked at it and says so."""
    return "REPORT_TELLS_WHO" if f.telltales and not (isinstance(f.ask, asks.Screen) and f.ask.confirmed) else None


def lead_not_reported(f: Facts) -> str | None:
    """驳回退单: the case does not stay with a unit that is reported."""
    return "UNIT_REPORTED" if f.case.lead_unit in f.case.barred else None


def may_contact(f: Facts) -> str | None:
    """先行联系 is the unit's; of a report, whose reporter no unit knows, the centre's as well, by whoever may know."""
    if f.actor.roles & _UNIT_PEOPLE:
        return is_assigned_unit(f)
    if not f.case.guarded:
        return "CONTACT_BY_UNIT"
    return None if Permission.REPORTER_IDENTITY in f.actor.permissions else "IDENTITY_NOT_PERMITTED"


def gives_note(f: Facts) -> str | None:
    """A reason in words, not a form's own text."""
    return None if says_why(f.ask.note) else "NOTE_MISSING"


def acted_in_time(f: Facts) -> str | None:
    """When it was really done, told later from offline, lies neither in the future nor before there was a case."""
    acted = f.ask.acted_at
    if acted is None:
        return None
    if acted > f.now + SKEW:
        return "TIME_IN_FUTURE"
    return "TIME_BEFORE_CASE" if _before_case(f, acted) else None


def _before_case(f: Facts, at: datetime) -> bool:
    """People tell a time to the minute: the minute in which the case was made is not before it."""
    return f.case.created_at is not None and at < f.case.created_at.replace(second=0, microsecond=0)


def gives_feedback(f: Facts) -> str | None:
    """What the citizen is told; in the interim reply that a statute makes us owe, until when as well."""
    ask = f.ask
    if not isinstance(ask, asks.Feedback) or not ask.text:
        return "FEEDBACK_MISSING"
    if ask.planned_for is None:
        return "FEEDBACK_DATE_MISSING" if f.interim_owed else None
    today, last = day_of(f.now), day_of(f.case.finish_due) if f.case.finish_due else None
    wrong = ask.planned_for < today or (last is not None and ask.planned_for > last)
    return "FEEDBACK_DATE_WRONG" if wrong else None


def tells_contact(f: Facts) -> str | None:
    """First contact with evidence: time and way (words.md §3), neither in the future nor before there was a case."""
    ask = f.ask
    if not isinstance(ask, asks.Contact) or ask.contacted_at is None or ask.way is None:
        return "CONTACT_EVIDENCE_MISSING"
    if ask.contacted_at > f.now + SKEW:
        return "CONTACT_IN_FUTURE"
    return "CONTACT_BEFORE_CASE" if _before_case(f, ask.contacted_at) else None


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
    return "UNSOLVED_REASON_MISSING" if ask.solved != "SOLVED" and not says_why(ask.unsolved_reason) else None


def adoption_told(f: Facts) -> str | None:
    """建议: reply to the citizen, whether it is adopted, and, where not wholly, why not (domain.md §1.6, 建议)."""
    ask = f.ask
    if not isinstance(ask, asks.FileResult) or len(ask.reply_text) < 4:
        return "REPLY_MISSING"
    if ask.adoption is None:
        return "ADOPTION_MISSING"
    whole = ask.adoption is Adoption.ADOPTED
    return None if whole or says_why(ask.unsolved_reason) else "ADOPTION_REASON_MISSING"


def is_praise(f: Facts) -> str | None:
    """转达 is for praise alone."""
    return None if f.case.kind is Kind.PRAISE else "NOT_PRAISE"


def not_praise(f: Facts) -> str | None:
    """表扬 is passed on and filed, not handled: it enters no rate (words.md §4)."""
    return "PRAISE_IS_FORWARDED" if f.case.kind is Kind.PRAISE else None


def not_backdated(f: Facts) -> str | None:
    """先行联系 that lies back a day is entered as 补录, by two persons."""
    ask = f.ask
    if not isinstance(ask, asks.Contact) or ask.contacted_at is None:
        return None
    return "ENTER_AS_BACKDATED" if ask.contacted_at < f.now - BACKDATED_FROM else None


def gives_backdated(f: Facts) -> str | None:
    """补录: what, when (neither in the future nor before the case), and why it comes late."""
    ask = f.ask
    if not isinstance(ask, asks.AskBackdated) or ask.step is None or ask.happened_at is None:
        return "BACKDATED_MISSING"
    if ask.happened_at > f.now + SKEW:
        return "BACKDATED_IN_FUTURE"
    if f.case.created_at and ask.happened_at < f.case.created_at:
        return "BACKDATED_BEFORE_CASE"
    return gives_note(f)


def backdated_pending(f: Facts) -> str | None:
    """An entry waits for its second person."""
    return None if f.case.pending(MotionKind.BACKDATED) else "NOTHING_PENDING"


def confirmed_by_another(f: Facts) -> str | None:
    """Who entered it does not confirm it, nor does anybody of the same unit."""
    asked = f.case.pending(MotionKind.BACKDATED)
    same = asked is None or asked.account == f.actor.account_id or asked.unit in f.actor.units
    return "BACKDATED_SECOND_PERSON" if same else None


def answers_solved(f: Facts) -> str | None:
    """The survey's first question has an answer."""
    return None if isinstance(f.ask, asks.AnswerSurvey) and f.ask.solved is not None else "SURVEY_ANSWER_MISSING"


def is_sampled(f: Facts) -> str | None:
    """抽样回访: who is not in the sample is called by nobody; they may answer of their own accord."""
    asked = f.case.silent_until is None or Role.CITIZEN in f.actor.roles
    return None if asked else "NOT_SAMPLED"


def silence_over(f: Facts) -> str | None:
    """未抽中办结: the case is not in the sample, and nobody answered in the time to answer by message."""
    until = f.case.silent_until
    if until is None:
        return "ASKED_LIKE_OTHERS"
    return None if f.now >= until else "MAY_STILL_ANSWER"


def tried_enough(f: Facts) -> str | None:
    """未联系上 only after the attempts that the catalogue asks for."""
    return None if f.case.attempts >= f.attempts_needed else "TRY_AGAIN_FIRST"


def gives_closure_reason(f: Facts) -> str | None:
    """A closure reason of the catalogue, explained."""
    if not isinstance(f.ask, asks.CloseReasoned | asks.ProposeClosure) or f.ask.reason not in f.closure_codes:
        return "CLOSURE_REASON_UNKNOWN"
    return gives_note(f)


def closure_agreed(f: Facts) -> str | None:
    """会审: a reason that judges the citizen's own request was proposed before, by somebody else (domain.md §1.5)."""
    if not isinstance(f.ask, asks.CloseReasoned) or f.ask.reason not in f.closures_of_two:
        return None
    proposed = f.case.pending(MotionKind.CLOSURE)
    if proposed is None or proposed.reason != f.ask.reason:
        return "CLOSURE_NOT_PROPOSED"
    return None if proposed.account != f.actor.account_id else "CLOSURE_SECOND_PERSON"


def closure_pending(f: Facts) -> str | None:
    """A reasoned closure was proposed."""
    return None if f.case.pending(MotionKind.CLOSURE) else "NOTHING_PENDING"


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


def had_lead(f: Facts) -> str | None:
    """重启: a unit had the case; what was settled on the spot is reported anew."""
    return None if f.case.lead_unit is not None else "NOBODY_HAD_IT"


def window_open(f: Facts) -> str | None:
    """重启: only within the reopening window."""
    return "WINDOW_PAST" if window_over(f) is None else None


def may_return(f: Facts) -> str | None:
    """退单: never a designated unit, once per unit, and in time: before signing, or soon after the dispatch; never
    where danger does not wait (words.md §3)."""
    lead = f.case.lead
    if lead is None or lead.designated:
        return "RETURN_DESIGNATED"
    if any(m.kind is MotionKind.RETURN and m.unit == lead.unit for m in f.case.motions):
        return "RETURN_ONCE"
    if f.case.urgency is Urgency.E0:
        return "RETURN_NEVER"
    in_time = not lead.signed or (f.bounds.return_until is not None and f.now <= f.bounds.return_until)
    return None if in_time else "RETURN_TOO_LATE"


def gives_return_reason(f: Facts) -> str | None:
    """A legal reason, the rule it rests on, and who should have the case instead (domain.md §1.5)."""
    ask = f.ask
    if not isinstance(ask, asks.AskReturn) or ask.reason not in f.turns.return_reasons:
        return "RETURN_REASON_UNKNOWN"
    if len(ask.basis) < 4 or not says_why(ask.basis):
        return "RETURN_BASIS_MISSING"
    if f.target_unit is None or f.target_unit == f.case.lead_unit:
        return "RETURN_UNIT_MISSING"
    return _not_reported(f)


def names_other_unit(f: Facts) -> str | None:
    """同意退单: the case goes to another unit than the one that returned it."""
    return names_unit(f) or ("RETURN_UNIT_MISSING" if f.target_unit == f.case.lead_unit else None)


def leads(f: Facts) -> str | None:
    """首接负责: only the lead calls others in; it stays accountable (domain.md §1.8)."""
    return is_assigned_unit(f) if f.actor.roles & _UNIT_PEOPLE else None


def names_helper(f: Facts) -> str | None:
    """The unit that is called in exists and has no task of this case yet."""
    if (fault := names_unit(f)) is not None:
        return fault
    return "ALREADY_WITH_IT" if f.target_unit in {f.case.lead_unit, *f.case.helpers} else None


def names_below(f: Facts) -> str | None:
    """下派 goes to a unit below one's own."""
    return None if f.target_unit in f.actor.units else "NOT_BELOW"


def ends_within(f: Facts) -> str | None:
    """An inner deadline lies ahead and ends before the outer one (words.md §3 INNER)."""
    ask = f.ask
    if not isinstance(ask, asks.AddCoUnit | asks.Delegate) or ask.until is None or ask.until <= f.now:
        return "INNER_DUE_MISSING"
    outer = f.case.finish_due
    return None if outer is None or ask.until < outer else "INNER_DUE_TOO_LATE"


def helps(f: Facts) -> str | None:
    """The actor's unit has an open task beside the lead's."""
    return None if f.case.helpers & f.actor.units else "NOT_HELPING"


def answers_lead(f: Facts) -> str | None:
    """协办反馈: an answer; late, it says why and how things stand (domain.md §1.5 [F:S7 art.14])."""
    ask = f.ask
    if not isinstance(ask, asks.AnswerLead) or len(ask.text) < 2:
        return "FEEDBACK_MISSING"
    late = f.bounds.inner_before is not None and f.now > f.bounds.inner_before
    return "LATE_REASON_MISSING" if late and not (says_why(ask.late_reason) and ask.interim) else None


def may_extend(f: Facts) -> str | None:
    """延期: asked and granted before the deadline, so often and one at a time (domain.md §1.6)."""
    rule = f.turns.extension(f.case.urgency)
    if rule is None or f.case.granted(MotionKind.EXTENSION) >= rule.times:
        return "EXTENSION_NO_MORE"
    if f.case.pending(MotionKind.EXTENSION):
        return "ALREADY_ASKED"
    return in_time(f)


def in_time(f: Facts) -> str | None:
    """The promise is not broken yet: nothing asked or granted later mends it."""
    return None if f.case.finish_due is not None and f.now <= f.case.finish_due else "EXTENSION_TOO_LATE"


def gives_new_deadline(f: Facts) -> str | None:
    """A later deadline within what the catalogue allows, and the upstream's; with the reason for the citizen."""
    ask = f.ask
    if not isinstance(ask, asks.AskExtension) or ask.until is None:
        return "EXTENSION_DATE_MISSING"
    due, most = f.case.finish_due, f.bounds.extension_most
    if due is None or ask.until <= due or most is None or ask.until > most:
        return "EXTENSION_DATE_WRONG"
    return gives_note(f)


def extension_pending(f: Facts) -> str | None:
    """An extension was asked for."""
    return None if f.case.pending(MotionKind.EXTENSION) else "NOTHING_PENDING"


def may_approve(f: Facts) -> str | None:
    """Who approves grows with the count: from the rule's number on, a leader (domain.md §1.6)."""
    rule = f.turns.extension(f.case.urgency)
    if rule is None or f.case.granted(MotionKind.EXTENSION) + 1 < rule.leader_from:
        return None
    return None if Role.LEADER in f.actor.roles else "LEADER_NEEDED"


def may_suspend(f: Facts) -> str | None:
    """挂起: not in danger, after the first contact, one at a time."""
    if f.case.urgency is Urgency.E0:
        return "SUSPENSION_NEVER"
    return "ALREADY_ASKED" if f.case.pending(MotionKind.SUSPENSION) else contact_made(f)


def gives_suspension(f: Facts) -> str | None:
    """A reason of the catalogue, an end ahead and within its maximum, and what is waited for."""
    ask = f.ask
    if not isinstance(ask, asks.AskSuspension) or ask.reason not in f.turns.suspension_reasons:
        return "SUSPENSION_REASON_UNKNOWN"
    most = f.bounds.suspension_most
    if ask.until is None or ask.until <= f.now or most is None or ask.until > most:
        return "SUSPENSION_END_WRONG"
    return gives_note(f)


def suspension_pending(f: Facts) -> str | None:
    """A suspension was asked for, and its end still lies ahead."""
    asked = f.case.pending(MotionKind.SUSPENSION)
    if asked is None:
        return "NOTHING_PENDING"
    return None if asked.until is None or asked.until > f.now else "SUSPENSION_PAST"


def may_resume(f: Facts) -> str | None:
    """恢复办理: by the unit, the centre, or by itself when its time is over; what is listed is taken off the ledger."""
    if f.case.on_ledger:
        return "ON_LEDGER"
    if Role.SYSTEM in f.actor.roles:
        held = [m for m in f.case.motions if m.kind is MotionKind.SUSPENSION and m.ruling]
        return None if held and held[-1].until is not None and held[-1].until <= f.now else "SUSPENSION_NOT_OVER"
    return leads(f)


def may_list(f: Facts) -> str | None:
    """挂账: what can wait, after the citizen was told why, before the promise is broken, one at a time."""
    if f.case.urgency in (Urgency.E0, Urgency.E1):
        return "LEDGER_NEVER"
    if f.case.pending(MotionKind.LEDGER):
        return "ALREADY_ASKED"
    return contact_made(f) or listed_in_time(f)


def listed_in_time(f: Facts) -> str | None:
    """The promise is not broken yet: nothing that is late leaves the rate by being listed."""
    return None if f.case.finish_due is not None and f.now <= f.case.finish_due else "LEDGER_TOO_LATE"


def gives_ledger(f: Facts) -> str | None:
    """A reason of the catalogue, measures, and a planned date within what the reason allows (domain.md §1.8)."""
    ask = f.ask
    if not isinstance(ask, asks.AskLedger) or ask.reason not in f.turns.ledger_reasons:
        return "LEDGER_REASON_UNKNOWN"
    if len(ask.measures) < 4:
        return "LEDGER_MEASURES_MISSING"
    most = f.bounds.ledger_most
    return None if ask.until and most and f.now < ask.until <= most else "LEDGER_DATE_WRONG"


def ledger_pending(f: Facts) -> str | None:
    """A listing was asked for."""
    return None if f.case.pending(MotionKind.LEDGER) else "NOTHING_PENDING"


def is_listed(f: Facts) -> str | None:
    """The case is on the ledger."""
    return None if f.case.on_ledger else "NOT_ON_LEDGER"


def reviews_ledger(f: Facts) -> str | None:
    """挂账复核: how far it is; a new date lies ahead."""
    if not isinstance(f.ask, asks.ReviewLedger) or len(f.ask.note) < 4:
        return "NOTE_MISSING"
    return None if f.ask.until is None or f.ask.until > f.now else "LEDGER_DATE_WRONG"


def is_supervised(f: Facts) -> str | None:
    """A supervision awaits its answer."""
    return None if f.case.supervised else "NOT_SUPERVISED"


def answers_supervision(f: Facts) -> str | None:
    """督办回复: what was done and what will be."""
    return None if isinstance(f.ask, asks.AnswerSupervision) and len(f.ask.text) >= 4 else "SUPERVISION_ANSWER_MISSING"


def is_checker(f: Facts) -> str | None:
    """核查: by the one it was given to, or by that unit's people, if they are not the handler's."""
    check = f.case.check
    if check is None:
        return "NO_CHECK"
    if check.account is not None and check.account == f.actor.account_id:
        return None
    units = f.actor.units if f.actor.roles & _UNIT_PEOPLE else frozenset()
    return None if check.unit in units and f.case.lead_unit not in units else "NOT_YOUR_CHECK"


def did_not_handle(f: Facts) -> str | None:
    """Nobody checks what was done by that very person."""
    return "CHECK_OWN_WORK" if f.actor.account_id in f.case.handlers else None


def check_answered(f: Facts) -> str | None:
    """A result is not accepted while its on-site check may still be answered in time."""
    check = f.case.check
    return "CHECK_PENDING" if check is not None and f.now <= check.due else None


def explains_unchecked(f: Facts) -> str | None:
    """What is accepted though nobody has looked, is accepted with a reason."""
    return "UNCHECKED_REASON_MISSING" if f.case.check is not None and not f.ask.note else None


def leaves_nobody_behind(f: Facts) -> str | None:
    """A case that others follow is not taken back or voided before they stand alone: every caller is answered."""
    if not f.case.followers:
        return None
    return "WITHDRAW_BY_PHONE" if Role.CITIZEN in f.actor.roles else "HAS_FOLLOWERS"


def is_taken_on(f: Facts) -> str | None:
    """拆分: the centre has taken it on; what the grid still handles by itself is split by a report of its own."""
    return None if f.case.taken_on else "NOT_TAKEN_ON"


def no_report(f: Facts) -> str | None:
    """拆分: a report is a request of its own, sealed apart: it neither is split nor comes out of another matter."""
    return "REPORT_APART" if f.case.guarded or f.names_report else None


def names_matter(f: Facts) -> str | None:
    """拆分: what the other matter is, in words and by its category."""
    ask = f.ask
    if not isinstance(ask, asks.Split) or len(ask.matter) < 4:
        return "SPLIT_MATTER_MISSING"
    return None if ask.category else "SPLIT_CATEGORY_MISSING"


def names_main(f: Facts) -> str | None:
    """合并: the main case is another open one of the same area, and this one is nobody's main case itself."""
    return f.main_fault


_UNIT_PEOPLE = frozenset({Role.UNIT, Role.UNIT_LEAD, Role.STREET, Role.COMMUNITY})

ABOUT_THE_CASE: frozenset[Guard] = frozenset(
    {
        *(
            is_assigned_unit,
            at_community,
            settles_below,
            is_graded,
            may_raise,
            contact_made,
            tried_enough,
            second_person,
            window_over,
            window_open,
            had_lead,
        ),
        *(
            backdated_pending,
            confirmed_by_another,
            is_praise,
            not_praise,
            is_guarded,
            screened,
            lead_not_reported,
            may_contact,
        ),
        *(may_return, leads, helps, may_extend, in_time, extension_pending, may_approve, may_suspend),
        *(suspension_pending, may_resume, is_supervised, closure_pending, leaves_nobody_behind),
        *(is_taken_on, may_list, listed_in_time, ledger_pending, is_listed),
        *(is_checker, did_not_handle, check_answered),
    }
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


def lead_is_reported(f: Facts) -> bool:
    """The unit that has the case is one of those that the screening names, or above or below one."""
    return f.case.lead_unit in f.would_bar


def lead_is_clear(f: Facts) -> bool:
    """Whoever has the case may keep it."""
    return not lead_is_reported(f)


def is_contact_backdated(f: Facts) -> bool:
    """What is confirmed is the first contact."""
    asked = f.case.pending(MotionKind.BACKDATED)
    return asked is not None and asked.reason == Backdated.CONTACT


def is_other_backdated(f: Facts) -> bool:
    """What is confirmed stops no clock."""
    return not is_contact_backdated(f)


def is_suggestion(f: Facts) -> bool:
    """建议: what is asked of its result is whether it is adopted."""
    return f.case.kind is Kind.SUGGESTION


def is_no_suggestion(f: Facts) -> bool:
    """What is asked of the result is whether it was true and is solved."""
    return not is_suggestion(f)


def in_rework(f: Facts) -> bool:
    """The result that is judged is a rework's."""
    return f.case.in_rework


def in_first_handling(f: Facts) -> bool:
    """The result that is judged is the first handling's."""
    return not f.case.in_rework


def is_signed(f: Facts) -> bool:
    """The return was asked after signing."""
    return f.case.lead is not None and f.case.lead.signed


def is_not_signed(f: Facts) -> bool:
    """The return was asked before signing."""
    return not is_signed(f)


def is_complex(f: Facts) -> bool:
    """复杂疑难: feedback is owed again every few working days (words.md §3)."""
    return f.case.urgency is Urgency.C


def is_not_complex(f: Facts) -> bool:
    """One feedback is enough."""
    return not is_complex(f)
