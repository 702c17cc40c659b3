"""`replay`: a CSV of messages posted through the signed webhook, as a hotline would (热线回放).

Columns by their header, in any case and order: title 标题, body or text 内容, time 时间, id 编号, phone 电话.
Upstream a row's number is its id, or a digest of the row: the same file again changes nothing.
"""

import asyncio
import csv
import hashlib
import io
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.progress import Progress

from casework.kit.now import SHANGHAI
from casework.kit.settings import SettingsError, get_settings
from casework.kit.signing import sign
from manage.prepare import HOTLINE_FILE
from manage.texts import text

NAMES = {
    "id": ("id", "编号", "upstream_no"),
    "title": ("title", "标题", "主题"),
    "text": ("body", "text", "content", "内容", "正文"),
    "time": ("time", "时间", "日期"),
    "phone": ("phone", "电话", "手机", "联系电话"),
}
TIME_FORMS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")
CALLERS = 16
TRIES = 60
PATIENCE_S = 5.0
WAITS = frozenset({429, 502, 503, 504})


class ReplayRefused(Exception):
    """The file or the hotline's secret cannot be used; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file as a message. `number`: its line among the rows, from 1."""

    number: int
    upstream_no: str
    body: bytes


@dataclass
class Tally:
    """What became of the rows; `seconds` holds each answered row's time."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[int, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def rows_of(path: Path) -> list[Row]:
    """Read the file, UTF-8 or GB18030. Raises ReplayRefused."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ReplayRefused(text("replay.unreadable", file=path, reason=error.strerror or "")) from None
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = raw.decode("gb18030", "replace")
    lines = csv.reader(io.StringIO(content, newline=""))
    header = [cell.strip().lower() for cell in next(lines, [])]
    columns = {key: next((header.index(n) for n in names if n in header), None) for key, names in NAMES.items()}
    if columns["title"] is None and columns["text"] is None:
        raise ReplayRefused(text("replay.no_columns", file=path))
    return list(_rows(lines, columns))


def _rows(lines: Iterator[list[str]], columns: dict[str, int | None]) -> Iterator[Row]:
    for number, cells in enumerate((line for line in lines if any(line)), 1):

        def cell(name: str, cells: list[str] = cells) -> str:
            place = columns[name]
            return cells[place].strip() if place is not None and place < len(cells) else ""

        digest = hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:16]
        upstream_no = cell("id") or f"row-{digest}"
        said = {"upstream_no": upstream_no, "title": cell("title"), "text": cell("text")}
        known = {"occurred_at": _time(cell("time")), "person": {"phone": cell("phone")} if cell("phone") else None}
        body = json.dumps({**said, **{name: value for name, value in known.items() if value}}, ensure_ascii=False)
        yield Row(number, upstream_no, body.encode())


def _time(said: str) -> str | None:
    """The time with Shanghai's zone; what is in no known form goes as it stands, for the door to flag."""
    for form in TIME_FORMS:
        try:
            return datetime.strptime(said, form).replace(tzinfo=SHANGHAI).isoformat()
        except ValueError:
            continue
    return said or None


@dataclass
class Hotline:
    """The calling side: where it posts, under which source and secret."""

    client: httpx.AsyncClient
    source: str
    secret: str

    async def call(self, row: Row) -> str:
        """Post a row until it is answered; the outcome. Raises ReplayRefused with the answer's own words."""
        message_id = f"replay-{hashlib.sha256(row.body).hexdigest()[:32]}"
        for number in range(TRIES):
            headers = sign(message_id, datetime.now(UTC), row.body, self.secret)
            told = {**headers, "content-type": "application/json", "X-GridCall-Source": self.source}
            try:
                answer = await self.client.post("/api/intake/hotline/requests", content=row.body, headers=told)
            except httpx.TransportError:
                await asyncio.sleep(min(0.2 * 2**number, PATIENCE_S))
                continue
            if answer.status_code in (200, 201):
                return _outcome(answer)
            if answer.status_code not in WAITS:
                raise ReplayRefused(f"{answer.status_code} {_detail(answer)}")
            waits = answer.headers.get("Retry-After", "")
            await asyncio.sleep(float(waits) if waits.isdigit() else min(0.2 * 2**number, PATIENCE_S))
        raise ReplayRefused(text("replay.no_answer", tries=TRIES))


def _outcome(answer: httpx.Response) -> str:
    if answer.status_code == 201:
        return "accepted"
    return "supplemented" if answer.json()["supplemented"] and not answer.json()["repeated"] else "known"


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError):
        return answer.text[:200]


async def replay(hotline: Hotline, rows: list[Row], rate: float, tally: Tally, progress: Progress) -> None:
    """Post all rows, `rate` a second (0: as fast as they are answered)."""
    task = progress.add_task(text("replay.sending"), total=len(rows))
    todo, began = iter(enumerate(rows)), time.monotonic()

    async def caller() -> None:
        for place, row in todo:
            if rate:
                await asyncio.sleep(max(0.0, began + place / rate - time.monotonic()))
            start = time.monotonic()
            try:
                tally.outcomes[await hotline.call(row)] += 1
                tally.seconds.append(time.monotonic() - start)
            except ReplayRefused as refused:
                tally.outcomes["failed"] += 1
                tally.failed.append((row.number, str(refused)))
            progress.advance(task)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))


def summary(tally: Tally, seconds: float) -> list[str]:
    """What happened, line by line."""
    counts = {name: tally.outcomes[name] for name in ("accepted", "known", "supplemented", "failed")}
    lines = [text("replay.summary", **counts, seconds=f"{seconds:.1f}", rate=f"{sum(counts.values()) / seconds:.1f}")]
    if len(tally.seconds) > 1:
        cut = statistics.quantiles(tally.seconds, n=100)
        p50, p95, p99 = (f"{cut[place] * 1000:.0f}" for place in (49, 94, 98))
        lines.append(text("replay.times", p50=p50, p95=p95, p99=p99))
    lines += [text("replay.row_failed", row=row, reason=reason) for row, reason in sorted(tally.failed)]
    return lines


File = Annotated[Path, typer.Argument(help=text("help.replay_file"))]
Rate = Annotated[float, typer.Option("--rate", min=0, help=text("help.replay_rate"))]
Url = Annotated[str | None, typer.Option("--url", help=text("help.replay_url"))]
Limit = Annotated[int, typer.Option("--limit", min=0, help=text("help.replay_limit"))]


def command(file: File, rate: Rate = 20.0, url: Url = None, limit: Limit = 0) -> None:
    console, tally, began = Console(), Tally(), time.monotonic()
    try:
        settings = get_settings()
        rows = rows_of(file)
        asyncio.run(_run(url or settings.public_url, settings.data, rows[: limit or None], rate, tally, console))
    except (ReplayRefused, SettingsError) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        pass
    for line in summary(tally, max(time.monotonic() - began, 0.001)):
        console.print(line, highlight=False)
    raise typer.Exit(1 if tally.failed else 0)


async def _run(url: str, data: Path, rows: list[Row], rate: float, tally: Tally, console: Console) -> None:
    try:
        told = json.loads((data / HOTLINE_FILE).read_text("utf-8"))
    except OSError:
        raise ReplayRefused(text("replay.no_secret", file=data / HOTLINE_FILE)) from None
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
            await replay(Hotline(client, told["source"], told["secret"]), rows, rate, tally, progress)


def main() -> None:
    app = typer.Typer(add_completion=False)
    app.command(help=text("help.replay"))(command)
    app(prog_name="./gridcall replay")


if __name__ == "__main__":
    main()
