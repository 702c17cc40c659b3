"""Telling the trace of a dispatch in sentences 派单依据说明, with names in place of codes (data/trace.toml)."""

from collections.abc import Callable, Iterable, Mapping
from string import Formatter

from casework.catalog.areas import AreaTree
from casework.catalog.entries import Category, Department, NamedPlace, Sentence
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.rules.dispatch_rule import Days
from casework.rules.trace import Why
from casework.rules.words import Kind, Level, Term, Urgency

BASIS = "BASIS"
_RULE = frozenset({"rule"})
_FACTS: Mapping[str, frozenset[str]] = {
    Why.MATCHED: _RULE | {"department", "level", "basis"},
    BASIS: _RULE | {"department", "level", "basis"},
    Why.OTHER_AREA: _RULE | {"area"},
    Why.OTHER_KIND: _RULE | {"kind"},
    Why.OTHER_URGENCY: _RULE | {"urgency"},
    Why.OTHER_PLACE: _RULE | {"place"},
    Why.OTHER_OWNER: _RULE | {"owner"},
    Why.OTHER_HOURS: _RULE | {"hours"},
    Why.OTHER_SEASON: _RULE | {"season"},
    Why.OTHER_DAYS: _RULE | {"days"},
    Why.NO_KEYWORD: _RULE | {"keywords"},
    Why.NOT_YET: _RULE | {"day"},
    Why.EXPIRED: _RULE | {"day"},
    Why.MORE: frozenset({"count"}),
    Why.NO_CATEGORY: frozenset(),
    Why.NO_AREA: frozenset(),
    Why.NO_RULE: frozenset({"category", "area"}),
    Why.UNIT: frozenset({"unit", "area"}),
    Why.NO_UNIT_HERE: frozenset({"department", "level", "area"}),
    Why.AREA_TOO_WIDE: frozenset({"level", "area"}),
    Why.NO_UNIT: frozenset({"department", "area"}),
    Why.UNIT_NAMED: _RULE | {"unit"},
    Why.UNIT_CLOSED: _RULE | {"unit"},
}
"""The facts that each step of routing carries, and so what its sentence may name."""

_TERMS: Mapping[str, type[Term]] = {"kind": Kind, "level": Level, "urgency": Urgency, "days": Days}


class Teller:
    """Turns stored steps (code and params as strings) into sentences, in "zh-CN" or "en"."""

    def __init__(
        self,
        sentences: Mapping[str, Sentence],
        areas: AreaTree,
        departments: Mapping[str, Department],
        categories: Mapping[str, Category],
        place_types: Mapping[str, NamedPlace],
        owners: Mapping[str, NamedPlace],
    ) -> None:
        self._sentences = sentences
        self._named_places = {"place": place_types, "owner": owners}
        self._named: dict[str, Callable[[str], str]] = {
            "area": lambda code: areas.name_path(code) or code,
            "department": lambda code: departments[code].name if code in departments else code,
            "category": lambda code: categories[code].name if code in categories else code,
        }

    def tell(
        self, steps: Iterable[tuple[str, Mapping[str, str]]], language: str, units: Mapping[str, str] | None = None
    ) -> list[str]:
        """One sentence for each step, in their order; `units` gives the units' names by code.

        A code or a name that the catalogue no longer has is told as it stands: a trace outlives its catalogue.
        """
        chinese = language.startswith("zh")
        said = []
        for code, params in steps:
            facts = {name: self._name(name, value, chinese, units or {}) for name, value in params.items()}
            said.append(self._say(code, facts, chinese))
            if code == Why.MATCHED and params.get("basis"):
                said.append(self._say(BASIS, facts, chinese))
        return said

    def _say(self, code: str, facts: Mapping[str, str], chinese: bool) -> str:
        sentence = self._sentences.get(code)
        if sentence is None:
            return code
        return (sentence.zh if chinese else sentence.en).format(**facts)

    def _name(self, fact: str, value: str, chinese: bool, units: Mapping[str, str]) -> str:
        if fact in self._named:
            return self._named[fact](value)
        if fact == "unit":
            return units.get(value, value)
        if (found := self._named_places.get(fact, {}).get(value)) is not None:
            return found.zh if chinese else found.en
        if chinese and fact in _TERMS and value in _TERMS[fact].__members__:
            return _TERMS[fact](value).zh
        return value


def read_sentences(file: Toml, faults: Faults) -> dict[str, Sentence]:
    """A sentence for every step that routing can take, using only facts that there are."""
    found = {}
    for code, given in file.tables.items():
        if code not in _FACTS:
            faults.add("extra", file.name, file.line(code), code)
            continue
        sentence = file.entry((code,), given, Sentence, faults)
        if sentence is not None:
            found[code] = sentence
            _check_facts(code, sentence, file, faults)
    for code in _FACTS:
        if code not in file.tables:
            faults.add("needed_sentence", file.name, value=code)
    return found


def _check_facts(code: str, sentence: Sentence, file: Toml, faults: Faults) -> None:
    for language, text in (("zh", sentence.zh), ("en", sentence.en)):
        for wrong in _wrong_facts(text, _FACTS[code]):
            faults.add("sentence_fact", file.name, file.line(code, language), f"{code}.{language}", value=wrong)


def _wrong_facts(text: str, known: frozenset[str]) -> list[str]:
    """What stands in braces and is no plain known fact; the whole text where a brace is left open."""
    try:
        used = [(fact, form or conversion) for _, fact, form, conversion in Formatter().parse(text)]
    except ValueError:
        return [text]
    return [fact for fact, formatted in used if fact is not None and (fact not in known or formatted)]
