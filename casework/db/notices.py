"""The outbox 发件箱: claimed by a lease, sent outside any transaction, its outcome recorded in one statement.

A claim moves `next_at` to the lease's end: a killed worker's notice falls due again and goes out under the same id.
`tries` is the claim's mark: a worker that was stopped longer than its lease settles nothing by a failure.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Notice

UPSTREAM = "upstream"

# an upstream learns of one case in the order it happened: only the earliest line that is still owed may go
_IN_ORDER = """
    AND NOT EXISTS (SELECT 1 FROM notice e
        WHERE e.case_id = n.case_id AND e.id < n.id AND e.channel = 'upstream' AND e.state = 'PENDING')"""

# the event of a notice has its time to the microsecond: both are their one transaction's now()
_CLAIM = """
WITH due AS (
    SELECT n.id FROM notice n
    WHERE n.channel = $1 AND n.state = 'PENDING' AND n.next_at <= now() {order}
    ORDER BY n.next_at LIMIT $2 FOR UPDATE SKIP LOCKED
), n AS (
    UPDATE notice SET next_at = now() + make_interval(secs => $3), tries = tries + 1
    FROM due WHERE notice.id = due.id RETURNING notice.*
)
SELECT n.id, n.audience, n.channel, n.topic, n.params, n.tries, n.created_at, coalesce(n.case_id, 0) AS case_id,
    coalesce(c.case_no, '') AS case_no, coalesce(r.request_no, '') AS request_no, coalesce(r.source, '') AS source,
    r.upstream_no, r.phone_sealed, coalesce(r.guarded, false) AS guarded, coalesce(c.minor, false) AS minor,
    u.code AS unit_code, u.name AS unit_name, w.login,
    coalesce(c.area_code, u.area_code, w.area_code, '') AS area,
    coalesce(e.to_status, c.status, '') AS status, e.data AS said, f.data AS filed,
    CASE WHEN n.channel = 'upstream' THEN
        (SELECT count(*) FROM notice s WHERE s.case_id = n.case_id AND s.channel = 'upstream' AND s.id <= n.id)
    ELSE 0 END AS seq,
    1 + (SELECT count(*) FROM event k
        WHERE k.case_id = n.case_id AND k.action IN ('REWORK', 'REOPEN') AND k.at <= n.created_at) AS cycle
FROM n
LEFT JOIN cases c ON c.id = n.case_id
LEFT JOIN request r ON r.id = c.request_id
LEFT JOIN LATERAL (SELECT id, to_status, data FROM event
    WHERE case_id = n.case_id AND action = n.topic AND at = n.created_at ORDER BY id DESC LIMIT 1) e ON true
LEFT JOIN LATERAL (SELECT data FROM event
    WHERE case_id = n.case_id AND action = 'FILE_RESULT' AND id < e.id ORDER BY id DESC LIMIT 1) f ON true
LEFT JOIN LATERAL (SELECT unit_id FROM assignment
    WHERE case_id = n.case_id AND kind = 'LEAD' AND opened_at <= n.created_at ORDER BY id DESC LIMIT 1) a ON true
LEFT JOIN unit u ON u.id = coalesce(n.unit_id, a.unit_id)
LEFT JOIN account w ON w.id = n.account_id
ORDER BY n.id
"""
_RECORD = """
WITH attempt AS (INSERT INTO notice_attempt (notice_id, adapter, outcome, detail) VALUES ($1, $3, $4, $5))
UPDATE notice SET state = $6, last_error = $7, next_at = now() + make_interval(secs => $8),
    sent_at = CASE WHEN $6 = 'SENT' THEN now() ELSE sent_at END
WHERE id = $1 AND state = 'PENDING' AND (tries = $2 OR $6 = 'SENT')
"""
_PUT_BACK = """
UPDATE notice SET tries = tries - 1, next_at = now() + make_interval(secs => $3)
WHERE id = $1 AND tries = $2 AND state = 'PENDING'
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """A claimed notice 待发通知 with the rows it is told from.

    `said`: the words of its event, masked. `filed`: the result that was judged. `status`: where its event left the
    case. `unit_*`: the unit that is told, else the lead at that time. `seq`: its place among the case's write-backs,
    from 1. `area`: the case's, else of who is told. `guarded`: 举报保密. `cycle`: 1, and one more for each rework
    before. `phone_sealed` stays sealed until the moment of sending. Of a notice about no case (知识库催更) `case_id` is
    0, and numbers, source and status are empty.
    """

    id: int
    audience: str
    channel: str
    topic: str
    params: Mapping[str, Any]
    tries: int
    created_at: datetime
    case_id: int
    case_no: str
    request_no: str
    source: str
    upstream_no: str | None
    phone_sealed: bytes | None = field(repr=False)
    guarded: bool
    minor: bool
    unit_code: str | None
    unit_name: str | None
    login: str | None
    area: str
    status: str
    said: Mapping[str, Any]
    filed: Mapping[str, Any]
    seq: int
    cycle: int


async def claim(db: asyncpg.Pool, channel: str, limit: int, lease: float) -> list[Owed]:
    """Take up to `limit` due notices of a channel for `lease` seconds; those that others hold are passed over."""
    rows = await db.fetch(_claim_of(channel), channel, limit, lease)
    return [_owed(row) for row in rows]


async def record(
    db: asyncpg.Pool, owed: Owed, *, adapter: str, outcome: str, detail: str | None, state: str, wait: float
) -> None:
    """One attempt, and what becomes of the notice: its state and, while PENDING, seconds to the next try.

    What was SENT stays sent; a failure told by a worker whose lease has passed on changes nothing but the attempts.
    """
    error = None if state == "SENT" else detail
    await db.execute(_RECORD, owed.id, owed.tries, adapter, outcome, detail, state, error, wait)


async def put_back(db: asyncpg.Pool, owed: Owed, wait: float) -> None:
    """Give a claim back unused; the notice falls due after `wait` seconds, no try counted."""
    await db.execute(_PUT_BACK, owed.id, owed.tries, wait)


async def revive(session: AsyncSession, notice: Notice) -> None:
    """重发: a dead letter is owed again from now on; its tries stay counted."""
    await session.execute(
        update(Notice).where(Notice.id == notice.id, Notice.state == "DEAD").values(state="PENDING", next_at=func.now())
    )
    await session.refresh(notice)


@lru_cache
def _claim_of(channel: str) -> str:
    return _CLAIM.format(order=_IN_ORDER if channel == UPSTREAM else "")


def _owed(row: asyncpg.Record) -> Owed:
    held = dict(row)
    for name in ("params", "said", "filed"):
        held[name] = json.loads(held[name] or "{}")
    return Owed(**held)
