"""Words that are looked for in a text 短语: 甲, 甲+乙 (both in one sentence), 甲-丙 (no 丙 in that sentence).

The lexicon of categories and the signs of danger are written so, in the city's data.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

_SENTENCE_END = re.compile(r"[。！？!?；;\n]+")
_TRIMMED = re.compile(r"[\s*]+")


class Phrase(NamedTuple):
    """`needs` all stand in one sentence, none of `bars` does."""

    needs: tuple[str, ...]
    bars: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The phrase as a person reads it."""
        return "…".join(self.needs)

    def stands_in(self, sentence: str) -> bool:
        """Whether a plain sentence says it."""
        return all(part in sentence for part in self.needs) and not any(part in sentence for part in self.bars)


def phrase(written: str) -> Phrase:
    """The phrase that is written 甲+乙-丙. Raises: ValueError: a part is empty."""
    positive, *bars = written.split("-")
    needs = positive.split("+")
    if not all(part.strip() for part in (*needs, *bars)):
        raise ValueError(written)
    return Phrase(tuple(map(plain, needs)), tuple(map(plain, bars)))


def plain(text: str) -> str:
    """Full-width letters as plain ones, small letters, without spaces inside lines and without masking's asterisks."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "\n".join(_TRIMMED.sub("", line) for line in folded.splitlines())


def sentences(text: str) -> Iterable[str]:
    """The sentences of a plain text; commas do not part."""
    return _SENTENCE_END.split(text)
