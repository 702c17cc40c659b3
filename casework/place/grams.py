"""Runs of one to four characters as numbers 字串特征: what the trained classifier sees of a text.

A run is kept as a 32-bit hash, never as characters: a model holds no piece of any citizen's text, and a text of 500
characters is turned in a fraction of a millisecond. Runs do not cross punctuation.
"""

import unicodedata
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

LONGEST_RUN = 4
LONGEST_TEXT = 1500
"""Characters of a text that are looked at."""

Hashes = NDArray[np.uint32]
_MULTIPLIER = np.uint32(2654435761)
_STEP = np.uint32(40503)
_BLANK = ord(" ")


def plain(text: str) -> str:
    """Full-width letters as plain ones, small letters; digits all alike, for a number says nothing of a matter."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).lower()
    return "".join("0" if one.isdigit() else one if one.isalnum() else " " for one in folded)


def hashes(text: str) -> Hashes:
    """The hash of every run in the text, with repeats; empty for a text without a letter."""
    every = [values[whole] for values, whole in _runs(plain(text))]
    return np.concatenate(every) if every else np.zeros(0, dtype=np.uint32)


def runs_of(text: str, wanted: Collection[int]) -> dict[int, str]:
    """How the wanted hashes are written in this text."""
    letters, looked_for = plain(text), np.fromiter(wanted, dtype=np.uint32)
    spelled = {}
    for length, (values, whole) in enumerate(_runs(letters), start=1):
        for at in np.flatnonzero(whole & np.isin(values, looked_for)):
            spelled[int(values[at])] = letters[at : at + length]
    return spelled


def _runs(letters: str) -> list[tuple[Hashes, NDArray[np.bool_]]]:
    """For each length the hash of the run that begins at each place, and whether it is without a blank."""
    codes = np.frombuffer(letters.encode("utf-32-le", "replace"), dtype=np.uint32)
    blank = codes == _BLANK
    running, whole, found = codes * _MULTIPLIER, ~blank, []
    for length in range(1, LONGEST_RUN + 1):
        if not len(running):
            break
        found.append((_mixed(running, length), whole))
        whole = whole[:-1] & ~blank[length:]
        running = (running[:-1] * _STEP + codes[length:]) * _MULTIPLIER
    return found


def _mixed(values: Hashes, length: int) -> Hashes:
    """The bits spread: without it a hash's low bits are those of the last character."""
    mixed = (values ^ (values >> np.uint32(15))) * _MULTIPLIER + np.uint32(length)
    return np.asarray(mixed ^ (mixed >> np.uint32(13)), dtype=np.uint32)
