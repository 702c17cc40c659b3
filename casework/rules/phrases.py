"""Words that are looked for in a text 短语: 甲, 甲+乙 (both in one sentence), 甲-丙 (no 丙 in that sentence).

The lexicon of categories and the signs of danger are written so, in the city's data.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

_SENTENCE_END = re.compile(r"[。｡︒！﹗︕!？﹖︖?‼⁇⁈⁉；﹔︔\u037e;\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_GAP = r"[ \t\x1f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000*＊﹡]*"
"""What may stand between the letters of a word, on one line, and is left out when it is made plain."""
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_BECOMES_HAN = re.compile(
    r"[\u2e80-\u2fdf\u3038-\u303a\u3190-\u319f\u3220-\u33ff\uf900-\ufaff"
    r"\U0001f210-\U0001f251\U0002f800-\U0002fa1f]"
)
"""Radicals, circled and compatibility characters: they turn into others when they are made plain."""
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
    """The sentences of a text, plain or as it was written; commas do not part."""
    return _SENTENCE_END.split(text)


class Listener:
    """Hears plain words in a text as it was written; most texts say none, and making them plain costs most."""

    def __init__(self, words: Iterable[str]) -> None:
        by_first: dict[str, list[str]] = {}
        self._all_han = True
        for word in sorted(words):
            self._all_han &= _HAN.fullmatch(word) is not None
            by_first.setdefault(word[0], []).append(_GAP.join(map(re.escape, word[1:])))
        said = (f"{re.escape(first)}{_GAP}(?:{'|'.join(rests)})" for first, rests in by_first.items())
        self._said = re.compile("|".join(said)) if by_first else None

    def hears(self, text: str) -> list[tuple[int, str]]:
        """The plain sentences that may say a word, each with its place in the text; no other sentence does."""
        if self._said is None:
            return []
        if not self._all_han or _BECOMES_HAN.search(text):
            return [(begins, plain(text[begins:ends])) for begins, ends in _spans(text)]
        places = [found.start() for found in self._said.finditer(text)]
        return [
            (begins, plain(text[begins:ends]))
            for begins, ends in (_spans(text) if places else ())
            if any(begins <= place < ends for place in places)
        ]


def _spans(text: str) -> Iterable[tuple[int, int]]:
    """Where each sentence begins and ends."""
    begins = 0
    for end in _SENTENCE_END.finditer(text):
        yield begins, end.start()
        begins = end.end()
    yield begins, len(text)
