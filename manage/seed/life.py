"""One case's life in the past 工单的过去: it enters by the door's rules, moves by the table's, its clocks are swept.

What report.py and move.py do with a transaction is done here with a notebook, at simulated instants: the same rows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from casework.db.cases import Hanging
from casework.db.checks import Checker
from casework.db.door import NewCase
from casework.db.models import Assignment, Case, Clock, Event, Inbox, Motion, Notice, RateDelta, Request
from casework.journey import clockwork
from casework.journey.city import City
from casework.journey.copying import COPIED
from casework.journey.merging import main_fault
from casework.journey.move import write
from casework.journey.report import BODY, Held, new_case, next_number, prepare
from casework.journey.standing import attempts_needed, bounds_of, state_of
from casework.journey.wording import masked_words
from casework.journey.writing import Writing
from casework.rules import asks
from casework.rules.calendars import WorkCalendar
from casework.rules.decide import decide
from casework.rules.evidence import NOTHING_DEMANDED, Demand, demanded
from casework.rules.facts import Actor, Facts
from casework.rules.words import Action, AssignmentKind, ClockName, Kind, Level, Status, Urgency
from manage.seed.arrivals import Message
from manage.seed.pen import Notebook
from manage.seed.reading import inbox_row, read
from manage.seed.staff import Office
from manage.seed.sweep import sweep


@dataclass(frozen=True, slots=True)
class World:
    """What all lives share: the city, its units by code and by id, who works there, and the moment of seeding."""

    city: City
    units: Mapping[str, Office]
    names: Mapping[int, str]
    communities: Mapping[str, Office]
    actors: Sequence[Actor]
    calendar: WorkCalendar
    now: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does next, and when (UTC)."""

    at: datetime
    actor: Actor
    ask: asks.Ask


@dataclass
class Life:
    """A case while it lives. `last`: its latest move. `marks`: what its people have made up their minds about. `main`:
    a case of the same matter that came before and is still open at the end of the 30 days."""

    world: World
    pen: Notebook
    message: Message
    chance: Random
    case: Case
    request: Request
    last: datetime
    inbox: Inbox
    clocks: list[Clock] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    motions: list[Motion] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    main: "Life | None" = None

    @property
    def status(self) -> Status:
        return Status(self.case.status)

    def clock(self, name: ClockName) -> Clock | None:
        """The clock of that name that runs or awaits its verdict."""
        return next(iter(clockwork.running(self.clocks, [name])), None)

    def settle_mark(self, name: str, options: Mapping[str, float]) -> str:
        """What was decided about `name`, drawn once by weight."""
        if name not in self.marks:
            self.marks[name] = self.chance.choices(list(options), list(options.values()))[0]
        return self.marks[name]

    def first(self, mark: str) -> bool:
        """Whether this is the first time; from now on it is not."""
        if mark in self.marks:
            return False
        self.marks[mark] = "yes"
        return True

    def demand(self, action: Action, way: str | None = None) -> Demand:
        """The evidence that the catalogue would ask for now."""
        case = self.case
        kind = Kind(case.kind) if case.kind else None
        rules = self.world.city.catalog.evidence
        return demanded(rules, action, category=case.category, urgency=Urgency(case.urgency), kind=kind, way=way)

    def needs_photo(self, action: Action, way: str | None = None) -> bool:
        """Whether the move would need a photo, which the demo's people do not take. `way`: of a first contact."""
        found = self.demand(action, way)
        return bool(found.photos or found.before_after)

    def sweep(self, until: datetime) -> None:
        """Let the clocks fire what fell due before `until`."""
        units = {task.id: task.unit_id for task in self.assignments}
        for model, values in sweep(self.case, self.clocks, units, self.last, until):
            self.pen.put(model, values)

    async def move(self, step: Step) -> None:
        """What journey.move does, at the step's instant. Raises: Refused."""
        self.sweep(step.at)
        city = self.world.city
        target = self._target(step)
        way = getattr(step.ask, "way", None)
        hangs = Hanging(self.clocks, self.assignments, self.motions)
        facts = Facts(
            case=state_of(self.case, hangs),
            actor=step.actor,
            ask=step.ask,
            now=step.at,
            target_unit=target,
            guidance_codes=city.catalog.reasons.guidance_codes,
            closure_codes=city.catalog.reasons.closure_codes,
            closures_of_two=city.catalog.reasons.closures_of_two,
            turns=city.catalog.turns.rules,
            attempts_needed=attempts_needed(city.catalog, self.case),
            bounds=bounds_of(city.catalog, self.case, hangs, step.actor, step.at, step.ask),
            demand=self.demand(step.ask.action, way) if step.ask.action in _SHOWN else NOTHING_DEMANDED,
        )
        if self.main is not None:
            facts = replace(facts, main_fault=main_fault(self.case, self.main.case))
        decision = decide(facts)
        words = masked_words(city.keyring, self.request, step.ask)
        writing = Writing(self.pen, city, self.case, self.request, step.actor, step.ask, words, step.at, target)
        writing.clocks, writing.assignments, writing.motions = self.clocks, self.assignments, self.motions
        if self.main is not None:
            writing.main, writing.main_phone = self.main.case, self.main.request.phone_index
        writing.checker = self._checker()
        writing.district = self._district(step.ask.action, target)
        was_guarded = self.request.guarded
        await write(writing, decision)
        if self.request.guarded and not was_guarded:
            keys = city.keyring
            self.inbox.body_sealed = keys.identity.seal_bytes(keys.open_bytes(self.inbox.body_sealed, BODY), BODY)
        self.last = step.at

    def _target(self, step: Step) -> int | None:
        """The unit that the ask means, as move.py finds it."""
        if not isinstance(step.ask, asks.NamesUnit):
            return None
        if isinstance(step.ask, asks.GrantReturn) and not step.ask.unit:
            return next((m.other_unit_id for m in self.motions if m.ruling is None), None)
        code = step.ask.unit or (self.case.suggested_unit if isinstance(step.ask, asks.Dispatch) else None)
        return self.world.units[code or ""].id

    def _district(self, action: Action, target: int | None) -> int | None:
        """Who learns of a dispatch straight to a street, as journey/copying.py finds it; once for each case."""
        if action not in COPIED or target is None or self.case.guarded or "copied" in self.marks:
            return None
        units = self.world.units.values()
        to = next(unit for unit in units if unit.id == target)
        department = self.world.city.catalog.response.copies.get(Level(to.level))
        found = [
            u.id for u in units if u.department == department and u.area_code == to.area_code[:6] and u.id != target
        ]
        if department is None or not found:
            return None
        self.marks["copied"] = "yes"
        return min(found)

    def _checker(self) -> Checker | None:
        """Who looks at a result on the spot, as db/checks.py finds it: in the demo, the discoverer."""
        found = (actor for actor in self.world.actors if actor.account_id == self.case.reporter_id)
        actor = next(found, None)
        return Checker(actor.unit_id, actor.account_id) if actor is not None and actor.unit_id is not None else None


_SHOWN = frozenset({Action.SETTLE, Action.CONTACT, Action.FILE_RESULT, Action.PASS_CHECK, Action.FAIL_CHECK})


async def begin(world: World, pen: Notebook, message: Message, chance: Random) -> Life:
    """The message is stored and becomes a case: the rows that db/door.py writes. Raises: Refused."""
    incoming, entry = read(world.city, message, world.communities)
    inbox = inbox_row(world.city, message, pen.next_id("inbox"))
    held = Held(inbox.id, message.at)
    draft = await prepare(world.city, held, incoming, entry)
    new = new_case(world.city, draft, await next_number(world.city, held, incoming))
    pen.add(inbox)
    return _first_rows(world, pen, message, chance, new, inbox)


def _first_rows(world: World, pen: Notebook, message: Message, chance: Random, new: NewCase, inbox: Inbox) -> Life:
    now = message.at
    request = Request(**new.request._asdict(), id=pen.next_id("request"), inbox_id=new.inbox_id)
    pen.add(request)
    said = new.case._asdict() | {"routing": json.loads(new.case.routing or "null")}
    case = Case(**said, **_UNTOUCHED, id=pen.next_id("cases"), request_id=request.id, updated_at=now)
    pen.add(case)
    event = new.event._asdict() | {"data": json.loads(new.event.data)}
    pen.add(Event(**event, case_id=case.id, at=now, version=1))
    life = Life(world, pen, message, chance, case, request, now, inbox)
    if case.lead_unit_id is not None:
        kind = AssignmentKind.LEAD.value
        lead = Assignment(case_id=case.id, unit_id=case.lead_unit_id, kind=kind, hop=1, opened_at=now)
        pen.add(lead)
        life.assignments.append(lead)
    for row in new.clocks:
        hangs_on = life.assignments[0].id if row.name in new.clocks_on_lead else None
        clock = clockwork.start(case.id, hangs_on, row)
        pen.add(clock)
        life.clocks.append(clock)
    for notice in new.notices:
        pen.add(Notice(**notice._asdict(), case_id=case.id, created_at=now, next_at=now))
    for delta in new.deltas:
        pen.add(RateDelta(**delta._asdict()))
    return life


_UNTOUCHED = {
    **{"version": 1, "contact_made": False, "in_rework": False, "rework_count": 0, "attempts": 0},
    **{"motions": 0, "returns": 0, "supervised": False, "on_ledger": False, "merged": 0, "barred_units": []},
    **{"struck": False, "misdirected": False},
    **{"extensions": 0, "suspensions": 0, "supervisions": 0, "repeated": False, "missed_by_grid": False},
    **{"adoption": None, "rectified": None, "rectify_due": None},
    **{"follow_stratum": None, "follow_weight": None, "call_from": None},
    **{"verified": None, "verified_in_time": None, "checked_in_time": None},
}
"""What a new case has by the database's own defaults."""

SOON = timedelta(minutes=2)
"""The least time between two moves of a case."""
