"""The questions that rows about a rectification 差评整改 ask, as those in guards.py do; which grades ask for one."""

from casework.rules import asks
from casework.rules.facts import Facts
from casework.rules.guards import Guard
from casework.rules.said_why import says_why
from casework.rules.words import RectifyStep, Satisfaction

BAD_GRADES = frozenset({Satisfaction.BAD, Satisfaction.VERY_BAD})
"""差评 (domain.md §5.4, 国办发〔2019〕51号)."""


def to_rectify(f: Facts) -> str | None:
    """A bad grade waits for what was put right."""
    return None if f.case.rectifying is RectifyStep.OPEN else "NOTHING_TO_RECTIFY"


def tells_rectified(f: Facts) -> str | None:
    """整改答复: what was put right, in words."""
    told = f.ask.text if isinstance(f.ask, asks.AnswerRectification) else ""
    return None if len(told) >= 4 and says_why(told) else "RECTIFICATION_MISSING"


def rectification_answered(f: Facts) -> str | None:
    """The unit has said what it put right, and nobody has ruled on it yet."""
    return None if f.case.rectifying is RectifyStep.ANSWERED else "NO_RECTIFICATION_TO_REVIEW"


def nothing_left_to_rectify(f: Facts) -> str | None:
    """归档 waits until what a bad grade named is put right."""
    return "RECTIFICATION_OPEN" if f.case.rectifying is not None else None


ABOUT_THE_CASE: frozenset[Guard] = frozenset({to_rectify, rectification_answered, nothing_left_to_rectify})
"""As guards.ABOUT_THE_CASE."""
