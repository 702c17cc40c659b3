"""The follow-up sheet 回访单: what to ask, whom, and what was answered so far. Times UTC."""

from datetime import datetime

from pydantic import BaseModel

from casework.catalog.follow_up import FollowUpRules
from casework.db.reads.followup_sheet import Sheet
from casework.journey.notices import listeners_of
from casework.journey.standing import silent_until
from casework.kit.texts import Lang
from casework.rules.words import Urgency
from services.notify.schemas import SurveyAnswers


class AnswerGiven(SurveyAnswers):
    """One answer; all are kept, and the latest `counts`. `cycle`: the first handling is 1, each rework one more."""

    cycle: int
    counts: bool


class Wish(BaseModel):
    """诉求人的意愿: as said when the request came in. `may_be_asked`: a phone is known, a reply was wanted, and the
    person is not anonymous; else nobody calls, and the case may be closed without attempts."""

    anonymous: bool
    secret: bool
    reply_wanted: bool
    may_be_asked: bool


class FollowUpSheet(BaseModel):
    """`call_from`: the link went out by SMS, and calls begin then; null where nobody may be
    asked, nothing waits, or the person has answered.
    `sampled_out`: the sample left it out (未抽中): nobody calls; it closes by itself unless the person answers."""

    case_no: str
    reply_text: str | None
    wish: Wish
    sms_since: datetime | None
    call_from: datetime | None
    sampled_out: bool
    attempts: int
    attempts_needed: int
    script: list[str]
    answers: list[AnswerGiven]


def told(sheet: Sheet, rules: FollowUpRules, lang: Lang) -> FollowUpSheet:
    """The sheet in the reader's language."""
    case, request = sheet.case, sheet.request
    silent = silent_until(case) is not None
    asked = listeners_of(case, request).citizen and not silent
    last = len(sheet.answers) - 1
    return FollowUpSheet(
        case_no=case.case_no,
        reply_text=case.reply_text,
        wish=Wish(
            anonymous=request.anonymous,
            secret=request.secret,
            reply_wanted=request.reply_wanted,
            may_be_asked=listeners_of(case, request).citizen,
        ),
        sms_since=sheet.since if asked else None,
        call_from=case.call_from if asked else None,
        sampled_out=silent,
        attempts=case.attempts,
        attempts_needed=0 if case.contact_exempt or silent else rules.plans[Urgency(case.urgency)].attempts,
        script=[question.zh if lang == "zh-CN" else question.en for question in rules.script] if asked else [],
        answers=[
            AnswerGiven(**SurveyAnswers.of(one).model_dump(), cycle=one.cycle, counts=place == last)
            for place, one in enumerate(sheet.answers)
        ],
    )
