"""The first start as a newcomer has it: `up` writes the demo town, `status` says who lives there, all can be seen."""

import json
import signal
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from casework.kit.now import SHANGHAI
from manage.standalone.folder import COUNTY_ACCOUNTS, TOWN_ACCOUNTS
from manage.standalone.record import last_run
from manage.standalone.stores import free_port
from tests.standalone.test_up import gridcall, until_running

Python = Callable[..., "subprocess.Popen[str]"]
CASES = 1000
"""Fewer than a newcomer gets, so that the proof is soon done; enough for both processes that live them."""


def accounts(data: Path, name: str) -> dict[str, str]:
    """Login and password of everybody in that file."""
    return {account["login"]: account["password"] for account in json.loads((data / name).read_text("utf-8"))}


def signed_in(address: str, login: str, password: str) -> httpx.Client:
    """The person's own client."""
    client = httpx.Client(base_url=address, headers={"X-GridCall": "1"}, timeout=30)
    answer = client.post("/api/dispatch/session", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    return client


def see(client: httpx.Client, path: str, **params: str | int) -> Any:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_newcomer_finds_a_living_town(tmp_path: Path, python: Python) -> None:
    data = tmp_path / "var"
    up = ["-m", "manage", "up", "--data", str(data), "--port", str(free_port(None))]
    process = python(*up, GRIDCALL_DEMO_CASES=str(CASES))
    assert f"{CASES} cases" in until_running(process)
    assert not (data / "demo-wanted").exists()
    run = last_run(data)
    assert run is not None

    county, town = accounts(data, COUNTY_ACCOUNTS), accounts(data, TOWN_ACCOUNTS)
    code, shown, _ = gridcall(python, "status", "--data", str(data))
    assert code == 0
    assert [login for login, password in {**county, **town}.items() if password not in shown] == []

    with closing(signed_in(run.address, "dispatcher1", county["dispatcher1"])) as dispatcher:
        rows = see(dispatcher, "/api/dispatch/cases", view="OPEN", limit=50)["rows"]
        assert len(rows) == 50
        page = see(dispatcher, f"/api/dispatch/cases/{rows[0]['case_no']}")
        assert page["allowed_actions"]
        assert len(see(dispatcher, f"/api/dispatch/cases/{rows[0]['case_no']}/timeline")) > 0
    clerk = next(login for login in town if login.startswith("community-"))
    with closing(signed_in(run.address, clerk, town[clerk])) as community:
        assert see(community, "/api/dispatch/queue/counts")["counts"]

    today = datetime.now(SHANGHAI)
    months = {"from": f"{today - timedelta(days=31):%Y-%m}", "to": f"{today:%Y-%m}"}
    with closing(signed_in(run.address, "analyst1", county["analyst1"])) as analyst:
        report = see(analyst, "/api/notify/reports/completion", by="street", **months)
    assert report["total"]["denominator"] > CASES / 4
    assert 0 < report["total"]["rate"] < 1
    assert len(report["rows"]) > 10

    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
