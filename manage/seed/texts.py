"""What the demo's people say 演示用语: our own words with slots, read from data/, filled by a case's own chance."""

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from casework.catalog.areas import short_name
from casework.catalog.load import Catalog
from casework.rules.words import Kind

_DATA = Path(__file__).with_name("data")
PHONE_PREFIX = "1990000"
"""The demo's callers have numbers 199-0000-xxxx, made up; the SMS of a demo goes to the console and to no phone."""


@dataclass(frozen=True, slots=True)
class Matter:
    """诉求模板: one thing that people say, with its category and kind. `weight`: how often beside the others."""

    category: str
    kind: Kind
    weight: int
    title: str
    text: str

    @property
    def from_grid(self) -> bool:
        """Whether grid workers report it: their own kinds, and what they find when visiting (走访, 巡查)."""
        return self.text.startswith(("巡查", "走访", "入户"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is: the area's code, the community's name, and generic words for the spot (no real estate or shop)."""

    area: str
    community: str
    at: str
    yard: str

    @property
    def address(self) -> str:
        return f"{self.at}{self.yard}"


class Words:
    """The lists of data/words.toml."""

    def __init__(self, held: Mapping[str, Sequence[str]], said: Mapping[str, Sequence[str]]) -> None:
        self._held = held
        self._said = said

    def say(self, chance: Random, topic: str, **slots: object) -> str:
        """One of the sentences of a topic."""
        return chance.choice(self._said[topic]).format(**slots)

    def person(self, chance: Random) -> tuple[str, str]:
        """A style and a made-up number: 王女士, 199-0000-xxxx."""
        name = chance.choice(self._held["surnames"]) + chance.choice(self._held["styles"])
        return name, f"{PHONE_PREFIX}{chance.randrange(10_000):04d}"

    def one(self, chance: Random, name: str) -> str:
        """One of a plain list."""
        return chance.choice(self._held[name])

    def place(self, chance: Random, area: str, community: str) -> Place:
        """A spot in a community."""
        short = short_name(community)
        return Place(area, short, self.one(chance, "spots").format(community=short), self.one(chance, "yards"))

    def fill(self, chance: Random, text: str, place: Place) -> str:
        """A matter's words with their slots filled."""
        return text.format(
            at=place.at,
            yard=place.yard,
            hour=self.one(chance, "hours"),
            n=chance.randint(2, 6),
            days=chance.randint(2, 9),
        )


@lru_cache
def words() -> Words:
    """The demo's words."""
    held = tomllib.loads((_DATA / "words.toml").read_text("utf-8"))
    return Words(held, held["said"])


def matters(catalog: Catalog) -> list[Matter]:
    """The matters whose category this city has."""
    with (_DATA / "matters.csv").open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(line for line in file if not line.startswith("#"))
        found = [Matter(d["category"], Kind(d["kind"]), int(d["weight"]), d["title"], d["text"]) for d in lines]
    return [matter for matter in found if matter.category in catalog.categories]
