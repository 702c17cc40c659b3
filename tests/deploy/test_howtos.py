"""The howtos keep step with the house: what they name is there, and their example lines fit the files they are for."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from casework.catalog.load import load
from casework.catalog.seed import load_seed
from casework.catalog.sources import SHIPPED
from casework.rules.words import Channel, Role
from manage.cli import app
from services.intake.importing.schemas import MappingForm

ROOT = Path(__file__).resolve().parents[2]
HOWTOS = sorted((ROOT / "docs" / "howto").glob("add-*.md"))
TOPS = ("casework", "services", "manage", "tests", "docs", "migrations", "deploy", "web")
SOURCES = "\n".join(path.read_text("utf-8") for top in TOPS[:4] for path in sorted((ROOT / top).rglob("*.py")))
EXAMPLES = {"VIDEO", "INSPECTOR"}
"""Words that a howto adds."""
each_howto = pytest.mark.parametrize("howto", HOWTOS, ids=lambda path: path.stem)


def said(howto: Path) -> str:
    return howto.read_text("utf-8")


def blocks(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """What stands beside the kind of a code block, and its lines."""
    for name, lines in re.findall(rf"^ *```{kind}(?: (\S+))?\n(.*?)^ *```", text, re.M | re.S):
        yield name, re.sub(r"^ +", "", lines, flags=re.M)


def test_every_howto_is_listed_once() -> None:
    listed = re.findall(r"\]\((add-[a-z-]+\.md)\)", said(ROOT / "docs" / "howto" / "README.md"))
    assert sorted(listed) == [path.name for path in HOWTOS]


@each_howto
def test_files_that_are_named_are_there(howto: Path) -> None:
    named = re.findall(rf"(?<![\w/.])((?:{'|'.join(TOPS)})/[\w./*-]*)", said(howto))
    assert [path for path in named if not list(ROOT.glob(path.rstrip(".")))] == []


@each_howto
def test_names_of_the_code_are_in_the_code(howto: Path) -> None:
    named = re.findall(r"`(_?[A-Z][A-Z_]{3,}|[A-Z][a-z]+[A-Z]\w+|test_\w+)`", said(howto))
    assert [name for name in named if not re.search(rf"\b{name}\b", SOURCES) and name not in EXAMPLES] == []


@each_howto
def test_commands_and_options_are_there(howto: Path) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for command in re.findall(r"\./gridcall ([a-z-]+)", said(howto)):
        assert command in commands, command
    for option in re.findall(r"(?<=[ `])(--[a-z-]+)", said(howto)):
        assert f'"{option}"' in SOURCES, option
    for module in re.findall(r"python -m ([\w.]+)", said(howto)):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


def test_the_lines_for_a_city_are_taken_by_the_catalogue(tmp_path: Path) -> None:
    added = [block for howto in HOWTOS for block in blocks(said(howto), "csv") if "/" not in block[0]]
    assert {name for name, _ in added} == {
        *("categories.csv", "dispatch.csv", "limits.csv", "urban.csv", "urban_areas.csv", "duties.csv")
    }
    for name, lines in added:
        (tmp_path / name).write_text((SHIPPED / name).read_text("utf-8") + lines, "utf-8")
    catalog = load(tmp_path)
    codes = {code for name, lines in added for code in re.findall(r"\b0\d{3}\b", lines)}
    assert codes <= set(catalog.categories)
    assert len(catalog.dispatch_rules) == len(load().dispatch_rules) + 1


def test_the_limit_of_the_howto_holds_for_its_category_as_it_comes() -> None:
    [(_, line)] = blocks(said(ROOT / "docs" / "howto" / "add-a-time-limit.md"), "csv")
    _, urgency, _, category, *_ = line.split(",")
    assert load().categories[category].urgency == urgency


def test_the_account_of_the_howto_fits_its_file(tmp_path: Path) -> None:
    [(name, line)] = blocks(said(ROOT / "docs" / "howto" / "add-a-role.md"), "csv")
    shutil.copytree(SHIPPED / "seed", tmp_path / "seed")
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write(line.replace("INSPECTOR", Role.SUPERVISION.value))
    assert "inspector1" in {account.login for account in load_seed(load(), tmp_path / "seed").accounts}


def test_the_channels_digits_are_free() -> None:
    code = dict(re.findall(r'"(\w+)": (\d+),', said(ROOT / "docs" / "howto" / "add-a-channel.md")))
    assert code
    assert not set(code.values()) & {channel.number for channel in Channel}


def test_the_mapping_of_the_howto_is_one() -> None:
    [(_, lines)] = blocks(said(ROOT / "docs" / "howto" / "add-an-import-source.md"), "json")
    assert MappingForm.model_validate_json(lines).values["category"]["井盖"] in load().categories
