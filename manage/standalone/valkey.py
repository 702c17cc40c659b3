"""Valkey from its wheel: the doorbell. Its password is in a private file, because arguments show in `ps`."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from manage.standalone.child import Program
from manage.standalone.folder import open_private

_SETTINGS = """\
bind 127.0.0.1
port {port}
dir "{folder}"
requirepass {password}
appendonly yes
appendfsync {appendfsync}
save ""
maxmemory-policy noeviction
"""


def program(server: Path, folder: Path, port: int, password: str, log: Path, *, fsync: bool = True) -> Program:
    folder.mkdir(exist_ok=True, mode=0o700)
    settings = folder / "valkey.conf"
    quoted = str(folder).replace("\\", "\\\\").replace('"', '\\"')
    with open_private(settings, "w") as file:
        file.write(
            _SETTINGS.format(port=port, folder=quoted, password=password, appendfsync="everysec" if fsync else "no")
        )
    return Program(
        name="valkey",
        argv=[str(server), str(settings)],
        log=log,
        ready=lambda _child: accepts_connections(port, password),
        environment=dict(os.environ),
    )


def accepts_connections(port: int, password: str) -> bool:
    """Whether the server answers PING; while it loads its file it answers LOADING instead."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\n") < 2 and (part := connection.recv(256)):
                answer += part
            return answer == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False
