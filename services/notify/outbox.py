"""The way out of one channel 发件: claim, compose, send, record. Each channel has slots of its own, so that one that
hangs delays none of the others (bulkhead)."""

import asyncio
import random
from dataclasses import dataclass, field

from casework.db import notices
from casework.db.notices import Owed
from casework.journey.city import City
from casework.kit.logs import describe, get_logger
from casework.kit.outage import is_outage
from services.notify.breaker import Breaker
from services.notify.channels.message import DEADLINE, Channel, Message, Outcome, Result
from services.notify.compose import Composer
from services.notify.patience import judge

LEASE = 60.0
"""Seconds that a claim holds: a killed worker's notices go out again after them."""
LOOK_AGAIN = 1.0
_RECORD_PATIENCE = LEASE - DEADLINE - 5.0
_ANSWERED = frozenset({Result.SENT, Result.REFUSED, Result.SKIPPED})
_QUIET = frozenset({Result.SENT, Result.SKIPPED})
_chance = random.SystemRandom().random


@dataclass
class Outbox:
    """One channel's loop. Any number of them may run beside each other, in this process or others."""

    city: City
    name: str
    channel: Channel
    composer: Composer
    slots: int
    lease: float = LEASE
    breaker: Breaker = field(default_factory=Breaker)
    _flying: set[asyncio.Task[None]] = field(default_factory=set)

    async def run_once(self) -> int:
        """Fill the free slots and wait until one is done; 0 when nothing is due and nothing is under way."""
        free = self.slots - len(self._flying)
        db = await self.city.database.pool()
        claimed = await notices.claim(db, self.name, free, self.lease) if free else []
        self._flying |= {asyncio.create_task(self._deliver(owed)) for owed in claimed}
        if not self._flying:
            return 0
        done, self._flying = await asyncio.wait(self._flying, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
        for error in [task.exception() for task in done]:
            if error is not None:
                raise error
        return max(1, len(claimed))

    async def close(self) -> None:
        """Wait for what is under way: a try is over within seconds."""
        await asyncio.gather(*self._flying, return_exceptions=True)
        await self.channel.close()

    async def _deliver(self, owed: Owed) -> None:
        message = await self._compose(owed)
        if isinstance(message, Message):
            wait = self.breaker.wait(message.destination)
            if wait:
                await notices.put_back(await self.city.database.pool(), owed, wait + _chance())
                return
            outcome = await self._send(message)
            self.breaker.note(message.destination, answered=outcome.result in _ANSWERED)
        else:
            outcome = message
        await self._record(owed, outcome)

    async def _compose(self, owed: Owed) -> Message | Outcome:
        try:
            return await self.composer.compose(owed)
        except Exception as error:
            if is_outage(error):
                raise
            get_logger().error("notice.not_composed", notice=owed.id, topic=owed.topic, **describe(error))
            return Outcome(Result.RETRY, f"not_composed {type(error).__name__}")

    async def _send(self, message: Message) -> Outcome:
        try:
            return await self.channel.send(message)
        except Exception as error:
            get_logger().error("notice.send_failed", notice=message.id, channel=self.name, **describe(error))
            return Outcome(Result.AMBIGUOUS, f"failed {type(error).__name__}")

    async def _record(self, owed: Owed, outcome: Outcome) -> None:
        """Keeps at it while the database is away: what was sent and not recorded would be sent again."""
        verdict = judge(self.name, outcome, owed.tries, _chance())
        loop = asyncio.get_running_loop()
        until = loop.time() + _RECORD_PATIENCE
        while True:
            try:
                await notices.record(
                    await self.city.database.pool(),
                    owed,
                    adapter=self.channel.name,
                    outcome=outcome.result.value,
                    detail=outcome.detail or None,
                    state=verdict.state,
                    wait=verdict.wait,
                )
                break
            except Exception as error:
                if not is_outage(error) or loop.time() > until:
                    raise
                await asyncio.sleep(0.5)
        if outcome.result not in _QUIET:
            told = {"notice": owed.id, "channel": self.name, "outcome": outcome.result.value, "state": verdict.state}
            get_logger().warning("notice.not_sent", **told, detail=outcome.detail)
