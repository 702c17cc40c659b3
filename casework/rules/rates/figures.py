"""The set of rates 指标集, as data: of the cases that a figure is over, how many count (domain.md §6 full set, §3.8).

A figure's cases are those that fall into the period in its basis: by deadline (A), by acceptance (B), by completion
(C), the same cohorts as the views'. Each is a function of the cases' rows as they stand, so that figures are kept
summed up; what is not yet due lies below the line until it is done. All say order level 工单口径; what a unit itself
kept or broke is in rules/rates/tasks.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from casework.rules.rates.conditions import (
    Condition,
    holds,
    known,
    missing,
    no,
    none_of,
    one_of,
    some,
    yes,
    zero,
)
from casework.rules.rates.headline import CaseFacts, Rate, Standing, View
from casework.rules.rates.times import BOUNDS, TIMES, Time, bucket, minutes
from casework.rules.words import Direction, Exclusion, Followed, Rectified, Satisfaction

Basis = View
BASES = (View.A, View.B, View.C)
"""The views whose cohorts the figures are over."""

Conditions = tuple[Condition, ...]


@dataclass(frozen=True)
class Figure:
    """One rate: of the cases in the `basis` that meet all of `over`, those that meet all of `counts` too.

    `good`: whether more is better (True), worse (False), or neither (None). `zh` is its name; `post`: of 数字城管.
    `weighted`: of the follow-up, whose cases may stand for others (抽样回访).
    """

    code: str
    zh: str
    basis: View
    over: Conditions
    counts: Conditions
    good: bool | None = None
    post: bool = False
    weighted: bool = False

    @cached_property
    def numerator(self) -> str:
        """The name of what is summed above the line."""
        return f"{self.code}:n"

    @cached_property
    def denominator(self) -> str:
        """The name of what is summed below the line."""
        return f"{self.code}:d"

    @cached_property
    def above(self) -> str:
        """The name of what the weights add above the line."""
        return f"{self.code}:wn"

    @cached_property
    def below(self) -> str:
        """The name of what the weights add below the line."""
        return f"{self.code}:wd"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all that is summed."""
        counts = (self.denominator, self.numerator)
        return (*counts, self.below, self.above) if self.weighted else counts

    def rate(self, amounts: Mapping[str, int]) -> Rate:
        """The rate of such sums; what is not among them is 0."""
        of = amounts.get
        return Rate(of(self.numerator, 0), of(self.denominator, 0), of(self.above, 0), of(self.below, 0))


_IN = missing("exclusion")
_SENT = known("first_unit_id")
_PASSED_ON = known("dispatched_in_time")
_DONE_ONCE = known("first_completed_at")
_TAKEN_ON = known("accepted_at")
_REAL = none_of("exclusion", Exclusion.VOID)
_GRID = one_of("direction", Direction.GRID)
_CENTRE = one_of("direction", Direction.CENTRE)
_VERIFIED = known("verified_in_time")
_CHECKED = known("checked_in_time")
_SATISFIED = one_of("satisfaction", Satisfaction.VERY_GOOD, Satisfaction.GOOD, Satisfaction.FAIR)
_PUT_RIGHT = one_of("rectified", Rectified.IN_TIME)
_FOLLOWED = one_of("followed", Followed.ANSWERED, Followed.UNREACHED)
_ANSWERED = one_of("followed", Followed.ANSWERED)
_NOT_A_REPORT = (Exclusion.VOID, Exclusion.MERGED)
_NOT_VALID = (Exclusion.VOID, Exclusion.GUIDED, Exclusion.WITHDRAWN, Exclusion.NOT_TAKEN_ON)

FIGURES: tuple[Figure, ...] = (
    # by deadline: the cohort of the headline
    Figure("COMPLETION", "响应完成率", View.A, (_IN,), (yes("kept"),), good=True),
    Figure("SIGN", "签收及时率", View.A, (_IN, _SENT), (yes("signed_in_time"),), good=True),
    Figure("CONTACT", "先行联系率", View.A, (_IN, _SENT, no("contact_exempt")), (yes("contacted_in_time"),), good=True),
    Figure("FINISH", "按时办结率", View.A, (_IN,), (yes("on_time"),), good=True),
    Figure("FIRST_DONE", "首次办结率", View.A, (_IN, _DONE_ONCE), (zero("rework_count"),), good=True),
    Figure("REWORK", "返工率", View.A, (_IN, _DONE_ONCE), (some("rework_count"),), good=False),
    Figure("EXTENSION", "延期率", View.A, (_IN,), (some("extensions"),), good=False),
    Figure("SUSPENSION", "挂起率", View.A, (_IN,), (some("suspensions"),), good=False),
    Figure("SUPERVISION", "督办率", View.A, (_IN,), (some("supervisions"),), good=False),
    Figure(
        "COVERED",
        "回访覆盖率",
        View.A,
        (_IN, _DONE_ONCE, none_of("followed", Followed.NOT_ASKED)),
        (_FOLLOWED,),
        good=True,
        weighted=True,
    ),
    Figure("REACHED", "回访接通率", View.A, (_IN, _FOLLOWED), (_ANSWERED,), good=True, weighted=True),
    Figure("SOLVED", "解决率", View.A, (_IN, known("solved")), (yes("solved"),), good=True, weighted=True),
    Figure("SATISFIED", "满意率", View.A, (_IN, known("satisfaction")), (_SATISFIED,), good=True, weighted=True),
    Figure("RECTIFIED", "差评按期整改率", View.A, (_IN, known("rectified")), (_PUT_RIGHT,), good=True),
    # by acceptance: how cases went out
    Figure("RETURN", "退单率", View.B, (_IN, _SENT), (some("returns"),), good=False),
    Figure("FIRST_RIGHT", "首派准确率", View.B, (_IN, _SENT), (no("misdirected"),), good=True),
    Figure("DISPATCH", "按时派单率", View.B, (_IN, _PASSED_ON), (yes("dispatched_in_time"),), good=True),
    Figure("REPEAT", "重复诉求率", View.B, (_TAKEN_ON, _REAL), (yes("repeated"),), good=False),
    Figure("LISTED", "挂账率", View.B, (_TAKEN_ON, _REAL), (yes("on_ledger"),), good=False),
    Figure(
        "SELF_SETTLED",
        "网格自办结率",
        View.B,
        (_GRID, none_of("exclusion", *_NOT_A_REPORT)),
        (one_of("exclusion", Exclusion.SELF_SETTLED),),
        good=True,
    ),
    Figure("MISSED", "漏报率", View.B, (_TAKEN_ON, _REAL), (yes("missed_by_grid"),), good=False),
    # 数字城管 (domain.md §3.8): what the public found, who looked in time, and the grid's own cases
    Figure(
        "PUBLIC_FOUND",
        "监督举报率",
        View.B,
        (_TAKEN_ON, _REAL),
        (_CENTRE, yes("verified")),
        good=False,
        post=True,
    ),
    Figure(
        "VERIFIED_IN_TIME", "按时核实率", View.B, (_VERIFIED, _REAL), (yes("verified_in_time"),), good=True, post=True
    ),
    Figure("CHECKED_IN_TIME", "按时核查率", View.B, (_CHECKED, _REAL), (yes("checked_in_time"),), good=True, post=True),
    Figure("GRID_VALID", "有效上报率", View.B, (_GRID,), (none_of("exclusion", *_NOT_VALID),), good=True, post=True),
    Figure(
        "GRID_FILED_IN_TIME",
        "按时立案率",
        View.B,
        (_GRID, known("called_in_time")),
        (yes("called_in_time"),),
        good=True,
        post=True,
    ),
    Figure("GRID_FILED_RIGHT", "准确立案率", View.B, (_GRID, _TAKEN_ON), (_REAL,), good=True, post=True),
    Figure(
        "GRID_DISPATCH",
        "按时派遣率",
        View.B,
        (_GRID, _REAL, _PASSED_ON),
        (yes("dispatched_in_time"),),
        good=True,
        post=True,
    ),
    Figure(
        "GRID_DISPATCH_RIGHT", "准确派遣率", View.B, (_GRID, _REAL, _SENT), (no("misdirected"),), good=True, post=True
    ),
    Figure("GRID_HANDLED", "处置率", View.A, (_GRID, _IN), (_DONE_ONCE,), good=True, post=True),
    Figure("GRID_HANDLED_IN_TIME", "按期处置率", View.A, (_GRID, _IN), (yes("first_on_time"),), good=True, post=True),
    Figure("GRID_CLOSED", "结案率", View.A, (_GRID, _IN), (yes("done"),), good=True, post=True),
    Figure("GRID_CLOSED_IN_TIME", "按期结案率", View.A, (_GRID, _IN), (yes("on_time"),), good=True, post=True),
    Figure("GRID_CLOSED_LATE", "超期结案率", View.A, (_GRID, _IN), (yes("done"), no("on_time")), good=False, post=True),
    Figure(
        "GRID_REWORK",
        "返工率（网格）",
        View.A,
        (_GRID, _IN, _DONE_ONCE),
        (some("rework_count"),),
        good=False,
        post=True,
    ),
    Figure("GRID_EXTENSION", "延期率（网格）", View.A, (_GRID, _IN), (some("extensions"),), good=False, post=True),
    Figure("GRID_SUSPENSION", "挂起率（网格）", View.A, (_GRID, _IN), (some("suspensions"),), good=False, post=True),
)
TIMED = View.C
"""By completion: how long cases took that were completed in the period."""
TIMED_OVER = (_IN,)

_BY_CODE = {figure.code: figure for figure in FIGURES}
_OF_BASIS = {basis: tuple(figure for figure in FIGURES if figure.basis is basis) for basis in BASES}


_ASKED = {
    basis: tuple(dict.fromkeys(each for figure in figures for each in (*figure.over, *figure.counts)))
    for basis, figures in _OF_BASIS.items()
}
"""Every condition of the cohort's figures, once."""


def named(code: str) -> Figure | None:
    """The figure of that code."""
    return _BY_CODE.get(code)


def of_basis(basis: View) -> tuple[Figure, ...]:
    """The figures over that cohort."""
    return _OF_BASIS[basis]


def names_of(basis: View) -> tuple[str, ...]:
    """The names of all that is summed over that cohort."""
    found = [name for figure in _OF_BASIS[basis] for name in figure.names]
    return (*found, *(name for time in TIMES for name in names_of_time(time))) if basis is TIMED else tuple(found)


def names_of_time(time: Time) -> tuple[str, ...]:
    """The names of a time's sum and of its buckets."""
    return (f"{time.value}:sum", *(f"{time.value}:{place}" for place in range(len(BOUNDS) + 1)))


def more_of(weight: int | None) -> int:
    """For how many more cases than itself a case stands; −1: not even for itself."""
    return 0 if weight is None else weight - 1


def adds(figure: Figure, counts: bool, more: int) -> Iterator[tuple[str, int]]:
    """What a case that the figure is over adds, by name, and what its weight adds to that."""
    names = (figure.denominator, figure.below), *([(figure.numerator, figure.above)] if counts else [])
    for name, weighted in names:
        yield name, 1
        if figure.weighted and more:
            yield weighted, more


@lru_cache(4096)
def _added(basis: View, met: tuple[bool, ...], more: int) -> tuple[tuple[str, int], ...]:
    """What is added where of _ASKED those are met. Cases are alike in this by thousands, and each move asks it."""
    holding = {condition for condition, holds in zip(_ASKED[basis], met, strict=True) if holds}
    over = [figure for figure in _OF_BASIS[basis] if holding.issuperset(figure.over)]
    return tuple(each for figure in over for each in adds(figure, holding.issuperset(figure.counts), more))


def measures(case: CaseFacts, found: Standing, basis: View) -> Iterator[tuple[str, int]]:
    """What a case that is in the basis adds, by name: above and below each figure's line, and to the times."""
    met = tuple([holds(condition, case, found) for condition in _ASKED[basis]])
    yield from _added(basis, met, more_of(case.follow_weight))
    if basis is TIMED and all(holds(condition, case, found) for condition in TIMED_OVER):
        for time in TIMES:
            length = minutes(case, time)
            if length is not None:
                yield f"{time.value}:sum", length
                yield f"{time.value}:{bucket(length)}", 1
