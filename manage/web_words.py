"""The field's terms for the pages: web/src/locales/*/words.json, generated from the enumerations of casework/rules."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from casework.rules.words import Term
from manage.node import WEB

LOCALES = WEB / "src" / "locales"


def words_files(lists: Iterable[type[Term]]) -> dict[Path, str]:
    """Each language's file as it should be: `Status.DRAFT` and so on, 中文 as the rules have it."""
    terms = [(f"{kind.__name__}.{term.value}", term) for kind in lists for term in kind]
    spoken = {
        "zh-CN": {key: term.zh for key, term in terms},
        "en": {key: _english(term.value) for key, term in terms},
    }
    return {
        LOCALES / language / "words.json": json.dumps(found, ensure_ascii=False, indent=2) + "\n"
        for language, found in spoken.items()
    }


def _english(value: str) -> str:
    words = value.replace("_", " ").replace("-", " ")
    return words if len(words) <= 2 else words[:1].upper() + words[1:].lower()
