"""How well a classifier does 评测: the measures of the model card, of the bench and of the drift report. Pure."""

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.000001)


class Bin(NamedTuple):
    """Answers of about the same confidence: how many, how sure they were, how many were right (shares)."""

    texts: int
    said: float
    right: float


def macro_f1(answers: Sequence[Any], given: Sequence[Any]) -> float:
    """The mean over the classes, each counting alike, of 2·right ÷ (answers + given)."""
    true, said = np.asarray(answers), np.asarray(given)
    scores = []
    for one in np.unique(true):
        whole = int((true == one).sum() + (said == one).sum())
        scores.append(2 * int(((true == one) & (said == one)).sum()) / whole)
    return float(np.mean(scores))


def precision_at(right: NDArray[np.bool_], confidence: NDArray[Any], coverage: float) -> float:
    """The share right among the surest answers that make up this share of all."""
    order = np.argsort(-confidence, kind="stable")
    taken = order[: max(1, int(coverage * len(order)))]
    return float(right[taken].mean())


def coverage_at(right: NDArray[np.bool_], confidence: NDArray[Any], precision: float) -> tuple[float, float]:
    """The largest share of all answers, surest first, of which this share is right; and the confidence at its end.

    0 and 1 when not even the surest answers are.
    """
    order = np.argsort(-confidence, kind="stable")
    good = np.flatnonzero(np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= precision)
    if not len(good):
        return 0.0, 1.0
    return float((good[-1] + 1) / len(order)), float(confidence[order[good[-1]]])


def bins(right: NDArray[np.bool_], confidence: NDArray[Any]) -> list[Bin]:
    """Answers by confidence, the empty bins left out: what is said and what is right should be near."""
    found = []
    for low, high in itertools.pairwise(EDGES):
        inside = (confidence >= low) & (confidence < high)
        if inside.any():
            found.append(Bin(int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean())))
    return found
