"""Logs 日志: one JSON object a line on stdout, in UTC, with the request's id and never with personal data.

An exception is told by its type and the places it came through; its message stays out, because a database's message
repeats the values. Lines of other libraries keep only their first line.
"""

import json
import logging
import sys
import traceback
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request at hand, set by the middleware; empty outside of one."""
SERVICE: ContextVar[str] = ContextVar("service", default="")
"""Whose line it is: set by the middleware and by the worker runner."""

_ROOT = Path(__file__).parents[2]
_PLACES = 8
_LIBRARIES = ("uvicorn", "uvicorn.error", "uvicorn.access", "arq")


class _Stdout(logging.StreamHandler[Any]):
    """Writes to whatever stdout is at the moment of the line."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(_LibraryLine())

    @property
    def stream(self) -> Any:
        return sys.stdout


class _LibraryLine(logging.Formatter):
    """The same JSON for lines that come by the standard library's logging."""

    def format(self, record: logging.LogRecord) -> str:
        event: MutableMapping[str, Any] = {
            "event": record.getMessage().partition("\n")[0],
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[1]:
            event.update(describe(record.exc_info[1]))
        return _render(None, "", _add_context(None, "", event))


def configure(level: int = logging.INFO) -> None:
    """Send the process's log lines to stdout as JSON: ours from `level`, the libraries' from WARNING.

    A repeat replaces the level. uvicorn's access lines, which hold addresses, are silenced.
    """
    structlog.configure(
        processors=[structlog.processors.add_log_level, _add_context, _without_messages, _render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [*(handler for handler in root.handlers if not isinstance(handler, _Stdout)), _Stdout()]
    root.setLevel(max(level, logging.WARNING))
    for name in _LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = name != "uvicorn.access"


def configure_once() -> None:
    """As `configure`, unless the process has been configured already."""
    if not structlog.is_configured():
        configure()


def get_logger() -> Any:
    """The logger: `log.warning("outbox.send_failed", channel="sms")`. Event names are constants; no personal values."""
    return structlog.get_logger()


def describe(error: BaseException) -> dict[str, Any]:
    """What may be logged of an exception: its type, SQLSTATE and constraint where it has them, and the places."""
    told: dict[str, Any] = {"error": f"{type(error).__module__}.{type(error).__qualname__}"}
    for key in ("sqlstate", "constraint_name", "code"):
        value = next((found for part in chain(error) if isinstance(found := getattr(part, key, None), str)), None)
        if value is not None:
            told[key] = value
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    told["at"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return told


def chain(error: BaseException) -> list[BaseException]:
    """The exception, the driver's own inside it, and what caused them, outermost first."""
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(found) < 10:
        part = waiting.pop(0)
        if isinstance(part, BaseException) and part not in found:
            found.append(part)
            waiting += [getattr(part, "orig", None), part.__cause__]
    return found


def _add_context(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["at_utc"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    for key, mark in (("service", SERVICE), ("request_id", REQUEST_ID)):
        if value := mark.get():
            event[key] = value
    return event


def _without_messages(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exception()
    if isinstance(error, BaseException):
        event.update(describe(error))
    return event


def _render(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False, default=lambda value: type(value).__name__)


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) and ".venv" not in path.parts else path.name
