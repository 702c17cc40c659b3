"""Drift 漂移: how far what people ask for has moved away from what it was. Pure."""

import math
from collections.abc import Mapping

MOVED = 0.25
"""The stability index from which a distribution counts as another one (usual in scoring: 0.1 look, 0.25 act) [P]."""
WATCH = 0.1


def stability(before: Mapping[str, int], now: Mapping[str, int]) -> float | None:
    """Population stability index of two counts: 0 for the same shares. A category of one side alone counts as half a
    case on the other. None: one of them is empty."""
    if not sum(before.values()) or not sum(now.values()):
        return None
    codes = before.keys() | now.keys()
    old = {code: max(before.get(code, 0), 0.5) for code in codes}
    new = {code: max(now.get(code, 0), 0.5) for code in codes}
    whole_old, whole_new = sum(old.values()), sum(new.values())
    shares = ((old[code] / whole_old, new[code] / whole_new) for code in codes)
    return sum((late - early) * math.log(late / early) for early, late in shares)
