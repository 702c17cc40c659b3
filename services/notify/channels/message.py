"""What a channel is 通道: it takes one message and says what became of it. Adapters share one conformance test."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Result(StrEnum):
    """What became of one try; stored as the attempt's outcome."""

    SENT = "SENT"
    RETRY = "RETRY"  # surely not taken, and may be later
    AMBIGUOUS = "AMBIGUOUS"  # it may have been taken: nobody said so
    REFUSED = "REFUSED"  # never will be taken as it is
    SKIPPED = "SKIPPED"  # there is nobody to tell


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a signed webhook goes, and the secret it is signed with."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A notice made ready. `id` stays the same over all tries; `to` is a phone in E.164, in memory only.

    People read `text`, machines `body`; `endpoint` where each message has its own.
    """

    id: str
    topic: str
    text: str = ""
    to: str = field(default="", repr=False)
    body: Mapping[str, Any] = field(default_factory=dict)
    endpoint: Endpoint | None = None

    @property
    def destination(self) -> str:
        """What fails together: one endpoint, or the adapter's own gateway."""
        return self.endpoint.url if self.endpoint else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`detail` is a code without contact or content; `retry_after` are the seconds that the other side asked for."""

    result: Result
    detail: str = ""
    retry_after: float | None = None


class Channel(Protocol):
    """One way to tell somebody. `name` is kept with each attempt."""

    name: str

    async def send(self, message: Message) -> Outcome:
        """Try once. Answers within DEADLINE seconds whatever the other side does; raises nothing about it."""

    async def close(self) -> None:
        """Give connections back."""


DEADLINE = 25.0
"""Seconds after which a try is over. A claim's lease is longer."""
