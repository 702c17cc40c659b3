"""What the command line says 命令行用语: zh-CN first, en complete, both in `texts.json`.

Standard library only and readable by an old Python 3: the launcher uses it before the environment exists.
"""

import json
import os
from pathlib import Path

_CATALOGUE = json.loads(Path(__file__).with_name("texts.json").read_text(encoding="utf-8"))


def _languages() -> "tuple[str, ...]":
    """The terminal's language; both, Chinese first, where it names none (LANG unset, C or POSIX)."""
    for name in ("GRIDCALL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").lower()
        if value.startswith(("zh", "en")):
            return (value[:2],)
    return ("zh", "en")


def text(key: str, **facts: object) -> str:
    """One sentence of the catalogue with its facts filled in. Raises: KeyError: no such sentence."""
    return " · ".join(_CATALOGUE[key][language].format(**facts) for language in _languages())


def both(key: str) -> "dict[str, str]":
    """The sentence in each language, by its code zh or en."""
    return dict(_CATALOGUE[key])


class Sorry(Exception):
    """Something that the person at the keyboard must settle: shown as one sentence, exit code 1, no traceback."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(text(key, **facts))
        self.key = key
