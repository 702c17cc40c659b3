"""What a person says when asking for a move (请求): one model per action, shared by the rules and the API's bodies."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from casework.rules.words import Action, CallOutcome, Kind, Satisfaction, Urgency


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


class Classify(Ask):
    """分类: what is left out stays as it is."""

    action: Literal[Action.CLASSIFY] = Action.CLASSIFY
    kind: Kind | None = None
    category: Line | None = None
    urgency: Urgency | None = None
    area_code: Line | None = None


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


class Dispatch(Ask):
    """派单: `unit` is the lead unit's code."""

    action: Literal[Action.DISPATCH] = Action.DISPATCH
    unit: Line = ""


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
    """阶段反馈: `text` is what the citizen is told."""

    action: Literal[Action.FEEDBACK] = Action.FEEDBACK
    text: Text = ""


class FileResult(WithAttachments):
    """提交结果: the public reply beside the internal finding."""

    action: Literal[Action.FILE_RESULT] = Action.FILE_RESULT
    reply_text: Text = ""
    finding: Text = ""
    factual: bool | None = None
    solved: Literal["SOLVED", "PARTLY", "UNSOLVED"] | None = None
    unsolved_reason: Text = ""
    planned_for: date | None = None


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
    | CloseUnreached
    | CloseReasoned
    | Rework
    | Withdraw
    | ProposeVoid
    | Void
    | Settle
    | Call,
    Field(discriminator="action"),
]
"""Every ask that a signed-in person may send about a case that exists."""
