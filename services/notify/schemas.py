"""What goes in and out of the notify API 通知回访: the shapes of its routes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from casework.db.models import Notice, NoticeAttempt, Survey
from casework.db.reads.followup import Page, Row
from casework.db.reads.outbox import Line
from casework.journey.citizen import CitizenView, Step
from casework.kit.texts import Lang, t
from casework.rules.words import Kind, Role, Satisfaction, Status, Urgency

State = Literal["PENDING", "SENT", "SKIPPED", "DEAD"]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(lambda said: said.replace("\x00", ""))
]


class SurveyForm(BaseModel):
    """回访答复: is it solved, and how satisfied, are two questions."""

    model_config = ConfigDict(extra="forbid")

    solved: bool
    satisfaction: Satisfaction | None = None
    comment: Words = ""


class WithdrawForm(BaseModel):
    """撤诉: `reason` may be left out."""

    model_config = ConfigDict(extra="forbid")

    reason: Words = ""


class TrackForm(BaseModel):
    """查询: the number (or a case's own, `…-2`) and the 8 digits of the query code."""

    model_config = ConfigDict(extra="forbid")

    request_no: Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=40)]
    query_code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


class SurveyAnswers(BaseModel):
    """The answers that count now, and who wrote them down: CITIZEN or FOLLOW_UP. `at` is UTC."""

    solved: bool
    satisfaction: Satisfaction | None
    comment: str | None
    role: Role
    at: datetime

    @classmethod
    def of(cls, survey: Survey) -> "SurveyAnswers":
        grade = Satisfaction(survey.satisfaction) if survey.satisfaction else None
        return cls(
            solved=survey.solved, satisfaction=grade, comment=survey.comment, role=Role(survey.role), at=survey.at
        )


class JourneyStep(BaseModel):
    """办理经过: one step in one sentence. `at` is UTC."""

    at: datetime
    text: str

    @classmethod
    def of(cls, step: Step, lang: Lang) -> "JourneyStep":
        unit = step.unit or t("citizen.some_unit", lang)
        text = t(f"citizen.step.{step.action}", lang, unit=unit)
        return cls(at=step.at, text=t("citizen.step_said", lang, step=text, said=step.said) if step.said else text)


class OtherMatter(BaseModel):
    """同一诉求的另一事项: its own number, to be asked for with the same query code."""

    request_no: str
    title: str
    status: Status
    status_text: str


class CitizenCase(BaseModel):
    """我的诉求: the public side of a case, in the reader's language. `beside`: other matters of the same request."""

    request_no: str
    title: str
    status: Status
    status_text: str
    reply_text: str | None
    survey_open: bool
    survey: SurveyAnswers | None
    journey: list[JourneyStep]
    beside: list[OtherMatter]

    @classmethod
    def of(cls, view: CitizenView, lang: Lang) -> "CitizenCase":
        return cls(
            request_no=view.request_no,
            title=view.title,
            status=view.status,
            status_text=t(f"citizen.status.{view.status.value}", lang),
            reply_text=view.reply_text,
            survey_open=view.survey_open,
            survey=SurveyAnswers.of(view.survey) if view.survey else None,
            journey=[JourneyStep.of(step, lang) for step in view.steps],
            beside=[
                OtherMatter(
                    request_no=other.number,
                    title=other.title,
                    status=other.status,
                    status_text=t(f"citizen.status.{other.status.value}", lang),
                )
                for other in view.beside
            ],
        )


class FollowUpRow(BaseModel):
    """A case to follow up 待回访. `due_at`: the FOLLOW_UP clock, UTC; `call_from`: when calls begin, null where nobody
    is to be called, as after an answer. `version`: to be sent back with a decision."""

    case_no: str
    title: str
    area_code: str
    kind: Kind | None
    category: str | None
    urgency: Urgency
    unit: str | None
    due_at: datetime | None
    overdue: bool
    call_from: datetime | None
    attempts: int
    rework_count: int
    reply_text: str | None
    survey: SurveyAnswers | None
    version: int

    @classmethod
    def of(cls, row: Row) -> "FollowUpRow":
        case = row.case
        return cls(
            case_no=case.case_no,
            title=case.title,
            area_code=case.area_code,
            kind=Kind(case.kind) if case.kind else None,
            category=case.category,
            urgency=Urgency(case.urgency),
            unit=row.unit_name,
            due_at=case.next_due,
            overdue=row.overdue,
            call_from=case.call_from,
            attempts=case.attempts,
            rework_count=case.rework_count,
            reply_text=case.reply_text,
            survey=SurveyAnswers.of(row.survey) if row.survey else None,
            version=case.version,
        )


class FollowUpPage(BaseModel):
    """`total`: all of this list in the scope asked for. `later`: how many are not to be called yet (the link is still
    out, or it is night), and `later_from` when the first of them may be, UTC. `next`: where the following page begins;
    null on the last."""

    items: list[FollowUpRow]
    total: int
    later: int
    later_from: datetime | None
    next: str | None

    @classmethod
    def of(cls, page: Page, next_page: str | None) -> "FollowUpPage":
        rows = [FollowUpRow.of(row) for row in page.rows]
        return cls(items=rows, total=page.total, later=page.later, later_from=page.later_from, next=next_page)


class NoticeRow(BaseModel):
    """通知: a line of the outbox. It names who is told what; contacts are in none of it. Times UTC."""

    id: int
    case_no: str | None = Field(description="null for what is about no case, such as a knowledge item to mend")
    audience: str
    channel: str
    topic: str
    params: dict[str, Any]
    state: State
    tries: int
    created_at: datetime
    next_at: datetime | None = Field(description="when it is tried next; null unless PENDING")
    sent_at: datetime | None
    last_error: str | None

    @classmethod
    def of(cls, line: Line) -> "NoticeRow":
        return cls(**_notice(line.notice), case_no=line.case_no)


class AttemptRow(BaseModel):
    """发送记录: one try."""

    at: datetime
    adapter: str
    outcome: Literal["SENT", "RETRY", "AMBIGUOUS", "REFUSED", "SKIPPED"]
    detail: str | None


class NoticeWithAttempts(NoticeRow):
    """A notice and every try to send it, oldest first."""

    attempts: list[AttemptRow]

    @classmethod
    def told(cls, notice: Notice, case_no: str, attempts: list[NoticeAttempt]) -> "NoticeWithAttempts":
        rows = [AttemptRow.model_validate(attempt, from_attributes=True) for attempt in attempts]
        return cls(**_notice(notice), case_no=case_no, attempts=rows)


class NoticePage(BaseModel):
    """`next`: the `cursor` of the following page; null on the last."""

    items: list[NoticeRow]
    next: str | None


def _notice(notice: Notice) -> dict[str, Any]:
    names = ("id", "audience", "channel", "topic", "params", "state", "tries", "created_at", "sent_at", "last_error")
    held = {name: getattr(notice, name) for name in names}
    return {**held, "next_at": notice.next_at if notice.state == "PENDING" else None}
