"""`bench search`: the knowledge base's search and suggestions among 50,000 items, beside LIKE and beside pg_trgm
(both without the answers, which would take them longer).

The questions are callers' own words (tests/services/dispatch/knowledge.tsv), the items are those of the same file for
places of a whole province. A question is answered well when an item of its matter, of any place, is among three.
"""

import asyncio
import json
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
from fastapi import FastAPI

from bench.ground import Ground, ground
from bench.machine import facts
from casework.catalog.areas import Area
from casework.catalog.load import Catalog, load
from casework.db.knowledge import now_of
from casework.db.reads.knowledge_search import search
from casework.db.session import Database
from casework.kit.memory import settle
from casework.rules.facts import Actor
from casework.rules.knowledge_words import Written, asked, stored
from casework.rules.words import Role
from manage.standalone.folder import COUNTY_ACCOUNTS
from services.assembly import assemble
from services.dispatch.routes import knowledge, session

CORPUS = Path(__file__).resolve().parents[1] / "tests" / "services" / "dispatch" / "knowledge.tsv"
PROVINCE, _, COUNTY = FIRST = ("51", "5101", "510104")
AGENT = Actor(frozenset({Role.AGENT}), account_id=1, area=COUNTY)
_COLUMNS = ("id", "title", "category", "area_code", "questions", "keywords", "answer", "grams")
_MAKE = """
INSERT INTO knowledge_item (id, published) OVERRIDING SYSTEM VALUE SELECT id, 1 FROM staged;
INSERT INTO knowledge_version (item_id, version, state, title, category, area_code, unit_id, valid_from, questions,
    keywords, answer, source_document, grams, reviewed_at, published_at)
SELECT s.id, 1, 'PUBLISHED', s.title, s.category, s.area_code, u.id, '2020-01-01', string_to_array(s.questions, '|'),
    string_to_array(s.keywords, '|'), s.answer, 'bench', s.grams::tsvector, now(), now()
FROM staged s, (SELECT id FROM unit ORDER BY id LIMIT 1) u ORDER BY s.id;
INSERT INTO knowledge_gram (gram, items)
SELECT gram, count(*) FROM (SELECT unnest(tsvector_to_array(grams)) AS gram FROM knowledge_version
    UNION ALL SELECT '' FROM knowledge_version) AS each_one GROUP BY gram;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
ALTER TABLE staged ADD COLUMN said text;
UPDATE staged SET said = concat_ws(' ', title, questions, keywords);
CREATE INDEX ON staged USING gin (said gin_trgm_ops);
VACUUM ANALYZE;
"""
_SCOPE = "(area_code = ANY(ARRAY['51', '5101']) OR area_code LIKE '510104%')"
# the names are this file's own, every value is a parameter
_LIKE = f"""
SELECT id FROM staged WHERE said LIKE ANY($1) AND {_SCOPE}
ORDER BY (SELECT count(*) FROM unnest($1::text[]) AS word WHERE said LIKE word) DESC, id LIMIT 5
"""
_TRGM = f"SELECT id FROM staged WHERE $1 <% said AND {_SCOPE} ORDER BY word_similarity($1, said) DESC, id LIMIT 5"
SLOW = {"LIKE on the same pairs": 4, "pg_trgm, GIN, <%": 8}
"""Ways that take long: asked once, of every so-manyth matter."""
Way = Callable[[str], Awaitable[Sequence[int]]]


@dataclass(frozen=True)
class Plan:
    """How much: `items` in force, `rounds` over all questions after one that warms up."""

    items: int = 50_000
    rounds: int = 5


@dataclass
class Seen:
    """What one way of searching showed: seconds of each search, and the share of questions answered well."""

    name: str
    times: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def at(self, percent: int) -> float:
        """Milliseconds within which so many of a hundred searches were done."""
        return statistics.quantiles(self.times, n=100)[percent - 1] * 1000

    @property
    def well(self) -> float:
        return sum(self.right) / len(self.right)


def matters() -> list[list[str]]:
    """The file's lines: category, title, keywords, questions, answer, callers' words."""
    lines = CORPUS.read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def items(catalog: Catalog, count: int, corpus: list[list[str]]) -> Iterator[tuple[object, ...]]:
    """Every matter for the province, the prefecture and the county, then for any places of the province; a matter's
    id less one, modulo the number of matters, is its line."""
    rng = random.Random(1)
    places, width = list(_below(catalog, PROVINCE)), len(corpus)
    for number in range(count):
        category, title, keywords, questions, answer, _ = corpus[number % width]
        area = catalog.areas.get(FIRST[number // width]) if number // width < len(FIRST) else rng.choice(places)
        assert area is not None
        more = "".join(corpus[rng.randrange(width)][4] for _ in range(2))
        said = Written(f"{area.name}{title}", questions.split("|"), keywords.split("|"), answer + more)
        grams = stored(said, area.code)
        yield number + 1, said.title, category, area.code, questions, keywords, said.answer, grams


def _below(catalog: Catalog, code: str) -> Iterator[Area]:
    for area in catalog.areas.children(code):
        yield area
        yield from _below(catalog, area.code)


async def fill(at: Ground, plan: Plan, corpus: list[list[str]]) -> None:
    """Make the items by COPY, count their grams, index what pg_trgm needs."""
    connection = await asyncpg.connect(at.dsn)
    columns = ", ".join(f"{name} {'bigint' if name == 'id' else 'text'}" for name in _COLUMNS)
    await connection.execute(f"CREATE TABLE staged ({columns})")
    records = list(items(load(), plan.items, corpus))
    await connection.copy_records_to_table("staged", records=records, columns=list(_COLUMNS))
    for statement in _MAKE.split(";\n"):
        if statement.strip():
            await connection.execute(statement)
    await connection.close()


async def measure(at: Ground, plan: Plan) -> list[Seen]:
    """All ways in turns, each over all questions."""
    corpus = matters()
    await fill(at, plan, corpus)
    database, plain = Database(at.settings.database_url), await asyncpg.connect(at.dsn)
    # by default it finds nothing in texts that are longer than the question
    await plain.execute("LOAD 'pg_trgm'")
    await plain.execute("SET pg_trgm.word_similarity_threshold = 0.1")
    app = assemble("dispatch", "bench", [session.router, knowledge.router], at.settings)
    async with app.router.lifespan_context(app), _client(app) as agent:
        await _sign_in(agent, at)
        settle()  # as an API does
        ways: dict[str, Way] = {
            "search (function)": lambda said: _ours(database, said),
            "GET /knowledge/suggest": lambda said: _api(agent, "suggest", said),
            "GET /knowledge/search": lambda said: _api(agent, "search", said),
            "LIKE on the same pairs": lambda said: _like(plain, said),
            "pg_trgm, GIN, <%": lambda said: _trgm(plain, said),
        }
        seen = [Seen(name) for name in ways]
        for number in range(plan.rounds + 1):
            for one, way in zip(seen, ways.values(), strict=True):
                if one.name not in SLOW or number == 1:
                    await _round(one, way, corpus, counts=number > 0)
    await plain.close()
    await database.close()
    return seen


async def _round(seen: Seen, way: Way, corpus: list[list[str]], *, counts: bool) -> None:
    for place, line in list(enumerate(corpus))[:: SLOW.get(seen.name, 1)]:
        for question in line[5].split("|"):
            begun = time.perf_counter()
            found = await way(question)
            if counts:
                seen.times.append(time.perf_counter() - begun)
                seen.right.append(any((item_id - 1) % len(corpus) == place for item_id in found[:3]))


def _client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers={"X-GridCall": "1"})


async def _sign_in(agent: httpx.AsyncClient, at: Ground) -> None:
    accounts = json.loads((at.folder / COUNTY_ACCOUNTS).read_text("utf-8"))
    password = next(account["password"] for account in accounts if account["login"] == "agent1")
    (await agent.post("/session", json={"login": "agent1", "password": password})).raise_for_status()


async def _ours(database: Database, said: str) -> list[int]:
    async with database.transaction() as transaction:
        hits = await search(transaction, AGENT, said, now=await now_of(transaction), area=COUNTY)
        return [hit.row.version.item_id for hit in hits]


async def _api(agent: httpx.AsyncClient, route: str, said: str) -> list[int]:
    answer = await agent.get(f"/knowledge/{route}", params={"text": said, "area": COUNTY})
    return [int(hit["item_no"][2:]) for hit in answer.raise_for_status().json()["items"]]


async def _like(plain: asyncpg.Connection, said: str) -> list[int]:
    words = [f"%{gram}%" for gram in asked(said) if len(gram) > 1]
    return [row["id"] for row in await plain.fetch(_LIKE, words)]


async def _trgm(plain: asyncpg.Connection, said: str) -> list[int]:
    return [row["id"] for row in await plain.fetch(_TRGM, said)]


def told(seen: list[Seen], plan: Plan) -> str:
    """The section of bench/RESULTS.md."""
    like = next(one for one in seen if one.name.startswith("LIKE"))
    rows = [
        f"| {one.name} | {len(one.times)} | {one.at(50):.1f} | {one.at(95):.1f} | {like.at(50) / one.at(50):.1f} × | {one.well:.0%} |"
        for one in seen
    ]
    questions = len(seen[0].times) // plan.rounds
    return "\n".join(
        [
            f"{facts()}. {plan.items:,} items in force, {questions} questions in callers' words, {plan.rounds} rounds, "
            f"one agent of one county; the API in the same process. `./gridcall bench search`",
            "",
            "| way | searches | p50 ms | p95 ms | LIKE takes (p50) | right matter among three |",
            "|---|---|---|---|---|---|",
            *rows,
        ]
    )


def main() -> str:
    """Measure; the section for RESULTS.md."""
    plan = Plan()
    with ground() as at:
        return told(asyncio.run(measure(at, plan)), plan)
