"""What a city allows at a case's turns 流转规则: until when a return may be asked, how long an extension or a
suspension may be, how soon a supervision is answered. The figures are the catalogue's (data/turns.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casework.rules.limits import Limit, Unit
from casework.rules.words import MotionKind, Ruling, Rung, Urgency

MANY_RETURNS = 3
"""Returns after which a case is supervised by itself: nobody wants to lead it."""
MANY_REWORKS = 3
"""Reworks after which a case is supervised by itself."""


MONTHLY = Limit(30, Unit.DAY)
"""How often a listed case is looked at, where the city says nothing."""


@dataclass(frozen=True, slots=True)
class ExtensionRule:
    """延期: how often, how long each time at most, and from which one on the leader approves."""

    times: int
    most: Limit
    leader_from: int


@dataclass(frozen=True, slots=True)
class TurnRules:
    """The city's rules. `return_within`: from dispatch, None: not at all once signed. A missing extension: none.
    `ledger_reasons`: with how far ahead the plan may lie; `ledger_review`: how often a listed case is looked at."""

    return_reasons: frozenset[str]
    return_within: Mapping[Urgency, Limit | None]
    extensions: Mapping[Urgency, ExtensionRule]
    suspension_reasons: Mapping[str, Limit]
    supervision: Mapping[Rung, Limit]
    ledger_reasons: Mapping[str, Limit] = field(default_factory=dict)
    ledger_review: Limit = MONTHLY

    def extension(self, urgency: Urgency) -> ExtensionRule | None:
        """The rule for that urgency; None: no extension."""
        return self.extensions.get(urgency)


NO_TURNS = TurnRules(frozenset(), {}, {}, {}, {})


@dataclass(frozen=True, slots=True)
class Motion:
    """申请: what was asked for and, once ruled on, how. `until`: the new deadline, or the suspension's end (UTC)."""

    kind: MotionKind
    unit: int | None
    account: int | None
    asked_at: datetime
    reason: str = ""
    until: datetime | None = None
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """主办: the unit that has the case. `designated`: by consultation, so that it may not return it."""

    unit: int
    opened_at: datetime
    signed: bool = False
    designated: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far an ask may go, in instants (UTC), as the calendar of the case's prefecture has it.

    `return_until`: a return may be asked until then, though the case is signed; None: not then. `extension_most`: the
    latest new deadline. `suspension_most`: the latest end, for the reason that is named. `inner_before`: an inner
    deadline ends before it. `ledger_most`: the latest planned date of a listing, for the reason that is named.
    """

    return_until: datetime | None = None
    extension_most: datetime | None = None
    suspension_most: datetime | None = None
    inner_before: datetime | None = None
    ledger_most: datetime | None = None


NO_BOUNDS = Bounds()
