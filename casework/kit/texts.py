"""Texts 文案: every sentence that a person reads, by code, in zh-CN and en, from TOML files in locale folders.

A table in the file makes a dotted code: `[webhook] missing = "…"` is `webhook.missing`. `{name}` takes a parameter.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

Lang = Literal["zh-CN", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)
DEFAULT_LANG: Lang = "zh-CN"
_COMMA: dict[Lang, str] = {"zh-CN": "、", "en": ", "}
KIT_LOCALES = Path(__file__).parent / "locales"


class TextsError(Exception):
    """A locale folder is missing a language, a code, or says a code twice."""


class Texts:
    """Sentences of one or more locale folders, merged."""

    def __init__(self) -> None:
        self._by_lang: dict[Lang, dict[str, str]] = {lang: {} for lang in LANGS}
        self._folders: set[Path] = set()

    @classmethod
    def load(cls, *folders: Path) -> "Texts":
        """Read several folders, each with zh-CN.toml and en.toml. Raises: TextsError, as `add`."""
        texts = cls()
        for folder in folders:
            texts.add(folder)
        return texts

    def add(self, folder: Path) -> None:
        """Merge one more folder; adding the same folder again changes nothing.

        Raises: TextsError: a file is missing, a code lacks one of the languages, or another folder has the code.
        """
        folder = folder.resolve()
        if folder in self._folders:
            return
        read = {lang: _read(folder / f"{lang}.toml") for lang in LANGS}
        alone = read["zh-CN"].keys() ^ read["en"].keys()
        twice = read["zh-CN"].keys() & self._by_lang["zh-CN"].keys()
        if alone or twice:
            raise TextsError(f"{folder}: only in one language {sorted(alone)}, already known {sorted(twice)}")
        for lang in LANGS:
            self._by_lang[lang].update(read[lang])
        self._folders.add(folder)

    def t(self, code: str, lang: Lang, /, **params: Any) -> str:
        """The sentence of `code`, lists joined as the language does.

        An unknown code answers with itself, a missing parameter with its name in braces.
        """
        return fill(self._by_lang[lang].get(code, code), lang, **params)

    def sentence(self, code: str, lang: Lang) -> str:
        """The sentence as it is written, its places unfilled. Raises KeyError for an unknown code."""
        return self._by_lang[lang][code]

    def has(self, code: str) -> bool:
        """Whether the code has its sentences."""
        return code in self._by_lang[DEFAULT_LANG]

    def codes(self) -> frozenset[str]:
        """Every code known."""
        return frozenset(self._by_lang[DEFAULT_LANG])


def fill(sentence: str, lang: Lang, /, **params: Any) -> str:
    """A sentence with its places filled, as `Texts.t` does; for one that was checked, since it is a format."""
    comma = _COMMA[lang]
    told = {key: comma.join(value) if isinstance(value, (list, tuple)) else value for key, value in params.items()}
    return sentence.format_map(_Params(told))


class _Params(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _read(path: Path) -> dict[str, str]:
    try:
        return dict(_flat(tomllib.loads(path.read_text("utf-8")), ""))
    except OSError as error:
        raise TextsError(f"{path}: cannot be read ({type(error).__name__})") from error
    except tomllib.TOMLDecodeError as error:
        raise TextsError(f"{path}: {error}") from error


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, str(value)


TEXTS = Texts.load(KIT_LOCALES)
"""The process's texts; a service adds its own folder at start: `TEXTS.add(Path(__file__).parent / "locales")`."""


def t(code: str, lang: Lang, /, **params: Any) -> str:
    """The sentence of `code` from the process's texts."""
    return TEXTS.t(code, lang, **params)
