"""What becomes of a notice after a try 重试规则: sent, tried again after a while, or a dead letter. Pure.

Full-jitter exponential back-off: the n-th failure waits a random time up to 5 s · 2^(n-1), at most an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.notify.channels.message import Outcome, Result

FIRST_SECONDS = 5.0
MOST_SECONDS = 3600.0
MOST_TRIES: Mapping[str, int] = MappingProxyType({"sms": 12, "staff": 12, "upstream": 40})
"""Tries before a notice is a dead letter; a replay gives as many again. 12 take one to two hours, 40 most of a day."""
AT_MOST_ONCE = frozenset({"sms"})
"""Channels on which what may have been taken is never sent again: a second SMS is worse than a dead letter that a
person looks at (reliability.md §1.3)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The notice's state now, and while PENDING the seconds to its next try."""

    state: str
    wait: float = 0.0


def judge(channel: str, outcome: Outcome, tries: int, chance: float) -> Verdict:
    """`tries` counts this one; `chance` is a random number from 0 to 1. A longer Retry-After is kept to."""
    if outcome.result in {Result.SENT, Result.SKIPPED}:
        return Verdict(outcome.result.value)
    unsure = outcome.result is Result.AMBIGUOUS and channel in AT_MOST_ONCE
    if outcome.result is Result.REFUSED or unsure or tries % MOST_TRIES[channel] == 0:
        return Verdict("DEAD")
    return Verdict("PENDING", max(back_off(channel, tries, chance), outcome.retry_after or 0.0))


def back_off(channel: str, tries: int, chance: float) -> float:
    """Seconds to wait after so many tries."""
    failures = (tries - 1) % MOST_TRIES[channel]
    return chance * min(MOST_SECONDS, FIRST_SECONDS * 2.0 ** min(failures, 16))
