"""Signs of danger 警示: what a text says that cannot wait, or that is sensitive; each rule reads as a sentence.

"When a sentence speaks of 燃气泄漏, and not of a drill or of prevention, it is E0, and 119 and the gas company are
called." The rules are the city's data (signs.csv); they raise and mark, they never lower, and a person decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from casework.rules.phrases import Listener, Phrase
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
        found: dict[int, Seen] = {}
        for begins, sentence in self._listener.hears(text):
            self._hear(sentence, begins, found)
        return tuple(found[place] for place in sorted(found))

    def _hear(self, sentence: str, begins: int, found: dict[int, Seen]) -> None:
        """Add the rules that this sentence, which begins at that place of the text, is the first to say."""
        said = {
            one
            for at, letter in enumerate(sentence)
            for word, told in self._by_first.get(letter, ())
            if sentence.startswith(word, at)
            for one in told
        }
        for place, _, phrase in sorted(said):
            rule = self.rules[place]
            if place in found or not phrase.stands_in(sentence) or any(word in sentence for word in rule.unless):
                continue
            found[place] = Seen(rule, phrase.shown, begins + sentence.index(phrase.needs[0]) < EARLY)

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[str, list[tuple[int, int, Phrase]]]]]:
        """Each phrase under its most telling words, the longest of them, and those under their first letter; with the
        places of its rule and of itself."""
        listed: dict[str, dict[str, list[tuple[int, int, Phrase]]]] = {}
        for place, rule in enumerate(self.rules):
            for number, phrase in enumerate(rule.says):
                word = max(reversed(phrase.needs), key=len)
                listed.setdefault(word[0], {}).setdefault(word, []).append((place, number, phrase))
        return {letter: list(words.items()) for letter, words in listed.items()}

    @cached_property
    def _listener(self) -> Listener:
        return Listener(word for words in self._by_first.values() for word, _ in words)


def raised(stated: Urgency | None, by: frozenset[Role], usual: Urgency, seen: Sequence[Seen]) -> Urgency:
    """The urgency of a new case: what a person who heard it states; else the highest of what was stated or usual for
    the category and of what the signs that stand early ask for."""
    if stated is not None and by & LISTENED:
        return stated
    asked = (one.rule.urgency for one in seen if one.rule.urgency is not None and one.early)
    return max([stated or usual, *asked], key=lambda urgency: RANK[urgency])
