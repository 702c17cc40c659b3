"""评分: figures weighed by a city's scheme into a score from 0 to 100, and the score's grade (domain.md §3.8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casework.rules.rates import Rate


@dataclass(frozen=True, slots=True)
class Part:
    """One figure's share. `weight` in per cent; `reverse`: 1 less the rate counts. `full`: so many cases make the whole
    of `count_weight` more (数量分), fewer a part of it; 0 where the number does not count."""

    figure: str
    weight: float
    reverse: bool = False
    full: int = 0
    count_weight: float = 0.0


def score(parts: Sequence[Part], rates: Mapping[str, Rate]) -> float | None:
    """0 to 100. A figure with no case is left out, its weight is shared by the others; None where all are out."""
    earned = weighed = 0.0
    for part in parts:
        rate = rates.get(part.figure, Rate())
        if rate.value is None:
            continue
        earned += part.weight * (1 - rate.value if part.reverse else rate.value)
        weighed += part.weight + part.count_weight
        if part.full:
            earned += part.count_weight * min(1.0, rate.denominator / part.full)
    return 100 * earned / weighed if weighed else None


def grade(points: float | None, least: Mapping[str, float]) -> str | None:
    """The best grade whose least points were reached, by code; None for no score."""
    if points is None:
        return None
    reached = [(bound, code) for code, bound in least.items() if points >= bound]
    return max(reached)[1] if reached else None
