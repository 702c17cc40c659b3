"""Training 训练: labelled texts of a file, or people's own corrections, become a model with its card 模型卡.

Texts are masked before they are learned from; what is kept of them are weights of hashes.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.catalog.classifying import Scheme
from casework.catalog.load import Catalog
from casework.kit.masking import mask_text
from casework.place.lexicon import Entry, Lexicon
from casework.place.measures import macro_f1
from casework.place.model import Class, Model
from casework.place.suggester import class_of, shares
from casework.place.training import FEWEST, Lesson, learnable, train


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text and what it is: the name of a class of the scheme, or a category's code where there is no scheme."""

    title: str
    text: str
    label: str


def label_of(catalog: Catalog, scheme: Scheme | None, said: str) -> str | None:
    """The label that a file's cell means: a class's code or name; without a scheme a category's code or name. A
    retired category is taken as the one that took its place. None: there is no such."""
    said = said.strip()
    if scheme is not None:
        line = scheme.line_of(said)
        return line.code if line else None
    found = catalog.categories.get(said) or next((one for one in catalog.categories.values() if one.name == said), None)
    if found is None or not found.parent:
        return None
    return found.replaced_by or found.code


def teach(
    catalog: Catalog, texts: Sequence[Labelled], scheme: Scheme | None, source: dict[str, Any], day: date
) -> Model:
    """The model of these texts. `source`: where they come from, for the card; `day`: Asia/Shanghai.

    Raises: TooFewTexts: fewer than two labels have enough texts.
    """
    names = learnable([one.label for one in texts])
    kept = [one for one in texts if one.label in set(names)]
    prefixes = {line.code: line.categories for line in scheme.lines} if scheme else {name: (name,) for name in names}
    classes = [Class(name, prefixes[name]) for name in names]
    lessons, alone = _lessons(catalog, kept, classes)
    card = {
        "version": f"{day:%Y%m%d}-{_digest(texts)}",
        "made_on": day.isoformat(),
        "source": source,
        "scheme": f"{scheme.name} {scheme.version}" if scheme else None,
        "catalog": catalog.version,
        "texts": len(lessons),
        "left_out": {"texts": len(texts) - len(kept), "labels_under": FEWEST},
        "labels": dict(Counter(one.label for one in kept)),
        "lexicon_alone_macro_f1": round(macro_f1([one.label for one in kept], alone), 4),
        "meant_for": "suggesting a category to a person; dispatching by itself only above the city's threshold",
        "not_meant_for": "judging people; texts of another kind than it learned from",
    }
    return train(lessons, classes, card)


def _lessons(catalog: Catalog, texts: Sequence[Labelled], classes: Sequence[Class]) -> tuple[list[Lesson], list[str]]:
    """The lessons, and what the lexicon alone would have said."""
    lexicon = Lexicon(Entry(*word) for word in catalog.classifying.lexicon)
    number_of = {code: class_of(classes, code) for code in catalog.categories}
    lessons, alone = [], []
    for one in texts:
        title, text = mask_text(one.title), mask_text(one.text)
        share = shares(lexicon.weigh(title, text).points, number_of, len(classes))
        lessons.append(Lesson(title, text, one.label, share))
        alone.append(classes[max(range(len(classes)), key=share.__getitem__)].name)
    return lessons, alone


def _digest(texts: Sequence[Labelled]) -> str:
    total = hashlib.sha256()
    for one in texts:
        total.update(f"{one.label}\x1f{one.title}\x1f{one.text}\x1e".encode())
    return total.hexdigest()[:8]


def card_as_markdown(card: dict[str, Any]) -> str:
    """模型卡 for people."""
    measured = card["measures"]
    lines = [
        f"# 分类模型 Category model {card['version']}",
        "",
        f"* 训练日期 made on: {card['made_on']}; 来源 source: {card['source']}; 方案 scheme: {card['scheme'] or '—'}",
        f"* 文本 texts: {card['texts']}; 未学 left out: {card['left_out']['texts']}; 目录 catalogue: {card['catalog']}",
        f"* macro-F1: {measured['macro_f1']} (词典 lexicon alone {card['lexicon_alone_macro_f1']})",
        f"* 80 % 覆盖时准确率 precision at 80 % coverage: {measured['precision_at_80_percent']}",
        f"* 准确率 0.98 时覆盖 coverage at 0.98 precision: {measured['coverage_at_98_percent']}"
        f" (可信度 confidence ≥ {measured['least_confidence_at_98_percent']})",
        f"* 用途 meant for: {card['meant_for']}; 不用于 not for: {card['not_meant_for']}",
        "",
        "| 标签 label | 文本 texts |",
        "|---|---|",
        *(f"| {name} | {count} |" for name, count in sorted(card["labels"].items())),
        "",
        "| 可信度 said | 实际 right | 文本 texts |",
        "|---|---|---|",
        *(f"| {said} | {right} | {count} |" for count, said, right in measured["calibration"]),
    ]
    return "\n".join(lines) + "\n"
