"""Whistle 街道吹哨、部门报到: who was called, who has come, and where from (domain.md §3.9, §2.1 art. 16, 33)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casework.rules.points import Point, distance_m
from casework.rules.words import CheckIn

LOW_SCORE = 2
"""A score of so much or less says why."""


@dataclass(frozen=True, slots=True)
class Call:
    """被吹哨部门: one department of one whistle. `whistle`: its number within the case; `caller`: the unit that called.

    `open`: the whistle is on and the department has not answered. `rated`: by the caller; `rated_back`: the whistle, by
    the department.
    """

    whistle: int
    caller: int
    unit: int
    open: bool = True
    reported: bool = False
    rated: bool = False
    rated_back: bool = False


class Stood(NamedTuple):
    """报到定位: what a point proves, and how many metres it is from the spot, where both are known."""

    verdict: CheckIn
    distance_m: int | None


def stood(place: Point | None, spot: Point | None, within_m: int) -> Stood:
    """Where somebody reported in from; both points in WGS-84. `within_m`: how far still counts as on the spot."""
    if place is None or spot is None:
        return Stood(CheckIn.UNPLACED, None)
    metres = round(distance_m(place, spot))
    return Stood(CheckIn.ON_SITE if metres <= within_m else CheckIn.OFF_SITE, metres)


def own_call(calls: Iterable[Call], unit: int | None, units: frozenset[int]) -> Call | None:
    """The open call that a person acts for: that of the own unit, else the first of a unit below it."""
    called = [call for call in calls if call.open and call.unit in units]
    return next((call for call in called if call.unit == unit), next(iter(called), None))


def to_rate(calls: Sequence[Call], caller: frozenset[int], unit: int | None) -> Call | None:
    """The latest call of a department that its caller may score: answered or over, and not scored yet."""
    found = (call for call in reversed(calls) if call.unit == unit and call.caller in caller)
    return next((call for call in found if not call.open and not call.rated), None)


def to_rate_back(calls: Sequence[Call], units: frozenset[int]) -> Call | None:
    """The latest call of one's own whose whistle may be scored: answered or over, and not scored yet."""
    found = (call for call in reversed(calls) if call.unit in units)
    return next((call for call in found if not call.open and not call.rated_back), None)


def open_whistles(calls: Iterable[Call]) -> list[int]:
    """The numbers of the whistles in which some department has still to answer, oldest first."""
    return sorted({call.whistle for call in calls if call.open})
