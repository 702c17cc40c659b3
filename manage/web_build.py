"""The pages' build 网页构建: `python -m manage.web_build` installs what web/package-lock.json pins and builds web/dist.

Done only when a source of web/ has changed since; two builds over one folder wait for each other. A build that fails
leaves the pages as they were.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from manage.node import WEB, run
from manage.texts import Sorry, text

DIST = WEB / "dist"
_NEXT = WEB / "dist.next"
_STAMP = "built.txt"
_INSTALLED = WEB / "node_modules" / "gridcall-installed.txt"
_NOT_SOURCES = {"node_modules", "dist", "dist.next", "static"}
_PACKED = {".js", ".css", ".html", ".svg", ".json", ".webmanifest"}


def sources(web: Path = WEB) -> Iterator[Path]:
    """The files that the pages are made of, in a fixed order."""
    for top in sorted(web.iterdir()):
        if top.name in _NOT_SOURCES or top.name.startswith("build.lock"):
            continue
        yield from sorted(path for path in top.rglob("*") if path.is_file()) if top.is_dir() else [top]


def fingerprint(web: Path = WEB) -> str:
    """SHA-256 over the names and the contents of all sources."""
    digest = hashlib.sha256()
    for path in sources(web):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(web).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def is_built() -> bool:
    """Whether the pages in web/dist are made of today's sources."""
    try:
        return (DIST / _STAMP).read_text() == fingerprint()
    except OSError:
        return False


def install(*, for_checks: bool) -> None:
    """Bring web/node_modules to what the lock pins, unless it is; `for_checks` takes the test tools along.

    Raises: Sorry: npm could not.
    """
    wanted = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    kept = _INSTALLED.read_text().split() if _INSTALLED.is_file() else []
    if kept[:1] == [wanted] and (kept[1] == "all" or not for_checks):
        return
    _must_end_well("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", *([] if for_checks else ["--omit=dev"]))
    _INSTALLED.write_text(f"{wanted} {'all' if for_checks else 'run'}")


def build() -> None:
    """Make web/dist of today's sources. Raises: Sorry: Node or npm is missing, or the sources do not build."""
    with (WEB / "build.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if is_built():
            return
        install(for_checks=False)
        made_of = fingerprint()
        shutil.rmtree(_NEXT, ignore_errors=True)
        for name in ("desk", "field"):
            _must_end_well("vite", "build", "--config", f"vite.{name}.ts", "--outDir", str(_NEXT), "--logLevel", "warn")
        pack(_NEXT)
        (_NEXT / _STAMP).write_text(made_of)
        shutil.rmtree(DIST, ignore_errors=True)
        _NEXT.rename(DIST)


def pack(folder: Path) -> None:
    """Put a gzipped copy beside each file that gains by it, for servers that hand it out as it is."""
    for path in folder.rglob("*"):
        if path.suffix in _PACKED and path.stat().st_size > 1000:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _must_end_well(*arguments: str) -> None:
    ended = run(*arguments, quiet=True)
    if ended.returncode:
        print((ended.stdout + ended.stderr)[-4000:], file=sys.stderr)
        raise Sorry("web.failed", step=" ".join(arguments[:2]))


def main() -> int:
    """0 when the pages stand; else one sentence."""
    try:
        build()
    except (Sorry, OSError) as error:
        print(error if isinstance(error, Sorry) else text("web.failed", step=error))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
