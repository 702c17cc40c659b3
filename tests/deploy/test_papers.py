"""The base papers: whole, in step with the project, and with no link that leads nowhere."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = ROOT / "docs" / "decisions"
RECORDS = sorted(DECISIONS.glob("0*.md"))
PAPERS = [ROOT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "deploy/runbook.md")]


def test_decisions_are_numbered_without_a_gap_and_all_listed() -> None:
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
    listed = re.findall(r"^\| \[\d{4}\]\((\S+)\) \| (.+) \|$", (DECISIONS / "README.md").read_text("utf-8"), re.M)
    assert [name for name, _ in listed] == [path.name for path in RECORDS]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_decision_says_why_what_what_not_and_what_follows(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(rf"# {path.name[:4]} \S", text)
    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Rejected", "Consequences"]
    rejected = text.partition("## Rejected")[2].partition("## Consequences")[0]
    assert len(re.findall(r"^\* \*\*", rejected, re.M)) >= 2
    assert len(text.splitlines()) <= 80, "a decision is one page"


@pytest.mark.parametrize("path", [*PAPERS, *RECORDS, DECISIONS / "README.md"], ids=lambda path: path.name)
def test_links_lead_to_files(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_files_that_papers_name_are_there(path: Path) -> None:
    made_on_site = ("deploy/.env", "deploy/secrets", "deploy/certificates")
    for target in re.findall(
        r"`((?:casework|deploy|docs|migrations|services|tests|web)/[\w./-]*)`", path.read_text("utf-8")
    ):
        assert target.startswith(made_on_site) or (ROOT / target).exists(), target


def test_licence_is_apache_2_whole() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert [line.strip() for line in text.splitlines() if re.match(r"   [1-9]\. ", line)][-1].startswith("9. Accepting")
    assert "END OF TERMS AND CONDITIONS" in text


def test_changelog_knows_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert re.findall(r"^## \[([\d.]+)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)[0] == version
