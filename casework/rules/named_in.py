"""What a text names 提及: the one kind of place, or the one owner, whose words stand in it."""

import re
from collections.abc import Mapping, Sequence


class Lexicon:
    """Words by what they stand for. Where words overlap the longer one is read: 电力井盖 before 井盖."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._code_of = {word: code for code, said in words.items() for word in said}
        longest = sorted(self._code_of, key=len, reverse=True)
        self._any = re.compile("|".join(map(re.escape, longest))) if longest else None

    def only(self, text: str) -> str | None:
        """The one code that the text names; None where it names none, or several: then a person must say."""
        found = {self._code_of[word] for word in self._any.findall(text)} if self._any else set()
        return found.pop() if len(found) == 1 else None
