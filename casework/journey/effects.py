"""What a move writes beyond status, clocks, event and notices: one small function per action that has such."""

from collections.abc import Awaitable, Callable
from typing import cast

from casework.catalog.areas import significant
from casework.db.models import Survey
from casework.journey import checking, rectifying, sampling, verifying
from casework.journey.identity import guard
from casework.journey.knowledge import used
from casework.journey.minors import mind
from casework.journey.suggest import suggest
from casework.journey.writing import Writing, close_check, close_lead, close_verify, dismiss_helpers, end, open_new_lead
from casework.rules import asks
from casework.rules.knowledge import item_no
from casework.rules.signs import RANK
from casework.rules.transitions import Transition
from casework.rules.urban_codes import UrbanCode
from casework.rules.words import Action, ClockName, Followed, Kind, Level, Urgency


async def take_on(w: Writing, row: Transition) -> None:
    """The centre takes a grid call on: from here it counts as the citizens' cases do (words.md §4)."""
    w.case.accepted_at = w.now
    w.case.level = Level.COUNTY.value
    await suggest_again(w)


async def classify(w: Writing, row: Transition) -> None:
    """New facts, a new suggestion of who should have it; the old values stay in the event."""
    note_facets(w)
    take_facets(w, cast(asks.Classify, w.ask))
    await mind(w, cast(asks.Classify, w.ask))
    await suggest_again(w)


def note_facets(w: Writing) -> None:
    """What the case was taken for so far, for the event."""
    case = w.case
    w.noted["before"] = {
        "kind": case.kind,
        "category": case.category,
        "urban_code": case.urban_code,
        "urgency": case.urgency,
        "area_code": case.area_code,
        "finish_due": case.finish_due.isoformat() if case.finish_due else None,
    }


def take_facets(w: Writing, ask: asks.Facets) -> None:
    """What the case is taken for from now on."""
    case = w.case
    case.kind = ask.kind.value if ask.kind else case.kind
    case.category = ask.category or case.category
    if ask.urban_code:
        take_urban_code(w, ask.urban_code)
    case.urgency = ask.urgency.value if ask.urgency else _default_urgency(w, ask)
    case.area_code = significant(ask.area_code) if ask.area_code else case.area_code
    guard(w)


def take_urban_code(w: Writing, text: str) -> None:
    """数字城管: the code says whether it is a part or an event, and what it is about where nobody has said."""
    code = UrbanCode.parse(text)
    found = w.city.catalog.urban.class_of(code, Kind(w.case.kind) if w.case.kind else None)
    w.case.urban_code, w.case.kind = str(code), found.type.kind.value
    w.case.category = w.case.category or found.category
    w.noted["urban_code"] = str(code)


def _default_urgency(w: Writing, ask: asks.Facets) -> str:
    """A newly named category brings its own urgency along, upwards only."""
    category = w.city.catalog.categories.get(ask.category or "")
    now = Urgency(w.case.urgency)
    return max(now, category.urgency, key=lambda u: RANK[u]).value if category else now.value


async def suggest_again(w: Writing) -> None:
    """派单建议 anew: the rule that fits the case as it is taken for now, its unit and its limit."""
    found = suggest(
        w.city.catalog,
        await w.city.units(),
        await w.city.rule_book(),
        category=w.case.category,
        area=w.case.area_code,
        kind=Kind(w.case.kind) if w.case.kind else None,
        urgency=Urgency(w.case.urgency),
        text=w.request.working_text,
        at=w.now,
    )
    w.case.suggested_unit, w.case.routing = found.unit, found.trace


async def answered(w: Writing, row: Transition) -> None:
    """直接办结: the answer, written or else the knowledge item's own, is the reply that the citizen may read again."""
    if w.item is not None:
        w.words["knowledge_item"], w.noted["knowledge_version"] = item_no(w.item.item_id), w.item.version
        w.words.setdefault("answer", w.item.answer)
        w.pen.add(used(w.item, w.case.id, w.now))
    w.case.reply_text = w.words.get("answer")
    w.case.reason_code = w.words.get("knowledge_item")
    w.case.completed_at = w.case.first_completed_at = w.now
    end(w, row)


async def guided(w: Writing, row: Transition) -> None:
    """引导其他渠道: the reason code is kept, the text told is the reply."""
    w.case.reason_code = cast(asks.Guide, w.ask).reason
    w.case.repeated = bool(cast(asks.Guide, w.ask).repeat_of)
    w.case.reply_text = w.words.get("told")
    end(w, row)


async def transferred(w: Writing, row: Transition) -> None:
    """已转紧急: the line, if it was named."""
    w.case.reason_code = w.words.get("line")
    end(w, row)


async def dispatched(w: Writing, row: Transition) -> None:
    """派单: the lead's assignment opens; what the catalogue had suggested is kept, to be compared."""
    assert w.target_unit is not None
    w.noted["suggested"] = {"rule": (w.case.routing or {}).get("rule"), "unit": w.case.suggested_unit}
    close_verify(w, "NOT_MADE")
    w.case.first_unit_id = w.case.first_unit_id or w.target_unit
    open_new_lead(w, w.target_unit)


async def forwarded(w: Writing, row: Transition) -> None:
    """转达表扬: whoever is praised has it to read, and has nothing to do."""
    assert w.target_unit is not None
    open_new_lead(w, w.target_unit, signed=True)
    w.case.completed_at = w.case.first_completed_at = w.now
    close_lead(w, "PRAISED")
    end(w, row)


async def signed(w: Writing, row: Transition) -> None:
    """签收."""
    assert w.lead is not None
    w.lead.signed_at, w.lead.signed_by = w.now, w.actor.account_id
    w.case.signed_in_time = w.in_time.get(ClockName.SIGN, True) and w.case.signed_in_time is not False


async def contacted(w: Writing, row: Transition) -> None:
    """先行联系: only a contact that reached the person counts; a rework's does not change the first one's standing."""
    if ClockName.CONTACT not in row.stops:
        return
    w.case.contact_made = True
    if not w.case.in_rework and ClockName.CONTACT in w.in_time:
        w.case.contacted_in_time = w.in_time[ClockName.CONTACT]


async def filed(w: Writing, row: Transition) -> None:
    """提交结果: its time counts if it is accepted later; helpers are not needed any more, somebody may look."""
    dismiss_helpers(w)
    w.case.filed_at, w.case.filed_by = w.now, w.actor.account_id
    w.case.reply_text = w.words.get("reply_text")
    w.case.adoption = w.words.get("adoption") if w.case.kind == Kind.SUGGESTION else None
    checking.open_task(w)


async def accepted(w: Writing, row: Transition) -> None:
    """审核通过: the filing time is the completion; the unit has done its part."""
    w.case.completed_at = w.case.filed_at
    w.case.first_completed_at = w.case.first_completed_at or w.case.filed_at
    w.case.filed_at = None
    w.case.supervised = False
    sampling.ask_or_spare(w)
    close_check(w, "NOT_MADE")
    close_lead(w, "DONE")


async def sent_back(w: Writing, row: Transition) -> None:
    """退回补正: as if never filed."""
    w.case.filed_at = None
    close_check(w, "NOT_NEEDED")


async def surveyed(w: Writing, row: Transition) -> None:
    """回访答复: every answer is kept, the latest counts."""
    ask = cast(asks.AnswerSurvey, w.ask)
    role = next(role for role in row.by if role in w.actor.roles)
    w.pen.add(
        Survey(
            case_id=w.case.id,
            cycle=w.case.rework_count + 1,
            role=role.value,
            account_id=w.actor.account_id,
            solved=bool(ask.solved),
            satisfaction=ask.satisfaction.value if ask.satisfaction else None,
            comment=w.words.get("comment"),
            at=w.now,
        )
    )
    w.case.followed, w.case.solved = Followed.ANSWERED.value, bool(ask.solved)
    if ask.satisfaction:
        w.case.satisfaction = ask.satisfaction.value
    w.case.call_from = None
    rectifying.graded(w, ask.satisfaction)
    end(w, row)


async def attempted(w: Writing, row: Transition) -> None:
    """回访未接通."""
    w.case.attempts += 1


async def closed(w: Writing, row: Transition) -> None:
    """办结 without the citizen's "solved": unreached, or with a reason."""
    if isinstance(w.ask, asks.CloseReasoned):
        w.case.reason_code = w.ask.reason
    else:
        spared = Followed.NOT_ASKED if w.case.contact_exempt else Followed.UNREACHED
        w.case.followed = w.case.followed or spared.value
    end(w, row)


async def left_out(w: Writing, row: Transition) -> None:
    """未抽中办结: nobody was asked, and nobody answered."""
    w.case.followed = w.case.followed or Followed.SAMPLED_OUT.value
    end(w, row)


async def reworked(w: Writing, row: Transition) -> None:
    """重办: the completion is revoked (domain.md §6), the same unit has it again."""
    assert w.case.lead_unit_id is not None
    w.case.completed_at = None
    w.case.in_rework = True
    w.case.rework_count += 1
    w.case.contact_made = False
    w.case.attempts = 0
    open_new_lead(w, w.case.lead_unit_id, signed=True)


async def settled(w: Writing, row: Transition) -> None:
    """社区办结."""
    w.case.completed_at = w.case.first_completed_at = w.now
    w.case.reply_text = w.words.get("evidence")
    close_lead(w, "SETTLED")
    end(w, row)


async def called(w: Writing, row: Transition) -> None:
    """社区呼叫: the community cannot settle it; the centre is asked, and promises anew when it takes it on."""
    close_lead(w, "CALLED")
    w.case.supervised = False
    w.case.lead_unit_id = None
    w.case.contact_made = False
    w.case.signed_in_time = w.case.contacted_in_time = None
    w.case.finish_due = w.case.finish_due_original = None


async def void_proposed(w: Writing, row: Transition) -> None:
    """申请作废: who asked is kept; somebody else decides."""
    w.case.void_proposed_by = w.actor.account_id


async def ended(w: Writing, row: Transition) -> None:
    """撤诉, 作废: an open assignment ends with the case."""
    rectifying.drop(w)
    close_lead(w, row.target.value)
    end(w, row)


EFFECTS: dict[Action, Callable[[Writing, Transition], Awaitable[None]]] = {
    Action.TAKE_ON: take_on,
    Action.CLASSIFY: classify,
    Action.ANSWER: answered,
    Action.GUIDE: guided,
    Action.TRANSFER: transferred,
    Action.DISPATCH: dispatched,
    Action.FORWARD: forwarded,
    Action.SIGN: signed,
    Action.CONTACT: contacted,
    Action.FILE_RESULT: filed,
    Action.ACCEPT_RESULT: accepted,
    Action.SEND_BACK_RESULT: sent_back,
    Action.PASS_CHECK: checking.passed,
    Action.FAIL_CHECK: checking.failed,
    Action.ASK_VERIFY: verifying.asked,
    Action.ANSWER_VERIFY: verifying.answered,
    Action.ANSWER_SURVEY: surveyed,
    Action.RECORD_ATTEMPT: attempted,
    Action.CLOSE_UNREACHED: closed,
    Action.CLOSE_SAMPLED_OUT: left_out,
    Action.CLOSE_REASONED: closed,
    Action.REWORK: reworked,
    Action.SETTLE: settled,
    Action.CALL: called,
    Action.WITHDRAW: ended,
    Action.VOID: ended,
    Action.PROPOSE_VOID: void_proposed,
} | rectifying.RECTIFYING
