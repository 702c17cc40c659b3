"""Every sentence in both languages, found by its code."""

import re
from pathlib import Path

import pytest

from casework.kit import errors
from casework.kit.errors import FieldFault, Problem, TooMany, Unprocessable
from casework.kit.problems import _CODES, _CODES_BY_STEM
from casework.kit.texts import KIT_LOCALES, TEXTS, Texts, TextsError, t

_PLACE = re.compile(r"\{(\w+)\}")


def _folder(path: Path, zh: str, en: str) -> Path:
    path.mkdir()
    (path / "zh-CN.toml").write_text(zh)
    (path / "en.toml").write_text(en)
    return path


def test_both_languages_say_every_code_with_the_same_parameters() -> None:
    kit = Texts.load(KIT_LOCALES)
    assert kit.codes()
    for code in kit.codes() - {"time.day"}:  # the English day names its month, the Chinese one counts it
        chinese, english = (set(_PLACE.findall(kit.t(code, lang))) for lang in ("zh-CN", "en"))
        assert chinese == english, code


@pytest.mark.parametrize(
    "kind", [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Problem)]
)
def test_every_kind_of_problem_has_its_sentences(kind: type[Problem]) -> None:
    assert TEXTS.has(kind.default_code)
    assert TEXTS.has(f"status.{kind.status}")


def test_every_field_fault_has_its_sentence() -> None:
    for code in (*_CODES.values(), *(code for _, code in _CODES_BY_STEM), "field.null", "field.invalid"):
        assert TEXTS.has(code)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ('a = "甲"', 'b = "B"'),  # each lacks the other's
        ('[a]\nb = "甲"', 'a = "A"'),
        ('conflict = "甲"', 'conflict = "A"'),  # the kit says it already
        ('a = "甲"', "a = "),  # no TOML
    ],
)
def test_a_folder_that_does_not_fit_is_refused_whole(tmp_path: Path, zh: str, en: str) -> None:
    texts = Texts.load(KIT_LOCALES)
    before = texts.codes()
    with pytest.raises(TextsError):
        texts.add(_folder(tmp_path / "more", zh, en))
    assert texts.codes() == before


def test_a_folder_without_a_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextsError, match="cannot be read"):
        Texts.load(tmp_path)


def test_folders_add_up_and_the_same_one_twice_changes_nothing(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "more", '[door]\nring = "{who}按了门铃：{what}"', '[door]\nring = "{who} rang: {what}"')
    texts = Texts.load(KIT_LOCALES, folder)
    texts.add(folder)
    assert texts.t("door.ring", "zh-CN", who="张三", what=["甲", "乙"]) == "张三按了门铃：甲、乙"
    assert texts.t("door.ring", "en", who="Zhang", what=["a", "b"]) == "Zhang rang: a, b"
    assert texts.t("conflict", "en").startswith("This cannot be done")


def test_a_missing_parameter_or_code_shows_instead_of_failing() -> None:
    assert t("password.too_short", "en") == "At least {limit} characters."
    assert t("no.such.code", "zh-CN") == "no.such.code"


def test_a_parameter_is_never_read_as_a_template() -> None:
    assert t("password.too_short", "en", limit="{0.__class__}") == "At least {0.__class__} characters."


def test_a_problem_tells_what_rfc_9457_asks() -> None:
    problem = Unprocessable(fields=[FieldFault("password", "password.too_short", {"limit": 12})])
    assert problem.body("en", "urn:gridcall:request:1") == {
        "type": "urn:gridcall:problem:unprocessable",
        "title": "Fields at fault",
        "status": 422,
        "detail": "1 field(s) need to be put right.",
        "code": "unprocessable",
        "instance": "urn:gridcall:request:1",
        "errors": [{"field": "password", "code": "password.too_short", "message": "At least 12 characters."}],
    }


def test_too_many_says_when_to_come_again_in_words_and_in_its_header() -> None:
    problem = TooMany(retry_after=30)
    assert problem.headers() == {"Retry-After": "30"}
    assert problem.body("zh-CN", "")["detail"] == "操作过于频繁，请 30 秒后再试。"
