"""The programs of one machine 一机模式的进程: the front, the three APIs, the three workers, the preparation."""

from __future__ import annotations

import http.client
import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from manage.standalone.child import Child, Program

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("intake", "dispatch", "notify")
_UVICORN = (
    *("--host", "127.0.0.1", "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--no-server-header"),
    *("--timeout-graceful-shutdown", "20"),
)
_EDGE = ["--no-proxy-headers"]


def environment(
    outer: Mapping[str, str], *, data: Path, port: int, database_url: str, redis_url: str
) -> dict[str, str]:
    """What every process of this run is told over `outer` (casework/kit/settings.py reads it).

    Whoever joins the run later is told the same, so the settings that `outer` itself holds are among it.
    """
    return {
        **{name: value for name, value in outer.items() if name.startswith("GRIDCALL_")},
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "GRIDCALL_DATA": str(data),
        "GRIDCALL_KEYS_FILE": str(data / "keys.json"),
        "GRIDCALL_IDENTITY_KEYS_FILE": str(data / "identity-keys.json"),
        "GRIDCALL_MODE": "demo",
        "GRIDCALL_PUBLIC_URL": f"http://localhost:{port}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }


def preparation(told: Mapping[str, str], logs: Path) -> Program:
    """Migrates, loads the catalogue and, on the first run, seeds; it comes to an end."""
    return _python("prepare", "manage.prepare", told, logs, once=True)


def pages_build(told: Mapping[str, str], logs: Path) -> Program:
    """Builds web/dist; it comes to an end."""
    return _python("pages", "manage.web_build", told, logs, once=True)


def seeding(told: Mapping[str, str], logs: Path) -> Program:
    """Writes the demo on the first run; it comes to an end."""
    return _python("demo", "manage.seed_demo", told, logs, "demo", "--first", once=True)


def alive(told: Mapping[str, str], logs: Path, pace: float) -> Program:
    """The simulated townspeople, at so many acts a minute."""
    return _python("alive", "manage.seed.alive", told, logs, str(pace))


def workers(told: Mapping[str, str], logs: Path) -> list[Program]:
    return [_python(f"{name}-worker", f"services.{name}.worker", told, logs) for name in SERVICES]


def one_front(told: Mapping[str, str], logs: Path, port: int) -> Program:
    """The three APIs and the web in one process, behind one port."""
    return _server("api", "manage.standalone.onefront:app", told, logs, port, _through_front(), _EDGE)


def apart(told: Mapping[str, str], logs: Path, ports: Mapping[str, int]) -> list[Program]:
    """Each API in a process of its own, on its port of `ports`; it believes what the front says of the caller."""
    return [
        _server(
            *(f"{name}-api", f"services.{name}.app:app", told, logs, ports[name], ["/readyz"]),
            ["--proxy-headers", "--root-path", f"/api/{name}"],
        )
        for name in SERVICES
    ]


def proxying_front(told: Mapping[str, str], logs: Path, port: int, ports: Mapping[str, int]) -> Program:
    """The web, and the way to the APIs that run apart."""
    upstreams = json.dumps({name: f"http://127.0.0.1:{ports[name]}" for name in SERVICES})
    told = {**told, "GRIDCALL_UPSTREAMS": upstreams}
    return _server(
        "web", "manage.standalone.apartfront:app", told, logs, port, _through_front(), ["--no-proxy-headers"]
    )


def answers(port: int, path: str) -> bool:
    """Whether GET answers 200 within a second."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _through_front() -> list[str]:
    return [f"/api/{name}/readyz" for name in SERVICES]


def _server(
    name: str, app: str, told: Mapping[str, str], logs: Path, port: int, ready: list[str], options: list[str]
) -> Program:
    return Program(
        name=name,
        argv=[sys.executable, "-m", "uvicorn", app, "--port", str(port), *options, *_UVICORN],
        log=logs / f"{name}.log",
        ready=lambda _child: all(answers(port, path) for path in ready),
        environment=told,
        cwd=str(ROOT),
        grace_s=25.0,
    )


def _python(
    name: str, module: str, told: Mapping[str, str], logs: Path, *arguments: str, once: bool = False
) -> Program:
    return Program(
        name=name,
        argv=[sys.executable, "-m", module, *arguments],
        log=logs / f"{name}.log",
        ready=_says_ready,
        environment=told,
        cwd=str(ROOT),
        stop_signal=signal.SIGTERM,
        grace_s=25.0,
        once=once,
    )


def _says_ready(child: Child) -> bool:
    return "ready" in (line.strip() for line in child.written().splitlines())
