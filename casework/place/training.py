"""How a trained classifier is made 训练: two linear models on the same runs, folded into one calibrated table.

A support vector machine, and one whose runs are first weighed by how much they favour a class (naive Bayes log-counts);
a logistic regression over both and the lexicon, fitted on texts that neither had seen, blends and calibrates them. All
of it is linear, so what is kept is one table of weights. Texts with the same beginning stay on one side.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from casework.place.measures import bins, coverage_at, macro_f1, precision_at
from casework.place.model import Class, Floats, Model, tf, whole

SEEN_IN = 3
"""Texts that a run must stand in to be kept."""
FOLDS = 3
FEWEST = 5
"""Texts of a class below which it is not learned: the lexicon goes on answering for it."""
MOST_BYTES = 16_000_000
BEGINNING = 40
"""Characters that make two texts the same beginning."""
BLEND = 0.2
"""How freely the blend may lean on one machine or the lexicon; small, since few texts tell it."""

Rows = Any  # scipy's sparse matrices come without types


@dataclass(frozen=True, slots=True)
class Lesson:
    """One labelled text. `share`: of each class's lexicon points over all."""

    title: str
    text: str
    label: str
    share: Sequence[float]


class TooFewTexts(ValueError):
    """Fewer than two classes have enough texts to be told apart."""


def learnable(labels: Sequence[str]) -> list[str]:
    """The labels with enough texts, in order. Raises: TooFewTexts."""
    names, counts = np.unique(np.asarray(labels, dtype=str), return_counts=True)
    kept = [str(name) for name, count in zip(names, counts, strict=True) if count >= FEWEST]
    if len(kept) < 2:
        raise TooFewTexts
    return kept


def train(lessons: Sequence[Lesson], classes: Sequence[Class], card: dict[str, Any]) -> Model:
    """The model of these lessons; each label must be a class's name. The same lessons give the same model. Its card
    gets `measures`, taken on texts that were held back: neither machine nor blend had seen them."""
    number = {one.name: place for place, one in enumerate(classes)}
    answers = np.array([number[one.label] for one in lessons])
    shares = np.array([one.share for one in lessons], dtype=np.float64)
    kept, rows = _rows([tf(one.title, one.text) for one in lessons])
    groups = [hash_of(whole(one.title, one.text)[:BEGINNING]) for one in lessons]
    with threadpool_limits(limits=1):
        unseen = np.zeros((len(lessons), 2 * len(classes)))
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=1)
        for seen, held in folds.split(unseen, answers, groups):
            unseen[held] = _Pair.fit(rows[seen], answers[seen], len(classes)).scores(rows[held])
        inputs = np.hstack([unseen, shares])
        measured = _measures(inputs, answers, len(classes), groups)
        blend = _softmax_of(inputs, answers, len(classes))
        return _folded(_Pair.fit(rows, answers, len(classes)), blend, kept, classes, card | {"measures": measured})


def _measures(
    inputs: NDArray[np.float64], answers: NDArray[np.int_], classes: int, groups: Sequence[int]
) -> dict[str, Any]:
    """What the card says of how well it does (place/measures.py), rounded to four places."""
    likely = np.zeros((len(answers), classes))
    for seen, held in StratifiedGroupKFold(FOLDS, shuffle=True, random_state=2).split(inputs, answers, groups):
        mix, bias = _softmax_of(inputs[seen], answers[seen], classes)
        score = inputs[held] @ mix + bias
        odds = np.exp(score - score.max(axis=1, keepdims=True))
        likely[held] = odds / odds.sum(axis=1, keepdims=True)
    said, sure = likely.argmax(axis=1), likely.max(axis=1)
    right = said == answers
    covered, least = coverage_at(right, sure, 0.98)
    return {
        "macro_f1": round(macro_f1(answers.tolist(), said.tolist()), 4),
        "precision_at_80_percent": round(precision_at(right, sure, 0.8), 4),
        "coverage_at_98_percent": round(covered, 4),
        "least_confidence_at_98_percent": round(least, 4),
        "calibration": [[one.texts, round(one.said, 4), round(one.right, 4)] for one in bins(right, sure)],
    }


def hash_of(text: str) -> int:
    """A number for a text, the same in every process."""
    found = tf("", text)[0]
    return int(np.bitwise_xor.reduce(found)) if len(found) else 0


def _rows(said: Sequence[tuple[NDArray[np.uint32], Floats]]) -> tuple[NDArray[np.uint32], Rows]:
    """The runs that are kept, and one line for each text."""
    found, texts = np.unique(np.concatenate([one for one, _ in said]), return_counts=True)
    kept = found[texts >= SEEN_IN]
    ends, places, values = [0], [], []
    for runs, worth in said:
        at = np.searchsorted(kept, runs)
        at[at == len(kept)] = 0
        there = kept[at] == runs
        places.append(at[there])
        values.append(worth[there])
        ends.append(ends[-1] + int(there.sum()))
    shape = (len(said), len(kept))
    return kept, sparse.csr_matrix((np.concatenate(values), np.concatenate(places), ends), shape=shape)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two models of one training set, each a table (run × class) on lines weighed by rarity and of length one."""

    rarity: Floats
    plain: Floats
    plain_bias: Floats
    favoured: Floats
    favoured_bias: Floats

    @classmethod
    def fit(cls, rows: Rows, answers: NDArray[np.int_], classes: int) -> "_Pair":
        there = rows > 0
        rarity = np.log((1 + rows.shape[0]) / (1 + np.asarray(there.sum(axis=0)).ravel())) + 1
        weighed = normalize(rows.multiply(rarity).tocsr())
        plain, plain_bias = _each_against_rest(lambda _: weighed, answers, classes)
        favours = [_favour(there, answers == number) for number in range(classes)]
        table, bias = _each_against_rest(lambda number: weighed.multiply(favours[number]).tocsr(), answers, classes)
        return cls(rarity.astype(np.float32), plain, plain_bias, table * np.stack(favours, axis=1), bias)

    def scores(self, rows: Rows) -> NDArray[np.float64]:
        weighed = normalize(rows.multiply(self.rarity).tocsr())
        return np.hstack([weighed @ self.plain + self.plain_bias, weighed @ self.favoured + self.favoured_bias])


def _each_against_rest(
    rows_of: Callable[[int], Rows], answers: NDArray[np.int_], classes: int
) -> tuple[Floats, Floats]:
    table, bias = [], []
    for number in range(classes):
        machine = LinearSVC(C=1.0, tol=0.01, random_state=1).fit(rows_of(number), answers == number)
        table.append(machine.coef_[0])
        bias.append(machine.intercept_[0])
    return np.stack(table, axis=1).astype(np.float32), np.array(bias, dtype=np.float32)


def _favour(there: Rows, own: NDArray[np.bool_]) -> Floats:
    """ln of how much oftener a run stands in a class's texts than in the others', of mean square one."""
    mine = np.asarray(there[own].sum(axis=0)).ravel() + 0.5
    others = np.asarray(there[~own].sum(axis=0)).ravel() + 0.5
    ratio = np.log((mine / mine.sum()) / (others / others.sum()))
    return np.asarray(ratio / np.sqrt((ratio**2).mean()), dtype=np.float32)


def _softmax_of(scores: NDArray[np.float64], answers: NDArray[np.int_], classes: int) -> tuple[Any, Any]:
    """Weights (score × class) and bias of a logistic regression with every class."""
    fitted = LogisticRegression(C=BLEND, max_iter=200, tol=1e-3).fit(scores, answers)
    if classes == 2:
        return np.hstack([-fitted.coef_.T, fitted.coef_.T]) / 2, np.array([-1, 1]) * fitted.intercept_[0] / 2
    return fitted.coef_.T, fitted.intercept_


def _folded(
    pair: _Pair, blend: tuple[Any, Any], kept: NDArray[np.uint32], classes: Sequence[Class], card: dict[str, Any]
) -> Model:
    """Everything as one table, cut to the runs that say most when it would be too large."""
    mix, bias = blend
    count = len(classes)
    first, second, shares = mix[:count], mix[count : 2 * count], mix[2 * count :]
    weights = pair.plain @ first + pair.favoured @ second
    room = MOST_BYTES // (2 * count + 8)
    strong = np.sort(np.argsort(-np.abs(weights).max(axis=1))[:room])
    whole_bias = bias + pair.plain_bias @ first + pair.favoured_bias @ second
    return Model(
        card=card,
        classes=tuple(classes),
        kept=kept[strong],
        rarity=pair.rarity[strong],
        weights=weights[strong].astype(np.float16),
        bias=whole_bias.astype(np.float32),
        of_lexicon=shares.astype(np.float32),
    )
