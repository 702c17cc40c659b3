"""`./gridcall bench NAME`: measure, print, and write the section of bench/RESULTS.md."""

import importlib
import sys

from bench import results

NAMES = {
    "category": "category",
    "clocks": "clocks",
    "duplicates": "duplicates",
    "export": "exports",
    "figures": "figures",
    "import": "imports",
    "intake": "intake",
    "pages": "pages",
    "place": "place",
    "queue": "queue",
    "report": "report",
    "rules": "rules",
    "search": "search",
}
"""The benchmark's name: its module, whose `main` measures and tells the section."""


def main() -> int:
    """Run the named benchmark; 2 for a name that is none."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in NAMES:
        print(f"./gridcall bench {'|'.join(NAMES)}", file=sys.stderr)
        return 2
    section: str = importlib.import_module(f"bench.{NAMES[name]}").main()
    results.write(name, section)
    print(section)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
