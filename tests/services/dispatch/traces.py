"""What a secret may hide as, and where a running city may have left it: database, write-ahead log, doorbell, logs."""

import base64
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import asyncpg
import redis.asyncio

MEGABYTE = 1024 * 1024
WIDE = {ord("0") + i: 0xFF10 + i for i in range(10)}


def guises(secret: str) -> dict[str, bytes]:
    """A secret as text, in other character sets, escaped, encoded, and with the digits that people type."""
    plain = secret.encode()
    found = {
        "utf-8": plain,
        "utf-16-le": secret.encode("utf-16-le"),
        "utf-16-be": secret.encode("utf-16-be"),
        "gb18030": secret.encode("gb18030"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "percent": quote(secret).encode(),
        "percent, lower": quote(secret).lower().encode(),
        "json": secret.encode("ascii", "backslashreplace"),
        "full width": secret.translate(WIDE).encode(),
        "backwards": secret[::-1].encode(),
    }
    for shift in range(3):  # base64 looks different at each place of three
        encoded = base64.b64encode(b"\0" * shift + plain)
        inner = encoded[(0, 2, 3)[shift] : len(encoded) - 4]
        found[f"base64 +{shift}"] = inner
        found[f"base64, url-safe +{shift}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    if secret.isdigit() and len(secret) == 11:
        for mark in ("-", " "):
            found[f"with {mark!r}"] = mark.join((secret[:3], secret[3:7], secret[7:])).encode()
    return found


@dataclass(frozen=True)
class Found:
    """Which secret was seen where, and in which guise."""

    secret: str
    guise: str
    where: str


def search(secrets: Mapping[str, str], blob: bytes | mmap.mmap, where: str) -> list[Found]:
    """Every secret (by its name) that stands in the blob, in whatever guise."""
    return [
        Found(name, guise, where)
        for name, secret in secrets.items()
        for guise, needle in guises(secret).items()
        if blob.find(needle) >= 0
    ]


async def tables(url: str) -> dict[str, bytes]:
    """Every table's every row as PostgreSQL keeps it (COPY, binary: sealed columns as their bytes), and what the
    server remembers of queries and of columns."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        await connection.execute("ANALYZE")
        names = await connection.fetch(
            "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables "
            "WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        queries = {row["name"]: f"SELECT * FROM {row['name']}" for row in names}
        queries["pg_stats"] = "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats"
        queries["pg_stat_activity"] = "SELECT query FROM pg_stat_activity"
        return {name: await _copied(connection, query) for name, query in queries.items()}
    finally:
        await connection.close()


async def _copied(connection: asyncpg.Connection, query: str) -> bytes:
    out = BytesIO()
    await connection.copy_from_query(query, output=out, format="binary")
    return out.getvalue()


async def checkpoint(url: str) -> Path:
    """All of the database on its disk; the folder of its files."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        await connection.execute("CHECKPOINT")
        data = await connection.fetchval("SHOW data_directory")
        oid = await connection.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
        return Path(data) / "base" / str(oid)
    finally:
        await connection.close()


async def doorbell(url: str) -> bytes:
    """Every key and value that the doorbell holds."""
    client = redis.asyncio.from_url(url)
    try:
        await client.execute_command("BGREWRITEAOF")
        parts = []
        async for key in client.scan_iter():
            parts += [key, await client.dump(key) or b""]
        return b"\n".join(parts)
    finally:
        await client.aclose()


def files(folder: Path, since: float) -> Iterator[tuple[str, mmap.mmap]]:
    """Every file below a folder that was written since then (seconds of the epoch)."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.stat().st_mtime < since or not path.stat().st_size:
            continue
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            yield str(path.relative_to(folder.parent)), held
