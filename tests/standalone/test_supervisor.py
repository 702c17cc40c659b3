"""The supervisor starts in order, brings back what ends, stops in the opposite order and says why it gave up."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from manage.standalone.child import Child, Phase, Program
from manage.standalone.supervisor import StopAsked, Supervisor
from manage.texts import Sorry

_STEADY = """
import signal, sys, time
name, diary = sys.argv[1:]
def note(word):
    open(diary, "a").write(f"{name} {word}\\n")
def leave(*_):
    note("stops")
    sys.exit()
signal.signal(signal.SIGTERM, leave)
note("starts")
print("ready", flush=True)
while True:
    time.sleep(600)
"""


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Program]:
    def make(name: str, script: str = _STEADY, *, once: bool = False, grace_s: float = 20.0) -> Program:
        return Program(
            name=name,
            argv=[sys.executable, "-c", script, name, str(tmp_path / "diary")],
            log=tmp_path / f"{name}.log",
            ready=lambda child: "ready" in child.written(),
            environment=dict(os.environ),
            once=once,
            grace_s=grace_s,
        )

    return make


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, told: list[str]) -> Supervisor:
    def nothing(_children: Sequence[Child]) -> None:
        return

    return Supervisor(tmp_path, told.append, nothing)


def diary(folder: Path) -> list[str]:
    return (folder / "diary").read_text().splitlines()


def soon(after_s: float, action: Callable[[], None]) -> None:
    threading.Timer(after_s, action).start()


def test_groups_start_one_after_the_other_and_stop_in_the_opposite_order(
    supervisor: Supervisor, program: Callable[..., Program], tmp_path: Path
) -> None:
    with supervisor:
        for name in ("stores", "services", "front"):
            supervisor.start([Child(program(name))], limit_s=20, ends=3)
    assert diary(tmp_path) == [
        *("stores starts", "services starts", "front starts"),
        *("front stops", "services stops", "stores stops"),
    ]


def test_work_beside_goes_on_while_others_start_and_is_waited_for(
    supervisor: Supervisor, program: Callable[..., Program], tmp_path: Path
) -> None:
    aside = replace(
        program("aside", f"import time; time.sleep(0.3); open({str(tmp_path / 'done')!r}, 'w'); exit(4)"), once=True
    )
    with supervisor:
        child = Child(aside)
        supervisor.beside(child)
        supervisor.start([Child(program("services"))], limit_s=20, ends=3)
        assert supervisor.finish(child) == 4
        assert (tmp_path / "done").exists()
        assert [one.program.name for one in supervisor.children] == ["services"]


def test_what_is_killed_comes_back_and_the_stop_signal_ends_the_watch(
    supervisor: Supervisor, program: Callable[..., Program], told: list[str]
) -> None:
    child = Child(program("worker"))
    with supervisor:
        supervisor.start([child], limit_s=20, ends=3)
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)

        def stop_when_back() -> None:
            while child.restarts == 0 or child.phase is not Phase.READY:
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGTERM)

        soon(0, stop_when_back)
        supervisor.watch()
        assert child.pid != first
    assert told == ["worker ended unexpectedly (-9) and is started again.", "worker is back."]


def test_pauses_between_quick_ends_grow_up_to_ten_seconds(program: Callable[..., Program]) -> None:
    child = Child(program("failing", "raise SystemExit(3)"))
    pauses = []
    child.start()
    while len(pauses) < 10:
        if child.step() is Phase.WAITING:
            pauses.append(round(child.resume_at - time.monotonic(), 1))
            child.resume_at = 0.0  # no need to sit through it
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10]


def test_one_that_cannot_start_is_named_with_its_last_words(
    supervisor: Supervisor, program: Callable[..., Program]
) -> None:
    broken = program("broken", "raise SystemExit('no such table')")
    with supervisor, pytest.raises(Sorry, match=r"broken does not start.*no such table"):
        supervisor.start([Child(broken)], limit_s=20, ends=3)


def test_one_that_never_gets_ready_is_given_up(supervisor: Supervisor, program: Callable[..., Program]) -> None:
    with supervisor, pytest.raises(Sorry, match="silent does not start"):
        supervisor.start([Child(program("silent", "import time; time.sleep(600)"))], limit_s=0.3, ends=3)


def test_work_that_comes_to_an_end_is_passed_on_line_by_line_and_not_repeated(
    supervisor: Supervisor, program: Callable[..., Program], told: list[str]
) -> None:
    work = program("prepare", "print('migrated'); print('seeded'); raise SystemExit(7)", once=True)
    with supervisor:
        assert supervisor.run_once(Child(work)) == 7
    assert told == ["migrated", "seeded"]


def test_a_stop_while_starting_stops_what_was_started(
    supervisor: Supervisor, program: Callable[..., Program], tmp_path: Path
) -> None:
    with supervisor:
        supervisor.start([Child(program("stores"))], limit_s=20, ends=3)
        soon(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
        with pytest.raises(StopAsked):
            supervisor.start([Child(program("slow", "import time; time.sleep(600)"))], limit_s=60, ends=3)
    assert diary(tmp_path) == ["stores starts", "stores stops"]


def test_nohup_has_its_way(supervisor: Supervisor) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with supervisor:
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) not in (signal.SIG_IGN, signal.SIG_DFL)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_one_that_does_not_heed_the_stop_is_killed_after_its_grace(
    supervisor: Supervisor, program: Callable[..., Program]
) -> None:
    child = Child(program("deaf", _STEADY.replace("sys.exit()", "pass"), grace_s=0.2))
    with supervisor:
        supervisor.start([child], limit_s=20, ends=3)
    assert child.phase is Phase.DOWN
    assert child.exit_code == -signal.SIGKILL
