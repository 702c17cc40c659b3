"""`bench figures`: over 10,000,000 ended cases, any rate by county and month for a year and the cases behind it, through
the API; the freeze of a month; and what keeping the sums adds to a move.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from unittest.mock import patch
from uuid import uuid4

import asyncpg
import httpx

from bench.ground import Ground, ground
from bench.machine import facts
from bench.report import PROVINCE, Kept, analyst, make, questions
from bench.report import Plan as Much
from casework.catalog.load import load
from casework.db import accounts
from casework.db.inbox import Letter
from casework.db.session import Database
from casework.journey import move as moving
from casework.journey.city import City
from casework.journey.freezing import freeze, month_before
from casework.journey.report import Entry, Held, Incoming, report
from casework.journey.sign_in import actor_of
from casework.kit.crypto import Keyring
from casework.kit.memory import settle
from casework.rules import asks
from casework.rules.facts import UPSTREAM
from casework.rules.rollups import NOTHING
from casework.rules.words import Channel, Kind
from services.notify.routes import figures

WARM = 5
ASKED = ("COMPLETION", "SIGN", "SATISFIED", "FIRST_RIGHT", "REPEAT")
MOVES = (("dispatcher1", asks.Dispatch(unit="510104-CG")), ("unit-cg", asks.Sign()))


@dataclass(frozen=True)
class Plan:
    """How much: ended cases, and others that wait; `asks` of each question; `moved` cases with the sums kept, and as
    many without."""

    ended: int = 10_000_000
    waiting: int = 50_000
    asks: int = 50
    moved: int = 400


@dataclass
class Seen:
    """`asked`: seconds of each answer by question; `froze`: cases and seconds of each prefecture's freeze; `moves`:
    seconds of each move with the sums kept (True), and without; `size`: bytes of the cases with their indexes, and of
    the whole database."""

    kept: Kept
    asked: dict[str, list[float]] = field(default_factory=dict)
    froze: list[tuple[str, int, float]] = field(default_factory=list)
    moves: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    size: tuple[int, int] = (0, 0)


async def ask(
    client: httpx.AsyncClient, seen: list[float], path: str, asked: dict[str, str], asks_: int
) -> httpx.Response:
    """So many times the same of the API, after some to warm it."""
    for n in range(WARM + asks_):
        begun = time.perf_counter()
        answer = await client.get(path, params=asked)
        if n >= WARM:
            seen.append(time.perf_counter() - begun)
        answer.raise_for_status()
    return answer


async def ask_all(at: Ground, seen: Seen, plan: Plan) -> None:
    """Rates by county and month, each alone; then pages of the cases behind one."""
    async with analyst(at, [figures.router]) as client:
        settle()  # as an API does
        for name, (first, last) in questions(date.today()).items():
            months = {"from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}"}
            for code in ASKED:
                asked = {**months, "by": "county", "monthly": "true", "times": "false", "figure": code}
                times = seen.asked.setdefault(f"{code} by county and month, {name}", [])
                await ask(client, times, "/reports/figures", asked, plan.asks)
            await _pages(client, seen, months, name, plan)


async def _pages(client: httpx.AsyncClient, seen: Seen, months: dict[str, str], name: str, plan: Plan) -> None:
    for area in (PROVINCE, "510104"):
        for part in ("denominator", "missed"):
            asked = {**months, "by": "county", "figure": "COMPLETION", "part": part, "area": area}
            times = seen.asked.setdefault(f"page of {part}, area {area}, {name}", [])
            page = (await ask(client, times, "/reports/figures/cases", asked, plan.asks)).json()
            if page["next"] is None:
                continue
            times = seen.asked.setdefault(f"next page of {part}, area {area}, {name}", [])
            await ask(client, times, "/reports/figures/cases", {**asked, "cursor": page["next"]}, plan.asks)


async def freeze_all(city: City, seen: Seen) -> None:
    """Every prefecture's month before the last, which is whole."""
    month = month_before(date.today() - timedelta(days=60))
    for area in city.catalog.areas.children(PROVINCE):
        begun = time.perf_counter()
        made = await freeze(city, area.code, month)
        seen.froze.append((area.name, made.cases, time.perf_counter() - begun))


async def begin(city: City) -> str:
    """A request from the hotline; the number of its case."""
    key = uuid4().hex
    stored = await city.inbox_lane.do(Letter("hotline", key, "hotline", key.encode(), b"-"))
    incoming = Incoming(
        source="hotline",
        channel=Channel.HOTLINE,
        region="510104",
        title="路灯不亮",
        text="楼下路灯不亮，居民夜间出行不便。",
        kind=Kind.HELP,
        category="0204",
        area_code="510104017001",
        upstream_no=key,
    )
    held = Held(stored.id, stored.received_at)
    return (await report(city, held, incoming, Entry(asks.Accept(), UPSTREAM))).cases[0].case_no


async def move_all(city: City, seen: Seen, plan: Plan) -> None:
    """The same moves of new cases, one after the other with the sums kept and without."""
    actors = {}
    for login, _ in MOVES:
        async with city.database.transaction() as session:
            known = await accounts.by_login(session, login)
            if known is None:
                raise RuntimeError(f"no account {login}")
            actors[login] = await actor_of(session, known.account)
    for n in range(2 * (plan.moved + WARM)):
        case_no, keeping = await begin(city), n % 2 == 0
        for login, what in MOVES:
            with ExitStack() as without:
                if not keeping:
                    without.enter_context(patch.object(moving, "counts_as", lambda case: NOTHING))
                begun = time.perf_counter()
                async with city.database.transaction() as session:
                    await moving.move(session, city, case_no, actors[login], what)
                if n >= 2 * WARM:
                    seen.moves[keeping].append(time.perf_counter() - begun)


async def measure(at: Ground, plan: Plan) -> Seen:
    """Make the cases and their sums; then all of it."""
    catalog, database = load(), Database(at.settings.database_url)
    city = City(catalog, Keyring.load(at.settings.keys_file, at.settings.identity_keys_file), database)
    seen = Seen(await make(at, catalog, database, Much(plan.ended, plan.waiting)))
    await ask_all(at, seen, plan)
    await freeze_all(city, seen)
    await move_all(city, seen, plan)
    connection = await asyncpg.connect(at.dsn)
    sizes = "SELECT pg_total_relation_size('cases'), pg_database_size(current_database())"
    seen.size = tuple(await connection.fetchrow(sizes))
    await connection.close()
    await database.close()
    return seen


def _cuts(times: Sequence[float]) -> tuple[float, float]:
    cut = statistics.quantiles(times, n=100)
    return cut[49] * 1000, cut[94] * 1000


def told(seen: Seen, plan: Plan) -> str:
    """The section of bench/RESULTS.md."""
    lines = [f"| {name} | {_cuts(times)[0]:.1f} | {_cuts(times)[1]:.1f} |" for name, times in seen.asked.items()]
    largest = max(seen.froze, key=lambda one: one[1])
    longest = max(one[2] for one in seen.froze)
    kept, without = statistics.median(seen.moves[True]), statistics.median(seen.moves[False])
    return "\n".join(
        [
            f"{facts()}. {plan.ended:,} ended and {plan.waiting:,} waiting cases of five years in 183 counties, "
            f"{seen.kept.checked:,} of them checked against the rules; {plan.asks} times each, the API in the same "
            "process, the province's analyst. `./gridcall bench figures`",
            "",
            "| question | p50 ms (bound 50) | p95 ms |",
            "|---|---|---|",
            *lines,
            "",
            f"Freeze of a month (bound 60 s): {largest[0]}, {largest[1]:,} cases in {largest[2]:.1f} s; all "
            f"{len(seen.froze)} prefectures one after the other {sum(one[2] for one in seen.froze):.1f} s, the longest "
            f"{longest:.1f} s.",
            "",
            f"A move with its sums kept {kept * 1000:.2f} ms, without {without * 1000:.2f} ms (medians of "
            f"{len(seen.moves[True])} each, one after the other): {100 * (kept / without - 1):+.1f} % (bound 10 %).",
            "",
            f"The cases with their indexes take {seen.size[0] / 2**30:.1f} GiB, the whole database "
            f"{seen.size[1] / 2**30:.1f} GiB. The sums of all cases from nothing: {seen.kept.filled:.0f} s; "
            f"{seen.kept.lines:,} lines folded in {seen.kept.folded:.1f} s; the recount, which found no difference: "
            f"{seen.kept.recounted:.0f} s.",
        ]
    )


def main(plan: Plan | None = None) -> str:
    """Measure; the section for RESULTS.md."""
    plan = plan or Plan()
    with ground() as at:
        return told(asyncio.run(measure(at, plan)), plan)
