"""The time limits as the API shows them 时限: planned by the very functions that start the clocks of a case."""

from collections.abc import Sequence
from datetime import datetime

from casework.catalog.entries import Category
from casework.catalog.load import Catalog
from casework.catalog.timing import SET_ELSEWHERE
from casework.journey.clockwork import Timing, interim, plan
from casework.journey.limit_trial import LimitTrial
from casework.rules.dispatch_rule import DispatchRule
from casework.rules.facts import Actor
from casework.rules.limits import Statute
from casework.rules.words import ClockName, Kind, Urgency
from services.dispatch import limit_schemas as s

BY_STATUTE = (Urgency.N, Urgency.C)
"""Danger never waits for a statute (rules/limits.py)."""


def found_limits(
    catalog: Catalog,
    actor: Actor,
    rules: Sequence[DispatchRule],
    asked: tuple[Urgency, Kind | None],
    words: str,
    at: datetime,
) -> list[s.CategoryLimit]:
    """办结时限 of every category that all `words` are found in, after that of a case without one."""
    own = [rule for rule in rules if rule.version and rule.limit and _near(rule.area, actor.area)]
    rows = [_row(catalog, actor, own, None, asked, at)]
    rows += [_row(catalog, actor, own, one, asked, at) for one in catalog.categories.values() if len(one.code) > 2]
    return [row for row in rows if _says(row, words)]


def _near(area: str, mine: str) -> bool:
    return area.startswith(mine) or mine.startswith(area)


def _says(row: s.CategoryLimit, words: str) -> bool:
    ceiling = row.ceiling.source if row.ceiling else ""
    said = " ".join((row.code, row.name, row.path, row.source, ceiling, *(rule.rule for rule in row.ruled))).lower()
    return all(word in said for word in words.lower().split())


def _row(
    catalog: Catalog,
    actor: Actor,
    own: Sequence[DispatchRule],
    category: Category | None,
    asked: tuple[Urgency, Kind | None],
    at: datetime,
) -> s.CategoryLimit:
    urgency, kind = asked
    timing = _timing(actor, category, urgency, kind, at)
    legal = _legal(category, urgency, kind)
    row, owed = plan(catalog, ClockName.FINISH, timing, at), interim(catalog, timing)
    code = category.code if category else ""
    ruling = [rule for rule in own if legal is None and urgency in BY_STATUTE and code.startswith(rule.category)]
    return s.CategoryLimit(
        code=code,
        name=category.name if category else "",
        path=_path(catalog, category),
        retired=bool(category and category.retired),
        limit=row.limit_text if row else None,
        source=row.limit_source if row else "",
        by_statute=legal is not None,
        ceiling=_ceiling(category.statute(kind) if category else None),
        interim=str(owed.limit) if owed else None,
        ruled=[_ruled(catalog, one) for one in ruling if one.kind in (None, kind) and one.urgency in (None, urgency)],
    )


def _ruled(catalog: Catalog, rule: DispatchRule) -> s.RuledLimit:
    return s.RuledLimit(
        rule=rule.id,
        version=rule.version,
        area_name=catalog.areas.name_path(rule.area),
        limit=rule.limit,
        legal_basis=rule.legal_basis,
    )


def limits_of(catalog: Catalog, actor: Actor, category: Category | None, kind: Kind | None, at: datetime) -> s.LimitsOf:
    """Every clock at every urgency, as if a case of that category and kind came at `at`."""
    return s.LimitsOf(
        code=category.code if category else "",
        name=category.name if category else "",
        kind=kind,
        area_name=catalog.areas.name_path(actor.area),
        calendar=catalog.calendars.for_area(actor.area).version,
        version=catalog.limits.version,
        at=at,
        ceiling=_ceiling(category.statute(kind) if category else None),
        lines=[_line(catalog, actor, category, kind, clock, at) for clock in ClockName if clock not in SET_ELSEWHERE],
        set_elsewhere=[clock for clock in ClockName if clock in SET_ELSEWHERE],
    )


def _line(
    catalog: Catalog, actor: Actor, category: Category | None, kind: Kind | None, clock: ClockName, at: datetime
) -> s.LimitLine:
    cells = []
    for urgency in Urgency:
        timing, legal = _timing(actor, category, urgency, kind, at), _legal(category, urgency, kind)
        row = plan(catalog, clock, timing, at)
        if row is None:
            continue
        owed = interim(catalog, timing) if clock is ClockName.FEEDBACK else None
        whole = owed or catalog.limits.find(clock, urgency, kind, timing.category, legal)
        cells.append(
            s.LimitCell(
                urgency=urgency,
                limit=str(whole.limit) if whole else row.limit_text,
                due_at=row.due_at,
                source=row.limit_source,
                repeats=bool(whole and whole.repeats),
                interim=owed is not None,
                by_statute=clock is ClockName.FINISH and legal is not None,
                provisional=row.kind_unknown,
            )
        )
    return s.LimitLine(clock=clock, cells=cells)


def _timing(actor: Actor, category: Category | None, urgency: Urgency, kind: Kind | None, at: datetime) -> Timing:
    return Timing(urgency, kind, category.code if category else None, actor.area, accepted_at=at)


def _legal(category: Category | None, urgency: Urgency, kind: Kind | None) -> Statute | None:
    return category.statute(kind) if category and urgency in BY_STATUTE else None


def _ceiling(legal: Statute | None) -> s.CeilingView | None:
    return s.CeilingView(limit=str(legal.limit), source=legal.source) if legal else None


def _path(catalog: Catalog, category: Category | None) -> str:
    code, known = category.code if category else "", catalog.categories
    above = (code[:end] for end in range(2, len(code), 2))
    return " / ".join(known[one].name for one in above if one in known)


def trial_view(month: str, trial: LimitTrial) -> s.LimitTrialView:
    """What a shorter limit would have made of a month."""
    return s.LimitTrialView(
        month=month,
        asked=trial.asked,
        late=trial.late,
        later=trial.later,
        apart=trial.apart,
        cases=[
            s.LateCase(
                case_no=one.case.case_no,
                title=one.case.title,
                was_due=one.case.due_at,
                due=one.due,
                ended_at=one.case.ended_at,
            )
            for one in trial.listed
        ],
        next=str(trial.next) if trial.next else None,
        cut=trial.cut,
    )
