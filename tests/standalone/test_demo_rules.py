"""The demo is what the real path would have written: a thousand of its cases are lived again through the real doors,
moves and sweeps, in a database whose now() is told what time it is; and the report counts what the definition counts.
"""

import json
import random
import secrets
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from pydantic import TypeAdapter

from casework.catalog.load import Catalog
from casework.db import clocks, rollups
from casework.db.accounts import active_account
from casework.db.models import Base, Case
from casework.db.reads.figures import figures
from casework.db.reads.questions import AREA_DIGITS, By, Question
from casework.db.reads.supervisor import completion
from casework.db.reads.unit_figures import unit_figures
from casework.db.session import Database
from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.move import move
from casework.journey.sign_in import actor_of
from casework.kit.crypto import Keyring
from casework.rules import asks
from casework.rules.calendars import day_of
from casework.rules.facts import CITIZEN, SYSTEM, Actor
from casework.rules.rates import FIGURES, TASK_FIGURES, CaseFacts, Rate, View
from casework.rules.tallies import Period, Tally, tally
from casework.rules.words import Action, Direction, Kind, Role, Status
from manage.seed.copy import _those_pointed_at_first
from manage.seed.demo import CASES, Seeded, seed_demo
from manage.standalone.stores import Stores
from services.intake.taking import BODY, take
from tests.conftest import Template, at, run_sql
from tests.services.notify.test_figures import amounts_of
from tests.standalone.by_hand import add_up, differences, tasks_add_up
from tests.standalone.by_hand import lives as lives_by_hand

NOW = datetime(2026, 11, 20, 7, 12, 30, tzinfo=UTC)  # a Friday afternoon in Shanghai
REPLAYED = 1000
ASK = TypeAdapter(asks.AnyAsk)
NOT_SAID = {"before", "suggested", "was_due", "due", "in_time", "check", "copied_to"}
NOT_SAID |= {"rectify_due", "rectified", "sent_back"}
"""What a move's event tells beside the words of the ask."""

CLOCK_OF_A_TOWN = """
CREATE SCHEMA sim;
CREATE TABLE sim.present (at timestamptz NOT NULL);
INSERT INTO sim.present VALUES (pg_catalog.now());
CREATE FUNCTION sim.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM sim.present';
DO $$ DECLARE c record; BEGIN
  FOR c IN SELECT d.adrelid::regclass AS tab, a.attname FROM pg_attrdef d
           JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
           WHERE pg_get_expr(d.adbin, d.adrelid) = 'now()'
  LOOP EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT sim.now()', c.tab, c.attname); END LOOP;
  EXECUTE format('ALTER DATABASE %I SET search_path = sim, pg_catalog, public', current_database());
END $$;
"""


@pytest.fixture(autouse=True, scope="module")
def _on_our_own() -> None:
    """The stores of the whole test run are wanted here."""


@dataclass(frozen=True)
class Demo:
    """A seeded database and what was said of it."""

    city: City
    url: str
    folder: Path
    seeded: Seeded

    async def rows(self, query: str, *values: object) -> list[asyncpg.Record]:
        return await (await self.city.database.pool()).fetch(query, *values)


@pytest.fixture(scope="module")
async def demo(
    stores: Stores, template: Template, catalog: Catalog, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Demo]:
    name = f"demo_{secrets.token_hex(4)}"
    await run_sql(stores.database_url, f"CREATE DATABASE {name} TEMPLATE {template.name}")
    url = at(stores.database_url, name)
    city = City(catalog, Keyring.load(template.settings.keys_file, template.settings.identity_keys_file), Database(url))
    folder = tmp_path_factory.mktemp("demo")
    told = template.settings.model_copy(update={"database_url": url, "data": folder})
    yield Demo(city, url, folder, await seed_demo(told, now=NOW))
    await city.database.close()
    await run_sql(stores.database_url, f"DROP DATABASE {name} WITH (FORCE)")


@dataclass
class Again:
    """The same town without its cases, and its own clock."""

    city: City
    clock: asyncpg.Connection

    async def set_clock(self, now: datetime) -> None:
        await self.clock.execute("UPDATE sim.present SET at = $1", now)


@pytest.fixture(scope="module")
async def again(stores: Stores, demo: Demo, template: Template, catalog: Catalog) -> AsyncIterator[Again]:
    name = f"again_{secrets.token_hex(4)}"
    await demo.city.database.close()  # a template must be left alone while it is copied
    await run_sql(stores.database_url, f"CREATE DATABASE {name} TEMPLATE {demo.url.rsplit('/', 1)[1]}")
    url = at(stores.database_url, name)
    await run_sql(url, "TRUNCATE inbox, request, cases, rate_delta, number_block CASCADE")
    await run_sql(url, CLOCK_OF_A_TOWN)
    city = City(catalog, Keyring.load(template.settings.keys_file, template.settings.identity_keys_file), Database(url))
    clock = await asyncpg.connect(url.replace("+asyncpg", ""))
    yield Again(city, clock)
    await clock.close()
    await city.database.close()
    await run_sql(stores.database_url, f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True, order=True)
class Turn:
    """One thing that happened to a sampled case, to be done again: a message (version 1), a move, or a sweep (0)."""

    at: datetime
    order: int
    case_id: int
    version: int


@pytest.mark.timeout(1800)
async def test_a_thousand_cases_lived_again_by_the_real_path_are_the_same(demo: Demo, again: Again) -> None:
    alone = "SELECT id FROM cases WHERE main_case_id IS NULL AND merged = 0 ORDER BY id"  # a merge takes two lives
    ids = [row["id"] for row in await demo.rows(alone)]
    sample = random.Random(7).sample(ids, REPLAYED)
    events = await demo.rows("SELECT * FROM event WHERE case_id = ANY($1) ORDER BY id", sample)
    messages = {row["case_id"]: row for row in await demo.rows(MESSAGES, sample)}
    moves = {(row["case_id"], row["version"]): row for row in events if row["version"]}
    turns = sorted(Turn(e["at"], place, e["case_id"], e["version"] or 0) for place, e in enumerate(events))
    sources = Sources(again.city.keyring)
    actors: dict[int, Actor] = {}
    numbers: dict[int, str] = {}
    for turn in turns:
        await again.set_clock(turn.at)
        if turn.version == 0:
            while await clocks.sweep(await again.city.database.pool(), limit=1000):
                pass
        elif turn.version == 1:
            numbers[turn.case_id] = await send_again(demo, again, sources, messages[turn.case_id])
        else:
            await move_again(again, numbers[turn.case_id], moves[turn.case_id, turn.version], actors)
    there = await lives(demo.city, sample)
    here = await lives(again.city, None)
    assert set(there) == set(here)
    different = {key: difference(there[key], here[key]) for key in there if there[key] != here[key]}
    assert not different, f"{len(different)} differ, such as {next(iter(different.items()))}"


MESSAGES = """
SELECT c.id AS case_id, i.source, i.message_id, i.door, i.body_sealed, i.account_id
FROM cases c JOIN request r ON r.id = c.request_id JOIN inbox i ON i.id = r.inbox_id WHERE c.id = ANY($1)
"""


async def send_again(demo: Demo, again: Again, sources: Sources, message: asyncpg.Record) -> str:
    receipt = await take(
        again.city,
        sources,
        door=message["door"],
        source=message["source"],
        message_id=message["message_id"],
        body=demo.city.keyring.open_bytes(message["body_sealed"], BODY),
        account_id=message["account_id"],
    )
    return receipt.cases[0].case_no


async def move_again(again: Again, case_no: str, event: asyncpg.Record, actors: dict[int, Actor]) -> None:
    said = {key: value for key, value in json.loads(event["data"]).items() if key not in NOT_SAID}
    acted_at = event["acted_at"]
    if event["action"] == Action.ARCHIVE:
        ask: asks.Ask = asks.Archive()
    else:
        ask = ASK.validate_python({"action": event["action"], "acted_at": acted_at, **said})
    async with again.city.database.transaction() as session:
        actor = {Role.CITIZEN: CITIZEN, Role.SYSTEM: SYSTEM}.get(Role(event["role"]))
        if actor is None and event["account_id"] not in actors:
            account = await active_account(session, event["account_id"])
            assert account is not None
            actors[event["account_id"]] = await actor_of(session, account)
        await move(session, again.city, case_no, actor or actors[event["account_id"]], ask)


SAME = {
    "cases": "SELECT * FROM cases c WHERE id = ANY($1)",
    "request": "SELECT r.*, c.id AS case_id FROM request r JOIN cases c ON c.request_id = r.id WHERE c.id = ANY($1)",
    "assignment": "SELECT * FROM assignment WHERE case_id = ANY($1)",
    "event": "SELECT * FROM event WHERE case_id = ANY($1)",
    "clock": """SELECT k.*, a.hop FROM clock k LEFT JOIN assignment a ON a.id = k.assignment_id
                WHERE k.case_id = ANY($1)""",
    "clock_fired": """SELECT f.*, k.case_id, k.name, k.cycle FROM clock_fired f JOIN clock k ON k.id = f.clock_id
                      WHERE k.case_id = ANY($1)""",
    "notice": """SELECT case_id, audience, channel, topic, params, unit_id, account_id, created_at FROM notice
                 WHERE case_id = ANY($1)""",
    "motion": "SELECT * FROM motion WHERE case_id = ANY($1)",
    "case_copy": "SELECT * FROM case_copy WHERE case_id = ANY($1)",
    "survey": "SELECT * FROM survey WHERE case_id = ANY($1)",
    "attachment_use": "SELECT * FROM attachment_use WHERE case_id = ANY($1)",
}
OWN = {"id", "case_id", "request_id", "inbox_id", "assignment_id", "clock_id", "case_no", "request_no", "request_key"}
"""Columns that differ between two databases by their nature; sealed ones are compared opened."""


async def lives(city: City, case_ids: list[int] | None) -> dict[str, dict[str, list[str]]]:
    """Each case by its message: all its rows without what is a database's own, in the order that means something."""
    pool = await city.database.pool()
    keys = await pool.fetch(
        "SELECT c.id, i.message_id, i.outcome, i.state FROM cases c JOIN request r"
        " ON r.id = c.request_id JOIN inbox i ON i.id = r.inbox_id"
    )
    names = {row["id"]: row["message_id"] for row in keys if case_ids is None or row["id"] in set(case_ids)}
    found: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in names.values()}
    for table, query in SAME.items():
        for row in await pool.fetch(query, list(names)):
            case_id = row["id"] if table == "cases" else row["case_id"]
            found[names[case_id]][table].append(plain(city, dict(row)))
    for rows in found.values():
        for table in rows:
            rows[table].sort()
    return found


def plain(city: City, row: dict[str, Any]) -> str:
    shown = {}
    for name, value in row.items():
        if name in OWN:
            continue
        if name.endswith("_sealed"):
            keys = city.keyring.of(row["guarded"])
            shown[name] = keys.open(value, f"request.{name.removesuffix('_sealed')}") if value else None
        elif name in {"data", "params", "routing"} and isinstance(value, str):
            shown[name] = json.loads(value)
        else:
            shown[name] = value
    first = row.get("created_at") or row.get("at") or row.get("started_at") or ""
    return f"{first} {json.dumps(shown, default=str, sort_keys=True, ensure_ascii=False)}"


def difference(one: dict[str, list[str]], other: dict[str, list[str]]) -> str:
    for table in SAME:
        before, after = Counter(one.get(table, [])), Counter(other.get(table, []))
        if before != after:
            return f"{table}: demo {list((before - after).elements())} real {list((after - before).elements())}"
    return ""


async def test_versions_of_a_case_follow_one_another_and_time(demo: Demo) -> None:
    wrong = await demo.rows(
        """SELECT case_id FROM (SELECT case_id, version, row_number() OVER w AS place, at, lag(at) OVER w AS before
             FROM event WHERE version IS NOT NULL WINDOW w AS (PARTITION BY case_id ORDER BY id)) s
           WHERE version <> place OR at < before"""
    )
    assert not wrong
    assert not await demo.rows("SELECT id FROM event WHERE at > $1", NOW)
    assert not await demo.rows("SELECT id FROM (SELECT id, at, lag(at) OVER (ORDER BY id) b FROM event) s WHERE at < b")


async def test_every_status_that_the_table_can_reach_is_there_in_both_directions(demo: Demo) -> None:
    rows = await demo.rows("SELECT status, direction, channel FROM cases")
    assert len(rows) == demo.seeded.cases == CASES
    reached = {Status(row["status"]) for row in rows}
    assert reached >= set(Status) - {Status.DRAFT}
    assert {Direction(row["direction"]) for row in rows} == set(Direction)
    assert len({row["channel"] for row in rows}) >= 9


async def test_what_the_past_owed_was_told_once(demo: Demo) -> None:
    rows = await demo.rows(
        """SELECT n.channel, n.state, n.tries, n.last_error, count(a.id) AS attempts FROM notice n
           LEFT JOIN notice_attempt a ON a.notice_id = n.id WHERE n.created_at < $1::timestamptz - interval '2 seconds'
           GROUP BY n.id""",
        NOW,
    )
    seen = {(r["channel"], r["state"], r["tries"], r["last_error"], r["attempts"]) for r in rows}
    assert seen == {
        ("sms", "SENT", 1, None, 1),
        ("staff", "SENT", 1, None, 1),
        ("upstream", "SKIPPED", 1, "no_callback", 1),
    }


def facts_of(row: asyncpg.Record) -> CaseFacts:
    return CaseFacts(
        status=Status(row["status"]),
        created_at=row["created_at"],
        direction=Direction(row["direction"]),
        kind=Kind(row["kind"]) if row["kind"] else None,
        accepted_at=row["accepted_at"],
        finish_due_original=row["finish_due_original"],
        finish_due=row["finish_due"],
        signed_in_time=row["signed_in_time"],
        contacted_in_time=row["contacted_in_time"],
        contact_exempt=row["contact_exempt"],
        first_completed_at=row["first_completed_at"],
        completed_at=row["completed_at"],
        ended_at=row["ended_at"],
        ended_as=Status(row["ended_as"]) if row["ended_as"] else None,
    )


@pytest.mark.parametrize("by", [By.COUNTY, By.STREET])
@pytest.mark.parametrize("view", View)
async def test_the_report_over_the_demo_is_the_sum_case_by_case(demo: Demo, view: View, by: By) -> None:
    rows = await demo.rows("SELECT * FROM cases")
    period = Period.months(day_of(NOW).replace(month=10, day=1), day_of(NOW))
    calendars = demo.city.catalog.calendars
    sums: dict[str, Tally] = defaultdict(Tally)
    for row in rows:
        _, adds = tally(facts_of(row), view, period, NOW, calendars.for_area(row["area_code"][:4]))
        sums[row["area_code"][: AREA_DIGITS[by]]] += adds
    question = Question(view=view, period=period, by=by)
    async with demo.city.database.transaction() as session:
        supervisor = Actor(frozenset({Role.ANALYST}), area="51")
        found = await completion(session, supervisor, question, NOW, calendars)
    assert {key: value for key, value in found.items() if value != Tally()} == {
        key: value for key, value in sums.items() if value != Tally()
    }


async def test_the_kept_sums_are_those_of_the_cases(demo: Demo) -> None:
    async with demo.city.database.transaction() as session:
        assert await rollups.recount(session) == []


@pytest.mark.parametrize("by", [By.COUNTY, By.STREET])
async def test_every_rate_is_what_a_count_by_hand_says(demo: Demo, by: By) -> None:
    """From the histories alone, whatever the cases' rows say of themselves."""
    period = Period.months(day_of(NOW).replace(year=2025, day=1), day_of(NOW).replace(year=2027))
    pool = await demo.city.database.pool()
    by_hand = add_up(await lives_by_hand(pool), AREA_DIGITS[by], demo.city.catalog.calendars)
    async with demo.city.database.transaction() as session:
        supervisor = Actor(frozenset({Role.ANALYST}), area="51")
        told = await figures(session, supervisor, Question(View.A, period, by), FIGURES, monthly=True)
    assert differences(amounts_of(told), by_hand) == {}
    seen = {name for one in by_hand.values() for name, amount in one.items() if amount}
    # a demo's lives do not meet, are not supervised, nobody looked for what the grid missed, nor verified beforehand
    not_lived = {"REPEAT:n", "LISTED:n", "MISSED:n", "SUPERVISION:n", "GRID_REWORK:n"}
    not_lived |= {"PUBLIC_FOUND:n", "VERIFIED_IN_TIME:n"}
    assert {figure.numerator for figure in FIGURES} - not_lived <= seen


async def test_every_units_own_rate_is_what_a_count_by_hand_says(demo: Demo) -> None:
    period = Period.months(day_of(NOW).replace(year=2025, day=1), day_of(NOW).replace(year=2027))
    units = {row["id"]: row["code"] for row in await demo.rows("SELECT id, code FROM unit")}
    by_hand = tasks_add_up(await lives_by_hand(await demo.city.database.pool()), units)
    async with demo.city.database.transaction() as session:
        supervisor = Actor(frozenset({Role.ANALYST}), area="51")
        told = await unit_figures(session, supervisor, Question(View.A, period, By.UNIT), TASK_FIGURES, monthly=True)
    named = {
        node: {name: amount for code, rate in one.rates.items() for name, amount in _named(code, rate).items()}
        for node, one in told.items()
    }
    assert differences(named, by_hand) == {}
    assert len(by_hand) > 20


def _named(code: str, rate: Rate) -> dict[str, int]:
    return {f"{code}:n": rate.numerator, f"{code}:d": rate.denominator}


async def test_the_headline_stands_near_the_line_and_differs_by_street(demo: Demo) -> None:
    rows = [row for row in await demo.rows("SELECT * FROM cases") if row["finish_due"] and row["finish_due"] < NOW]
    period = Period(NOW.replace(year=2025), NOW)
    calendar = demo.city.catalog.calendars.for_area("5101")
    by_street: dict[str, Tally] = defaultdict(Tally)
    for row in rows:
        by_street[row["area_code"][:9]] += tally(facts_of(row), View.A, period, NOW, calendar)[1]
    rates = [one.rate.value or 0 for one in by_street.values()]
    whole = sum(by_street.values(), Tally()).rate
    assert whole.denominator > 2000
    assert 0.93 < (whole.value or 0) < 0.97
    assert max(rates) - min(rates) > 0.02


async def test_no_number_of_a_caller_is_anybodys(demo: Demo) -> None:
    keyring = demo.city.keyring
    rows = await demo.rows("SELECT phone_sealed, working_text, guarded FROM request")
    said = {
        keyring.of(row["guarded"]).open(row["phone_sealed"], "request.phone") for row in rows if row["phone_sealed"]
    }
    assert said
    assert all(phone.startswith("1990000") for phone in said)


async def test_all_tables_that_a_case_writes_are_compared_or_checked() -> None:
    pointing = {
        t.name for t in Base.metadata.sorted_tables if any(k.column.table.name == "cases" for k in t.foreign_keys)
    }
    checked = {*SAME, "citizen_link"}
    not_written = {"attachment", "knowledge_use", "knowledge_miss", "knowledge_complaint", "dispute"}
    not_written |= {"finding", "whistle", "whistle_call", "case_claim", "case_viewer", "held_move", "ledger_review"}
    by_workers = {"cadre_told", "supervision", "case_likeness", "category_suggestion", "hot_spot_case"}
    assert pointing - checked <= not_written | by_workers
    assert Case.__tablename__ in SAME


async def test_what_is_pointed_at_is_copied_first() -> None:
    """A clock names its task without a foreign key: copied before it, it would hang on another case's."""
    order = _those_pointed_at_first()
    for first, then in (("inbox", "request"), ("assignment", "clock"), ("whistle", "assignment"), ("cases", "clock")):
        assert order.index(first) < order.index(then), f"{first} before {then}"
