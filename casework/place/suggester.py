"""Two categories for a text, with how sure and why 分类建议: the lexicon alone, or a trained model with it.

A model answers in its own classes, which may be wider than a category or leave categories out. What it leaves out the
lexicon keeps; a class of several categories is shared among them as the lexicon has it. Pure: no file, no database.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from casework.place.lexicon import Lexicon, Weighed
from casework.place.model import MOST_WORDS, Class, Model, Reading

SUGGESTED = 2
DOUBT = 6.0
"""Points of evidence at which the lexicon's own confidence is halved: few words are no proof."""
LEXICON = "lexicon"
NEXT_TO_NOTHING = 0.005
LEAST = 0.05
"""Confidence below which nothing is suggested."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One suggested category; `confidence` 0 to 1; `words` of the text, strongest first."""

    code: str
    confidence: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guesses:
    """What is suggested, surest first; `source` is the model's version or "lexicon". `calibrated`: the first one's
    confidence was measured on texts the model had not seen, and the model itself names the category."""

    best: tuple[Guess, ...]
    source: str
    calibrated: bool


def class_of(classes: Collection[Class], code: str) -> int | None:
    """Which class a category belongs to: the longest prefix decides; None: in none."""
    of_prefix = {prefix: number for number, one in enumerate(classes) for prefix in one.categories}
    return next((of_prefix[code[:n]] for n in range(len(code), 1, -1) if code[:n] in of_prefix), None)


def shares(points: Mapping[str, float], number_of: Mapping[str, int | None], classes: int) -> list[float]:
    """Of all points of a text, the share of each class."""
    whole, found = sum(points.values()), [0.0] * classes
    for code, own in points.items():
        number = number_of.get(code)
        if number is not None:
            found[number] += own / whole
    return found


class Suggester:
    """Answers for one catalogue and one model (None: the lexicon alone). `offered` are the categories in use;
    `replaced` says what is offered for a retired one."""

    def __init__(
        self, lexicon: Lexicon, offered: Collection[str], replaced: Mapping[str, str], model: Model | None = None
    ) -> None:
        self._lexicon, self._model, self._replaced = lexicon, model, replaced
        self._offered = frozenset(offered)
        classes = model.classes if model else ()
        codes = {*offered, *replaced, *(code[:2] for code in offered)}
        self._number_of = {code: class_of(classes, code) for code in codes}
        self._only = {n: named[0] for n in range(len(classes)) if len(named := self._named(n)) == 1}

    @property
    def source(self) -> str:
        """The model's version, or "lexicon"."""
        return str(self._model.card["version"]) if self._model else LEXICON

    def suggest(self, title: str, text: str) -> Guesses:
        """The two likeliest categories in use; none for a text that says nothing known."""
        weighed = self._lexicon.weigh(title, text)
        alone = self._lexicon.likelihood(weighed.points)
        doubted = _doubted(weighed, alone)
        reading = self._model.read(title, text) if self._model else None
        unplaced, spoken = self._blended(reading, weighed, alone, doubted) if reading else (0.0, doubted)
        likely: dict[str, float] = defaultdict(float)
        for code, much in spoken.items():
            current = self._replaced.get(code, code)
            if current in self._offered:
                likely[current] += much
        first = sorted((c for c in likely if likely[c] >= LEAST), key=lambda c: (-likely[c], c))[:SUGGESTED]
        best = tuple(Guess(c, round(min(likely[c], 1.0), 4), self._words(reading, weighed, c)) for c in first)
        return Guesses(best, self.source, bool(best) and self._measured(best[0].code, unplaced, doubted))

    def _measured(self, code: str, unplaced: float, doubted: Mapping[str, float]) -> bool:
        """Whether a confidence is the model's own: it names the category, and the lexicon added next to nothing."""
        return code in self._only.values() and unplaced * doubted.get(code, 0.0) < NEXT_TO_NOTHING

    def _blended(
        self, reading: Reading, weighed: Weighed, alone: Mapping[str, float], doubted: Mapping[str, float]
    ) -> tuple[float, dict[str, float]]:
        """The model's classes told as categories. What it leaves out, and what it names but the lexicon cannot place
        (the first value: how much), the lexicon answers for."""
        assert self._model is not None
        share = shares(weighed.points, self._number_of, len(self._model.classes))
        classes = self._model.likelihood(reading, share)
        spoken = {code: much for code, much in doubted.items() if self._number_of.get(code) is None}
        left_out, unplaced = sum(spoken.values()), 0.0
        for number, likely in enumerate(classes):
            taken = float(likely) * (1 - left_out)
            parts = self._parts(number, alone)
            unplaced += 0.0 if parts else taken
            spoken |= {code: taken * part for code, part in parts.items()}
        for code, much in doubted.items():
            spoken[code] = spoken.get(code, 0.0) + unplaced * much
        return unplaced, spoken

    def _parts(self, number: int, alone: Mapping[str, float]) -> dict[str, float]:
        """How a class is shared among its categories: whole to the only one, else as the lexicon has it; empty where
        the lexicon names none of them."""
        if number in self._only:
            return {self._only[number]: 1.0}
        known = self._offered | self._replaced.keys()
        within = {c: much for c, much in alone.items() if c in known and self._number_of.get(c) == number}
        whole = sum(within.values())
        return {code: much / whole for code, much in within.items()} if whole else {}

    def _named(self, number: int) -> list[str]:
        return [code for code in self._offered if self._number_of[code] == number]

    def _words(self, reading: Reading | None, weighed: Weighed, code: str) -> tuple[str, ...]:
        """The lexicon's words for the category, then the model's for its class."""
        found = list(weighed.words.get(code, ()))
        number = self._number_of.get(code)
        if self._model is not None and reading is not None and number is not None:
            found += self._model.words(reading, number)
        shown: list[str] = []
        for word in found:
            if not any(word in other or other in word for other in shown):
                shown.append(word)
        return tuple(shown[:MOST_WORDS])


def _doubted(weighed: Weighed, alone: Mapping[str, float]) -> dict[str, float]:
    """The lexicon's likelihoods, the less the fewer words there were."""
    found = {}
    for code, much in alone.items():
        evidence = weighed.points[code] + weighed.points.get(code[:2], 0.0) * (len(code) > 2)
        found[code] = much * evidence / (evidence + DOUBT)
    return found
