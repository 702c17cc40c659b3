"""Circuit breaker 熔断: a destination that failed five times running is left alone for half a minute, then tried once.

It spares the slots of its channel, and on channels that send at most once it spares the messages: behind a gateway
that hangs each try would end as a dead letter. It is one process's memory; nothing is lost with it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

FAILURES = 5
OPEN_SECONDS = 30.0


@dataclass
class _Line:
    failures: int = 0
    open_until: float = 0.0


@dataclass
class Breaker:
    """`now` gives seconds that only grow."""

    now: Callable[[], float] = time.monotonic
    _lines: dict[str, _Line] = field(default_factory=dict)

    def wait(self, destination: str) -> float:
        """Seconds for which nothing should be sent there; 0 lets one message through."""
        line = self._lines.get(destination)
        if line is None or line.failures < FAILURES:
            return 0.0
        left = line.open_until - self.now()
        if left > 0:
            return left
        line.open_until = self.now() + OPEN_SECONDS
        return 0.0

    def note(self, destination: str, *, answered: bool) -> None:
        """What came of a message there."""
        if answered:
            self._lines.pop(destination, None)
            return
        line = self._lines.setdefault(destination, _Line())
        line.failures += 1
        line.open_until = self.now() + OPEN_SECONDS
