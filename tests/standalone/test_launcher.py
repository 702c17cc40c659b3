"""The launcher makes its environment once, begins an interrupted one again, and says in a sentence what is missing."""

import ast
import fcntl
import os
import signal
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from manage.texts import Sorry

ROOT = Path(__file__).parents[2]
_HIDES_ENSUREPIP = """
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "ensurepip" else found(name, package)
"""


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The launcher as a module, its lock a small one and pip's work only noted."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # the script stands alone, without a cache beside it
    loader = SourceFileLoader("launcher", str(ROOT / "gridcall"))
    module = module_from_spec(spec_from_loader("launcher", loader))
    loader.exec_module(module)
    module.LOCK = tmp_path / "requirements.lock"
    module.LOCK.write_text("fastapi==1.0 --hash=sha256:aa\n")
    module.runs = []

    def run_to_end(argv: list[str], _each_line: object) -> None:
        module.runs.append("pip" if "pip" in argv else "venv")
        if "venv" in argv:
            (Path(argv[-1]) / "bin").mkdir()
            (Path(argv[-1]) / "pyvenv.cfg").touch()
            (Path(argv[-1]) / "bin" / "pip").touch()
            (Path(argv[-1]) / "bin" / "python").symlink_to(sys.executable)

    module.run_to_end = run_to_end
    return module


def launch(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "gridcall"), "--help"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_python_without_venv_is_told_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_HIDES_ENSUREPIP)
    done = launch(GRIDCALL_VENV=str(tmp_path / "venv"), PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.strip() == "This machine's Python lacks its venv part; run first: sudo apt install python3-venv"


def test_a_place_that_cannot_be_written_is_told_with_the_way_out() -> None:
    done = launch(GRIDCALL_VENV="/dev/null/venv")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "/dev/null/venv cannot be written (Not a directory); name a writable place for the environment "
        "with GRIDCALL_VENV=DIR."
    ]


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    done = launch(GRIDCALL_VENV=str(tmp_path))
    assert done.returncode == 1
    assert "neither empty nor a Python environment" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_too_little_disk_is_told_before_anything_is_fetched(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher.shutil, "disk_usage", lambda _path: SimpleNamespace(free=100 * 2**20))
    with pytest.raises(Sorry, match="has 100 MB left, the installation needs 1100 MB"):
        launcher.install(tmp_path / "venv")
    assert launcher.runs == []


def test_the_environment_is_made_once_and_again_only_when_the_lock_changes(
    launcher: ModuleType, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    launcher.install(venv)
    assert launcher.is_current(venv)
    launcher.LOCK.write_text("fastapi==1.1 --hash=sha256:bb\n")
    assert not launcher.is_current(venv)
    launcher.install(venv)
    assert launcher.is_current(venv)
    assert launcher.runs == ["venv", "pip", "pip"]


def test_an_interrupted_installation_is_swept_away_and_begun_again(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = tmp_path / "venv"

    def interrupted(_venv: Path) -> None:
        (venv / "half").mkdir()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(launcher, "fetch_and_install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            launcher.install(venv)
    assert not launcher.is_current(venv)
    launcher.install(venv)
    assert launcher.is_current(venv)
    assert not (venv / "half").exists()
    assert launcher.runs == ["venv", "venv", "pip"]


def test_an_installer_that_outlives_a_killed_launcher_keeps_the_turn(tmp_path: Path) -> None:
    """Else the next launcher would sweep away what pip is still writing."""
    script = f"""
import os, runpy, signal, sys
from pathlib import Path
launcher = runpy.run_path({str(ROOT / "gridcall")!r})
turn = launcher["take_turn"](Path({str(tmp_path / "venv")!r}))
def die(line):
    os.kill(os.getpid(), signal.SIGKILL)
launcher["run_to_end"]([sys.executable, "-c", "import sys; print('on', flush=True); sys.stdin.read()"], die)
"""
    path = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], env=path, stdin=subprocess.PIPE) as killed:
        assert killed.wait() == -signal.SIGKILL
        with (tmp_path / "venv" / "gridcall.turn").open() as turn:
            with pytest.raises(BlockingIOError):
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            killed.stdin.close()  # and now the installer ends
            fcntl.flock(turn, fcntl.LOCK_EX)


def test_an_environment_whose_python_was_replaced_is_made_anew(launcher: ModuleType, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    launcher.install(venv)
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to("/bin/sh")
    assert not launcher.is_current(venv)
    launcher.install(venv)
    assert launcher.runs == ["venv", "pip", "venv", "pip"]


def test_an_environment_made_by_hand_is_brought_up_to_date_not_swept(launcher: ModuleType, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").touch()
    (venv / "bin" / "pip").touch()
    (venv / "bin" / "python").symlink_to(sys.executable)
    (venv / "mine").touch()
    launcher.install(venv)
    assert launcher.is_current(venv)
    assert (venv / "mine").exists()
    assert launcher.runs == ["pip"]


@pytest.mark.parametrize("file", ["gridcall", "manage/texts.py", "manage/__init__.py"])
def test_an_old_python_can_read_far_enough_to_be_told_that_it_is_old(file: str) -> None:
    ast.parse((ROOT / file).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_ci_runs_exactly_the_one_command() -> None:
    assert (ROOT / ".ci" / "run").read_text() == "#!/usr/bin/env bash\nexec ./gridcall test\n"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert os.access(ROOT / "gridcall", os.X_OK)
