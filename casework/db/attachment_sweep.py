"""What the sweep of attachments reads and forgets 附件清理: rows first, files after the commit, so that a killed
process leaves at worst a file without a row, which the next round finds."""

from collections.abc import Collection
from dataclasses import dataclass

import asyncpg

_FORGET = """
WITH old AS (
    SELECT a.id FROM attachment a
    WHERE a.created_at < now() - make_interval(secs => $1)
      AND NOT EXISTS (SELECT 1 FROM attachment_use u WHERE u.attachment_id = a.id)
    ORDER BY a.created_at LIMIT $2 FOR UPDATE SKIP LOCKED
), parts AS (
    DELETE FROM attachment_part p USING old WHERE p.attachment_id = old.id RETURNING p.key
), gone AS (
    DELETE FROM attachment a USING old WHERE a.id = old.id
    RETURNING a.id, a.original_key, a.served_key, a.thumbnail_key
)
SELECT (SELECT count(*) FROM gone) AS rows,
       array(SELECT key FROM parts) || array(SELECT original_key FROM gone WHERE original_key IS NOT NULL)
       || array(SELECT served_key FROM gone WHERE served_key IS NOT NULL)
       || array(SELECT thumbnail_key FROM gone WHERE thumbnail_key IS NOT NULL) AS keys
"""
# finished files whose record came in after all: the report and the last byte may cross
_LATE = """
SELECT a.id, a.account_id FROM attachment a
JOIN inbox i ON i.source = 'account:' || a.account_id AND i.state = 'DONE'
  AND i.message_id IN ('grid:' || a.record_key, 'agent:' || a.record_key, 'emergency:' || a.record_key)
WHERE a.state = 'READY' AND a.purpose IN ('REQUEST', 'PAPER', 'GRID') AND a.created_at > now() - interval '2 days'
  AND NOT EXISTS (SELECT 1 FROM attachment_use u WHERE u.attachment_id = a.id)
ORDER BY a.created_at LIMIT $1
"""
_KNOWN = """
SELECT told FROM unnest($1::text[]) AS told
WHERE EXISTS (SELECT 1 FROM attachment_part p WHERE p.attachment_id = split_part(told, '/', 2) AND p.key = told)
   OR EXISTS (SELECT 1 FROM attachment a WHERE a.id = split_part(told, '/', 2)
              AND told IN (a.original_key, a.served_key, a.thumbnail_key))
"""
_HELD = """
SELECT id, array_remove(ARRAY[original_key, served_key, thumbnail_key], NULL) AS keys FROM attachment
WHERE state = 'READY' AND lost_at IS NULL AND id > $1 ORDER BY id LIMIT $2
"""
_LOST = "UPDATE attachment SET lost_at = now() WHERE id = $1 AND lost_at IS NULL"
_FAULT = "INSERT INTO storage_fault (kind, key, attachment_id) VALUES ($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Rows that are gone, and the keys of their files, which are to be deleted now."""

    rows: int
    keys: list[str]


async def forget_unused(db: asyncpg.Pool, *, older_than: float, limit: int) -> Forgotten:
    """Uploads never finished, refused or never used; `older_than` in seconds since they were declared."""
    row = await db.fetchrow(_FORGET, older_than, limit)
    assert row is not None, "the query has one row"
    return Forgotten(row["rows"], row["keys"])


async def late(db: asyncpg.Pool, *, limit: int) -> list[tuple[str, int]]:
    """(attachment, account) of finished files whose record became a case without them."""
    return [(row["id"], row["account_id"]) for row in await db.fetch(_LATE, limit)]


async def known(db: asyncpg.Pool, keys: Collection[str]) -> set[str]:
    """Those of the keys that a row names."""
    return {row["told"] for row in await db.fetch(_KNOWN, list(keys))}


async def held(db: asyncpg.Pool, *, after: str, limit: int) -> list[tuple[str, list[str]]]:
    """(attachment, its keys) of finished files, a page behind `after`; those known as lost are left out."""
    return [(row["id"], row["keys"]) for row in await db.fetch(_HELD, after, limit)]


async def note_lost(db: asyncpg.Pool, attachment_id: str, key: str) -> None:
    """A row without its file is noted, once."""
    async with db.acquire() as connection, connection.transaction():
        if await connection.execute(_LOST, attachment_id) == "UPDATE 1":
            await connection.execute(_FAULT, "ROW_WITHOUT_FILE", key, attachment_id)


async def note_stray(db: asyncpg.Pool, key: str) -> None:
    """A file without a row is noted."""
    await db.execute(_FAULT, "FILE_WITHOUT_ROW", key, None)
