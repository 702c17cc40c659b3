"""`./gridcall test` runs every check to the end and fails if any of them does."""

from collections.abc import Sequence

import pytest

from manage import checks


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was run; whatever has mypy in it fails."""
    seen: list[str] = []

    def run_python(arguments: Sequence[str]) -> bool:
        seen.append(" ".join(arguments))
        return "mypy" not in arguments

    monkeypatch.setattr(checks, "run_python", run_python)
    return seen


def test_one_check_that_fails_does_not_hide_the_others(runs: list[str]) -> None:
    told: list[str] = []
    assert not checks.run_checks([], told.append)
    assert runs == [" ".join(arguments) for _, arguments in checks.STEPS]
    assert told[-1] == "Failed: mypy"


def test_all_that_pass_are_a_pass(runs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "STEPS", tuple(step for step in checks.STEPS if step[0] != "mypy"))
    assert checks.run_checks([], lambda _line: None)


def test_arguments_mean_pytest_only(runs: list[str]) -> None:
    assert checks.run_checks(["-k", "clocks"], lambda _line: None)
    assert runs == ["-m pytest -k clocks"]


def test_the_checks_are_those_of_the_house() -> None:
    assert [name for name, _ in checks.STEPS] == [
        *("ruff check", "ruff format", "mypy", "import-linter", "generated", "web", "pytest")
    ]
