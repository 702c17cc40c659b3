"""What a person says when asking for a move of a dispute (请求): one model per action, as in asks.py."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from casework.rules.asks import Line, Moment, Text
from casework.rules.mediation_words import DisputeAction as Action
from casework.rules.mediation_words import Form, LinkKind, LinkWay, Risk, Side, Track

Number = Annotated[int, Field(ge=1, le=99)]


class Ask(BaseModel):
    """Common to all asks. `version`: the dispute's version that the person saw; another one now is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: Action
    note: Text = ""
    version: int | None = None


class PartyForm(BaseModel):
    """当事人 as typed in: sealed at once, shown masked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    side: Side
    name: Annotated[Line, Field(min_length=1)]
    phone: Line = ""
    id_no: Line = ""
    address: Line = ""


class Register(Ask):
    """登记: of a clue, what is known of it. `kind`: a kind of the catalogue; `people`: how many are in it."""

    action: Literal[Action.REGISTER] = Action.REGISTER
    kind: Line = ""
    claim: Text = ""
    track: Track = Track.PEOPLE
    people: Annotated[int, Field(ge=2, le=100_000)] = 2
    parties: Annotated[tuple[PartyForm, ...], Field(max_length=50)] = ()


class Dismiss(Ask):
    """线索不实: `note` says why."""

    action: Literal[Action.DISMISS] = Action.DISMISS


class Screen(Ask):
    """开始甄别."""

    action: Literal[Action.SCREEN] = Action.SCREEN


class Suitable(Ask):
    """适合调解."""

    action: Literal[Action.SUITABLE] = Action.SUITABLE


class Unsuitable(Ask):
    """不适合调解: a reason of the catalogue, and what the person was told."""

    action: Literal[Action.UNSUITABLE] = Action.UNSUITABLE
    reason: Line = ""


class RecordWill(Ask):
    """记录意愿 of one party."""

    action: Literal[Action.RECORD_WILL] = Action.RECORD_WILL
    party: Number | None = None
    willing: bool | None = None


class Assign(Ask):
    """指派调解员 by login; `chosen`: the parties chose themselves (人民调解法 §19)."""

    action: Literal[Action.ASSIGN] = Action.ASSIGN
    mediator: Line = ""
    chosen: bool = False


class Take(Ask):
    """接手调解: the assigned mediator's, or where none is, any mediator's."""

    action: Literal[Action.TAKE] = Action.TAKE


class Recuse(Ask):
    """回避: the mediator leaves, on a party's request (`party`) or by himself; `note` says why."""

    action: Literal[Action.RECUSE] = Action.RECUSE
    party: Number | None = None


class HoldSession(Ask):
    """调解会: when, where, which parties came, and the record 笔录 in `note`."""

    action: Literal[Action.HOLD_SESSION] = Action.HOLD_SESSION
    held_at: Moment | None = None
    place: Line = ""
    present: Annotated[tuple[Number, ...], Field(max_length=50)] = ()


class Extend(Ask):
    """延期: the new end, and which parties agreed to it."""

    action: Literal[Action.EXTEND] = Action.EXTEND
    until: Moment | None = None
    agreed: Annotated[tuple[Number, ...], Field(max_length=50)] = ()


class Agree(Ask):
    """达成协议 (人民调解法 §29): facts, what is agreed, how and by which day (Asia/Shanghai) it is performed."""

    action: Literal[Action.AGREE] = Action.AGREE
    form: Form | None = None
    facts: Text = ""
    terms: Text = ""
    way: Line = ""
    perform_by: Annotated[date, Field(lt=date(2100, 1, 1))] | None = None


class SignAgreement(Ask):
    """签认协议: a party signs or puts a fingerprint, of an oral agreement says that it is so."""

    action: Literal[Action.SIGN_AGREEMENT] = Action.SIGN_AGREEMENT
    party: Number | None = None


class Terminate(Ask):
    """终止调解: a reason of the catalogue."""

    action: Literal[Action.TERMINATE] = Action.TERMINATE
    reason: Line = ""


class Expire(Ask):
    """期满未成."""

    action: Literal[Action.EXPIRE] = Action.EXPIRE


class Guide(Ask):
    """引导: to arbitration, a court or another way; `undisputed`: the facts that nobody disputes 无争议事实."""

    action: Literal[Action.GUIDE] = Action.GUIDE
    way: Line = ""
    undisputed: Text = ""


class ApplyConfirmation(Ask):
    """申请司法确认: by all parties together; `subject` when it is one that no court confirms."""

    action: Literal[Action.APPLY_CONFIRMATION] = Action.APPLY_CONFIRMATION
    court: Line = ""
    joint: bool = False
    subject: Literal["CIVIL", "IDENTITY", "ADOPTION", "MARRIAGE", "OTHER_POWER"] = "CIVIL"


class CourtAccepts(Ask):
    """法院受理, with the court's number."""

    action: Literal[Action.COURT_ACCEPTS] = Action.COURT_ACCEPTS
    court_no: Line = ""


class CourtConfirms(Ask):
    """法院确认, with the decision's number."""

    action: Literal[Action.COURT_CONFIRMS] = Action.COURT_CONFIRMS
    court_no: Line = ""


class CourtRejects(Ask):
    """法院驳回: `note` says why."""

    action: Literal[Action.COURT_REJECTS] = Action.COURT_REJECTS
    court_no: Line = ""


class WithdrawApplication(Ask):
    """撤回确认申请."""

    action: Literal[Action.WITHDRAW_APPLICATION] = Action.WITHDRAW_APPLICATION


class RecordPerformance(Ask):
    """记录履行: a part of it, or that it was not done."""

    action: Literal[Action.RECORD_PERFORMANCE] = Action.RECORD_PERFORMANCE


class Complete(Ask):
    """履行完毕: `note` says what was seen."""

    action: Literal[Action.COMPLETE] = Action.COMPLETE


class FollowUp(Ask):
    """回访: whether peace lasts."""

    action: Literal[Action.FOLLOW_UP] = Action.FOLLOW_UP
    settled: bool | None = None


class Archive(Ask):
    """归档."""

    action: Literal[Action.ARCHIVE] = Action.ARCHIVE


class Grade(Ask):
    """风险评级, with why."""

    action: Literal[Action.GRADE] = Action.GRADE
    risk: Risk | None = None


class Warn(Ask):
    """民转刑预警: which police station was told, and its number; `note` says what is feared."""

    action: Literal[Action.WARN] = Action.WARN
    station: Line = ""
    police_no: Line = ""


class LiftWarning(Ask):
    """解除预警: `note` says what the police found."""

    action: Literal[Action.LIFT_WARNING] = Action.LIFT_WARNING


class HandToPolice(Ask):
    """移送公安: it is theirs now; `criminal`: it has become a criminal case."""

    action: Literal[Action.HAND_TO_POLICE] = Action.HAND_TO_POLICE
    criminal: bool = False


class Raise(Ask):
    """上报提级."""

    action: Literal[Action.RAISE] = Action.RAISE


class TakeUp(Ask):
    """上级接手."""

    action: Literal[Action.TAKE_UP] = Action.TAKE_UP


class SendDown(Ask):
    """上级退回: `note` says why."""

    action: Literal[Action.SEND_DOWN] = Action.SEND_DOWN


class HandOver(Ask):
    """对接移交: the other side, its number, and the objects that the catalogue asks for."""

    action: Literal[Action.HAND_OVER] = Action.HAND_OVER
    link: LinkKind | None = None
    way: LinkWay = LinkWay.OUT
    organ: Line = ""
    number: Line = ""
    objects: Annotated[dict[Line, Text], Field(max_length=20)] = {}


class AnswerLink(Ask):
    """对接反馈: what came of the open handover of that kind."""

    action: Literal[Action.ANSWER_LINK] = Action.ANSWER_LINK
    link: LinkKind | None = None


AnyDisputeAsk = Annotated[
    Register
    | Dismiss
    | Screen
    | Suitable
    | Unsuitable
    | RecordWill
    | Assign
    | Take
    | Recuse
    | HoldSession
    | Extend
    | Agree
    | SignAgreement
    | Terminate
    | Guide
    | ApplyConfirmation
    | CourtAccepts
    | CourtConfirms
    | CourtRejects
    | WithdrawApplication
    | RecordPerformance
    | Complete
    | FollowUp
    | Archive
    | Grade
    | Warn
    | LiftWarning
    | HandToPolice
    | Raise
    | TakeUp
    | SendDown
    | HandOver
    | AnswerLink,
    Field(discriminator="action"),
]
"""Every ask that a signed-in person may send about a dispute that exists."""
