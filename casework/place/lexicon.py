"""Text → category by words alone 词典分类: no training data, so a city has suggestions on its first day (issue 5).

Pure: the words come from the catalogue (lexicon.csv), the texts from the caller. The figures below are our own choice,
made before any labelled text was looked at, and not fitted to any since.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from casework.rules.phrases import Phrase, plain, sentences

WORTH = {1: 0.75, 2: 2.0, 3: 4.0}
"""What a word of each weight adds: 3 names the matter, 2 points to it, 1 hints."""
IN_TITLE = 3.0
"""How much more a word says in the title, which somebody wrote to name the matter."""
LATER = 0.5
"""How much less it says after the first sentences."""
FIRST_CHARACTERS = 200
LONGEST_TEXT = 1500
OF_GROUP = 0.6
"""How much of the first level's evidence its second levels inherit."""
SPREAD = 2.0
"""Points of evidence that make a category e times as likely as another."""


class Entry(NamedTuple):
    """One word of the lexicon and the category that it speaks for."""

    code: str
    weight: int
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a text says of each category: points by code (two-digit codes are first levels), and the words that gave
    them, strongest first."""

    points: Mapping[str, float]
    words: Mapping[str, tuple[str, ...]]


class Lexicon:
    """The words of all categories, ready to be looked for."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self._of_word: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(self._entries):
            self._of_word[one.phrase.needs[0]].append(number)
        atoms = {part for one in self._entries for part in (*one.phrase.needs, *one.phrase.bars)}
        self._starts: dict[str, list[str]] = defaultdict(list)
        for atom in atoms:
            self._starts[atom[:2]].append(atom)

    def weigh(self, title: str, text: str) -> Weighed:
        """The points of every category that the text has a word of; empty for a text that says nothing known."""
        body = plain(text[:LONGEST_TEXT])
        found: dict[int, float] = defaultdict(float)
        self._gather(plain(title), IN_TITLE, found)
        self._gather(body[:FIRST_CHARACTERS], 1.0, found)
        self._gather(body[FIRST_CHARACTERS:], LATER, found)
        return self._sum(found)

    def likelihood(self, points: Mapping[str, float]) -> dict[str, float]:
        """How likely each category is by these points, summing to 1; a two-digit code stands for a first level of
        which no second level is named. An estimate, not calibrated on anything."""
        total: dict[str, float] = {}
        named = {code[:2] for code in points if len(code) > 2}
        for code, own in points.items():
            if len(code) > 2:
                total[code] = own + OF_GROUP * points.get(code[:2], 0.0)
            elif code not in named:
                total[code] = OF_GROUP * own
        most = max(total.values(), default=0.0)
        odds = {code: math.exp((value - most) / SPREAD) for code, value in total.items()}
        whole = sum(odds.values())
        return {code: value / whole for code, value in odds.items()}

    def _gather(self, text: str, worth: float, found: dict[int, float]) -> None:
        for sentence in sentences(text):
            said = self._said(sentence)
            for word, times in said.items():
                for number in self._of_word.get(word, ()):
                    needs, bars = self._entries[number].phrase
                    if all(part in said for part in needs) and not any(part in said for part in bars):
                        found[number] += worth * times

    def _said(self, sentence: str) -> dict[str, int]:
        """Which words of the lexicon stand in a sentence, and how often."""
        said: dict[str, int] = {}
        starts = self._starts
        for at in range(len(sentence)):
            for atom in (*starts.get(sentence[at : at + 2], ()), *starts.get(sentence[at], ())):
                if sentence.startswith(atom, at):
                    said[atom] = said.get(atom, 0) + 1
        return said

    def _sum(self, found: Mapping[int, float]) -> Weighed:
        of_code: dict[str, dict[Entry, float]] = defaultdict(dict)
        for number, times in found.items():
            of_code[self._entries[number].code][self._entries[number]] = times
        points, words = {}, {}
        for code, hits in of_code.items():
            kept = {one: _worth(one, times) for one, times in hits.items() if not _within(one, hits)}
            points[code] = sum(kept.values())
            words[code] = tuple(one.phrase.shown for one in sorted(kept, key=lambda one: -kept[one]))
        return Weighed(points, words)


def _worth(one: Entry, times: float) -> float:
    """A word said again adds less each time."""
    return WORTH[one.weight] * (times if times <= 1 else 1 + math.log(times))


def _within(one: Entry, hits: Mapping[Entry, float]) -> bool:
    """Whether it is only a part of a longer word that was found and weighs as much: 路灯 of 路灯不亮."""
    needs = one.phrase.needs
    return len(needs) == 1 and any(
        other is not one
        and len(other.phrase.needs) == 1
        and needs[0] in other.phrase.needs[0]
        and other.weight >= one.weight
        and hits[other] >= hits[one]
        for other in hits
    )
