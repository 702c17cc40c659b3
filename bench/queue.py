"""`bench queue`: a page of the queue among 10,000 cases and among 1,000,000, of which one in twenty waits.

Two databases of one server, asked in turns: a county's officer, the prefecture's, a unit; first pages and pages
further down by cursor; the counts beside the views.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import asyncpg
import httpx

from bench.ground import Ground, ground, plain
from bench.machine import facts
from bench.plenty import Plenty, check, fill
from casework.catalog.load import load
from casework.db.reads import queue
from casework.db.reads.queue import Place, View
from casework.db.session import Database
from casework.kit.memory import settle
from casework.kit.settings import Settings
from casework.rules.facts import Actor
from casework.rules.words import Role
from manage.standalone.folder import COUNTY_ACCOUNTS
from services.assembly import assemble
from services.dispatch.routes import queue as queue_route
from services.dispatch.routes import session as session_route

COUNTIES = ("510104", "510105", "510106", "510107", "510108")
UNIT = "510104-CG"
UNITS = 6
PAGE = 50
FAR = 4
"""So many pages down is a page asked for by cursor, where there are as many."""
OFFICER = Actor(frozenset({Role.DISPATCHER}), area="510104")
PREFECTURE = Actor(frozenset({Role.DISPATCHER}), area="5101")
Way = Callable[[], Awaitable[int]]


@dataclass(frozen=True)
class Plan:
    """How much: cases of the two databases, one in `waits` of them waiting; `rounds` of `pages` for each way."""

    small: int = 10_000
    large: int = 1_000_000
    waits: int = 20
    rounds: int = 6
    pages: int = 60


@dataclass
class Seen:
    """One way of asking at both sizes: seconds of each answer, rows of the last one."""

    name: str
    small: list[float] = field(default_factory=list)
    large: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=lambda: [0, 0])

    def line(self) -> str:
        cuts = [statistics.quantiles(times, n=100) for times in (self.small, self.large)]
        (small50, small95), (large50, large95) = ((cut[49] * 1000, cut[94] * 1000) for cut in cuts)
        rows = f"{self.rows[0]:,} / {self.rows[1]:,}"
        ratios = f"{large50 / small50:.2f} × / {large95 / small95:.2f} ×"
        return f"| {self.name} | {small50:.1f} / {small95:.1f} | {large50:.1f} / {large95:.1f} | {ratios} | {rows} |"


@dataclass(frozen=True)
class Side:
    """One of the two databases with the ways to ask it."""

    url: str
    much: Plenty
    settings: Settings

    async def make(self) -> int:
        """Fill it, ask the rules about a part of it; how many were asked about."""
        connection, catalog = await asyncpg.connect(plain(self.url)), load()
        await fill(connection, catalog, self.much)
        rows = "INSERT INTO assignment (case_id, unit_id, kind, hop, closed_at) SELECT id, lead_unit_id, 'LEAD', 1, "
        ended = "ended_at FROM cases WHERE lead_unit_id IS NOT NULL"
        await connection.execute(rows + ended, timeout=600)
        await connection.execute("VACUUM ANALYZE assignment")
        await connection.close()
        database = Database(self.url)
        async with database.transaction() as session:
            asked = await check(session, catalog, self.much)
        await database.close()
        return asked


async def ways(stack: AsyncExitStack, side: Side, at: Ground) -> Mapping[str, Way]:
    """All that is measured, by the name of the line."""
    database = Database(side.url)
    stack.push_async_callback(database.close)
    unit = Actor(frozenset({Role.UNIT}), area="510104", units=frozenset({side.much.units[0]}))
    tree = Actor(frozenset({Role.UNIT}), area="510104", units=frozenset(side.much.units[:3]))

    async def page(actor: Actor, after: Place | None = None, view: View = View.OPEN) -> int:
        async with database.transaction() as session:
            return len((await queue.page(session, actor, view, after=after, limit=PAGE)).rows)

    async def counts() -> int:
        async with database.transaction() as session:
            return (await queue.counts(session, OFFICER))[View.OPEN]

    async def below() -> Place | None:
        place = None
        async with database.transaction() as session:
            for _ in range(min(FAR, side.much.waiting // len(COUNTIES) // PAGE - 1)):
                place = (await queue.page(session, OFFICER, View.OPEN, after=place, limit=PAGE)).next
        return place

    place = await below()
    app = assemble("dispatch", "bench", [session_route.router, queue_route.router], side.settings)
    await stack.enter_async_context(app.router.lifespan_context(app))
    transport = httpx.ASGITransport(app=app)
    headers = {"X-GridCall": "1"}
    officer = httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers)
    await stack.enter_async_context(officer)
    accounts = json.loads((at.folder / COUNTY_ACCOUNTS).read_text("utf-8"))
    password = next(account["password"] for account in accounts if account["login"] == "dispatcher1")
    (await officer.post("/session", json={"login": "dispatcher1", "password": password})).raise_for_status()

    async def api() -> int:
        answer = await officer.get("/cases", params={"limit": PAGE})
        return len(answer.raise_for_status().json()["rows"])

    return {
        "a county's officer": lambda: page(OFFICER),
        "the same, a page further down": lambda: page(OFFICER, place),
        "the same, results to review": lambda: page(OFFICER, view=View.TO_REVIEW),
        "the prefecture": lambda: page(PREFECTURE),
        "a unit": lambda: page(unit),
        "a unit and two below it": lambda: page(tree),
        "the officer's counts": counts,
        "GET /cases, the officer": api,
    }


async def measure(at: Ground, plan: Plan) -> tuple[list[Seen], int]:
    """Make both databases, then ask them in turns."""
    sides = await _sides(at, plan)
    asked = max([await side.make() for side in sides])
    async with AsyncExitStack() as stack:
        small, large = [await ways(stack, side, at) for side in sides]
        settle()  # as an API does
        seen = [Seen(name) for name in small]
        for number in range(plan.rounds + 1):
            for one in seen:
                for place, (way, times) in enumerate([(small[one.name], one.small), (large[one.name], one.large)]):
                    taken, one.rows[place] = await _round(way, plan.pages)
                    times.extend(taken if number else ())
    return seen, asked


async def _round(way: Way, pages: int) -> tuple[list[float], int]:
    times, rows = [], 0
    for _ in range(pages):
        begun = time.perf_counter()
        rows = await way()
        times.append(time.perf_counter() - begun)
    return times, rows


async def _sides(at: Ground, plan: Plan) -> list[Side]:
    connection = await asyncpg.connect(at.dsn)
    others = "SELECT id FROM unit WHERE code <> $1 ORDER BY id LIMIT $2"
    first = await connection.fetchval("SELECT id FROM unit WHERE code = $1", UNIT)
    units = [first, *(row["id"] for row in await connection.fetch(others, UNIT, UNITS - 1))]
    await connection.close()
    base = at.settings.database_url.rsplit("/", 1)[0]
    server = await asyncpg.connect(plain(f"{base}/postgres"))
    sides = []
    for name, cases in (("small", plan.small), ("large", plan.large)):
        await server.execute(f"CREATE DATABASE {name} TEMPLATE {at.settings.database_url.rsplit('/', 1)[1]}")
        url = f"{base}/{name}"
        much = Plenty(cases, cases // plan.waits, COUNTIES, units)
        sides.append(Side(url, much, at.settings.model_copy(update={"database_url": url})))
    await server.close()
    return sides


def told(seen: list[Seen], asked: int, plan: Plan) -> str:
    """The section of bench/RESULTS.md."""
    return "\n".join(
        [
            f"{facts()}. {plan.small:,} and {plan.large:,} cases in {len(COUNTIES)} counties, one in {plan.waits} of "
            f"them waiting, led by {UNITS} units; pages of {PAGE}; the databases asked in turns, "
            f"{plan.rounds * plan.pages} times each; the API in the same process. {asked:,} cases of the larger one were "
            "checked against the rules. `./gridcall bench queue`",
            "",
            f"| page of | {plan.small:,}: p50 / p95 ms | {plan.large:,}: p50 / p95 ms | ratio p50 / p95 "
            "(bound 1.3 ×, 30 ms) | rows |",
            "|---|---|---|---|---|",
            *(one.line() for one in seen),
        ]
    )


def main(plan: Plan | None = None) -> str:
    """Measure; the section for RESULTS.md."""
    plan = plan or Plan()
    with ground() as at:
        return told(*asyncio.run(measure(at, plan)), plan)
