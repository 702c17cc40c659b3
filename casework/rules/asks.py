"""What a person says when asking for a move (请求): one model per action, shared by the rules and the API's bodies."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from casework.rules.words import (
    Action,
    Adoption,
    Backdated,
    CallOutcome,
    Kind,
    Policy,
    Rung,
    Satisfaction,
    Trigger,
    Urgency,
)


def _without_nul(given: Any) -> Any:
    """NUL characters, which no database keeps, are left out."""
    return given.replace("\x00", "") if isinstance(given, str) else given


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000), BeforeValidator(_without_nul)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), BeforeValidator(_without_nul)]
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))]
"""When somebody did something: of this century, so that it is a time in every zone."""
AttachmentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Attachments = Annotated[tuple[AttachmentId, ...], Field(max_length=9)]


class Ask(BaseModel):
    """Common to all asks.

    `version`: the case's version that the person saw; another one now is refused with CASE_CHANGED.
    `acted_at`: when it was really done, if told later from offline; the server's receipt stays the official time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: Action
    note: Text = ""
    version: int | None = None
    acted_at: Moment | None = None


class WithAttachments(Ask):
    """附件 that go with the ask: ids of finished uploads, at most nine (words.md §6)."""

    attachments: Attachments = ()


class NamesUnit(Ask):
    """An ask that names a unit by its code."""

    unit: Line = ""


class Accept(WithAttachments):
    """受理."""

    action: Literal[Action.ACCEPT] = Action.ACCEPT


class Call(WithAttachments):
    """网格呼叫: `note` says what is needed."""

    action: Literal[Action.CALL] = Action.CALL


class Settle(WithAttachments):
    """自办结: `evidence` says what was done on the spot."""

    action: Literal[Action.SETTLE] = Action.SETTLE
    evidence: Text = ""


class AskCommunity(WithAttachments):
    """上报社区."""

    action: Literal[Action.ASK_COMMUNITY] = Action.ASK_COMMUNITY


class TakeOn(Ask):
    """中心响应."""

    action: Literal[Action.TAKE_ON] = Action.TAKE_ON


class Facets(Ask):
    """What a case is about: what is left out stays as it is. `urban_code`: 数字城管, of a part or an event; `minor`: it
    concerns a minor 涉未成年人, or it does not."""

    kind: Kind | None = None
    category: Line | None = None
    urgency: Urgency | None = None
    area_code: Line | None = None
    urban_code: Line | None = None
    minor: bool | None = None


class Classify(Facets):
    """分类."""

    action: Literal[Action.CLASSIFY] = Action.CLASSIFY


class Reclassify(Facets):
    """变更分类 of a case that is with a unit: `policy` says what becomes of the promise, `note` why."""

    action: Literal[Action.RECLASSIFY] = Action.RECLASSIFY
    policy: Policy = Policy.KEEP


class Split(Facets):
    """拆分: another matter of the same request becomes a case of its own. `matter` says which, the facets what it is
    about (the area and the kind, left out, as in this case), `note` why it is a matter apart."""

    action: Literal[Action.SPLIT] = Action.SPLIT
    matter: Text = ""


class Merge(Ask):
    """合并: this case follows `main`, which is about the same matter; a person has compared them."""

    action: Literal[Action.MERGE] = Action.MERGE
    main: Line = ""


class Unmerge(Ask):
    """撤销合并: `note` says why it is another matter after all."""

    action: Literal[Action.UNMERGE] = Action.UNMERGE


class Answer(Ask):
    """即时答复: from a knowledge item (`knowledge_item`) or in writing (`answer`)."""

    action: Literal[Action.ANSWER] = Action.ANSWER
    answer: Text = ""
    knowledge_item: Line | None = None


class Guide(Ask):
    """引导其他渠道: reason code NA01 to NA10 (domain.md §1.8) and the text told to the citizen.

    NA04, the same matter with nothing new, names the earlier case in `repeat_of`.
    """

    action: Literal[Action.GUIDE] = Action.GUIDE
    reason: Line = ""
    told: Text = ""
    repeat_of: Line | None = None


class Transfer(Ask):
    """转紧急: to 110, 119, 120, 122 or a utility's line; nothing is mandatory."""

    action: Literal[Action.TRANSFER] = Action.TRANSFER
    line: Line | None = None


class AskInfo(Ask):
    """要求补充: `note` says what is missing."""

    action: Literal[Action.ASK_INFO] = Action.ASK_INFO


class SupplyInfo(WithAttachments):
    """补充."""

    action: Literal[Action.SUPPLY_INFO] = Action.SUPPLY_INFO


class Dispatch(NamesUnit):
    """派单: `unit` is the lead unit's code."""

    action: Literal[Action.DISPATCH] = Action.DISPATCH


class Forward(NamesUnit):
    """转达表扬: `unit` is told whom the citizen praises, and the case is filed."""

    action: Literal[Action.FORWARD] = Action.FORWARD


class Sign(Ask):
    """签收."""

    action: Literal[Action.SIGN] = Action.SIGN


class Contact(WithAttachments):
    """先行联系 with its evidence: when, how, whether the person was reached, and how the call ended."""

    action: Literal[Action.CONTACT] = Action.CONTACT
    contacted_at: Moment | None = None
    way: Literal["PHONE", "VISIT", "MESSAGE"] | None = None
    reached: bool = True
    outcome: CallOutcome | None = None


class Feedback(Ask):
    """阶段反馈: `text` is what the citizen is told; `planned_for` until when it will be done, which an interim reply
    that a statute's longer limit makes us owe always names."""

    action: Literal[Action.FEEDBACK] = Action.FEEDBACK
    text: Text = ""
    planned_for: date | None = None


class FileResult(WithAttachments):
    """提交结果: the public reply beside the internal finding.

    A suggestion says in `adoption` what becomes of it instead of `factual` and `solved`; not adopted as a whole, why is
    said in `unsolved_reason`.
    """

    action: Literal[Action.FILE_RESULT] = Action.FILE_RESULT
    reply_text: Text = ""
    finding: Text = ""
    factual: bool | None = None
    solved: Literal["SOLVED", "PARTLY", "UNSOLVED"] | None = None
    unsolved_reason: Text = ""
    planned_for: date | None = None
    adoption: Adoption | None = None


class AcceptResult(Ask):
    """审核通过."""

    action: Literal[Action.ACCEPT_RESULT] = Action.ACCEPT_RESULT


class SendBackResult(Ask):
    """退回补正: `note` says what is missing."""

    action: Literal[Action.SEND_BACK_RESULT] = Action.SEND_BACK_RESULT


class AnswerSurvey(Ask):
    """回访答复: solved and satisfied are two answers."""

    action: Literal[Action.ANSWER_SURVEY] = Action.ANSWER_SURVEY
    solved: bool | None = None
    satisfaction: Satisfaction | None = None
    comment: Text = ""


class RecordAttempt(Ask):
    """回访未接通."""

    action: Literal[Action.RECORD_ATTEMPT] = Action.RECORD_ATTEMPT


class CloseUnreached(Ask):
    """未联系上办结."""

    action: Literal[Action.CLOSE_UNREACHED] = Action.CLOSE_UNREACHED


class CloseSampledOut(Ask):
    """未抽中办结: by itself, once the time to answer by message is over."""

    action: Literal[Action.CLOSE_SAMPLED_OUT] = Action.CLOSE_SAMPLED_OUT


class CloseReasoned(Ask):
    """说明理由办结: a reason code of the catalogue and its explanation."""

    action: Literal[Action.CLOSE_REASONED] = Action.CLOSE_REASONED
    reason: Line = ""


class Rework(Ask):
    """重办: `note` says why."""

    action: Literal[Action.REWORK] = Action.REWORK


class Withdraw(Ask):
    """撤诉: whoever takes it has checked that it is the citizen."""

    action: Literal[Action.WITHDRAW] = Action.WITHDRAW
    identity_checked: bool = False


class ProposeVoid(Ask):
    """申请作废: `note` says why; a second person decides."""

    action: Literal[Action.PROPOSE_VOID] = Action.PROPOSE_VOID


class Void(Ask):
    """作废, by a second person."""

    action: Literal[Action.VOID] = Action.VOID


class AskReturn(NamesUnit):
    """申请退单: a legal reason of the catalogue, `basis` the rule it rests on, `unit` who should have it instead."""

    action: Literal[Action.ASK_RETURN] = Action.ASK_RETURN
    reason: Line = ""
    basis: Text = ""


class GrantReturn(NamesUnit):
    """同意退单: `unit` has it now; left out, the one that the return suggested."""

    action: Literal[Action.GRANT_RETURN] = Action.GRANT_RETURN


class RejectReturn(Ask):
    """驳回退单: `note` says why."""

    action: Literal[Action.REJECT_RETURN] = Action.REJECT_RETURN


class Consult(Ask):
    """提交会商: `note` says what is in dispute."""

    action: Literal[Action.CONSULT] = Action.CONSULT


class Designate(NamesUnit):
    """指定承办: `unit` leads and may not return it; `note` is the conclusion of the consultation."""

    action: Literal[Action.DESIGNATE] = Action.DESIGNATE


class AddCoUnit(NamesUnit):
    """加派协办: `unit` helps the lead and answers by `until`; `note` says with what."""

    action: Literal[Action.ADD_CO_UNIT] = Action.ADD_CO_UNIT
    until: Moment | None = None


class Delegate(NamesUnit):
    """下派: `unit`, below the lead's own, does it and answers by `until`; the lead stays accountable."""

    action: Literal[Action.DELEGATE] = Action.DELEGATE
    until: Moment | None = None


class AnswerLead(Ask):
    """协办反馈: `text` is the answer; one that comes late says why in `late_reason` and how it stands in `interim`."""

    action: Literal[Action.ANSWER_LEAD] = Action.ANSWER_LEAD
    text: Text = ""
    late_reason: Text = ""
    interim: Text = ""


class AskExtension(Ask):
    """申请延期: the new deadline in `until`, and in `note` why, as the citizen will be told."""

    action: Literal[Action.ASK_EXTENSION] = Action.ASK_EXTENSION
    until: Moment | None = None


class GrantExtension(Ask):
    """批准延期."""

    action: Literal[Action.GRANT_EXTENSION] = Action.GRANT_EXTENSION


class RejectExtension(Ask):
    """不同意延期: `note` says why."""

    action: Literal[Action.REJECT_EXTENSION] = Action.REJECT_EXTENSION


class AskSuspension(Ask):
    """申请挂起: a reason of the catalogue, until when at the latest, and `note` what is waited for."""

    action: Literal[Action.ASK_SUSPENSION] = Action.ASK_SUSPENSION
    reason: Line = ""
    until: Moment | None = None


class GrantSuspension(Ask):
    """批准挂起."""

    action: Literal[Action.GRANT_SUSPENSION] = Action.GRANT_SUSPENSION


class RejectSuspension(Ask):
    """不同意挂起: `note` says why."""

    action: Literal[Action.REJECT_SUSPENSION] = Action.REJECT_SUSPENSION


class Resume(Ask):
    """恢复办理."""

    action: Literal[Action.RESUME] = Action.RESUME


class AskLedger(Ask):
    """申请挂账: a reason of the catalogue, what is done meanwhile (`measures`), and when it is planned to be solved."""

    action: Literal[Action.ASK_LEDGER] = Action.ASK_LEDGER
    reason: Line = ""
    measures: Text = ""
    until: Moment | None = None


class GrantLedger(Ask):
    """同意挂账."""

    action: Literal[Action.GRANT_LEDGER] = Action.GRANT_LEDGER


class RejectLedger(Ask):
    """不同意挂账: `note` says why."""

    action: Literal[Action.REJECT_LEDGER] = Action.REJECT_LEDGER


class ReviewLedger(Ask):
    """挂账复核: `note` says how far it is; `until`, if the plan has changed, the new date."""

    action: Literal[Action.REVIEW_LEDGER] = Action.REVIEW_LEDGER
    until: Moment | None = None


class TakeOffLedger(Ask):
    """销账: `note` says what makes it possible to solve now."""

    action: Literal[Action.TAKE_OFF_LEDGER] = Action.TAKE_OFF_LEDGER


class AskBackdated(Ask):
    """申请补录: which `step` was done, when it `happened_at`, and in `note` what was done and why it comes late."""

    action: Literal[Action.ASK_BACKDATED] = Action.ASK_BACKDATED
    step: Backdated | None = None
    happened_at: Moment | None = None


class ConfirmBackdated(Ask):
    """确认补录, by a second person."""

    action: Literal[Action.CONFIRM_BACKDATED] = Action.CONFIRM_BACKDATED


class RejectBackdated(Ask):
    """不同意补录: `note` says why."""

    action: Literal[Action.REJECT_BACKDATED] = Action.REJECT_BACKDATED


class ProposeClosure(Ask):
    """申请说明理由办结: a reason of the catalogue and its explanation; a second person decides."""

    action: Literal[Action.PROPOSE_CLOSURE] = Action.PROPOSE_CLOSURE
    reason: Line = ""


class RejectClosure(Ask):
    """不同意说明理由办结: `note` says why."""

    action: Literal[Action.REJECT_CLOSURE] = Action.REJECT_CLOSURE


class Reopen(Ask):
    """重启: `note` is the new fact."""

    action: Literal[Action.REOPEN] = Action.REOPEN


class Urge(Ask):
    """催办: `note` is what the unit is told."""

    action: Literal[Action.URGE] = Action.URGE


class Supervise(Ask):
    """督办: on which rung, and in `note` what is asked."""

    action: Literal[Action.SUPERVISE] = Action.SUPERVISE
    rung: Rung = Rung.WRITTEN
    trigger: Trigger = Trigger.HAND


class AnswerSupervision(Ask):
    """督办回复: `text` says what was done and what will be."""

    action: Literal[Action.ANSWER_SUPERVISION] = Action.ANSWER_SUPERVISION
    text: Text = ""


class OpenMatter(WithAttachments):
    """街镇立件: a street or community begins a matter of its own."""

    action: Literal[Action.OPEN_MATTER] = Action.OPEN_MATTER


class Whistle(Ask):
    """吹哨: `units` are called to the spot; `note` is the matter, `level` how soon they report in."""

    action: Literal[Action.WHISTLE] = Action.WHISTLE
    units: Annotated[tuple[Line, ...], Field(max_length=12)] = ()
    level: Literal[Urgency.E0, Urgency.E1, Urgency.N] = Urgency.N


class ReportIn(Ask):
    """报到: where the person stands, as the device says; in words.md's coordinate systems."""

    action: Literal[Action.REPORT_IN] = Action.REPORT_IN
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    crs: Literal["WGS84", "CGCS2000", "GCJ02", "BD09"] = "WGS84"


class GivePlan(Ask):
    """处置方案: `text` says who does what until when."""

    action: Literal[Action.GIVE_PLAN] = Action.GIVE_PLAN
    text: Text = ""


class AnswerWhistle(Ask):
    """报到处置结果: `text` says what the department did."""

    action: Literal[Action.ANSWER_WHISTLE] = Action.ANSWER_WHISTLE
    text: Text = ""


class EndWhistle(Ask):
    """收哨: `no` of the case's whistles (left out: the oldest that is open); `note` says how it ended."""

    action: Literal[Action.END_WHISTLE] = Action.END_WHISTLE
    no: Annotated[int, Field(ge=1, le=999)] | None = None


Score = Annotated[int, Field(ge=1, le=5)]


class RateUnit(NamesUnit):
    """评价报到部门: the caller scores a department, 5 best; 2 and less say why in `note`."""

    action: Literal[Action.RATE_UNIT] = Action.RATE_UNIT
    score: Score | None = None


class RateWhistle(Ask):
    """评价吹哨: a department scores the whistle, 5 best; one that was not needed is told why in `note`."""

    action: Literal[Action.RATE_WHISTLE] = Action.RATE_WHISTLE
    score: Score | None = None
    justified: bool | None = None


class Raise(Ask):
    """提级: to the unit above; `note` says why."""

    action: Literal[Action.RAISE] = Action.RAISE


class PassCheck(WithAttachments):
    """核查通过: on the spot it is as the result says; `note` says what was seen."""

    action: Literal[Action.PASS_CHECK] = Action.PASS_CHECK


class FailCheck(WithAttachments):
    """核查未解决: `note` says what is still wrong."""

    action: Literal[Action.FAIL_CHECK] = Action.FAIL_CHECK


class Screen(Ask):
    """举报保密审查: who is reported, `units` or nobody of ours (`no_unit`); the working `title` and `text` without what
    tells who reported (left out: as they are); `confirmed`: what is still marked tells nobody."""

    action: Literal[Action.SCREEN] = Action.SCREEN
    units: Annotated[tuple[Line, ...], Field(max_length=12)] = ()
    no_unit: bool = False
    title: Line = ""
    text: Text = ""
    confirmed: bool = False


class AskVerify(Ask):
    """派核实: to the worker on duty for `grid` (its code; left out, the grid that the case lies in)."""

    action: Literal[Action.ASK_VERIFY] = Action.ASK_VERIFY
    grid: Line = ""


class AnswerVerify(WithAttachments):
    """核实答复: whether it was found as reported; `note` says what was seen."""

    action: Literal[Action.ANSWER_VERIFY] = Action.ANSWER_VERIFY
    found: bool | None = None


class AnswerRectification(Ask):
    """整改答复: `text` says what was put right, as the citizen will read it."""

    action: Literal[Action.ANSWER_RECTIFICATION] = Action.ANSWER_RECTIFICATION
    text: Text = ""


class AcceptRectification(Ask):
    """整改通过: from now on the citizen may read it."""

    action: Literal[Action.ACCEPT_RECTIFICATION] = Action.ACCEPT_RECTIFICATION


class SendBackRectification(Ask):
    """整改退回: `note` says what is still missing."""

    action: Literal[Action.SEND_BACK_RECTIFICATION] = Action.SEND_BACK_RECTIFICATION


class Archive(Ask):
    """归档."""

    action: Literal[Action.ARCHIVE] = Action.ARCHIVE


AnyAsk = Annotated[
    Classify
    | TakeOn
    | Answer
    | Guide
    | Transfer
    | AskInfo
    | SupplyInfo
    | Dispatch
    | Sign
    | Contact
    | Feedback
    | FileResult
    | AcceptResult
    | SendBackResult
    | AnswerSurvey
    | RecordAttempt
    | AnswerRectification
    | AcceptRectification
    | SendBackRectification
    | CloseUnreached
    | CloseSampledOut
    | CloseReasoned
    | Rework
    | Withdraw
    | ProposeVoid
    | Void
    | Settle
    | Call
    | AskReturn
    | GrantReturn
    | RejectReturn
    | Consult
    | Designate
    | AddCoUnit
    | Delegate
    | AnswerLead
    | AskExtension
    | GrantExtension
    | RejectExtension
    | AskSuspension
    | GrantSuspension
    | RejectSuspension
    | Resume
    | AskLedger
    | GrantLedger
    | RejectLedger
    | ReviewLedger
    | TakeOffLedger
    | ProposeClosure
    | RejectClosure
    | Reopen
    | Urge
    | Supervise
    | AnswerSupervision
    | Split
    | Merge
    | Unmerge
    | Reclassify
    | Whistle
    | ReportIn
    | GivePlan
    | AnswerWhistle
    | EndWhistle
    | RateUnit
    | RateWhistle
    | Raise
    | PassCheck
    | FailCheck
    | Screen
    | AskVerify
    | AnswerVerify
    | Forward
    | AskBackdated
    | ConfirmBackdated
    | RejectBackdated,
    Field(discriminator="action"),
]
"""Every ask that a signed-in person may send about a case that exists."""
