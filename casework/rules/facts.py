"""What the guards are told: the case as it stands, who asks, what they ask, and the time."""

from dataclasses import dataclass
from datetime import datetime

from casework.rules.asks import Ask
from casework.rules.checks import Check
from casework.rules.evidence import NOTHING_DEMANDED, Demand, Shown
from casework.rules.points import Point
from casework.rules.telltales import Telltale
from casework.rules.turns import NO_BOUNDS, NO_TURNS, Bounds, Lead, Motion, TurnRules
from casework.rules.whistles import Call
from casework.rules.words import (
    Direction,
    Kind,
    Level,
    MotionKind,
    Permission,
    RectifyStep,
    Role,
    Ruling,
    Status,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts (操作人). `units`: the actor's unit and all below it. `area`: the prefix of the actor's scope.

    `grids`: the codes of the grids that the actor is packaged with (包联).
    """

    roles: frozenset[Role]
    account_id: int | None = None
    area: str = ""
    unit_id: int | None = None
    units: frozenset[int] = frozenset()
    login: str = ""
    grids: frozenset[str] = frozenset()
    permissions: frozenset[Permission] = frozenset()


SYSTEM = Actor(frozenset({Role.SYSTEM}))
UPSTREAM = Actor(frozenset({Role.UPSTREAM}))
CITIZEN = Actor(frozenset({Role.CITIZEN}))


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case as far as the rules ask. All times UTC.

    `helpers`: units with an open task beside the lead's (协办, 下派). `motions`: all that was asked for, oldest first.
    `supervised`: a supervision awaits its answer. `followers`: cases that were merged into it. `calls`: the departments
    that were called by whistles, oldest first. `level_due`: when its level is late; None: no level is timed.
    `on_ledger`: it is listed as not to be solved for now. `taken_on`: the centre has promised the citizen an answer.
    `check`: the on-site check that is open; `verify`: the verifying; `handlers`: accounts that had a hand in what the
    check looks at. `guarded`: 举报保密; `screened`: all that was said so far; `barred`: units that may not have it nor
    see it. `rectifying`: the open rectification of what a bad grade named; None: there is none.
    `silent_until`: it is not in the follow-up's sample, and its person may answer by message until then; None: not so.
    """

    status: Status
    direction: Direction = Direction.CENTRE
    level: Level = Level.COUNTY
    kind: Kind | None = None
    category: str | None = None
    urgency: Urgency = Urgency.N
    area_code: str | None = None
    version: int = 0
    created_at: datetime | None = None
    in_rework: bool = False
    contact_exempt: bool = False
    contact_made: bool = False
    lead_unit: int | None = None
    reporter_id: int | None = None
    void_proposed_by: int | None = None
    attempts: int = 0
    ended_at: datetime | None = None
    finish_due: datetime | None = None
    upstream_due: datetime | None = None
    rework_count: int = 0
    lead: Lead | None = None
    helpers: frozenset[int] = frozenset()
    motions: tuple[Motion, ...] = ()
    supervised: bool = False
    followers: int = 0
    calls: tuple[Call, ...] = ()
    level_due: datetime | None = None
    taken_on: bool = False
    on_ledger: bool = False
    check: Check | None = None
    verify: Check | None = None
    handlers: frozenset[int] = frozenset()
    guarded: bool = False
    screened: bool = False
    barred: frozenset[int] = frozenset()
    rectifying: RectifyStep | None = None
    silent_until: datetime | None = None

    def pending(self, kind: MotionKind) -> Motion | None:
        """What was asked for and nobody has ruled on yet."""
        return next((m for m in self.motions if m.kind is kind and m.ruling is None), None)

    def granted(self, kind: MotionKind) -> int:
        """How often it was granted."""
        return sum(m.kind is kind and m.ruling is Ruling.GRANTED for m in self.motions)


WINDOW_DAYS = 15
"""重启期限: natural days after which an ended case is archived (domain.md §1.6)."""

ATTEMPTS_NEEDED = 3
"""Call-backs without an answer before a case may be closed as 未联系上 (domain.md §1.5)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a guard may look at.

    `repeat_known`: the earlier case that the ask names is the same person's.
    `target_unit`: the id of the unit that the ask names, when it exists, is active and lies in the actor's area.
    `called`: the same of each of several units that a whistle names, None where there is no such unit.
    `demand`: the evidence that the catalogue asks for; `shown`: those of the ask's attachments that may be used for it;
    `spot`: where the matter lies in WGS-84, None when that is not surely known.
    `item_fault`: why the knowledge item that the ask names may not be used (rules/knowledge.py), None when it may.
    `closures_of_two`: closure reasons that take a second person.
    `bounds`: how far a return, an extension, a suspension or an inner deadline may go for this case now.
    `urban_fault`: what is wrong with the 数字城管 code that the ask names, if it names one.
    `verify_fault`: why the matter cannot be sent to a grid worker for verifying, None when it can.
    `main_fault`: why the case that a merge names cannot be its main case, None when it can.
    `reported`: the units that a screening names, None where there is no such unit; `would_bar`: those and all above
    and below them; `telltales`: what of the text as it would be tells who reported.
    `names_report`: the matter that a split names would be a report (举报).
    `interim_owed`: the statute gives longer than the ordinary limit, so that a feedback names a date.
    `category_known`, `category_retired`, `area_allowed`: of the category and the area that the ask names, if any.
    """

    case: CaseState
    actor: Actor
    ask: Ask
    now: datetime
    target_unit: int | None = None
    called: tuple[int | None, ...] = ()
    category_known: bool = True
    category_retired: bool = False
    area_allowed: bool = True
    item_fault: str | None = "KNOWLEDGE_ITEM_UNUSABLE.UNKNOWN"
    guidance_codes: frozenset[str] = frozenset()
    closure_codes: frozenset[str] = frozenset()
    closures_of_two: frozenset[str] = frozenset()
    names_report: bool = False
    repeat_known: bool = False
    window_days: int = WINDOW_DAYS
    attempts_needed: int = ATTEMPTS_NEEDED
    demand: Demand = NOTHING_DEMANDED
    shown: tuple[Shown, ...] = ()
    spot: Point | None = None
    turns: TurnRules = NO_TURNS
    bounds: Bounds = NO_BOUNDS
    main_fault: str | None = "MAIN_UNKNOWN"
    verify_fault: str | None = "VERIFY_GRID_UNKNOWN"
    urban_fault: str | None = None
    interim_owed: bool = False
    reported: tuple[int | None, ...] = ()
    would_bar: frozenset[int] = frozenset()
    telltales: tuple[Telltale, ...] = ()

    @property
    def names_barred(self) -> bool:
        """The ask would give the case to a unit that was reported, or that is above or below it."""
        return bool(self.case.barred & {self.target_unit, *self.called})
