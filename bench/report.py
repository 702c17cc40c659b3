"""`bench report`: the completion rate by county for a year over 5,000,000 ended cases, through the API, beside the same
question counted case by case; with what keeps the sums: a fold, and the nightly recount.
"""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import asyncpg
import httpx
from fastapi import APIRouter
from sqlalchemy import text

from bench.ground import Ground, ground
from bench.machine import cpu_seconds, facts
from bench.plenty import Plenty, check, fill
from casework.catalog.load import Catalog, load
from casework.db.reads.questions import By, Question
from casework.db.reads.supervisor import counted, observed_now
from casework.db.rollups import fold, recount
from casework.db.session import Database
from casework.kit.memory import settle
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.tallies import Period, Tally
from casework.rules.words import Role
from manage.standalone.folder import COUNTY_ACCOUNTS
from services.assembly import assemble
from services.dispatch.routes import session as session_route
from services.notify.routes import reports

PROVINCE = "51"
ANALYST = "analyst51"
READER = Actor(frozenset({Role.ANALYST}), area=PROVINCE)
BATCH = 5000
WARM = 10


@dataclass(frozen=True)
class Plan:
    """How much: ended cases, and others that wait; `asks` of each question through the API."""

    ended: int = 5_000_000
    waiting: int = 50_000
    asks: int = 100


@dataclass
class Seen:
    """One question: seconds of each answer of the API, its processor time beside the database's, and seconds of one
    count case by case; counties and cases in it."""

    name: str
    times: list[float] = field(default_factory=list)
    api_cpu: float = 0.0
    database_cpu: float = 0.0
    exact: float = 0.0
    counties: int = 0
    cases: int = 0

    def line(self) -> str:
        cut = statistics.quantiles(self.times, n=100)
        return (
            f"| {self.name} | {cut[49] * 1000:.1f} | {cut[94] * 1000:.1f} "
            f"| {self.api_cpu * 1000:.1f} + {self.database_cpu * 1000:.1f} | {self.exact * 1000:,.0f} | {self.counties} "
            f"| {self.cases:,} |"
        )


@dataclass
class Kept:
    """What keeping the sums took, in seconds: adding up all cases from nothing, folding, a recount that finds nothing."""

    filled: float = 0.0
    folded: float = 0.0
    lines: int = 0
    recounted: float = 0.0
    checked: int = 0


def questions(today: date) -> dict[str, tuple[date, date]]:
    """The months that are asked about, by what the line says: the last calendar year, and the year that runs."""
    past = date(today.year - 1, 1, 1), date(today.year - 1, 12, 1)
    running = (today.replace(day=1) - timedelta(days=330)).replace(day=1), today.replace(day=1)
    return {f"{past[0]:%Y-%m} to {past[1]:%Y-%m}": past, f"{running[0]:%Y-%m} to {running[1]:%Y-%m}": running}


@asynccontextmanager
async def analyst(at: Ground, routers: Sequence[APIRouter] = (reports.router,)) -> AsyncIterator[httpx.AsyncClient]:
    """The API, and the province's analyst signed in to it."""
    app = assemble("notify", "bench", list(routers), at.settings)
    door = assemble("dispatch", "bench", [session_route.router], at.settings)
    accounts = json.loads((at.folder / COUNTY_ACCOUNTS).read_text("utf-8"))
    password = next(account["password"] for account in accounts if account["login"] == ANALYST)
    told: dict[str, Any] = {"base_url": "http://localhost:8000", "headers": {"X-GridCall": "1"}, "timeout": 600}
    async with app.router.lifespan_context(app), door.router.lifespan_context(door):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=door), **told) as entry:
            (await entry.post("/session", json={"login": ANALYST, "password": password})).raise_for_status()
            cookies = entry.cookies
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), cookies=cookies, **told) as client:
            yield client


async def make(at: Ground, catalog: Catalog, database: Database, plan: Plan) -> Kept:
    """The cases, checked against the rules, and their sums: counted from nothing, folded, counted again."""
    counties = [
        county.code for city in catalog.areas.children(PROVINCE) for county in catalog.areas.children(city.code)
    ]
    connection = await asyncpg.connect(at.dsn)
    units = [row["id"] for row in await connection.fetch("SELECT id FROM unit ORDER BY id")]
    much = Plenty(plan.ended + plan.waiting, plan.waiting, counties, units)
    await fill(connection, catalog, much)
    kept = Kept()
    async with database.transaction() as session:
        kept.checked = await check(session, catalog, much)
    kept.filled = await _recount(database, mend=True)
    begun = time.perf_counter()
    while folded := await fold(connection, limit=BATCH):
        kept.lines += folded
    kept.folded = time.perf_counter() - begun
    await connection.execute("VACUUM ANALYZE rate_rollup, figure_rollup, rate_delta")
    kept.recounted = await _recount(database)
    await connection.close()
    return kept


async def _recount(database: Database, *, mend: bool = False) -> float:
    begun = time.perf_counter()
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        found = await recount(session, mend=mend)
    if bool(found) is not mend:
        raise RuntimeError(f"{len(found)} differences, the first {found[:1]}")
    return time.perf_counter() - begun


async def ask(at: Ground, client: httpx.AsyncClient, seen: Seen, months: tuple[date, date], asks: int) -> Any:
    """So many times the same of the API; what it says."""
    asked = {"by": "county", "from": f"{months[0]:%Y-%m}", "to": f"{months[1]:%Y-%m}"}
    for _ in range(WARM):
        await client.get("/reports/completion", params=asked)
    database = [at.stores.children[0].pid or 0]
    cpu = time.process_time(), cpu_seconds(database)
    for _ in range(asks):
        begun = time.perf_counter()
        answer = await client.get("/reports/completion", params=asked)
        seen.times.append(time.perf_counter() - begun)
    seen.api_cpu = (time.process_time() - cpu[0]) / asks
    seen.database_cpu = (cpu_seconds(database) - cpu[1]) / asks
    return answer.raise_for_status().json()


async def count(
    database: Database, catalog: Catalog, seen: Seen, months: tuple[date, date]
) -> Mapping[str | None, Tally]:
    """The same, counted case by case."""
    first, last = months
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        question = Question(View.A, Period.months(first, last), By.COUNTY)
        begun = time.perf_counter()
        sums = await counted(session, READER, question, await observed_now(session), catalog.calendars)
        seen.exact = time.perf_counter() - begun
    seen.counties, seen.cases = len(sums), sum(one.cases for one in sums.values())
    return sums


def _same(rows: list[dict[str, Any]], sums: Mapping[str | None, Tally]) -> None:
    """What the API said is what was counted. Raises RuntimeError where it is not."""
    said = {row["key"]: row for row in rows}
    if said.keys() != sums.keys():
        raise RuntimeError(f"counties differ: {said.keys() ^ sums.keys()}")
    for key, one in sums.items():
        row = said[key]
        shown = (row["numerator"], row["denominator"], row["on_time"], row["first_on_time"], row["not_yet_due"])
        expected = (one.kept, one.cases, one.on_time, one.first_on_time, one.not_yet_due)
        excluded = {reason.value: number for reason, number in one.excluded.items()}
        if (shown, row["excluded"]) != (expected, excluded):
            raise RuntimeError(f"{key}: the API says {shown} and {row['excluded']}, counted {expected} and {excluded}")


async def measure(at: Ground, plan: Plan) -> tuple[Kept, list[Seen]]:
    """Make the cases and their sums, then ask about both years."""
    catalog, database = load(), Database(at.settings.database_url)
    kept = await make(at, catalog, database, plan)
    lines = []
    async with analyst(at) as client:
        settle()  # as an API does
        for name, months in questions(date.today()).items():
            seen = Seen(name)
            told = await ask(at, client, seen, months, plan.asks)
            _same(told["rows"], await count(database, catalog, seen, months))
            lines.append(seen)
    await database.close()
    return kept, lines


def told(kept: Kept, seen: list[Seen], plan: Plan) -> str:
    """The section of bench/RESULTS.md."""
    return "\n".join(
        [
            f"{facts()}. {plan.ended:,} ended and {plan.waiting:,} waiting cases of five years in 183 counties; "
            f"`GET /reports/completion?by=county`, {plan.asks} times, the API in the same process, the province's "
            f"analyst. Every county's figures are those of the count case by case; {kept.checked:,} cases were checked "
            "against the rules. `./gridcall bench report`",
            "",
            "| months | API p50 ms | API p95 ms (bound 50) | processor ms, API with its caller + PostgreSQL "
            "| counted case by case, ms | counties | cases |",
            "|---|---|---|---|---|---|---|",
            *(one.line() for one in seen),
            "",
            f"The sums of all cases from nothing: {kept.filled:.0f} s; {kept.lines:,} lines folded in {kept.folded:.1f} s "
            f"({kept.lines / kept.folded:,.0f} a second, batches of {BATCH:,}); the nightly recount, which found no "
            f"difference: {kept.recounted:.0f} s.",
        ]
    )


def main(plan: Plan | None = None) -> str:
    """Measure; the section for RESULTS.md."""
    plan = plan or Plan()
    with ground() as at:
        return told(*asyncio.run(measure(at, plan)), plan)
