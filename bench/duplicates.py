"""`bench duplicates`: the search for likely duplicates among 1,000,000 cases of the last 90 days.

Their texts are sentences of real requests (../shared/data, which lies beside the project), shuffled within a label, so
that words are as frequent as people make them; places are communities of five counties. Copies of 300 cases are
planted: sentences dropped, every twelfth character changed, another caller, the same community. They must be found.
"""

import asyncio
import csv
import os
import random
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zlib import crc32

import asyncpg
import httpx

from bench.ground import Ground, ground
from bench.machine import cpu_seconds, facts
from casework.catalog.load import Catalog, load
from casework.db.accounts import open_session
from casework.db.likeness import write_missing
from casework.db.models import Account
from casework.db.session import Database
from casework.journey.city import City
from casework.journey.similar import similar_to_case
from casework.kit.crypto import Keyring
from casework.kit.passwords import new_token, token_digest
from casework.rules.facts import Actor
from casework.rules.likeness import SKETCH, cell_of, pairs_of
from casework.rules.points import Point
from casework.rules.words import Role
from services.assembly import assemble
from services.dispatch.routes import similar

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "requests"
COUNTIES = ("510104", "510105", "510106", "510107", "510108")
DAYS = 90
CHUNK = 50_000
JUDGED = (
    "On the real texts, once by hand, from titles and beginnings (2026-11-23): of 588 pairs of messages.csv that are at least half alike 40 were drawn "
    "from those below 0.95; 35 are the same matter, 4 the same kind of trouble elsewhere, 1 another matter of the same "
    "place. Of 329 such pairs of labelled.csv 97.6 % bear one label, and the index finds 328. Of 130 messages on three "
    "matters, put in one community each, every one finds others of its matter (tests/rules/test_likeness_real.py)."
)
_SENTENCE = re.compile(r"[^，。！？；\s]{4,80}")
_STAGED = """
CREATE UNLOGGED TABLE staged (n bigint, area text, category text, at timestamptz, lon float8, lat float8, cell bigint,
  title text, said text, keys int[]);
"""
_COLUMNS = ("n", "area", "category", "at", "lon", "lat", "cell", "title", "said", "keys")
_MAKE = """
SET session_replication_role = replica;
SET maintenance_work_mem = '512MB';
DROP INDEX ix_case_likeness_keys;
INSERT INTO request (id, request_no, inbox_id, source, channel, received_at, content_digest, title_sealed, text_sealed,
    working_title, working_text, lon, lat, crs)
OVERRIDING SYSTEM VALUE
SELECT n, 'B' || n, -n, 'bench', 'HOTLINE', at, '', '', '', title, said, lon, lat, 'WGS84' FROM staged ORDER BY n;
INSERT INTO cases (id, request_id, case_no, status, direction, level, channel, kind, category, urgency, area_code,
    title, created_at)
OVERRIDING SYSTEM VALUE
SELECT n, n, 'B' || n, 'CLOSED', 'CENTRE', 'COUNTY', 'HOTLINE', 'HELP', category, 'N', area, title, at FROM staged
ORDER BY n;
INSERT INTO case_likeness (case_id, area_code, category, created_at, cell, lon, lat, keys)
SELECT n, area, category, at, cell, lon, lat, keys FROM staged ORDER BY n;
CREATE INDEX ix_case_likeness_keys ON case_likeness USING gin (keys) WITH (fastupdate = off);
SET session_replication_role = origin;
"""


@dataclass(frozen=True)
class Plan:
    """How much: `cases` in all, so many `planted` copies among them, `rounds` over the questions."""

    cases: int = 1_000_000
    planted: int = 300
    rounds: int = 3
    written: int = 5_000


@dataclass
class Seen:
    """What one way of asking showed: seconds of each answer; and on the average the processor time of one, here and in
    PostgreSQL."""

    name: str
    times: list[float] = field(default_factory=list)
    own_cpu: float = 0.0
    database_cpu: float = 0.0
    found: list[bool] = field(default_factory=list)

    def line(self) -> str:
        wall = statistics.quantiles(self.times, n=100)
        return (
            f"| {self.name} | {len(self.times)} | {wall[49] * 1000:.1f} | {wall[94] * 1000:.1f} | "
            f"{self.own_cpu * 1000:.1f} + {self.database_cpu * 1000:.1f} | {sum(self.found) / len(self.found):.1%} |"
        )


@contextmanager
def weighed(at: Ground, seen: Seen) -> Iterator[None]:
    """What is asked meanwhile, weighed in processor time."""
    database = [at.stores.children[0].pid or 0]
    own, theirs = time.process_time(), cpu_seconds(database)
    yield
    seen.own_cpu = (time.process_time() - own) / len(seen.times)
    seen.database_cpu = (cpu_seconds(database) - theirs) / len(seen.times)


def sentences() -> dict[str, list[str]]:
    """The sentences of the real requests, by label."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in ("labelled.csv", "messages.csv"):
        with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                found[row.get("label", "")] += _SENTENCE.findall(f"{row['title']}。{row['body']}"[:600])
    return dict(found)


def texts(plan: Plan, chance: random.Random) -> Iterator[tuple[str, list[int]]]:
    """(words, sketch) of each case: four to eight sentences of one label, joined by commas."""
    by_label = sentences()
    hashes = {text: [crc32(p.encode()) >> 1 for p in pairs_of(text)] for said in by_label.values() for text in said}
    pool, weights = list(by_label.values()), [len(said) for said in by_label.values()]
    for said in chance.choices(pool, weights, k=plan.cases - plan.planted):
        chosen = chance.choices(said, k=chance.randint(4, 8))
        yield "，".join(chosen), sorted({key for one in chosen for key in hashes[one]})[:SKETCH]


def changed(text: str, chance: random.Random) -> str:
    """Another person's words for it: a sentence less, others in another order, every twelfth character wrong."""
    said = text.split("，")
    said.pop(chance.randrange(len(said)))
    chance.shuffle(said)
    return "".join(
        chance.choice("的了在是我有和就不人") if n % 12 == 7 else one for n, one in enumerate("，".join(said))
    )


def rows(catalog: Catalog, plan: Plan) -> Iterator[tuple[object, ...]]:
    """The staged rows; the planted copies come last, each of an earlier case, chosen by its number."""
    chance = random.Random(3)
    places = [
        c.code for county in COUNTIES for s in catalog.areas.children(county) for c in catalog.areas.children(s.code)
    ]
    categories = [code for code in catalog.categories if len(code) == 4]
    now, first = datetime.now(UTC), plan.cases - plan.planted
    originals = set(random.Random(4).sample(range(1, first + 1), plan.planted))
    kept = []
    for n, (text, keys) in enumerate(texts(plan, chance), start=1):
        at = now - timedelta(days=DAYS - 1) * (1 - n / plan.cases)
        place, category = chance.choice(places), chance.choice(categories)
        point = Point(104 + chance.random() * 0.2, 30.55 + chance.random() * 0.2) if chance.random() < 0.5 else None
        if n in originals:
            kept.append((place, text))
        yield _row(n, place, category, at, point, text, keys)
    for n, (place, text) in enumerate(kept, start=first + 1):
        words = changed(text, chance)
        keys = sorted({crc32(p.encode()) >> 1 for p in pairs_of(words)})[:SKETCH]
        yield _row(n, place, chance.choice(categories), now, None, words, keys)


def _row(
    n: int, area: str, category: str, at: datetime, point: Point | None, text: str, keys: list[int]
) -> tuple[object, ...]:
    lon, lat = point or (None, None)
    title, _, said = text.partition("，")
    return n, area, category, at, lon, lat, cell_of(point) if point else None, title, said, keys


async def fill(db: asyncpg.Connection, catalog: Catalog, plan: Plan) -> None:
    """Make them by set-based SQL; the sketches are those that the worker would have written (checked)."""
    await db.execute(_STAGED)
    some: list[tuple[object, ...]] = []
    for row in rows(catalog, plan):
        some.append(row)
        if len(some) == CHUNK:
            await db.copy_records_to_table("staged", columns=_COLUMNS, records=some)
            some = []
    await db.copy_records_to_table("staged", columns=_COLUMNS, records=some)
    await db.execute(_MAKE, timeout=3600)
    await db.execute("DROP TABLE staged")
    for statement in ("VACUUM ANALYZE cases", "VACUUM ANALYZE request", "VACUUM ANALYZE case_likeness", "CHECKPOINT"):
        await db.execute(statement, timeout=3600)


async def measure(at: Ground, plan: Plan) -> str:
    """Fill, ask, tell."""
    catalog = load()
    plain = await asyncpg.connect(at.dsn)
    city = City(
        catalog, Keyring.load(at.settings.keys_file, at.settings.identity_keys_file), Database(at.settings.database_url)
    )
    try:
        began = time.perf_counter()
        await fill(plain, catalog, plan)
        filled = time.perf_counter() - began
        seen = [
            await _asked(at, city, plan, name, area)
            for name, area in (("a county's dispatcher", ""), ("the prefecture's", "5101"))
        ]
        seen.append(await _by_api(at, city, plan))
        rate = await _worker(plain, city, plan)
        size = await plain.fetchval("SELECT pg_total_relation_size('case_likeness')")
    finally:
        await plain.close()
        await city.database.close()
    return _told(plan, seen, rate, int(size), filled)


async def _originals(city: City, plan: Plan) -> dict[str, tuple[str, str]]:
    """The planted cases: the case each copies, and its county."""
    first = plan.cases - plan.planted
    chosen = sorted(random.Random(4).sample(range(1, first + 1), plan.planted))
    db = await city.database.pool()
    found = await db.fetch("SELECT case_no, area_code FROM cases WHERE id > $1 ORDER BY id", first)
    return {row["case_no"]: (f"B{n}", row["area_code"][:6]) for row, n in zip(found, chosen, strict=True)}


async def _asked(at: Ground, city: City, plan: Plan, name: str, area: str) -> Seen:
    seen, planted = Seen(name), await _originals(city, plan)
    with weighed(at, seen):
        for case_no, (original, county) in [*planted.items()] * plan.rounds:
            actor = Actor(frozenset({Role.DISPATCHER}), account_id=1, area=area or county)
            began = time.perf_counter()
            async with city.database.transaction() as session:
                found = await similar_to_case(session, city, actor, case_no)
            seen.times.append(time.perf_counter() - began)
            seen.found.append(original in [one.case.case_no for one in found])
    return seen


async def _by_api(at: Ground, city: City, plan: Plan) -> Seen:
    seen, token = Seen("GET /cases/{no}/similar, the prefecture's"), new_token()
    async with city.database.transaction() as session:
        account = Account(
            login="bench", display_name="bench", password_hash="none", roles=["DISPATCHER"], area_code="5101"
        )
        session.add(account)
        await session.flush()
        await open_session(session, account, token_digest(token))
    app = assemble("dispatch", "bench", [similar.router], at.settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=at.settings.public_url) as client:
            client.cookies.set(at.settings.session_cookie, token)
            planted = await _originals(city, plan)
            with weighed(at, seen):
                for case_no, (original, _) in planted.items():
                    began = time.perf_counter()
                    answer = (await client.get(f"/cases/{case_no}/similar")).raise_for_status()
                    seen.times.append(time.perf_counter() - began)
                    seen.found.append(original in [row["case_no"] for row in answer.json()["cases"]])
    return seen


async def _worker(plain: asyncpg.Connection, city: City, plan: Plan) -> float:
    """Rows a second that the worker writes, among the others; and the same sketches again as were filled in."""
    ids = [
        row["case_id"]
        for row in await plain.fetch("SELECT case_id FROM case_likeness ORDER BY case_id DESC LIMIT $1", plan.written)
    ]
    before = await plain.fetch("SELECT case_id, keys FROM case_likeness WHERE case_id = ANY($1) ORDER BY 1", ids)
    await plain.execute("DELETE FROM case_likeness WHERE case_id = ANY($1)", ids)
    await plain.execute("UPDATE likeness_reach SET reached = $1, settled = $1", min(ids) - 1)
    began, written, db = time.perf_counter(), 0, await city.database.pool()
    while some := await write_missing(db, limit=500):
        written += some
    took = time.perf_counter() - began
    after = await plain.fetch("SELECT case_id, keys FROM case_likeness WHERE case_id = ANY($1) ORDER BY 1", ids)
    if written != plan.written or before != after:
        raise RuntimeError("the worker does not write what was filled in")
    return written / took


def _told(plan: Plan, seen: Sequence[Seen], rate: float, size: int, filled: float) -> str:
    return "\n".join(
        [
            f"{facts()}. {plan.cases:,} cases of {DAYS} days in {len(COUNTIES)} counties, made in {filled:.0f} s; "
            f"{plan.planted} planted copies asked about, {plan.rounds} rounds. `./gridcall bench duplicates`",
            "",
            "| who asks | times | p50 ms (bound 30) | p95 ms | processor ms, here + PostgreSQL | copy among ten |",
            "|---|---|---|---|---|---|",
            *(one.line() for one in seen),
            "",
            f"The worker makes {rate:,.0f} cases a second comparable, behind their commit (checked: the same rows). "
            f"The table with its indexes has {size / 2**20:,.0f} MB. Load of the machine: {os.getloadavg()[0]:.1f}.",
            "",
            JUDGED,
        ]
    )


def main() -> str:
    """Measure; the section for RESULTS.md."""
    if not DATA.is_dir():
        sys.exit("../shared/data is not there: the texts of this benchmark lie beside the project, not in it")
    with ground() as at:
        return asyncio.run(measure(at, Plan()))
