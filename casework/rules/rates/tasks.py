"""What a unit itself kept or broke 任务口径: figures over its tasks, not over the cases (domain.md §6 responsibility).

A unit's task is its last lead assignment of a case, or each one as a helper (协办, 下派), which is judged by its own
inner limit. What went to others (returned, raised, merged, not needed) is no completion owed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from casework.rules.rates.conditions import known, meets, missing, no, one_of, some, yes, zero
from casework.rules.rates.figures import Figure, adds, more_of
from casework.rules.rates.headline import View
from casework.rules.words import AssignmentKind, Followed, Rectified, Satisfaction

HANDED_ON = ("RETURNED", "DISPUTED", "RAISED", "CALLED", "MERGED", "NOT_NEEDED")
"""Outcomes of tasks that others finished, or that nobody needed any more."""


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """One task. `due`: the case's deadline for a lead, the inner limit for a helper; it puts the task into a period.

    `signed_in_time`, `contacted_in_time`: by the task's own clocks, null where it has none. `first`: the centre sent
    the case there first; `misdirected`: and it did not stay. `owed`: it was not handed on; `done`, `on_time`: finished
    by this unit, and by its deadline. The follow-up's answers are those of the case's last lead, null for others.
    """

    kind: str
    due: datetime
    exclusion: str | None = None
    owed: bool = True
    done: bool = False
    on_time: bool = False
    signed_in_time: bool | None = None
    contacted_in_time: bool | None = None
    first: bool = False
    misdirected: bool = False
    returns: int = 0
    extensions: int = 0
    supervisions: int = 0
    rework_count: int = 0
    followed: str | None = None
    solved: bool | None = None
    satisfaction: str | None = None
    rectified: str | None = None
    follow_weight: int | None = None


_IN = missing("exclusion")
_LEAD = one_of("kind", AssignmentKind.LEAD)
_OWED = yes("owed")
_DONE = yes("done")
_SATISFIED = one_of("satisfaction", Satisfaction.VERY_GOOD, Satisfaction.GOOD, Satisfaction.FAIR)
_PUT_RIGHT = one_of("rectified", Rectified.IN_TIME)
_FOLLOWED = one_of("followed", Followed.ANSWERED, Followed.UNREACHED)
_ANSWERED = one_of("followed", Followed.ANSWERED)

TASK_FIGURES: tuple[Figure, ...] = (
    Figure("SIGN", "签收及时率", View.A, (_IN, known("signed_in_time")), (yes("signed_in_time"),), good=True),
    Figure("CONTACT", "先行联系率", View.A, (_IN, known("contacted_in_time")), (yes("contacted_in_time"),), good=True),
    Figure("FINISH", "按时办结率", View.A, (_IN, _OWED), (yes("on_time"),), good=True),
    Figure("FIRST_DONE", "首次办结率", View.A, (_IN, _LEAD, _DONE), (zero("rework_count"),), good=True),
    Figure("REWORK", "返工率", View.A, (_IN, _LEAD, _DONE), (some("rework_count"),), good=False),
    Figure("RETURN", "退单率", View.A, (_IN, _LEAD), (some("returns"),), good=False),
    Figure("FIRST_RIGHT", "首派准确率", View.A, (_IN, yes("first")), (no("misdirected"),), good=True),
    Figure("EXTENSION", "延期率", View.A, (_IN, _LEAD, _OWED), (some("extensions"),), good=False),
    Figure("SUPERVISION", "督办率", View.A, (_IN, _LEAD), (some("supervisions"),), good=False),
    Figure(
        "REACHED",
        "回访接通率",
        View.A,
        (_IN, _FOLLOWED),
        (one_of("followed", Followed.ANSWERED),),
        good=True,
        weighted=True,
    ),
    Figure("SOLVED", "解决率", View.A, (_IN, known("solved")), (yes("solved"),), good=True, weighted=True),
    Figure("SATISFIED", "满意率", View.A, (_IN, known("satisfaction")), (_SATISFIED,), good=True, weighted=True),
    Figure("RECTIFIED", "差评按期整改率", View.A, (_IN, known("rectified")), (_PUT_RIGHT,), good=True),
)


def task_measures(task: TaskFacts) -> Iterator[tuple[str, int]]:
    """What a task adds, by name: above and below each figure's line."""
    for figure in TASK_FIGURES:
        if all(meets(condition, getattr(task, condition.fact)) for condition in figure.over):
            counts = all(meets(condition, getattr(task, condition.fact)) for condition in figure.counts)
            yield from adds(figure, counts, more_of(task.follow_weight))
