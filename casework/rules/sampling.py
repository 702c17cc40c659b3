"""抽样回访: which cases' persons are asked, stratum by stratum, and how many cases each of them stands for.

Whether one is asked follows from the case's own number alone: a repeat draws the same, and nobody picks who is asked
(docs/decisions/0033). Everybody is asked where a stratum says 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.rules.words import Channel, Urgency


@dataclass(frozen=True, slots=True)
class Drawable:
    """What a case is drawn by: `category` is the whole code, `area` the whole area code."""

    category: str | None
    urgency: Urgency
    area: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Stratum:
    """层: the cases that fit each thing that it names, one in `one_in` of which is asked. Categories are named by their
    first digits, counties by their code."""

    code: str
    one_in: int
    category: tuple[str, ...] = ()
    urgency: tuple[Urgency, ...] = ()
    county: tuple[str, ...] = ()
    channel: tuple[Channel, ...] = ()

    def holds(self, case: Drawable) -> bool:
        """Whether the case lies in it. A case without a category is in no stratum that names one."""
        return (
            (not self.category or (case.category or "-").startswith(self.category))
            and (not self.urgency or case.urgency in self.urgency)
            and (not self.county or case.area.startswith(self.county))
            and (not self.channel or case.channel in self.channel)
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """The stratum's code, and for how many cases of it the case stands: 0, it is not asked (未抽中)."""

    stratum: str
    weight: int


def draw(strata: Sequence[Stratum], case: Drawable, number: int) -> Drawn:
    """By the first stratum that holds the case; the last one holds every case. `number`: evenly spread, from the case's
    number."""
    stratum = next(stratum for stratum in strata if stratum.holds(case))
    return Drawn(stratum.code, stratum.one_in if number % stratum.one_in == 0 else 0)
