"""PostgreSQL 18 from its wheel: created once, started as a foreground child, checked for Chinese search.

The locale is C.UTF-8 of libc: with C or the builtin provider pg_trgm finds no letters in Chinese text.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

import psutil

from manage.standalone.child import Program
from manage.standalone.folder import open_private
from manage.standalone.identity import Identity
from manage.texts import Sorry

USER = "gridcall"
DATABASE = "gridcall"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # their path is limited to 107 bytes; deep folders would not start
    "max_connections": "120",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_preload_libraries": "pg_stat_statements",
    "checkpoint_completion_target": "0.9",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def create(identity: Identity, password: str, *, fsync: bool = True) -> None:
    """Run initdb and make the database, unless it is there. An interrupted attempt leaves nothing that counts.

    Raises: Sorry: initdb refused.
    """
    if (identity.data / "PG_VERSION").exists():
        return
    new = identity.data.with_name(identity.data.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    identity.give(new)
    secret = new.with_name("initdb.secret")
    with open_private(secret, "w") as file:
        file.write(password)
    identity.give(secret)
    try:
        _initdb(identity, new, secret, fsync=fsync)
    except subprocess.CalledProcessError as error:
        raise Sorry("stores.initdb_failed", reason=(error.stderr or error.stdout).strip()[-400:]) from error
    finally:
        secret.unlink()
    if identity.data.exists():  # no database is in it, but what it is we do not know: kept, out of the way
        identity.data.rename(identity.data.with_name(f"{identity.data.name}.unknown-{time.time_ns()}"))
    new.rename(identity.data)


def _initdb(identity: Identity, folder: Path, secret: Path, *, fsync: bool) -> None:
    identity.run(
        "initdb",
        *("-D", str(folder), "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256"),
        *(f"--pwfile={secret}", *(() if fsync else ("--no-sync",))),
        TZ="UTC",
    )
    identity.run(
        "postgres",
        *("--single", "-D", str(folder), *(() if fsync else ("-F",)), "postgres"),
        stdin=f"create database {DATABASE}\n",
    )


def clear_leftover(identity: Identity, *, patience_s: float = 30.0) -> None:
    """End a postmaster left over this data and drop a pid file that speaks of no postmaster of ours.

    Our caller holds the folder's lock, so whoever runs over it has lost its parent. Without this a pid that the
    machine gave to someone else would keep PostgreSQL from starting for ever.
    """
    pid_file = identity.data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    deadline = time.monotonic() + patience_s
    asked = False
    while _is_postmaster(pid, identity.data):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGQUIT)
            deadline += 5
        elif not asked:
            os.kill(pid, signal.SIGINT)
            asked = True
        time.sleep(0.05)
    pid_file.unlink(missing_ok=True)


def _is_postmaster(pid: int, data: Path) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == data
    except (psutil.Error, OSError):
        return False


def program(identity: Identity, port: int, log: Path, *, fsync: bool = True) -> Program:
    settings = {**_SETTINGS, "port": str(port), **({} if fsync else _NOT_DURABLE)}
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Program(
        name="postgres",
        argv=[str(identity.bin / "postgres"), "-D", str(identity.data), *arguments],
        log=log,
        ready=lambda _child: accepts_connections(port),
        environment={**os.environ, "TZ": "UTC"},
        stop_signal=signal.SIGINT,  # a fast shutdown: sessions are ended, everything is written
        grace_s=60.0,
        before_exec=identity.before_exec(signal.SIGINT),
        account=identity.account,
    )


def accepts_connections(port: int) -> bool:
    """Whether the server asks for a password; while it recovers it answers with an error instead."""
    body = struct.pack("!I", 196608) + f"user\0{USER}\0database\0postgres\0\0".encode()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(struct.pack("!I", len(body) + 4) + body)
            return connection.recv(1024).startswith(b"R")
    except OSError:
        return False


def check_chinese(identity: Identity, port: int, password: str) -> None:
    """Raises: Sorry: this database's locale hides Chinese from trigram search."""
    letters = identity.run(
        "psql",
        *("-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", str(port), "-U", USER, "-d", DATABASE),
        stdin="create extension if not exists pg_trgm; select show_trgm('武侯祠')",
        PGPASSWORD=password,
        PGOPTIONS="-c client_min_messages=error",
        PGCLIENTENCODING="UTF8",
    )
    if letters.strip() in ("", "{}"):
        raise Sorry("stores.no_chinese")
