"""Clocks of a case: planned from the catalogue, started, filed, resumed and stopped as the table's rows say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from casework.catalog.load import Catalog
from casework.db.door import ClockRow
from casework.db.models import Clock, Motion
from casework.rules.calendars import WorkCalendar
from casework.rules.clocks import Due, Limit, PromisedBy, Reason, due, promise, resume_due, sentence, stages
from casework.rules.limits import LimitKey, LimitRow, Statute
from casework.rules.words import ClockName, Kind, MotionKind, Stage, Urgency

ON_LEAD = frozenset({ClockName.SIGN, ClockName.CONTACT, ClockName.FEEDBACK})
"""Clocks that hang on the lead's assignment (words.md §3)."""


class Limited(Protocol):
    """What has a limit with its source: a clock, or one that is about to start."""

    @property
    def limit_text(self) -> str: ...
    @property
    def limit_source(self) -> str: ...
    @property
    def kind_unknown(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Timing:
    """What a clock's length depends on. `upstream_due`: the upstream's own deadline, UTC. `ruled`: the limit that the
    dispatch rule of the case sets for FINISH, where no statute does."""

    urgency: Urgency
    kind: Kind | None
    category: str | None
    area: str
    upstream_due: datetime | None = None
    ruled: Statute | None = None
    urban_code: str | None = None
    accepted_at: datetime | None = None


def interim(catalog: Catalog, timing: Timing) -> LimitRow | None:
    """The dated interim reply that a statute's longer limit makes us owe; None: none is owed."""
    category = catalog.categories.get(timing.category) if timing.category else None
    legal = category.statute(timing.kind) if category else None
    return catalog.limits.interim(timing.urgency, timing.kind, timing.category, legal)


def plan(catalog: Catalog, name: ClockName, timing: Timing, start: datetime, cycle: int = 1) -> ClockRow | None:
    """The clock that starts now, or None where these facts have no such clock.

    For FINISH the upstream's deadline, when earlier, is the promise; ours stays beside it in `own_due_at`. FEEDBACK as
    the interim reply that a statute makes us owe counts from the acceptance, whoever has the case.
    """
    if name is ClockName.FEEDBACK and (owed := interim(catalog, timing)) is not None:
        calendar, begin = catalog.calendars.for_area(timing.area), timing.accepted_at or start
        return ahead(_planned(name, owed, catalog.limits.version, calendar, begin, None, cycle), start)
    category = catalog.categories.get(timing.category) if timing.category else None
    legal = category.statute(timing.kind) if category else None
    urban = catalog.urban.limit(timing.urban_code, timing.kind, timing.area) if name is ClockName.FINISH else None
    row = catalog.limits.find(name, timing.urgency, timing.kind, timing.category, legal or urban or timing.ruled)
    if row is None:
        return None
    upstream_due = timing.upstream_due if name is ClockName.FINISH else None
    calendar = catalog.calendars.for_area(timing.area)
    if urban is not None and legal is None:
        row = _sooner(row, LimitRow(LimitKey(name), urban.limit, urban.source), start, calendar)
    return _planned(name, row, catalog.limits.version, calendar, start, upstream_due, cycle)


def _sooner(usual: LimitRow, urban: LimitRow, start: datetime, calendar: WorkCalendar) -> LimitRow:
    """In danger (E0, E1) the class's own limit holds only where it ends earlier."""
    return urban if due(urban.limit, start, calendar).at < due(usual.limit, start, calendar).at else usual


@lru_cache(512)
def _planned(
    name: ClockName,
    row: LimitRow,
    version: str,
    calendar: WorkCalendar,
    start: datetime,
    upstream_due: datetime | None,
    cycle: int,
) -> ClockRow:
    """Pure: of the clocks that start at one moment, hundreds in an import, most are alike."""
    own = due(row.limit, start, calendar)
    promised = promise(own, upstream_due)
    path = stages(start, promised.at, calendar, own.limit)
    return ClockRow(
        name=name.value,
        cycle=cycle,
        started_at=start,
        due_at=promised.at,
        own_due_at=own.at,
        limit_text=str(own.limit),
        limit_source=row.source,
        rule_version=version,
        calendar_version=calendar.version,
        calendar_unannounced=promised.provisional,
        kind_unknown=row.provisional,
        stages=[stage.value for stage, _ in path],
        stage_times=[at for _, at in path],
        next_at=path[0][1] if path else None,
    )


def by_limit(catalog: Catalog, name: ClockName, limit: Limit, source: str, timing: Timing, start: datetime) -> ClockRow:
    """The clock of a limit that is not in the table of limits."""
    calendar = catalog.calendars.for_area(timing.area)
    return _planned(name, LimitRow(LimitKey(name), limit, source), catalog.limits.version, calendar, start, None, 1)


def until(catalog: Catalog, name: ClockName, due_at: datetime, like: Limited, area: str, start: datetime) -> ClockRow:
    """A clock whose end people agreed on; `like` is the clock that it takes its limit and its source from.

    Its warnings lie between `start` and that end.
    """
    calendar = catalog.calendars.for_area(area)
    path = stages(start, due_at, calendar, Limit.parse(like.limit_text))
    return ClockRow(
        name=name.value,
        cycle=1,
        started_at=start,
        due_at=due_at,
        own_due_at=due_at,
        limit_text=like.limit_text,
        limit_source=like.limit_source,
        rule_version=catalog.limits.version,
        calendar_version=calendar.version,
        calendar_unannounced=calendar.provisional(start, due_at),
        kind_unknown=like.kind_unknown,
        stages=[stage.value for stage, _ in path],
        stage_times=[at for _, at in path],
        next_at=path[0][1],
    )


def ahead(row: ClockRow, now: datetime) -> ClockRow:
    """The clock without the warnings that lie behind; the breach stays, whenever it is."""
    path = [
        (stage, at)
        for stage, at in zip(row.stages, row.stage_times, strict=True)
        if at > now or stage == Stage.BREACH.value
    ]
    return row._replace(stages=[stage for stage, _ in path], stage_times=[at for _, at in path], next_at=path[0][1])


def after_suspensions(own: Due, motions: Iterable[Motion], since: datetime, calendar: WorkCalendar) -> Due:
    """A deadline of our own that was reckoned anew from `since`, with the suspensions and listings that ended
    so far taken out."""
    for motion in motions:
        start, end = motion.ruled_at, motion.ended_at
        if motion.kind in (MotionKind.SUSPENSION, MotionKind.LEDGER) and start and end and start >= since:
            own = resume_due(own.at, start, end, calendar, own.limit)
    return own


def why(catalog: Catalog, clock: Clock, language: str) -> str:
    """One sentence that answers "why this time?" for a clock of any age, in zh-CN or en."""
    reason = Reason(
        code=_promised_by(clock),
        clock=ClockName(clock.name),
        limit=clock.limit_text,
        start=clock.started_at,
        due_at=clock.due_at,
        own_due_at=clock.own_due_at,
        source=clock.limit_source,
        rules_version=clock.rule_version,
        calendar_version=clock.calendar_version,
        calendar_unannounced=clock.calendar_unannounced,
        kind_unknown=clock.kind_unknown,
    )
    return sentence(reason, catalog.why[language])


def _promised_by(clock: Clock) -> PromisedBy:
    if clock.due_at != clock.own_due_at:
        return PromisedBy.UPSTREAM
    return PromisedBy(clock.promised_by) if clock.promised_by else PromisedBy.OWN


def start(case_id: int, assignment_id: int | None, row: ClockRow) -> Clock:
    """The planned clock as a row of the case."""
    return Clock(case_id=case_id, assignment_id=assignment_id, state="RUNNING", stage_no=1, **row._asdict())


def next_due(clocks: Iterable[Clock]) -> datetime | None:
    """The nearest end of what runs for the case itself; that of a rectification 整改 is kept apart."""
    return min((c.due_at for c in clocks if c.state == "RUNNING" and c.name != ClockName.RECTIFY), default=None)


def running(clocks: Iterable[Clock], names: Iterable[ClockName]) -> list[Clock]:
    """Those of the named clocks that run or await their verdict."""
    wanted = {name.value for name in names}
    return [clock for clock in clocks if clock.name in wanted and clock.state in ("RUNNING", "FILED", "PAUSED")]


def stop(clock: Clock, at: datetime) -> bool:
    """Stop a clock; a filed one stops at its filing time. Returns whether it was in time."""
    clock.state = "STOPPED"
    clock.stopped_at = clock.filed_at or at
    clock.next_at = None
    return clock.stopped_at <= clock.due_at


def cancel(clock: Clock, at: datetime) -> None:
    """End a clock whose promise no longer stands: neither kept nor broken."""
    clock.state = "CANCELLED"
    clock.stopped_at = at
    clock.next_at = None


def file(clock: Clock, at: datetime) -> None:
    """A result was filed: the time is set, the verdict is awaited, no stage fires meanwhile."""
    clock.state = "FILED"
    clock.filed_at = at


def pause(clock: Clock, at: datetime) -> None:
    """挂起: the clock stands still, no stage fires meanwhile."""
    clock.state, clock.paused_at, clock.next_at = "PAUSED", at, None


def resume(clock: Clock, at: datetime, catalog: Catalog, timing: Timing) -> None:
    """The clock runs on. A rejected result counts as never filed (words.md §3): what fell due meanwhile fires at the
    next sweep. After a pause what remained of the limit runs on from `at`; stages that fired do not fire again."""
    if clock.paused_at is not None:
        _run_on(clock, clock.paused_at, at, catalog, timing)
    clock.state, clock.filed_at, clock.paused_at = "RUNNING", None, None


def _run_on(clock: Clock, paused_at: datetime, at: datetime, catalog: Catalog, timing: Timing) -> None:
    calendar, limit = catalog.calendars.for_area(timing.area), Limit.parse(clock.limit_text)
    own = resume_due(clock.own_due_at, paused_at, at, calendar, limit)
    if clock.own_due_at != own.at:
        clock.promised_by = PromisedBy.SUSPENSION.value
    clock.calendar_unannounced = clock.calendar_unannounced or own.provisional
    move_due(clock, own, timing.upstream_due, calendar, at)
    clock.next_at = clock.stage_times[clock.stage_no - 1] if clock.stage_no <= len(clock.stages) else None


def move_due(clock: Clock, own: Due, upstream_due: datetime | None, calendar: WorkCalendar, now: datetime) -> None:
    """The clock's end and the stages still ahead, anew; what has fired stays as it was (docs/decisions/0009)."""
    kept = promise(own, upstream_due if clock.name == ClockName.FINISH else None)
    fired = clock.stage_no - 1
    path = [
        (stage.value, max(when, now))
        for stage, when in stages(clock.started_at, kept.at, calendar, own.limit)
        if stage.value not in clock.stages[:fired]
    ]
    clock.due_at, clock.own_due_at = kept.at, own.at
    clock.stages = [*clock.stages[:fired], *(stage for stage, _ in path)]
    clock.stage_times = [*clock.stage_times[:fired], *(when for _, when in path)]


def replan(clock: Clock, anew: ClockRow, own: Due, calendar: WorkCalendar, now: datetime) -> None:
    """Another limit holds from now on: the end is reckoned anew, what has fired stays as it was."""
    clock.limit_text, clock.limit_source, clock.rule_version = anew.limit_text, anew.limit_source, anew.rule_version
    clock.kind_unknown, clock.calendar_unannounced = anew.kind_unknown, own.provisional
    move_due(clock, own, None, calendar, now)
    clock.next_at = clock.stage_times[clock.stage_no - 1] if clock.stage_no <= len(clock.stages) else None


def breached_unseen(clock: Clock) -> bool:
    """A clock that was stopped late before the sweeper saw it."""
    assert clock.stopped_at is not None
    return clock.stopped_at > clock.due_at and clock.breached_at is None and Stage.BREACH.value in clock.stages
