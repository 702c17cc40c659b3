"""Rate limits 限流: a moving window per key, counted in this process, over the `limits` library.

Each process counts for itself: N processes let N times as much through, so lockouts that must hold exactly are rows
in the database, not here (security.md §2.3).
"""

import math
import time
from functools import lru_cache

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from casework.kit.errors import TooMany


class RateLimit:
    """Counts hits in memory. One for a process is enough; keys are kept apart by their text."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, key: str, rule: str) -> int | None:
        """Count one try of `key` under a rule such as "5/minute"; None when it may go on.

        Otherwise the whole seconds (at least 1) until the next try may pass; a try that is turned away is not counted.
        Raises: ValueError: the rule cannot be read.
        """
        limit = _rule(rule)
        if self._limiter.hit(limit, key):
            return None
        return max(1, math.ceil(self._limiter.get_window_stats(limit, key).reset_time - time.time()))

    def check(self, key: str, rule: str) -> None:
        """As `hit`, but raises TooMany with Retry-After when the try must wait."""
        wait = self.hit(key, rule)
        if wait is not None:
            raise TooMany(retry_after=wait)


@lru_cache(maxsize=64)
def _rule(rule: str) -> RateLimitItem:
    return parse(rule)
