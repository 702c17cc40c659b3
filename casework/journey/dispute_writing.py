"""What a move of a dispute carries while it is written, and its clocks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.disputes import HangsOn
from casework.db.models import Dispute, DisputeTimer
from casework.journey.city import City
from casework.rules.calendars import WorkCalendar
from casework.rules.facts import Actor
from casework.rules.limits import Limit
from casework.rules.mediation_asks import Ask
from casework.rules.mediation_periods import end_of, period_end
from casework.rules.mediation_words import DisputeClock, Track

AGREED_TEXT, AGREED_SOURCE = "-", "当事人约定"
"""The limit and the source of a clock whose end the parties agreed on."""


class Until(NamedTuple):
    """When a clock ends, and why then."""

    due_at: datetime
    limit: str
    source: str


@dataclass
class DisputeWriting:
    """One move being written. `words`: what was said, masked. `agreed_end`: the end of an extension by consent."""

    session: AsyncSession
    city: City
    dispute: Dispute
    hangs: HangsOn
    actor: Actor
    ask: Ask
    now: datetime
    words: dict[str, Any]
    mediator: int | None = None
    agreed_end: datetime | None = None
    noted: dict[str, Any] = field(default_factory=dict)

    @property
    def calendar(self) -> WorkCalendar:
        """The working calendar of the dispute's prefecture."""
        return self.city.catalog.calendars.for_area(self.dispute.area_code)

    def running(self, name: DisputeClock) -> DisputeTimer | None:
        """The timer of that name that runs."""
        return running(self.hangs.timers, name)

    def start(self, name: DisputeClock) -> None:
        """A new cycle from now on."""
        until = self._until(name)
        cycle = 1 + sum(timer.name == name for timer in self.hangs.timers)
        timer = DisputeTimer(
            dispute_id=self.dispute.id,
            name=name.value,
            cycle=cycle,
            state="RUNNING",
            started_at=self.now,
            due_at=until.due_at,
            limit_text=until.limit,
            limit_source=until.source,
        )
        self.session.add(timer)
        self.hangs.timers.append(timer)

    def end(self, names: Iterable[DisputeClock], state: str) -> None:
        """Those of the timers that run stop, or are cancelled."""
        for name in names:
            timer = self.running(name)
            if timer is not None:
                timer.state, timer.stopped_at = state, self.now

    def _until(self, name: DisputeClock) -> Until:
        mediation, dispute = self.city.catalog.mediation, self.dispute
        if name is DisputeClock.PERFORM:
            assert dispute.perform_by is not None
            return Until(end_of(dispute.perform_by), AGREED_TEXT, AGREED_SOURCE)
        if name is DisputeClock.MEDIATE and self.agreed_end is not None:
            return Until(self.agreed_end, AGREED_TEXT, AGREED_SOURCE)
        mediates = name is DisputeClock.MEDIATE
        entry = mediation.tracks[Track(dispute.track)] if mediates else mediation.limits[name]
        return Until(period_end(entry.length, self.now, self.calendar), entry.limit, entry.source)


def running(timers: Iterable[DisputeTimer], name: DisputeClock) -> DisputeTimer | None:
    """The timer of that name that runs."""
    return next((timer for timer in timers if timer.name == name and timer.state == "RUNNING"), None)


def second_session_by(city: City, dispute: Dispute, first: datetime | None) -> datetime | None:
    """治安调解: until when the second session is held; None where there is no such limit or no first."""
    within = city.catalog.mediation.tracks[Track(dispute.track)].within
    if within is None or first is None:
        return None
    return period_end(Limit.parse(within), first, city.catalog.calendars.for_area(dispute.area_code))
