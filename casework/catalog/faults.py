"""What is wrong with the catalogue, gathered while reading; its sentences are in data/problems.toml, zh then en."""

import tomllib
from pathlib import Path

_SENTENCES = tomllib.loads(Path(__file__).with_name("data").joinpath("problems.toml").read_text(encoding="utf-8"))


class Faults:
    """A growing list of faults, one line each: `file:line: field: what is wrong`, in Chinese and English."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, key: str, file: str, line: int | None = None, field: str = "", **facts: object) -> None:
        """Raises: KeyError: there is no such sentence."""
        sentence = _SENTENCES[key]
        said = f"{sentence['zh'].format(**facts)} · {sentence['en'].format(**facts)}"
        where = f"{file}:{line}" if line else file
        self.lines.append(": ".join(part for part in (where, field, said) if part))
