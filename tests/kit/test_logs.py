"""Log lines are JSON, carry the request's id, and never what a person said (security.md §2.6 line 21)."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from casework.kit.logs import REQUEST_ID, SERVICE, configure, configure_once, describe, get_logger

PHONE = "13812345678"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    held = structlog.get_config() if structlog.is_configured() else None
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    if held is not None:
        structlog.configure(**held)


def _told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_says_whose_it_is_and_of_which_request(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    service, request = SERVICE.set("intake"), REQUEST_ID.set("0123456789abcdef")
    get_logger().info("outbox.sent", channel="短信")
    SERVICE.reset(service)
    REQUEST_ID.reset(request)
    (line,) = _told(capsys)
    assert line.pop("at_utc").endswith("+00:00")
    assert line == {
        "event": "outbox.sent",
        "channel": "短信",
        "level": "info",
        "service": "intake",
        "request_id": "0123456789abcdef",
    }


def test_an_exception_is_told_by_type_and_place_only(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    try:
        raise ValueError(PHONE) from ConnectionError(PHONE)
    except ValueError:
        get_logger().exception("outbox.failed")
        logging.getLogger("some.library").exception("failed\nwith %s", PHONE)
    ours, theirs = _told(capsys)
    for line in (ours, theirs):
        assert line["error"] == "builtins.ValueError"
        assert "test_logs.py" in line["at"][-1]
        assert PHONE not in json.dumps(line)
    assert theirs["event"] == "failed"


def test_debug_lines_and_addresses_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    get_logger().debug("request")
    logging.getLogger("uvicorn.access").warning("GET /cases?phone=%s", PHONE)
    logging.getLogger("some.library").info("started")
    assert _told(capsys) == []


def test_what_cannot_be_written_as_json_is_told_by_its_type(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    get_logger().info("odd", value={PHONE})
    assert _told(capsys)[0]["value"] == "set"


def test_a_level_that_was_chosen_stays(capsys: pytest.CaptureFixture[str]) -> None:
    configure(logging.DEBUG)
    configure_once()
    get_logger().debug("request")
    assert [line["event"] for line in _told(capsys)] == ["request"]


def test_the_databases_code_and_constraint_are_told() -> None:
    class Violation(Exception):
        sqlstate = "23505"
        constraint_name = "request_upstream_key"

    class Wrapped(Exception):
        orig = Violation(PHONE)

    told = describe(Wrapped(PHONE))
    assert (told["sqlstate"], told["constraint_name"]) == ("23505", "request_upstream_key")
