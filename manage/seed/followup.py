"""回访: the citizen's answers, the follow-up officers' calls and decisions, and in the end the archive."""

from datetime import datetime, timedelta

from casework.journey.notices import listeners_of
from casework.journey.standing import open_rectification
from casework.rules import asks
from casework.rules.facts import ATTEMPTS_NEEDED, CITIZEN, SYSTEM, WINDOW_DAYS
from casework.rules.words import ClockName, Role, Satisfaction, Status
from manage.seed.crew import Crew
from manage.seed.life import Life, Step
from manage.seed.people import awake, in_hours, pace, share

_PLEASED = {Satisfaction.VERY_GOOD: 52, Satisfaction.GOOD: 34, Satisfaction.FAIR: 14}
_CROSS = {Satisfaction.FAIR: 12, Satisfaction.BAD: 58, Satisfaction.VERY_BAD: 30}
_CLOSED_FOR = ("POLICY_EXPLAINED", "THIRD_PARTY", "OBJECTIVE_OBSTACLE")


def follow_up(crew: Crew, life: Life) -> Step:
    """待回访."""
    cycle = str(life.case.rework_count)
    if f"unsolved{cycle}" in life.marks:
        return _decide(crew, life)
    heard = listeners_of(life.case, life.request).citizen
    ways = {"CITIZEN": 52, "OFFICER": 36, "NOBODY": 12} if heard else {"NOBODY": 1}
    way = life.settle_mark(f"answers{cycle}", ways)
    if way == "NOBODY":
        return _try_again(crew, life)
    ask = _answer(crew, life, cycle)
    if way == "CITIZEN":
        at = awake(life.last + timedelta(minutes=life.chance.expovariate(1 / 600) + 5))
        return Step(at, CITIZEN, ask)
    return crew.by(life, Role.FOLLOW_UP, share(life, ClockName.FOLLOW_UP, pace(life.chance, 0.03)), ask)


def _answer(crew: Crew, life: Life, cycle: str) -> asks.AnswerSurvey:
    chance = life.chance
    solved = chance.random() < 0.93
    if not solved:
        life.marks[f"unsolved{cycle}"] = "yes"
    grades = _PLEASED if solved else _CROSS
    satisfaction = chance.choices(list(grades), list(grades.values()))[0]
    comment = ""
    if chance.random() < 0.4:
        topic = "COMMENT_BAD" if not solved else "COMMENT_FAIR" if satisfaction is Satisfaction.FAIR else "COMMENT_GOOD"
        comment = crew.say(life, topic)
    return asks.AnswerSurvey(solved=solved, satisfaction=satisfaction, comment=comment)


def _decide(crew: Crew, life: Life) -> Step:
    """Who said "unsolved" is heard: mostly done again, else closed with a reason."""
    at = share(life, ClockName.FOLLOW_UP, pace(life.chance, 0.03))
    at = max(at, in_hours(life, 0.3))
    if life.case.rework_count == 0 and life.chance.random() < 0.6:
        return crew.by(life, Role.FOLLOW_UP, at, asks.Rework(note=crew.say(life, "REWORK")))
    reasons = life.world.city.catalog.reasons
    known = reasons.closure_codes - reasons.closures_of_two
    reason = life.chance.choice([code for code in _CLOSED_FOR if code in known])
    return crew.by(life, Role.FOLLOW_UP, at, asks.CloseReasoned(reason=reason, note=crew.say(life, "CLOSE_REASONED")))


def _try_again(crew: Crew, life: Life) -> Step:
    at = in_hours(life, life.chance.uniform(1, 5))
    if life.case.attempts >= ATTEMPTS_NEEDED:
        return crew.by(life, Role.FOLLOW_UP, at, asks.CloseUnreached())
    return crew.by(life, Role.FOLLOW_UP, at, asks.RecordAttempt(note=crew.say(life, "RECORD_ATTEMPT")))


def rectify(crew: Crew, life: Life) -> Step | None:
    """差评整改: the unit says what it put right, mostly by its limit; a follow-up officer rules on it the same day.
    None: there is nothing to rectify."""
    task = open_rectification(life.assignments)
    clock = life.clock(ClockName.RECTIFY)
    if task is None or clock is None:
        return None
    if task.answer is None:
        at = max(in_hours(life, 0.3), share(life, ClockName.RECTIFY, pace(life.chance, 0.06)))
        return crew.by_unit(life, at, asks.AnswerRectification(text=crew.say(life, "RECTIFIED")))
    at = in_hours(life, life.chance.uniform(0.5, 6))
    if life.first(f"ruled{task.hop}") and life.chance.random() < 0.1:
        return crew.by(life, Role.FOLLOW_UP, at, asks.SendBackRectification(note=crew.say(life, "NOT_RECTIFIED")))
    return crew.by(life, Role.FOLLOW_UP, at, asks.AcceptRectification())


def archive(life: Life) -> Step | None:
    """归档: the reopening window is over and nothing is left to rectify; the worker comes by within ten minutes."""
    ended: datetime | None = life.case.ended_at
    if life.status is Status.ARCHIVED or ended is None:
        return None
    return Step(ended + timedelta(days=WINDOW_DAYS, seconds=life.chance.randint(1, 600)), SYSTEM, asks.Archive())
