"""向市州取数: the province asks its cities for their frozen months, one city at a time, from where it stopped."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import func, select

from casework.db import collected
from casework.journey.city import City
from casework.journey.collecting import PULL, Told, keep
from casework.kit.errors import Conflict
from casework.kit.logs import get_logger
from services.notify.channels.message import Endpoint
from services.notify.channels.post import Answer, Failed
from services.notify.feeding import FeedMonth, FeedWrong, read

EVERY = timedelta(hours=1)
"""Between two rounds of a city."""
MOST = 120
"""Months that one round takes; the rest come with the next."""
SECRET = "statistics.secret"  # noqa: S105  # what the sealed field is for


class Asker(Protocol):
    """Whatever sends a signed question and hears the answer (channels/post.py)."""

    async def post(self, endpoint: Endpoint, msg_id: str, payload: Mapping[str, Any], *, read: bool) -> Answer: ...


@dataclass(frozen=True, slots=True)
class _Turn:
    area: str
    source: str
    endpoint: Endpoint
    watermark: int


@dataclass(frozen=True, slots=True)
class Puller:
    """Asks the city that was not asked for the longest. Safe beside others; a month told again changes nothing."""

    city: City
    asker: Asker

    async def run_once(self, every: timedelta = EVERY) -> int:
        """One city's round: how many months were told; 0 also when it is nobody's turn, or the round failed. The
        failure is kept beside the city, and the next round begins where this one stopped."""
        turn = await self._turn(every)
        if turn is None:
            return 0
        taken, problem = 0, None
        try:
            watermark = turn.watermark
            while taken < MOST and (number := await self._one(turn, watermark)) is not None:
                taken, watermark = taken + 1, number
        except Failed as failed:
            problem = failed.outcome.detail
        except FeedWrong as wrong:
            problem = wrong.code
        except Conflict as conflict:
            problem = conflict.code
        if problem is not None:
            get_logger().error("statistics.pull_failed", area=turn.area, code=problem)
        await self._end(turn.area, problem)
        return taken

    async def _turn(self, every: timedelta) -> _Turn | None:
        async with self.city.database.transaction() as session:
            now = (await session.execute(select(func.now()))).scalar_one()
            row = await collected.next_city(session, now - every)
            if row is None:
                return None
            row.asked_at = now
            secret = self.city.keyring.open(row.secret_sealed, SECRET)
            return _Turn(row.area, row.source, Endpoint(row.url, secret), row.watermark)

    async def _one(self, turn: _Turn, watermark: int) -> int | None:
        """Ask for the month behind the watermark and keep it; its number, None: there is none. Raises Failed,
        FeedWrong, Conflict."""
        question = uuid4().hex
        asked = {"source": turn.source, "after": watermark}
        answer = await self.asker.post(turn.endpoint, question, asked, read=True)
        if answer.status != 200:
            raise FeedWrong(f"http_{answer.status}")
        month = read(answer.content, question, turn.endpoint.secret, turn.area)
        if month is None:
            return None
        if month.number <= watermark:
            raise FeedWrong("goes_back")
        async with self.city.database.transaction() as session:
            await keep(session, _told(month, turn, answer.content))
            row = await collected.city_held(session, turn.area)
            if row is not None:
                row.watermark = max(row.watermark, month.number)
        return month.number

    async def _end(self, area: str, problem: str | None) -> None:
        async with self.city.database.transaction() as session:
            row = await collected.city_held(session, area)
            if row is not None:
                row.problem = problem


def _told(month: FeedMonth, turn: _Turn, content: bytes) -> Told:
    return Told(
        area=month.area,
        month=month.month,
        sums=month.sums,
        definition=month.definition,
        origin=PULL,
        source=turn.endpoint.url,
        source_hash=hashlib.sha256(content).hexdigest(),
        version=month.version,
        cut_off=month.cut_off,
        cases=month.cases,
    )
