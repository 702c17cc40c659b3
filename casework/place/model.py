"""Text → category by a trained linear model 线性分类模型: numpy alone, one table of weights, explained by its words.

Pure: no file, no database. What a model is in bytes: model_file.py; how one is made: training.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from casework.place.grams import Hashes, hashes, runs_of

HEADS = ((60, 0.5), (150, 0.5))
"""What a text begins with counts again: (characters, how much)."""
MOST_WORDS = 4

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Class:
    """What a model can answer: its name in the training file, and the categories (prefixes of codes) that it means."""

    name: str
    categories: tuple[str, ...]


class Reading(NamedTuple):
    """A text as a model sees it: its known runs, and what each says for each class (run × class)."""

    said: str
    runs: Hashes
    scores: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """A trained classifier. `card` says where it comes from and how well it did (模型卡).

    `kept` are the hashes it knows, ascending; `rarity` their idf; `weights` one line for each, one column a class;
    `of_lexicon` what the lexicon's share of each class (lines) adds to each class (columns).
    """

    card: Mapping[str, Any]
    classes: tuple[Class, ...]
    kept: Hashes
    rarity: Floats
    weights: NDArray[np.float16]
    bias: Floats
    of_lexicon: Floats

    def read(self, title: str, text: str) -> Reading:
        """What the model sees of a text; asked once for all that is asked of it."""
        places, values = self._vector(title, text)
        scores = self.weights[places].astype(np.float32) * values[:, None]
        return Reading(whole(title, text), self.kept[places], scores)

    def likelihood(self, reading: Reading, lexicon_share: Sequence[float]) -> Floats:
        """How likely each class is, calibrated, summing to 1. `lexicon_share`: the lexicon's points of each class over
        all its points."""
        score = reading.scores.sum(axis=0) + self.bias
        score = score + np.asarray(lexicon_share, dtype=np.float32) @ self.of_lexicon
        odds = np.exp(score - score.max())
        return np.asarray(odds / odds.sum(), dtype=np.float32)

    def words(self, reading: Reading, number: int) -> tuple[str, ...]:
        """The runs of the text that spoke most for a class, against the others' mean, strongest first."""
        speaks = reading.scores[:, number] - reading.scores.mean(axis=1)
        strongest = [at for at in np.argsort(-speaks)[:40] if speaks[at] > 0]
        wanted = {int(reading.runs[at]): float(speaks[at]) for at in strongest}
        return _longest(runs_of(reading.said, wanted), wanted)

    def _vector(self, title: str, text: str) -> tuple[NDArray[np.intp], Floats]:
        found, values = tf(title, text)
        places = np.searchsorted(self.kept, found)
        places[places == len(self.kept)] = 0
        known = self.kept[places] == found if len(self.kept) else np.zeros(len(found), dtype=bool)
        places, values = places[known], values[known] * self.rarity[places[known]]
        length = float(np.sqrt((values**2).sum()))
        return places, values / length if length else values


def whole(title: str, text: str) -> str:
    """Title and text as one."""
    return f"{title.strip()}\n{text.strip()}".strip()


def tf(title: str, text: str) -> tuple[Hashes, Floats]:
    """The runs of a text, each once and ascending, and how much each is said: 1 + ln(times), its beginning more."""
    said = whole(title, text)
    found, times = np.unique(hashes(said), return_counts=True)
    values = 1 + np.log(times.astype(np.float32))
    for length, more in HEADS:
        early, often = np.unique(hashes(said[:length]), return_counts=True)
        at = np.searchsorted(found, early)
        at[at == len(found)] = 0
        there = found[at] == early if len(found) else np.zeros(len(early), dtype=bool)
        values[at[there]] += more * (1 + np.log(often[there].astype(np.float32)))
    return found, values.astype(np.float32)


def _longest(spelled: Mapping[int, str], speaks: Mapping[int, float]) -> tuple[str, ...]:
    """Words for a person: two characters or more, none a part of another, strongest first."""
    order = sorted(spelled, key=lambda one: -speaks[one] * len(spelled[one]))
    shown: list[str] = []
    for one in order:
        word = spelled[one]
        if len(word) > 1 and not any(word in other or other in word for other in shown):
            shown.append(word)
    return tuple(shown[:MOST_WORDS])
