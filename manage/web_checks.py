"""The pages' checks: `python -m manage.web_checks` runs types, lint and unit tests of web/, then its build, and whether
old phones can read the field page's."""

from __future__ import annotations

import sys

from manage.node import WEB, run
from manage.texts import Sorry
from manage.web_build import build, install

CHECKS = (
    ("vue-tsc", "--noEmit"),
    ("eslint", ".", "--max-warnings", "0"),
    ("vitest", "run", "--silent=passed-only"),
)


def main() -> int:
    """0 when all pass; every check runs even when one fails."""
    try:
        install(for_checks=True)
        failed = [check[0] for check in CHECKS if run(*check).returncode]
        build()
        if run("node", str(WEB / "checks" / "field_bundle.mjs")).returncode:
            failed.append("field bundle")
    except Sorry as sorry:
        print(sorry, file=sys.stderr)
        return 1
    print(f"failed: {', '.join(failed)}" if failed else f"passed: {', '.join(check[0] for check in CHECKS)}, build")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
