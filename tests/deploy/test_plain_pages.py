"""The plain pages: nothing inline, nothing foreign, every sentence in both languages, fit for old eyes and phones."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from manage.standalone.pages import APPS

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
PAGES = ("index.html", "unbuilt.html")
BUILT = tuple(f"/{name}" for name in APPS)
VOID = {"meta", "link", "img", "input", "br"}
TEXTS = {
    language: json.loads((STATIC / "locales" / f"{language}.json").read_text("utf-8")) for language in ("zh-CN", "en")
}
SCRIPTS = sorted(STATIC.glob("*.js"))
STYLES = sorted(STATIC.glob("*.css"))


class Page(HTMLParser):
    """A page's elements: tag, attributes, and the text that stands directly in it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], str]] = []
        self._open: list[int] = []
        self.feed((STATIC / name).read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), ""))
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open.pop()][0] == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open:
            tag, attrs, text = self.elements[self._open[-1]]
            self.elements[self._open[-1]] = (tag, attrs, text + data.strip())


@pytest.mark.parametrize("name", PAGES)
def test_page_holds_no_script_and_no_style_of_its_own(name: str) -> None:
    for tag, attrs, text in Page(name).elements:
        assert "style" not in attrs
        assert not [key for key in attrs if key.startswith("on")]
        assert tag != "style"
        assert tag != "script" or (attrs["src"] and not text)


@pytest.mark.parametrize("name", PAGES)
def test_page_asks_nobody_else_for_anything(name: str) -> None:
    for _, attrs, _ in Page(name).elements:
        for key in ("src", "href", "action"):
            target = attrs.get(key) or "#"
            assert target.startswith(("/", "#", "tel:"))
            assert not target.startswith("//")
            if target.startswith("/") and not target.startswith("/api/") and target not in ("/", "/t", *BUILT):
                assert (STATIC / target.lstrip("/")).is_file(), target


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES], ids=lambda path: path.name)
def test_script_or_style_names_no_address_and_builds_no_code(path: Path) -> None:
    content = path.read_text("utf-8")
    for word in (
        "://",
        "@import",
        "url(",
        "eval(",
        "new Function",
        "innerHTML",
        "insertAdjacentHTML",
        "document.write",
    ):
        assert word not in content, word


def test_both_languages_have_the_same_sentences() -> None:
    assert list(TEXTS["zh-CN"]) == list(TEXTS["en"])
    for key, text in TEXTS["zh-CN"].items():
        assert text.strip()
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", TEXTS["en"][key]), key


@pytest.mark.parametrize("name", PAGES)
def test_page_shows_the_chinese_sentences_before_any_script_has_run(name: str) -> None:
    for _, attrs, text in Page(name).elements:
        if key := attrs.get("data-text"):
            assert text == TEXTS["zh-CN"][key], key


@pytest.mark.parametrize("name", PAGES)
def test_every_chinese_word_of_a_page_has_its_place_in_the_texts(name: str) -> None:
    waiting = TEXTS["zh-CN"]["home.health.waiting"]
    for tag, attrs, text in Page(name).elements:
        if re.search(r"[\u4e00-\u9fff]", text) and tag != "title":
            assert "data-text" in attrs or ("data-service" in attrs and text == waiting), text


def test_every_sentence_is_used_and_every_one_used_is_there() -> None:
    content = "".join((STATIC / name).read_text("utf-8") for name in PAGES)
    content += "".join(path.read_text("utf-8") for path in SCRIPTS)
    said = set(re.findall(r'"((?:page|home|unbuilt)\.[\w.]+\w)"', content))
    built = {f"home.health.{state}" for state in ("up", "down", "waiting")}
    assert sorted(said - set(TEXTS["zh-CN"])) == []
    assert sorted(set(TEXTS["zh-CN"]) - said - built) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_says_nothing_by_itself(path: Path) -> None:
    code = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    assert not re.search(r"[\u4e00-\u9fff]", code)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_is_understood_by_phones_of_2017(path: Path) -> None:
    code = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    for newer in (
        "?.",
        "??",
        "...",
        "import ",
        "export ",
        "for await",
        ".finally(",
        ".replaceAll(",
        ".at(",
        "AbortController",
    ):
        assert newer not in code, newer


def tokens() -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", (STATIC / "base.css").read_text("utf-8")))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "ground"),
        ("ink", "paper"),
        ("soft", "ground"),
        ("soft", "paper"),
        ("brand", "paper"),
        ("brand-deep", "brand-pale"),
        ("paper", "brand"),
        ("paper", "brand-deep"),
        ("good", "good-pale"),
        ("bad", "bad-pale"),
        ("bad", "paper"),
    ],
)
def test_text_stands_out_from_its_ground(ink: str, ground: str) -> None:
    assert contrast(tokens()[ink], tokens()[ground]) >= 4.5  # WCAG AA and the elder-friendly norm [domain.md §7.6]


def test_citizens_page_is_large_enough_for_old_eyes_and_fingers() -> None:
    style = (STATIC / "citizen.css").read_text("utf-8") + (STATIC / "base.css").read_text("utf-8")
    assert min(int(size) for size in re.findall(r"html[\w.-]*\s*\{\s*font-size:\s*(\d+)px", style)) >= 18
    for target in (".choice label", ".button", ".plain-button", "textarea"):
        rule = re.search(rf"{re.escape(target)} \{{(.*?)\}}", style, re.S)
        assert rule is not None
        assert "min-height: 60px" in rule.group(1), target
