"""Reading a table in a process of its own 隔离读表: the file goes in as it comes, rows come out, nothing is stored."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.intake.tables.bounds import MOST_LINE
from services.intake.tables.faults import TableRefused

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 150.0
"""Longest silence of the reading process."""
LEAVES_S = 0.5
"""How long it is given to end by itself."""


@dataclass(frozen=True, slots=True)
class About:
    """What the file is."""

    kind: str
    encoding: str | None
    sheet: str | None
    sheets: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row that holds something: its number in the file, from 1, and its texts."""

    number: int
    cells: list[str]


class Reading:
    """A table that is being read. Write the file, `end()`, ask `about()`, then iterate `rows()`; all once."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.counted = 0
        self.empty = 0

    async def write(self, part: bytes) -> None:
        """A part of the file. A reader that gave up takes it silently: `about()` says why."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError, ConnectionResetError):
            self._process.stdin.write(part)
            await self._process.stdin.drain()

    async def about(self) -> About:
        """The file is whole: what it is. Raises TableRefused."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return About(**await self._line())

    async def rows(self) -> AsyncIterator[Row]:
        """Each row that holds something. Raises TableRefused, also after some rows."""
        while True:
            line = await self._line()
            if isinstance(line, dict):
                self.counted, self.empty = line["rows"], line["empty"]
                return
            yield Row(*line)

    async def _line(self) -> Any:
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(SECONDS):
                told = await self._process.stdout.readline()
        except TimeoutError:
            raise TableRefused("too_complex") from None
        if not told:
            # killed by one of its bounds, or aborted where memory ended
            raise TableRefused("too_complex")
        line = json.loads(told)
        if isinstance(line, dict) and "refused" in line:
            raise TableRefused(line["refused"], **line["params"])
        return line


@asynccontextmanager
async def reading(sheet: str | None = None) -> AsyncIterator[Reading]:
    """A reading process, ended with the block. It knows nothing of us: no database, no keys, no settings."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.intake.tables.child", *([sheet] if sheet else [])),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=2 * MOST_LINE,
        env={"PYTHONPATH": os.fspath(ROOT), "PATH": os.defpath, "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"},
        cwd=ROOT,
    )
    try:
        yield Reading(process)
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """It ends by itself when it has told all; killed at that very moment, asyncio would complain that it is gone."""
    try:
        async with asyncio.timeout(LEAVES_S):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
