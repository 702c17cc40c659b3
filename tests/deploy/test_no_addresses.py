"""The project names no package index: where packages come from is each installation's own business."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("npmmirror", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("mirrors", "aliyun", "com"),
        ("tuna", "tsinghua", "edu", "cn"),
    )
)
OPTIONS = tuple("--" + option for option in ("index-url", "extra-index-url", "find-links", "trusted-host"))


def tracked() -> list[Path]:
    """The files of the repository; outside a checkout, of the folder."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in ROOT.rglob("*") if not {".venv", "node_modules", "var"} & set(path.parts)]


def lines_naming(words: tuple[str, ...]) -> list[str]:
    found = []
    for path in tracked():
        if not path.is_file() or path == Path(__file__).resolve():
            continue
        try:
            content = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {word}" for word in words if word in content]
    return found


def test_lock_holds_no_address() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text("utf-8")


@pytest.mark.parametrize("words", [HOSTS, OPTIONS], ids=["hosts", "options"])
def test_repository_names_no_package_index(words: tuple[str, ...]) -> None:
    assert lines_naming(words) == []


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml"])
def test_locks_that_would_hold_addresses_are_not_kept(name: str) -> None:
    assert ROOT / name not in tracked()
