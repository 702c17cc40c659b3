"""Rate limits 限流: a moving window per key, counted in this process.

Each process counts for itself: N processes let N times as much through, so lockouts that must hold exactly are rows
in the database, not here (security.md §2.3).
"""

import math
import re
import time
from collections import deque
from functools import lru_cache

from casework.kit.errors import TooMany

MOST_KEYS = 10_000
_RULE = re.compile(r"([1-9][0-9]*)/(second|minute|hour|day)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class RateLimit:
    """Counts hits in memory. One for a process is enough; keys are kept apart by their text, and by their rule."""

    def __init__(self) -> None:
        self._hits: dict[tuple[str, str], deque[float]] = {}
        self._room = MOST_KEYS

    def hit(self, key: str, rule: str) -> int | None:
        """Count one try of `key` under a rule such as "5/minute"; None when it may go on.

        Otherwise the whole seconds (at least 1) until the next try may pass; a try that is turned away is not counted.
        Raises: ValueError: the rule cannot be read.
        """
        most, window = _rule(rule)
        now = time.monotonic()
        hits = self._hits.get((key, rule))
        if hits is None:
            hits = self._begin(key, rule, now)
        while hits and hits[0] <= now - window:
            hits.popleft()
        if len(hits) < most:
            hits.append(now)
            return None
        return max(1, math.ceil(hits[0] + window - now))

    def check(self, key: str, rule: str) -> None:
        """As `hit`, but raises TooMany with Retry-After when the try must wait."""
        wait = self.hit(key, rule)
        if wait is not None:
            raise TooMany(retry_after=wait)

    def _begin(self, key: str, rule: str, now: float) -> deque[float]:
        """A key's first hit; when there are many keys, those whose window has passed are forgotten."""
        if len(self._hits) >= self._room:
            kept = self._hits.items()
            self._hits = {known: hits for known, hits in kept if hits and hits[-1] > now - _rule(known[1])[1]}
            self._room = max(MOST_KEYS, 2 * len(self._hits))
        return self._hits.setdefault((key, rule), deque())


@lru_cache(maxsize=64)
def _rule(rule: str) -> tuple[int, int]:
    """How many, in how many seconds."""
    found = _RULE.fullmatch(rule)
    if found is None:
        raise ValueError(f'"{rule}" is no rate: write 5/minute')
    return int(found[1]), _SECONDS[found[2]]
