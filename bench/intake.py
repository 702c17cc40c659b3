"""`bench intake`: the hotline's webhook against a bare endpoint, in turns, on one PostgreSQL with full durability."""

import asyncio
import json
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import asyncpg
import uvloop

from bench import bare
from bench.ground import Ground, ground
from bench.load import Round, drive, http_post
from bench.machine import cpu_seconds, facts, rss_mb
from bench.messages import messages
from casework.db import sources
from casework.db.session import Database
from casework.kit.crypto import Keyring
from casework.kit.signing import new_secret, sign
from manage.standalone.child import Child, Program
from manage.standalone.programs import ROOT, answers
from manage.standalone.stores import free_port, start_children

BARE_DATABASE = "bare"
HOTLINES = 8  # each source may send 600 a second: several, so that the limit is never what is measured
AREA = "510104"
_UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header")


@dataclass
class Side:
    """One of the two: its server, its requests by round, and what its rounds saw."""

    name: str
    server: Child
    port: int
    requests: Callable[[int, int], list[bytes]]
    rounds: list[Round] = field(default_factory=list)
    api_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The median of the rounds' requests per second."""
        return statistics.median(seen.rate for seen in self.rounds)


@dataclass(frozen=True)
class Plan:
    """How much is sent: `rounds` per side, each of `requests`, with so many callers at once; `workers` per server.

    With few callers both wait for commits, GridCall for two in a row; with the last of `callers` neither does.
    """

    rounds: int = 5
    requests: int = 4000
    callers: tuple[int, ...] = (24, 64)
    workers: int = 1


@contextmanager
def both_sides(at: Ground, workers: int) -> Iterator[list[Side]]:
    """The two servers, running, each over its own database of the same PostgreSQL."""
    secrets = asyncio.run(_open_doors(at))
    bare_dsn = f"{at.dsn.rsplit('/', 1)[0]}/{BARE_DATABASE}"
    ports = [at.port, free_port(None, taken=[at.port])]
    told = [at.told, {**at.told, "BARE_DSN": bare_dsn}]
    apps = ["services.intake.app:app", "bench.bare:app"]
    ready = ["/readyz", "/openapi.json"]
    servers = [Child(_server(at, *parts, workers)) for parts in zip(apps, ports, told, ready, strict=True)]
    sides = [
        Side("GridCall", servers[0], ports[0], lambda seed, count: _signed(ports[0], secrets, seed, count)),
        Side("bare", servers[1], ports[1], lambda seed, count: _unsigned(ports[1], seed, count)),
    ]
    start_children(servers)
    try:
        yield sides
    finally:
        for server in servers:
            server.ask_to_stop(0.5)
        while any(server.step().value != "down" for server in servers):
            pass


def measure(at: Ground, sides: list[Side], plan: Plan) -> list[list[Side]]:
    """Warm up, then rounds in turns, each time beginning with the other side; every answer must be 201. The sides as
    they were with each number of callers."""
    for side in sides:
        uvloop.run(drive(side.port, side.requests(0, max(plan.requests // 4, 1)), plan.callers[0]))
    seen = []
    for place, callers in enumerate(plan.callers):
        afresh = [Side(side.name, side.server, side.port, side.requests) for side in sides]
        for number in range(1, plan.rounds + 1):
            for side in afresh if number % 2 else reversed(afresh):
                _round(at, side, place * plan.rounds + number, plan.requests, callers)
        seen.append(afresh)
    return seen


def _round(at: Ground, side: Side, number: int, count: int, callers: int) -> None:
    requests = side.requests(number, count)
    api, database = side.server.pid, at.stores.children[0].pid
    assert api is not None
    assert database is not None
    before = cpu_seconds([api]), cpu_seconds([database])
    seen = uvloop.run(drive(side.port, requests, callers))
    after = cpu_seconds([api]), cpu_seconds([database])
    if set(seen.statuses) != {201}:
        raise RuntimeError(f"{side.name} answered {dict(seen.statuses)}")
    side.rounds.append(seen)
    side.api_ms.append((after[0] - before[0]) / count * 1000)
    side.database_ms.append((after[1] - before[1]) / count * 1000)
    print(f"round {number} {side.name}, {callers} callers: {seen.rate:.0f}/s", file=sys.stderr, flush=True)


async def _open_doors(at: Ground) -> dict[str, str]:
    """Make the hotlines' sources and the bare database; the secrets by source."""
    secrets = {f"bench-{number}": new_secret() for number in range(HOTLINES)}
    keyring, database = (
        Keyring.load(at.settings.keys_file, at.settings.identity_keys_file),
        Database(at.settings.database_url),
    )
    async with database.transaction() as session:
        for name, secret in secrets.items():
            await sources.put(session, keyring, name=name, channel="HOTLINE", area_code=AREA, secrets=[secret])
    await database.close()
    connection = await asyncpg.connect(at.dsn)
    await connection.execute(f"CREATE DATABASE {BARE_DATABASE}")
    await connection.close()
    connection = await asyncpg.connect(f"{at.dsn.rsplit('/', 1)[0]}/{BARE_DATABASE}")
    for statement in bare.tables():
        await connection.execute(statement)
    await connection.close()
    return secrets


def _server(at: Ground, app: str, port: int, told: dict[str, str], ready: str, workers: int) -> Program:
    name = app.split(":")[0]
    return Program(
        name=name,
        argv=[sys.executable, "-m", "uvicorn", app, "--port", str(port), "--workers", str(workers), *_UVICORN],
        log=at.folder / "logs" / f"{name}.log",
        ready=lambda _child: answers(port, ready),
        environment=told,
        cwd=str(ROOT),
    )


def _bodies(seed: int, count: int) -> list[bytes]:
    return [json.dumps(message, ensure_ascii=False).encode() for message in messages(count, seed)]


def _unsigned(port: int, seed: int, count: int) -> list[bytes]:
    return [http_post(f"http://127.0.0.1:{port}/requests", {}, body) for body in _bodies(seed, count)]


def _signed(port: int, secrets: dict[str, str], seed: int, count: int) -> list[bytes]:
    now, names = datetime.now(UTC), list(secrets)
    made = []
    for number, body in enumerate(_bodies(seed, count)):
        source = names[number % len(names)]
        headers = sign(f"bench-{seed}-{number}", now, body, secrets[source])
        made.append(
            http_post(f"http://127.0.0.1:{port}/hotline/requests", {"X-GridCall-Source": source, **headers}, body)
        )
    return made


def told(seen: list[list[Side]], plan: Plan, memory: dict[str, tuple[float, float]]) -> str:
    """The section of bench/RESULTS.md."""
    rows = [_row(side, callers) for callers, sides in zip(plan.callers, seen, strict=True) for side in sides]
    ratios = [f"{_ratio(sides)} with {callers} callers" for callers, sides in zip(plan.callers, seen, strict=True)]
    used = "; ".join(f"{name} {own:.0f} MB (largest child {child:.0f} MB)" for name, (own, child) in memory.items())
    return "\n".join(
        [
            f"{facts()}. `./gridcall bench intake`: {plan.rounds} rounds in turns of {plan.requests:,} requests, "
            f"{plan.workers} worker each, one PostgreSQL, fsync on.",
            "",
            "GridCall: signature, inbox (a commit of its own), encryption, masking, case, clocks, event, outbox. Bare: FastAPI and "
            "asyncpg, the same body validated, as many rows by one prepared CTE into tables with primary keys.",
            "",
            "| side | callers | requests/s (median) | p50 ms | p99 ms | API CPU ms/request | PostgreSQL CPU ms/request |",
            "|---|---|---|---|---|---|---|",
            *rows,
            "",
            f"**Ratio {'; '.join(reversed(ratios))}** (bound: at least 0.50). With few callers GridCall's loop waits for "
            f"two commits in a row, bare for one; enough callers keep both busy. Resident memory: {used}.",
        ]
    )


def _row(side: Side, callers: int) -> str:
    times = sorted(second for seen in side.rounds for second in seen.times)
    p50, p99 = times[len(times) // 2] * 1000, times[len(times) * 99 // 100] * 1000
    api, database = statistics.median(side.api_ms), statistics.median(side.database_ms)
    return f"| {side.name} | {callers} | {side.rate:,.0f} | {p50:.1f} | {p99:.1f} | {api:.2f} | {database:.2f} |"


def _ratio(sides: list[Side]) -> str:
    ours, other = sides
    pairs = [mine.rate / theirs.rate for mine, theirs in zip(ours.rounds, other.rounds, strict=True)]
    return f"{ours.rate / other.rate:.2f} ({', '.join(f'{pair:.2f}' for pair in pairs)})"


def main(plan: Plan | None = None) -> str:
    """Measure; the section for RESULTS.md."""
    plan = plan or Plan()
    with ground() as at, both_sides(at, plan.workers) as sides:
        seen = measure(at, sides, plan)
        processes = {"GridCall API": sides[0].server.pid, "bare API": sides[1].server.pid}
        processes |= {child.program.name: child.pid for child in at.stores.children}
        memory = {name: rss_mb(pid) for name, pid in processes.items() if pid}
        return told(seen, plan, memory)
