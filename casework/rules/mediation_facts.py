"""What the guards of the disputes' table are told. All times UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from casework.rules.facts import Actor
from casework.rules.mediation_asks import Ask
from casework.rules.mediation_words import DisputeClock, DisputeStatus, Form, LinkKind, Risk, Track
from casework.rules.words import Level


@dataclass(frozen=True, slots=True)
class Party:
    """当事人. `willing` is None until asked; `signed`: has signed the agreement as it stands."""

    no: int
    willing: bool | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class DisputeState:
    """A dispute as far as the rules ask. `mediator`, `recused`: accounts. `sessions`: when each was held."""

    status: DisputeStatus
    version: int = 1
    level: Level = Level.COMMUNITY
    track: Track = Track.PEOPLE
    risk: Risk | None = None
    parties: tuple[Party, ...] = ()
    mediator: int | None = None
    recused: frozenset[int] = frozenset()
    sessions: tuple[datetime, ...] = ()
    running: frozenset[DisputeClock] = frozenset()
    form: Form | None = None
    in_force: bool = False
    open_links: frozenset[LinkKind] = frozenset()
    accepted_at: datetime | None = None

    def party(self, no: int | None) -> Party | None:
        """The party of that number."""
        return next((p for p in self.parties if p.no == no), None)


@dataclass(frozen=True, slots=True)
class MediationRules:
    """What the city's catalogue says (data/mediation.toml)."""

    kinds: frozenset[str] = frozenset()
    unsuitable: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()
    ways: frozenset[str] = frozenset()
    objects: Mapping[LinkKind, frozenset[str]] = field(default_factory=dict)
    most_sessions: Mapping[Track, int] = field(default_factory=dict)


NO_RULES = MediationRules()


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """All that a guard may look at.

    `mediator`: the account that the ask names, when it is an active mediator whose area holds the dispute's.
    `confirm_until`: the end of the 30 days for 司法确认. `next_session_by`: until when a further session may be held.
    `expired`: the time for mediation is over. `today`: the day in Asia/Shanghai.
    """

    dispute: DisputeState
    actor: Actor
    ask: Ask
    now: datetime
    today: date
    mediator: int | None = None
    confirm_until: datetime | None = None
    next_session_by: datetime | None = None
    expired: bool = False
    rules: MediationRules = NO_RULES
