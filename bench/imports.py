"""`bench import`: a list taken by the batch path, and the same kind of rows through the door for one, in one run.

One process takes, as the intake's worker does, on one PostgreSQL with full durability; CSV and XLSX are read, sealed and
kept first. Every row must be taken, and taken once: the run counts them in the database.
"""

import asyncio
import csv
import io
import statistics
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import psutil
import xlsxwriter
from sqlalchemy import select

from bench.ground import Ground, ground
from bench.machine import cpu_seconds, facts
from bench.messages import messages
from casework.catalog.load import load
from casework.db.models import Account
from casework.db.session import Database
from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.sign_in import actor_of
from casework.kit.crypto import Keyring
from casework.kit.memory import settle
from casework.rules.facts import Actor
from services.intake.importing import desk
from services.intake.importing.door import DOOR, inbox_source, stored
from services.intake.importing.mapping import plan_of
from services.intake.importing.rows import Names, body_of
from services.intake.importing.running import Importer
from services.intake.importing.staging import stage
from services.intake.taking import take

HEAD = ("工单编号", "标题", "诉求内容", "诉求性质", "诉求分类", "发生时间", "姓名", "联系电话", "区划代码", "地址")
PART = 256 * 1024


@dataclass(frozen=True)
class Plan:
    """How much: `rounds` files of `rows` each, and `single` rows a round through the door for one."""

    rounds: int = 3
    rows: int = 20_000
    single: int = 1_500
    together: int = 16


@dataclass
class Seen:
    """Rows per second of each way, by round; peak memory in MB of the process that takes."""

    read: list[float] = field(default_factory=list)
    batch: list[float] = field(default_factory=list)
    one: list[float] = field(default_factory=list)
    several: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    own_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    memory: tuple[float, float] = (0.0, 0.0)


@dataclass
class OnDisk:
    """A file of the benchmark, in the parts in which an upload comes."""

    name: str
    content: bytes

    async def parts(self) -> AsyncIterator[bytes]:
        """The parts."""
        for start in range(0, len(self.content), PART):
            yield self.content[start : start + PART]


def cells(count: int, seed: int) -> list[list[str]]:
    """Rows of a list as the hotline's messages are: the same seed gives the same ones."""
    return [
        [
            *(said["upstream_no"], said["title"], said["text"], said["kind"], said["category"]),
            *(said["occurred_at"][:16].replace("-", "/").replace("T", " "), said["person"]["name"]),
            *(said["person"]["phone"], said["place"]["area_code"], said["place"]["address"]),
        ]
        for said in messages(count, seed)
    ]


def as_csv(rows: list[list[str]]) -> OnDisk:
    """The list as a Chinese Excel saves it."""
    file = io.StringIO()
    csv.writer(file).writerows([HEAD, *rows])
    return OnDisk("list.csv", file.getvalue().encode("gb18030"))


def as_xlsx(rows: list[list[str]]) -> OnDisk:
    """The list as a workbook."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([HEAD, *rows]):
            sheet.write_row(place, 0, row)
    return OnDisk("list.xlsx", file.getvalue())


async def measure(at: Ground, plan: Plan) -> Seen:
    """The rounds: each reads a file (CSV and XLSX in turns), takes it, takes it again, and takes other rows one by one."""
    city = City(
        load(at.settings.catalog),
        Keyring.load(at.settings.keys_file, at.settings.identity_keys_file),
        Database(at.settings.database_url),
    )
    sources, seen = Sources(city.keyring), Seen()
    async with city.database.transaction() as session:
        account = (await session.scalars(select(Account).where(Account.login == "agent1"))).one()
        actor = await actor_of(session, account)
    settle()  # as a worker does
    before = psutil.Process().memory_info().rss / 2**20
    for number in range(1, plan.rounds + 1):
        await _file(at, city, sources, actor, plan, number, seen)
        await _single(city, sources, actor, plan, number, seen)
    seen.memory = (before, psutil.Process().memory_info().rss / 2**20)
    await city.database.close()
    return seen


async def _file(at: Ground, city: City, sources: Sources, actor: Actor, plan: Plan, number: int, seen: Seen) -> None:
    file = (as_xlsx if number % 2 else as_csv)(cells(plan.rows, number))
    begun = time.perf_counter()
    job_id = await stage(city, actor, "bench", file)
    seen.read.append(plan.rows / (time.perf_counter() - begun))
    database = at.stores.children[0].pid
    assert database is not None
    used = time.process_time(), cpu_seconds([database]), _busy()
    seconds = await _take(city, sources, actor, job_id, taken=plan.rows)
    own, theirs = time.process_time() - used[0], cpu_seconds([database]) - used[1]
    seen.batch.append(plan.rows / seconds)
    seen.own_ms.append(own / plan.rows * 1000)
    seen.database_ms.append(theirs / plan.rows * 1000)
    seen.others.append((_busy() - used[2] - own - theirs) / seconds)
    job_id = await stage(city, actor, "bench", file)
    seen.again.append(plan.rows / await _take(city, sources, actor, job_id, taken=0))
    print(f"round {number}: {seen.batch[-1]:.0f} rows/s, again {seen.again[-1]:.0f}/s", file=sys.stderr, flush=True)


def _busy() -> float:
    """Processor time, in seconds, that the whole machine has used so far."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait)


async def _take(city: City, sources: Sources, actor: Actor, job_id: int, *, taken: int) -> float:
    """Seconds until the last row is taken."""
    async with city.database.transaction() as session:
        await desk.start(session, await desk.found(session, job_id, actor, hold=True), actor)
    importer = Importer(city, sources)
    begun = time.perf_counter()
    while await importer.run_once():
        pass
    seconds = time.perf_counter() - begun
    async with city.database.transaction() as session:
        job = await desk.found(session, job_id, actor)
        if (job.state, job.taken, job.bad) != ("DONE", taken, 0):
            raise RuntimeError(f"the import ended {job.state} with {job.taken} taken, {job.bad} bad")
    return seconds


async def _single(city: City, sources: Sources, actor: Actor, plan: Plan, number: int, seen: Seen) -> None:
    names = Names(city.catalog)
    mapping = {"names": list(HEAD), "columns": dict(zip(HEAD, _FIELDS, strict=True))}
    how = plan_of(mapping, "csv")

    async def one(row: list[str]) -> None:
        kept = stored(city.keyring, body_of(how, names, row))
        source = inbox_source("bench-single")
        await take(
            *(city, sources),
            door=DOOR,
            source=source,
            message_id=kept.message_id,
            body=kept.body,
            account_id=actor.account_id,
        )

    for together, rates in ((1, seen.one), (plan.together, seen.several)):
        rows = cells(plan.single, 1000 * together + number)
        begun = time.perf_counter()
        for start in range(0, len(rows), together):
            await asyncio.gather(*map(one, rows[start : start + together]))
        rates.append(plan.single / (time.perf_counter() - begun))


_FIELDS = ("upstream_no", "title", "text", "kind", "category", "occurred_at", "name", "phone", "area_code", "address")


def told(seen: Seen, plan: Plan) -> str:
    """The section of bench/RESULTS.md."""
    rows = [
        ("batch path (two at once, each five blocks of 400 in a row)", seen.batch),
        ("the same list again (all known)", seen.again),
        ("door for one, one after the other", seen.one),
        (f"door for one, {plan.together} at once", seen.several),
        ("reading and sealing the file (XLSX, CSV in turns)", seen.read),
    ]
    lines = [
        f"| {name} | {statistics.median(rates):,.0f} | {min(rates):,.0f}-{max(rates):,.0f} |" for name, rates in rows
    ]
    used = f"{statistics.median(seen.own_ms):.2f} ms of the process, {statistics.median(seen.database_ms):.2f} ms of PostgreSQL"
    return "\n".join(
        [
            f"{facts()}. {plan.rounds} rounds of {plan.rows:,} rows (about 200 characters each, with name, phone, time and "
            f"place); one process takes; fsync on. `./gridcall bench import`",
            "",
            "| way | rows/s (median) | range |",
            "|---|---|---|",
            *lines,
            "",
            f"Processor time a row by the batch path: {used}. Resident memory of the process: {seen.memory[0]:.0f} MB before, "
            f"{seen.memory[1]:.0f} MB after all rounds. Meanwhile other programs kept "
            f"{statistics.median(seen.others):.1f} of the cores busy.",
        ]
    )


def main() -> str:
    """Measure; the section for RESULTS.md."""
    plan = Plan()
    with ground() as at:
        return told(asyncio.run(measure(at, plan)), plan)
