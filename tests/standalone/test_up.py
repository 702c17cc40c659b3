"""The whole of it, as a person starts it: up, look, down; and the sentences when it cannot be."""

import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from manage.standalone.record import Run, last_run
from manage.standalone.stores import free_port

Python = Callable[..., "subprocess.Popen[str]"]
Gone = Callable[[list[int]], bool]
SERVICES = ("intake", "dispatch", "notify")
_HOLDS_FOLDER = """
import sys, time
from pathlib import Path
from manage.standalone.folder import DataFolder
folder = DataFolder.hold(Path(sys.argv[1]))
print("held")
time.sleep(600)
"""


def gridcall(python: Python, *arguments: str) -> tuple[int, str, str]:
    """Run a command to its end: exit code, what it said, what it complained."""
    process = python("-m", "manage", *arguments)
    said, complained = process.communicate(timeout=120)
    return process.returncode, said, complained


def until_running(process: "subprocess.Popen[str]") -> str:
    """Read what `up` says until it gives its address; all of it."""
    said = ""
    while "GridCall is ready" not in said:
        line = process.stdout.readline()
        assert line, f"it ended with: {said}{process.stderr.read()}"
        said += line
    return said


def run_over(data: Path) -> Run:
    run = last_run(data)
    assert run is not None
    return run


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all: the first start seeds it, the later ones find it so."""
    return tmp_path_factory.mktemp("whole") / "var"


@pytest.fixture(params=[(), ("--apart",)], ids=["together", "apart"])
def running(request: pytest.FixtureRequest, data: Path, python: Python) -> Iterator["subprocess.Popen[str]"]:
    process = python(
        "-m", "manage", "up", "--no-demo", "--data", str(data), "--port", str(free_port(None)), *request.param
    )
    until_running(process)
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(60)


def test_a_running_system_answers_shows_itself_and_goes_down(
    running: "subprocess.Popen[str]", data: Path, python: Python, gone: Gone
) -> None:
    run = run_over(data)
    pids = [process.pid for process in run.processes]
    assert "<html" in httpx.get(f"{run.address}/").text
    for name in SERVICES:
        assert httpx.get(f"{run.address}/api/{name}/readyz").status_code == 200
        assert httpx.get(f"{run.address}/api/{name}/livez").status_code == 200
        assert httpx.get(f"{run.address}/api/{name}/openapi.json").json()["info"]["title"]

    code, said, _ = gridcall(python, "status", "--data", str(data))
    assert code == 0
    for process in run.processes:
        assert re.search(rf"{process.name}\W+{process.pid}\W+ready", said)
    for account in json.loads((data / "demo-accounts.json").read_text()):
        assert account["password"] in said

    assert gridcall(python, "down", "--data", str(data)) == (0, "Stopped.\n", "")
    assert running.wait(5) == 0
    assert gone(pids)
    assert "nothing is left behind" in running.stdout.read()


@pytest.mark.parametrize("running", [()], indirect=True, ids=["together"])
def test_every_process_that_is_killed_comes_back(running: "subprocess.Popen[str]", data: Path) -> None:
    before = run_over(data)
    for process in before.processes:
        os.kill(process.pid, signal.SIGKILL)
    said = ""
    while any(f"{process.name} is back." not in said for process in before.processes):
        said += running.stdout.readline()
    after = run_over(data)
    assert {process.name for process in after.processes} == {process.name for process in before.processes}
    assert not {process.pid for process in after.processes} & {process.pid for process in before.processes}
    assert httpx.get(f"{after.address}/api/intake/readyz").status_code == 200


@pytest.mark.parametrize("running", [()], indirect=True, ids=["together"])
def test_a_killed_supervisor_leaves_nothing_and_ctrl_c_stops_the_next_run(
    running: "subprocess.Popen[str]", data: Path, python: Python, gone: Gone
) -> None:
    run = run_over(data)
    running.kill()
    running.wait()
    port = run.address.rpartition(":")[2]
    again = python("-m", "manage", "up", "--no-demo", "--data", str(data), "--port", port)
    until_running(again)
    assert gone([process.pid for process in run.processes])
    groups = {os.getpgid(process.pid) for process in run_over(data).processes}
    assert os.getpgid(again.pid) not in groups  # Ctrl-C reaches the supervisor only, and it stops the others in order
    again.send_signal(signal.SIGINT)
    assert again.wait(60) == 0
    assert not (data / "run.json").exists()


def test_what_a_run_keeps_is_for_its_owner_only(data: Path) -> None:
    for secret in ("state.json", "keys.json", "demo-accounts.json"):
        assert (data / secret).stat().st_mode & 0o777 == 0o600


def test_a_second_run_over_the_folder_is_refused_in_one_sentence(tmp_path: Path, python: Python) -> None:
    holder = python("-c", _HOLDS_FOLDER, str(tmp_path))
    assert holder.stdout.readline() == "held\n"
    code, _, complained = gridcall(python, "up", "--data", str(tmp_path))
    assert (code, complained.count("\n")) == (1, 1)
    assert "is in use by another GridCall" in complained


def test_a_busy_port_is_refused_in_one_sentence(tmp_path: Path, python: Python) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        code, _, complained = gridcall(python, "up", "--data", str(tmp_path), "--port", str(port))
    assert (code, complained.count("\n")) == (1, 1)
    assert f"Port {port} is used by another program" in complained


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("up", "--data", "/dev/null/var"), "cannot be written"),
        (("down",), "No GridCall is running"),
        (("status",), "No GridCall is running"),
        (("logs",), "There are no logs"),
        (("replay", "messages.csv"), "needs a running GridCall"),
        (("create-admin", "chief"), "needs a running GridCall"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    arguments: tuple[str, ...], sentence: str, tmp_path: Path, python: Python
) -> None:
    where = () if "--data" in arguments else ("--data", str(tmp_path))
    code, _, complained = gridcall(python, *arguments, *where)
    assert (code, complained.count("\n")) == (1, 1)
    assert sentence in complained
