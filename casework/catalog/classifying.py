"""What the city decides of classifying 分类设置: its lexicon, signs of danger, maps of other schemes, how far to go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from casework.catalog.checks import check_known
from casework.catalog.entries import Category, Entry, Name, Several
from casework.catalog.faults import Faults
from casework.rules.phrases import Phrase, phrase
from casework.rules.signs import Sign, SignBook, SignRule
from casework.rules.words import Urgency

LEXICON, SCHEMES, SIGNS = "lexicon.csv", "schemes.csv", "signs.csv"


class LexiconLine(Entry):
    """词典的一行: words of one weight for one category; 3 names the matter, 2 points to it, 1 hints."""

    code: Annotated[str, Field(pattern=r"^\d{2}(\d{2})?$")]
    weight: Annotated[int, Field(ge=1, le=3)]
    words: Annotated[Several, Field(min_length=1)]


class SchemeLine(Entry):
    """对照表的一行: what one class of another scheme is here. Of several categories the first is the usual one."""

    scheme: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")]
    version: Name
    code: Name
    name: Name
    categories: Annotated[Several, Field(min_length=1)]
    note: str = ""


class SignLine(Entry):
    """警示规则的一行."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9-]{2,40}$")]
    sign: Sign
    says: Annotated[Several, Field(min_length=1)]
    unless: Several = ()
    urgency: Urgency | None = None
    lines: Several = ()
    note: str = ""


class ClassifierSetting(Entry):
    """classifier.toml. `automatic_from`: the least confidence to dispatch by itself, or None: never."""

    automatic_from: Annotated[float, Field(ge=0.9, le=1)] | Literal[""] = ""

    @property
    def threshold(self) -> float | None:
        return self.automatic_from if isinstance(self.automatic_from, float) else None


@dataclass(frozen=True)
class Scheme:
    """外部分类方案: a classification of others, one version of it."""

    name: str
    version: str
    lines: tuple[SchemeLine, ...]

    @cached_property
    def _of_prefix(self) -> dict[str, str]:
        return {prefix: line.code for line in self.lines for prefix in line.categories}

    @cached_property
    def _of_code(self) -> dict[str, SchemeLine]:
        return {key: line for line in self.lines for key in (line.name, line.code)}

    def class_of(self, category: str) -> str | None:
        """Which class of the scheme one of our categories is in: the longest prefix decides; None: in none."""
        lengths = range(len(category), 1, -1)
        return next((found for n in lengths if (found := self._of_prefix.get(category[:n]))), None)

    def line_of(self, said: str) -> SchemeLine | None:
        """The class of that code or name."""
        return self._of_code.get(said.strip())


@dataclass(frozen=True)
class Classifying:
    """All of it. `lexicon`: code, weight, phrase."""

    lexicon: tuple[tuple[str, int, Phrase], ...]
    signs: SignBook
    schemes: Mapping[str, Scheme]
    automatic_from: float | None


def read_lexicon(
    lines: Sequence[tuple[int, LexiconLine]], categories: Collection[str], faults: Faults
) -> tuple[tuple[str, int, Phrase], ...]:
    """Every word of every line; a category that is none, or a word with an empty part, is a fault."""
    found = []
    for number, line in lines:
        check_known((line.code,), categories, "unknown_category", (LEXICON, number, "code"), faults)
        found += [(line.code, line.weight, one) for one in _phrases(line.words, (LEXICON, number, "words"), faults)]
    return tuple(found)


def _phrases(written: Sequence[str], where: tuple[str, int, str], faults: Faults) -> list[Phrase]:
    found = []
    for word in written:
        try:
            found.append(phrase(word))
        except ValueError:
            faults.add("phrase", *where, value=word)
    return found


def read_signs(lines: Sequence[tuple[int, SignLine]], emergency: Collection[str], faults: Faults) -> SignBook:
    """The rules in their order; ids are unique, and a line is one of the emergency lines."""
    rules, seen = [], dict[str, int]()
    for number, line in lines:
        if line.id in seen:
            faults.add("repeated", SIGNS, number, "id", value=line.id, first=seen[line.id])
        seen.setdefault(line.id, number)
        check_known(line.lines, emergency, "unknown_line", (SIGNS, number, "lines"), faults)
        says = tuple(_phrases(line.says, (SIGNS, number, "says"), faults))
        rules.append(SignRule(line.id, line.sign, says, line.unless, line.urgency, line.lines))
    return SignBook(tuple(rules))


def read_schemes(
    lines: Sequence[tuple[int, SchemeLine]], categories: Mapping[str, Category], faults: Faults
) -> dict[str, Scheme]:
    """Each scheme by its name. One version of a scheme is in force, and a class of it stands on one line."""
    grouped: dict[str, list[SchemeLine]] = {}
    first: dict[tuple[str, str], int] = {}
    for number, line in lines:
        where = (SCHEMES, number)
        check_known(line.categories, categories, "unknown_category", (*where, "categories"), faults)
        if (line.scheme, line.code) in first:
            faults.add("repeated", *where, "code", value=line.code, first=first[line.scheme, line.code])
        first.setdefault((line.scheme, line.code), number)
        before = grouped.setdefault(line.scheme, [])
        if before and before[0].version != line.version:
            faults.add("scheme_version", *where, "version", value=line.version, first=before[0].version)
        before.append(line)
    return {name: Scheme(name, found[0].version, tuple(found)) for name, found in grouped.items()}
