"""bench/RESULTS.md: one section for each benchmark, replaced when it is measured again."""

import re
from pathlib import Path

FILE = Path(__file__).with_name("RESULTS.md")
HEAD = """# What was measured

Each section is written by its own command, from one run on one machine; quote the ratios, absolute rates swing with the
machine. No test asserts wall time.
"""


def write(name: str, section: str) -> None:
    """Put the section of a benchmark in its place, the others untouched, sections by name."""
    text = FILE.read_text("utf-8") if FILE.exists() else ""
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE))
    sections[name] = f"\n{section.strip()}\n\n"
    FILE.write_text(
        HEAD + "\n" + "".join(f"## {key}\n{sections[key]}" for key in sorted(sections)).rstrip() + "\n", "utf-8"
    )
