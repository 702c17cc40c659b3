"""Rollups 汇总: what one case adds to figures that are kept summed up, and what a change of it adds (words.md §6).

They are summed as at the end of time, so that no sum depends on when it is looked at. What T_obs changes concerns few
cases (still open in time, or completed after T_obs): the report judges those again (db/reads/rolled.py). A breach alone
therefore adds nothing: a case that stays late was never counted as kept. View D looks at the stock and is never summed.
The set of figures beside the views (rates/figures.py) is summed name by name, for the month and county of its basis.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from operator import neg, sub
from typing import NamedTuple

from casework.rules.calendars import day_of
from casework.rules.rates import BASES, CaseFacts, Standing, View, measures, standing
from casework.rules.tallies import counted
from casework.rules.words import Status

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""T_obs of what is summed: every deadline is over, every completion has happened."""

SUMMED_VIEWS = (View.A, View.A0, View.B, View.C, View.ALL)
COUNTY_DIGITS = 6


class Cell(NamedTuple):
    """Where it is added: the first day of the month (Asia/Shanghai) of the view's date, the county (or the wider area
    that the case is placed in), and the reason of exclusion, "" for what enters the rate."""

    month: date
    area: str
    reason: str


class Sums(NamedTuple):
    """What is added; named as in tallies.Tally. All but `cases` and `from_grid` are 0 beside a reason."""

    cases: int = 0
    kept: int = 0
    done: int = 0
    on_time: int = 0
    first_on_time: int = 0
    from_grid: int = 0


class Delta(NamedTuple):
    """One line of `rate_delta`: sums, negative where something is taken back, for one cell in each of the `views`.

    Beside them, or alone, `amounts` of figures by their `names`, for the month and the area.
    """

    views: list[str]
    month: date
    area: str
    reason: str
    cases: int
    kept: int
    done: int
    on_time: int
    first_on_time: int
    from_grid: int
    names: list[str]
    amounts: list[int]


Added = tuple[Cell, Sums]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a case adds: to each view that it is in, and to the figures by month, county and name."""

    views: Mapping[View, Added] = field(default_factory=dict)
    figures: Mapping[tuple[date, str, str], int] = field(default_factory=dict)


NOTHING = Contribution()
"""What a case adds that is not there yet."""


def contribution(case: CaseFacts, area: str) -> Contribution:
    """What a case in that area adds to each view that it is in, and to the figures."""
    adds: dict[View, Added] = {}
    figures: dict[tuple[date, str, str], int] = {}
    for view in BASES[:2] if case.completed_at is None else BASES:
        found = _add(adds, case, area, view)
        if found is not None:
            cell = adds[view][0]
            for name, amount in measures(case, found, view):
                figures[cell.month, cell.area, name] = amount
    if case.finish_due_original != case.finish_due:
        _add(adds, case, area, View.A0)
    elif View.A in adds:
        adds[View.A0] = adds[View.A]
    if case.end is Status.ANSWERED:
        _add(adds, case, area, View.ALL)
    elif View.A in adds:
        adds[View.ALL] = adds[View.A]
    return Contribution(adds, figures)


def _add(adds: dict[View, Added], case: CaseFacts, area: str, view: View) -> Standing | None:
    found = standing(case, FOREVER, view)
    if found.at is None:
        return None
    reason = found.exclusion.value if found.exclusion else ""
    cell = Cell(day_of(found.at).replace(day=1), area[:COUNTY_DIGITS], reason)
    one = counted(case.direction, found)
    adds[view] = cell, Sums(one.cases or 1, one.kept, one.done, one.on_time, one.first_on_time, one.from_grid)
    return found


def deltas(before: Contribution, after: Contribution) -> list[Delta]:
    """What takes the sums from one contribution to the other; views that change alike share a line."""
    alike: dict[tuple[Cell, Sums], list[str]] = {}
    for view in SUMMED_VIEWS:
        for changed in _changed(before.views.get(view), after.views.get(view)):
            alike.setdefault(changed, []).append(view.value)
    lines = [Delta(views, *cell, *sums, [], []) for (cell, sums), views in alike.items()]
    return _with_figures(lines, before, after) if before.figures != after.figures else lines


def figure_line(month: date, area: str, amounts: Mapping[str, int]) -> Delta:
    """The line of so much of each name."""
    return Delta([], month, area, "", *Sums(), list(amounts), list(amounts.values()))


def _with_figures(lines: list[Delta], before: Contribution, after: Contribution) -> list[Delta]:
    """The figures ride on a line of their month and county, or have one of their own."""
    changes = Counter(after.figures)
    changes.subtract(before.figures)
    cells: dict[tuple[date, str], dict[str, int]] = {}
    for (month, area, name), amount in changes.items():
        if amount:
            cells.setdefault((month, area), {})[name] = amount
    for place, line in enumerate(lines):
        amounts = cells.pop((line.month, line.area), None)
        if amounts:
            lines[place] = line._replace(names=list(amounts), amounts=list(amounts.values()))
    return lines + [figure_line(*cell, amounts) for cell, amounts in cells.items()]


def _changed(old: Added | None, new: Added | None) -> list[Added]:
    if old == new:
        return []
    if old is not None and new is not None and old[0] == new[0]:
        return [(new[0], Sums(*map(sub, new[1], old[1])))]
    taken_back = [(old[0], Sums(*map(neg, old[1])))] if old else []
    return taken_back + ([new] if new else [])
