"""`./gridcall bench category`: how often the right one of seven labels is named, by the lexicon alone and when trained.

Five folds on the labelled requests beside the project; texts alike (cosine of character pairs ≥ 0.6) stay on one side.
The plain baseline, a linear SVM on tf-idf of one and two characters, runs on the same folds. Without the data the
section says so: the product does not need them.
"""

import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bench.machine import facts
from casework.catalog.classifying import Scheme
from casework.catalog.load import load
from casework.place.lexicon import Entry, Lexicon
from casework.place.measures import bins, coverage_at, macro_f1, precision_at
from casework.place.model import Class, Model
from casework.place.model_file import to_bytes
from casework.place.suggester import class_of, shares
from casework.place.training import Lesson, train

FILE = Path(__file__).parents[2] / "shared" / "data" / "requests" / "labelled.csv"
SCHEME = "labels-7"
ALIKE = 0.6
FOLDS = 5


class Given(NamedTuple):
    """The texts as everybody needs them."""

    lessons: list[Lesson]
    answers: Any
    classes: list[Class]
    lexicon_says: list[str]
    lexicon_ms: float
    """Of a processor, as all times of one text here: others' load does not count."""


def main() -> str:
    """The section."""
    if not FILE.is_file():
        return f"Not measured: {FILE.name} is not beside the project."
    given = read()
    folds = sides(given)
    plain = _plain(given, folds)
    said, sure, seconds, text_ms = _trained(given, folds)
    right = said == given.answers
    covered, least = coverage_at(right, sure, 0.98)
    whole, whole_seconds, busy = _timed(given)
    cold = macro_f1(given.answers, given.lexicon_says)
    return f"""
{len(given.lessons)} labelled texts, {len(given.classes)} labels, {FOLDS} folds, texts alike (cosine ≥ {ALIKE} on character pairs) on one side.
{facts()}

| | macro-F1 |
|---|---|
| lexicon alone, no training (written before any label was seen; tree → label by names) | {cold:.4f} |
| plain: linear SVM, tf-idf of 1 and 2 characters, same folds | {plain:.4f} |
| trained model | {macro_f1(given.answers, said):.4f} |
| above plain | {macro_f1(given.answers, said) - plain:+.4f} |

* Precision at 80 % coverage: {precision_at(right, sure, 0.8):.4f}. Coverage at 0.98 precision: {covered:.4f} (confidence ≥ {least:.3f}).
* Confidence and share right: {"; ".join(f"{one.said:.2f} → {one.right:.2f} ({one.texts})" for one in bins(right, sure))}.
* All {len(given.lessons)} texts learned in {whole_seconds:.1f} s, {busy:.1f} s of one processor (a fold {seconds:.1f} s).
* A text: lexicon {given.lexicon_ms:.2f} ms, model {text_ms:.2f} ms more (processor time).
* Model file: {len(to_bytes(whole)) / 1e6:.1f} MB, {whole.weights.shape[0]} runs of characters as hashes.
"""


def lexicon() -> tuple[Lexicon, Scheme]:
    """The shipped lexicon and the map to the seven labels."""
    deciding = load().classifying
    return Lexicon(Entry(*one) for one in deciding.lexicon), deciding.schemes[SCHEME]


def read() -> Given:
    """The texts, each weighed by the lexicon once."""
    words, scheme = lexicon()
    classes = [Class(line.code, line.categories) for line in scheme.lines]
    codes = [code for code in load().categories]
    number_of = {code: class_of(classes, code) for code in codes}
    lessons, cold, began = [], [], time.process_time()
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            points = words.weigh(row["title"], row["body"]).points
            share = shares(points, number_of, len(classes))
            likely = [0.0] * len(classes)
            for code, much in words.likelihood(points).items():
                if (number := number_of[code]) is not None:
                    likely[number] += much
            cold.append(classes[int(np.argmax(likely))].name)
            lessons.append(Lesson(row["title"], row["body"], row["label"], share))
    took = (time.process_time() - began) / len(lessons) * 1000
    return Given(lessons, np.array([one.label for one in lessons]), classes, cold, took)


def sides(given: Given) -> list[tuple[Any, Any]]:
    """The folds: (learned, asked) places of the texts."""
    texts = [f"{one.title}\n{one.text}" for one in given.lessons]
    pairs = normalize(CountVectorizer(analyzer="char", ngram_range=(2, 2)).fit_transform(texts).astype(np.float32))
    lines, columns = [], []
    for at in range(0, len(texts), 500):
        alike = (pairs[at : at + 500] @ pairs.T).tocoo()
        near = alike.data >= ALIKE
        lines.append(alike.row[near] + at)
        columns.append(alike.col[near])
    ones = np.ones(sum(map(len, lines)))
    graph = sparse.coo_matrix((ones, (np.concatenate(lines), np.concatenate(columns))), shape=(len(texts), len(texts)))
    _, groups = connected_components(graph, directed=False)
    return list(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=1).split(texts, given.answers, groups))


def _plain(given: Given, folds: Sequence[tuple[Any, Any]]) -> float:
    texts = np.array([f"{one.title}\n{one.text}" for one in given.lessons], dtype=object)
    said = np.empty(len(texts), dtype=object)
    for learned, asked in folds:
        vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        machine = LinearSVC().fit(vectors.fit_transform(texts[learned]), given.answers[learned])
        said[asked] = machine.predict(vectors.transform(texts[asked]))
    return macro_f1(given.answers, said.astype(str))


def _trained(given: Given, folds: Sequence[tuple[Any, Any]]) -> tuple[Any, Any, float, float]:
    """What the model says of each text, how sure it is; processor's seconds a fold, its milliseconds a text."""
    names = np.array([one.name for one in given.classes])
    likely = np.zeros((len(given.lessons), len(names)))
    training = asking = 0.0
    for learned, asked in folds:
        began = time.process_time()
        model = train([given.lessons[at] for at in learned], given.classes, {})
        middle = time.process_time()
        for at in asked:
            one = given.lessons[at]
            likely[at] = model.likelihood(model.read(one.title, one.text), one.share)
        training, asking = training + middle - began, asking + time.process_time() - middle
    return names[likely.argmax(axis=1)], likely.max(axis=1), training / FOLDS, asking / len(given.lessons) * 1000


def _timed(given: Given) -> tuple[Model, float, float]:
    """The model of all texts, and the seconds it took: of the wall's clock, and of a processor."""
    began, busy = time.perf_counter(), time.process_time()
    model = train(given.lessons, given.classes, {})
    return model, time.perf_counter() - began, time.process_time() - busy
