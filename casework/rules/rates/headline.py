"""What counts as responded, completed, excluded: the definition of 民生诉求响应完成率 (words.md §4, domain.md §6).

A case is judged by what its row keeps, in one of the views below. db/reads/judged.py says the same in SQL for the
reports; a test proves that both agree on every case, view and grouping. The definition in words lies beside the
report (services/notify/report_texts) under DEFINITION_VERSION: change rule, words and version together.

All times are instants with a zone; an instant exactly at a deadline is in time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self, TypeVar

from casework.rules.transitions import OPEN
from casework.rules.words import Direction, Exclusion, Kind, Status, Term

DEFINITION_VERSION = "2026.5"
SMALL_NUMBER = 30
"""A rate over fewer cases is marked as small (words.md §6)."""


class View(Term):
    """口径: which cases a rate is over, and what each must have done (domain.md §6). A is the headline."""

    A = "A", "应结口径"
    A0 = "A0", "应结口径（不计延期）"
    B = "B", "受理口径"
    C = "C", "办结口径"
    D = "D", "存量超期"
    ALL = "ALL", "全量口径（含直接办结）"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a case's row keeps for the rate, named as there. Times UTC.

    `finish_due` is D, the promise now; `finish_due_original` is D0, as first given. `completed_at` is f: the filing
    time of the last accepted result, null while open or revoked by a rework. `signed_in_time` and `contacted_in_time`
    are null until it happened, as are `called_in_time` (the centre's answer to the grid) and `dispatched_in_time`.

    `first_unit_id`: to whom the centre first dispatched it; `misdirected`: that unit's return was granted, or another
    unit led it later. `returns` asked for; `extensions`, `suspensions` granted; `supervisions` opened. `repeated`: the
    same person with the same matter again. `struck` and `missed_by_grid`: as two persons found (剔除台账, 漏报认定).
    `followed`, `solved`, `satisfaction`: the latest answers of the follow-up, whatever rework came between.
    `worked_minutes`: of working time, from acceptance to the effective completion. `rectified`: how the putting right
    of what the last bad grade named went, or goes. `follow_weight`: for how many cases its answers stand (抽样回访), 0
    for one that is not in the sample; null where nothing was drawn, and it stands for itself. `verified`: what was
    found on the spot before it was filed (核实); `verified_in_time`, `checked_in_time`: whether all that was to be
    looked at on the spot (核实, 核查) was by its limit; null where nothing was owed.
    """

    status: Status
    created_at: datetime
    direction: Direction = Direction.CENTRE
    kind: Kind | None = None
    accepted_at: datetime | None = None
    finish_due_original: datetime | None = None
    finish_due: datetime | None = None
    signed_in_time: bool | None = None
    contacted_in_time: bool | None = None
    contact_exempt: bool = False
    first_completed_at: datetime | None = None
    completed_at: datetime | None = None
    ended_at: datetime | None = None
    ended_as: Status | None = None
    on_ledger: bool = False
    struck: bool = False
    first_unit_id: int | None = None
    misdirected: bool = False
    called_in_time: bool | None = None
    dispatched_in_time: bool | None = None
    returns: int = 0
    extensions: int = 0
    suspensions: int = 0
    supervisions: int = 0
    rework_count: int = 0
    repeated: bool = False
    missed_by_grid: bool = False
    followed: str | None = None
    solved: bool | None = None
    satisfaction: str | None = None
    worked_minutes: int | None = None
    rectified: str | None = None
    follow_weight: int | None = None
    verified: bool | None = None
    verified_in_time: bool | None = None
    checked_in_time: bool | None = None

    @property
    def end(self) -> Status | None:
        """The status that it ended in; the archive keeps the one before. An open case has its own."""
        return self.ended_as if self.status is Status.ARCHIVED else self.status


@dataclass(frozen=True, slots=True)
class Standing:
    """How one case stands in one view.

    `at`: the instant that puts it into a period of the view; None: it is not in this view. `exclusion`: why it stays
    out of the rate; None: it is in. `kept`: it counts above the line, if it is in. `not_yet_due`: its outcome is open.
    """

    at: datetime | None
    due: datetime | None
    exclusion: Exclusion | None
    responded: bool
    done: bool
    on_time: bool
    first_on_time: bool
    not_yet_due: bool
    overdue: bool
    kept: bool


class Ordered(Protocol):
    def __le__(self, other: Self, /) -> bool: ...


T = TypeVar("T", bound=Ordered)


def on_time(closed: T | None, target: T | None) -> bool:
    """按时: closed by the target, the target's own instant included. Nothing promised is never late."""
    return target is None or (closed is not None and closed <= target)


def standing(case: CaseFacts, observed: datetime, view: View = View.A) -> Standing:
    """How the case stands in the view at `observed` (T_obs, 观察时点)."""
    due = case.finish_due_original if view is View.A0 else case.finish_due
    excluded = exclusion(case, due, view)
    done = case.completed_at is not None and case.completed_at <= observed
    in_time = done and on_time(case.completed_at, due)
    past = due is not None and due < observed
    still_open = not done and case.status in OPEN
    answered = responded(case)
    return Standing(
        at=_falls_at(case, view, due, excluded, done, still_open and past),
        due=due,
        exclusion=excluded,
        responded=answered,
        done=done,
        on_time=in_time,
        first_on_time=case.first_completed_at is not None and on_time(case.first_completed_at, due),
        not_yet_due=still_open and not past,
        overdue=still_open and past,
        kept={View.B: done, View.C: in_time, View.D: False}.get(view, answered and in_time),
    )


def responded(case: CaseFacts) -> bool:
    """响应: signed in time and the person contacted in time, or exempt from contact. An answer at once is both."""
    if case.end is Status.ANSWERED:
        return True
    return case.signed_in_time is True and (case.contacted_in_time is True or case.contact_exempt)


_ENDED_OUT = {
    Status.VOID: Exclusion.VOID,
    Status.GUIDED: Exclusion.GUIDED,
    Status.TRANSFERRED: Exclusion.TRANSFERRED,
    Status.MERGED: Exclusion.MERGED,
}


def exclusion(case: CaseFacts, due: datetime | None, view: View = View.A) -> Exclusion | None:
    """剔除原因: the first of these reasons that fits, None for a case that enters the rate (words.md §4).

    Withdrawn counts as out only strictly before the deadline. What the centre never took on is out: settled by the
    grid or the community itself, or else not (yet) taken on. What is on the ledger is out while it is there. Answered
    at once enters only the all-inclusive view.
    """
    if case.end in _ENDED_OUT:
        return _ENDED_OUT[case.end]
    if case.end is Status.TERMINATED and _before(case.ended_at, due):
        return Exclusion.WITHDRAWN
    if case.kind is Kind.PRAISE:
        return Exclusion.PRAISE
    if case.on_ledger:
        return Exclusion.LEDGER
    if case.struck:
        return Exclusion.STRUCK
    if case.accepted_at is None:
        settled = case.direction is Direction.GRID and case.end is Status.CLOSED
        return Exclusion.SELF_SETTLED if settled else Exclusion.NOT_TAKEN_ON
    if case.end is Status.ANSWERED and view is not View.ALL:
        return Exclusion.ANSWERED
    return None


def _before(ended_at: datetime | None, due: datetime | None) -> bool:
    return due is None or (ended_at is not None and ended_at < due)


def _falls_at(
    case: CaseFacts, view: View, due: datetime | None, excluded: Exclusion | None, done: bool, overdue: bool
) -> datetime | None:
    """A, A′ and ALL: the deadline; an excluded case that never had one falls where it came in, so that it is shown.
    B: the acceptance, or where it came in. C: the completion. D: the deadline of what is open and overdue."""
    if view is View.B:
        return case.accepted_at or case.created_at
    if view is View.C:
        return case.completed_at if done else None
    if view is View.D:
        return due if overdue else None
    return case.created_at if due is None and excluded else due


@dataclass(frozen=True, slots=True)
class Rate:
    """比率: n of N. Rates add up as Σ over Σ and are never averaged (domain.md §6 roll-up).

    Where only a sample was asked, `above` and `below` are what the weights add to n and N (weight − 1 for each case):
    the value is then the estimate for all cases, while n and N stay what was counted.
    """

    numerator: int = 0
    denominator: int = 0
    above: int = 0
    below: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator} of {self.denominator} is no rate")

    def __add__(self, other: "Rate") -> "Rate":
        return Rate.total((self, other))

    @classmethod
    def total(cls, rates: Sequence["Rate"]) -> "Rate":
        """Σ over Σ of any number of them."""
        return cls(
            sum(one.numerator for one in rates),
            sum(one.denominator for one in rates),
            sum(one.above for one in rates),
            sum(one.below for one in rates),
        )

    @property
    def weighted(self) -> tuple[int, int]:
        """n and N with their weights (Horvitz and Thompson's sums); the counted ones where everybody was asked."""
        return self.numerator + self.above, self.denominator + self.below

    @property
    def value(self) -> float | None:
        """From 0 to 1, weighted; None for 0 of 0: nobody was promised anything."""
        above, below = self.weighted
        return above / below if below else None

    @property
    def raw(self) -> float | None:
        """The value without weights, where there are any; None where all stand for themselves, or for 0 of 0."""
        sampled = bool(self.above or self.below) and self.denominator
        return self.numerator / self.denominator if sampled else None

    @property
    def small(self) -> bool:
        """小样本: too few cases to judge by."""
        return self.denominator < SMALL_NUMBER
