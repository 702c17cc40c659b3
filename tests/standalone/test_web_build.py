"""The pages' build: which Node it takes, when it builds again, what it leaves beside the files."""

import gzip
from pathlib import Path

import pytest

from casework.rules.words import Status
from manage import web_build
from manage.node import is_enough
from manage.web_build import fingerprint, pack
from manage.web_words import words_files


@pytest.mark.parametrize(
    ("node", "npm", "enough"),
    [
        ("v20.19.0", "10.2.3", True),
        ("v20.18.3", "10.2.3", False),  # Vite 8 needs 20.19
        ("v21.7.0", "10.2.3", False),
        ("v22.11.0", "10.2.3", False),
        ("v22.12.0", "10.2.3", True),
        ("v24.1.0", "9.9.9", False),  # an older npm would write addresses into the lock
        ("", "10.2.3", False),
    ],
)
def test_a_node_is_new_enough(node: str, npm: str, enough: bool) -> None:
    assert is_enough(node, npm) is enough


@pytest.fixture
def web(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.ts").write_text("1")
    (tmp_path / "package-lock.json").write_text("{}")
    for apart in ("node_modules", "dist", "static"):
        (tmp_path / apart).mkdir()
    return tmp_path


def test_pages_are_built_again_when_a_source_changes_and_not_else(web: Path) -> None:
    before = fingerprint(web)
    for apart in ("node_modules", "dist", "static"):
        (web / apart / "x.js").write_text("2")
    assert fingerprint(web) == before
    (web / "src" / "a.ts").rename(web / "src" / "b.ts")
    renamed = fingerprint(web)
    (web / "src" / "b.ts").write_text("2")
    assert len({before, renamed, fingerprint(web)}) == 3


def test_a_build_that_fails_is_one_sentence_and_leaves_the_pages(web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (web / "dist" / "desk.html").write_text("<p>before")
    monkeypatch.setattr(web_build, "WEB", web)
    monkeypatch.setattr(web_build, "DIST", web / "dist")
    monkeypatch.setattr(web_build, "_INSTALLED", web / "node_modules" / "stamp")
    monkeypatch.setattr(
        web_build, "run", lambda *_arguments, quiet: type("Ended", (), {"returncode": 1, "stdout": "", "stderr": "no"})
    )
    assert web_build.main() == 1
    assert (web / "dist" / "desk.html").read_text() == "<p>before"


def test_what_gains_by_it_lies_packed_beside(tmp_path: Path) -> None:
    (tmp_path / "long.js").write_text("let a = 1;" * 500)
    (tmp_path / "short.js").write_text("1")
    pack(tmp_path)
    assert gzip.decompress((tmp_path / "long.js.gz").read_bytes()) == (tmp_path / "long.js").read_bytes()
    assert not (tmp_path / "short.js.gz").exists()


def test_the_fields_words_are_told_in_both_languages() -> None:
    zh, en = words_files([Status]).values()
    assert '"Status.RETURN_REVIEW": "退单审核中"' in zh
    assert '"Status.RETURN_REVIEW": "Return review"' in en
