"""`bench export`: a list of 1,000,000 cases as CSV and as XLSX, by the worker's own loop in a process of its own; rows a
second and the most memory that the process ever held."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass

import asyncpg
from sqlalchemy import select

from bench.ground import Ground, ground
from bench.machine import facts
from bench.plenty import Plenty, fill
from casework.catalog.load import load
from casework.db import case_exports
from casework.db.models import Account
from casework.db.session import Database
from casework.rules.facts import Actor
from casework.rules.words import Role

ANALYST = "analyst51"
BOUND_MB = 200
MONTHS = 36


@dataclass(frozen=True)
class Plan:
    """How many rows a list has at least; the cases of five years from which it is taken."""

    rows: int = 1_000_000
    cases: int = 2_000_000


@dataclass(frozen=True)
class Seen:
    """One list: its kind, rows, bytes, seconds, and the process's memory in MB, before and at most."""

    kind: str
    rows: int
    size: int
    seconds: float
    idle: float
    peak: float

    def line(self) -> str:
        told = (
            f"{self.rows:,}",
            f"{self.size / 2**20:,.0f}",
            f"{self.seconds:,.0f}",
            f"{self.rows / self.seconds:,.0f}",
        )
        return f"| {self.kind} | {' | '.join(told)} | {self.idle:.0f} | {self.peak:.0f} |"


async def _asked(database: Database, kind: str, months: tuple[str, str]) -> int:
    async with database.transaction() as session:
        account_id = await session.scalar(select(Account.id).where(Account.login == ANALYST))
        actor = Actor(frozenset({Role.ANALYST}), account_id=account_id, area="51", login=ANALYST)
        made = await case_exports.add(session, actor, kind, "zh-CN", {"from": months[0], "to": months[1]})
        assert made is not None
        return made.id


async def _months(db: asyncpg.Connection) -> tuple[str, str]:
    """The last three years that are over: about three fifths of all cases."""
    query = "SELECT to_char(now() - $1 * interval '1 month', 'YYYY-MM')"
    return await db.fetchval(query, MONTHS), await db.fetchval(query, 1)


async def measure(at: Ground, plan: Plan) -> list[Seen]:
    """Make the cases, then export each kind. Raises RuntimeError where a list is too short, not whole, or too greedy."""
    catalog, database, db = load(), Database(at.settings.database_url), await asyncpg.connect(at.dsn)
    counties = [one.code for city in catalog.areas.children("51") for one in catalog.areas.children(city.code)]
    units = [row["id"] for row in await db.fetch("SELECT id FROM unit ORDER BY id")]
    await fill(db, catalog, Plenty(plan.cases, plan.cases // 100, counties, units))
    found, months = [], await _months(db)
    for kind in ("csv", "xlsx"):
        export_id = await _asked(database, kind, months)
        run = [sys.executable, "-m", "bench.export_worker"]
        done = await asyncio.to_thread(subprocess.run, run, env=dict(at.told), stdout=subprocess.PIPE, check=True)
        told = json.loads(done.stdout.splitlines()[-1])
        row = await db.fetchrow("SELECT state, rows, total, bytes FROM case_export WHERE id = $1", export_id)
        if row is None or row["state"] != "DONE" or row["rows"] != row["total"] or row["rows"] < plan.rows:
            raise RuntimeError(f"{kind}: {dict(row or {})}")
        if told["peak"] > BOUND_MB:
            raise RuntimeError(f"{kind}: {told['peak']:.0f} MB")
        found.append(Seen(kind, row["rows"], row["bytes"], told["seconds"], told["idle"], told["peak"]))
        await db.execute("DELETE FROM case_export WHERE id = $1", export_id)
    await db.close()
    await database.close()
    return found


def main(plan: Plan | None = None) -> str:
    """Measure; the section for RESULTS.md."""
    plan = plan or Plan()
    with ground() as at:
        seen = asyncio.run(measure(at, plan))
    lines = [
        f"{facts()}. The list of {MONTHS} months of a province, 19 columns, from {plan.cases:,} cases; the worker's own "
        "loop alone in a process, blocks of 5,000 rows, each with its progress in one transaction. "
        "`./gridcall bench export`",
        "",
        f"| file | rows | MB | seconds | rows/s | process before, MB | at most, MB (bound {BOUND_MB}) |",
        "|---|---|---|---|---|---|---|",
        *(one.line() for one in seen),
    ]
    return "\n".join(lines)
