"""What the dispatch API shows of rectifications 差评整改. All times UTC."""

from datetime import datetime

from pydantic import BaseModel

from casework.db.rectifications import Found
from casework.rules.words import Rectified, RectifyStep, Satisfaction


class RectificationView(BaseModel):
    """差评整改: the grade and the words that asked for it, whose it is, until when, what was put right.

    `in_time`: as it was accepted; null until then. `late`: its limit passed without an answer.
    """

    id: int
    case_no: str
    title: str
    unit: str
    grade: Satisfaction | None
    comment: str | None
    opened_at: datetime
    due_at: datetime
    late: bool
    step: RectifyStep
    step_text: str
    answer: str | None
    answered_at: datetime | None
    in_time: bool | None
    closed_at: datetime | None


class RectificationPage(BaseModel):
    """A page, oldest first; `next` is the cursor of the following one, absent on the last."""

    rectifications: list[RectificationView]
    next: int | None


def rectification_view(found: Found) -> RectificationView:
    """One rectification."""
    task, grade = found.task, found.survey.satisfaction
    step = _step(task.outcome, answered=task.answer is not None)
    return RectificationView(
        id=task.id,
        case_no=found.case_no,
        title=found.title,
        unit=found.unit,
        grade=Satisfaction(grade) if grade else None,
        comment=found.survey.comment,
        opened_at=task.opened_at,
        due_at=found.due_at,
        late=found.breached_at is not None,
        step=step,
        step_text=step.zh,
        answer=task.answer,
        answered_at=task.signed_at,
        in_time=task.outcome == Rectified.IN_TIME if step is RectifyStep.ACCEPTED else None,
        closed_at=task.closed_at,
    )


def _step(outcome: str | None, *, answered: bool) -> RectifyStep:
    if outcome is None:
        return RectifyStep.ANSWERED if answered else RectifyStep.OPEN
    return RectifyStep.DROPPED if outcome == RectifyStep.DROPPED else RectifyStep.ACCEPTED
