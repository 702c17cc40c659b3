"""Signs of danger 警示: what a text says that cannot wait, or that is sensitive; each rule reads as a sentence.

"When a sentence speaks of 燃气泄漏, and not of a drill or of prevention, it is E0, and 119 and the gas company are
called." The rules are the city's data (signs.csv); they raise and mark, they never lower, and a person decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from casework.rules.phrases import Phrase, plain, sentences
from casework.rules.words import Role, Term, Urgency

RANK = {Urgency.N: 0, Urgency.C: 1, Urgency.E1: 2, Urgency.E0: 3}
"""Which urgency is the higher one."""
LISTENED = frozenset({Role.AGENT, Role.DISPATCHER, Role.GRID_WORKER, Role.COMMUNITY})
"""Who heard or saw it: the urgency that such a person states stands."""


class Sign(Term):
    """警示类别: what is at stake."""

    LIFE = "LIFE", "危及生命"
    VIOLENCE = "VIOLENCE", "暴力侵害"
    FIRE = "FIRE", "火情"
    HAZARD = "HAZARD", "险情"
    HEALTH = "HEALTH", "群体健康"
    MINOR = "MINOR", "涉未成年人"
    UNREST = "UNREST", "群体聚集"


@dataclass(frozen=True, slots=True)
class SignRule:
    """When one of `says` stands in a sentence without any of `unless`: the sign, the least urgency (None: as it is),
    and the emergency lines to call."""

    id: str
    sign: Sign
    says: tuple[Phrase, ...]
    unless: tuple[str, ...]
    urgency: Urgency | None
    lines: tuple[str, ...]


EARLY = 200
"""Characters at the beginning, where danger that is there now is told; further on long letters tell what once was."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A rule that fits, the words of the text that made it so, and whether they stand early in it."""

    rule: SignRule
    words: str
    early: bool


@dataclass(frozen=True)
class SignBook:
    """All rules, in the catalogue's order."""

    rules: tuple[SignRule, ...]

    def seen(self, text: str) -> tuple[Seen, ...]:
        """The rules that fit a text, in their order, each once."""
        said = plain(text)
        if self._any is None or self._any.search(said) is None:
            return ()
        found: dict[int, Seen] = {}
        at = 0
        for sentence in sentences(said):
            if self._any.search(sentence):
                self._hear(sentence, at, found)
            at += len(sentence) + 1
        return tuple(found[place] for place in sorted(found))

    def _hear(self, sentence: str, begins: int, found: dict[int, Seen]) -> None:
        """Add the rules that this sentence, which begins at that place of the text, is the first to say."""
        said = (which for words, which in self._by_words.items() if words in sentence)
        for place, _, phrase in sorted(one for which in said for one in which):
            rule = self.rules[place]
            if place in found or not phrase.stands_in(sentence) or any(word in sentence for word in rule.unless):
                continue
            found[place] = Seen(rule, phrase.shown, begins + sentence.index(phrase.needs[0]) < EARLY)

    @cached_property
    def _by_words(self) -> dict[str, list[tuple[int, int, Phrase]]]:
        """Each phrase under its most telling words, the longest of them, with the places of its rule and of itself."""
        listed: dict[str, list[tuple[int, int, Phrase]]] = {}
        for place, rule in enumerate(self.rules):
            for number, phrase in enumerate(rule.says):
                listed.setdefault(max(reversed(phrase.needs), key=len), []).append((place, number, phrase))
        return listed

    @cached_property
    def _any(self) -> re.Pattern[str] | None:
        """Finds out at once that a text, as most, says none of it."""
        words = sorted(self._by_words)
        return re.compile("|".join(map(re.escape, words))) if words else None


def raised(stated: Urgency | None, by: frozenset[Role], usual: Urgency, seen: Sequence[Seen]) -> Urgency:
    """The urgency of a new case: what a person who heard it states; else the highest of what was stated or usual for
    the category and of what the signs that stand early ask for."""
    if stated is not None and by & LISTENED:
        return stated
    asked = (one.rule.urgency for one in seen if one.rule.urgency is not None and one.early)
    return max([stated or usual, *asked], key=lambda urgency: RANK[urgency])
