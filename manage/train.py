"""`train`: a category model 分类模型 from a file of labelled texts or from people's corrections; which one answers.

It works on the database of the run. The model answers in every process within seconds, without a restart.
"""

import asyncio
import csv
import hashlib
import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from casework.catalog.classifying import Scheme
from casework.catalog.load import Catalog
from casework.db import classifying as rows
from casework.db.reads.drift import drift
from casework.journey.city import City
from casework.journey.training import Labelled, card_as_markdown, label_of, teach
from casework.kit.now import SHANGHAI, shanghai_day, utcnow
from casework.kit.settings import SettingsError, get_settings
from casework.place.model_file import to_bytes
from casework.place.suggester import LEXICON
from casework.place.training import TooFewTexts
from casework.rules.drift import stability
from casework.rules.facts import Actor
from casework.rules.words import Role
from manage.texts import Sorry, text
from services.assembly import open_city

File = Annotated[Path | None, typer.Argument(help=text("help.train_file"), exists=True, dir_okay=False)]
FromCorrections = Annotated[bool, typer.Option("--from-corrections", help=text("help.train_corrections"))]
SchemeName = Annotated[str | None, typer.Option("--scheme", help=text("help.train_scheme"))]
LabelColumn = Annotated[str, typer.Option("--label-column", help=text("help.train_column"))]
TitleColumn = Annotated[str, typer.Option("--title-column", help=text("help.train_column"))]
TextColumn = Annotated[str, typer.Option("--text-column", help=text("help.train_column"))]
Apart = Annotated[bool, typer.Option("--apart", help=text("help.train_apart"))]
CardFile = Annotated[Path | None, typer.Option("--card", help=text("help.train_card"))]
Use = Annotated[str | None, typer.Option("--use", help=text("help.train_use"))]
Listed = Annotated[bool, typer.Option("--list", help=text("help.train_list"))]
DriftDays = Annotated[int | None, typer.Option("--drift", help=text("help.train_drift"), min=1, max=366)]
EVERYWHERE = Actor(frozenset({Role.SYSTEM}))


def train(
    path: File = None,
    from_corrections: FromCorrections = False,
    scheme: SchemeName = None,
    label_column: LabelColumn = "label",
    title_column: TitleColumn = "title",
    text_column: TextColumn = "body",
    apart: Apart = False,
    card: CardFile = None,
    use: Use = None,
    listed: Listed = False,
    drift_days: DriftDays = None,
) -> None:
    try:
        if [path is not None, from_corrections, use is not None, listed, drift_days is not None].count(True) != 1:
            raise Sorry("train.one_of")
        columns = (label_column, title_column, text_column)
        asyncio.run(_run(path, columns, scheme, use, listed, drift_days, apart, card))
    except (Sorry, SettingsError) as sorry:
        typer.echo(str(sorry), err=True)
        raise typer.Exit(1) from None


async def _run(
    path: Path | None,
    columns: tuple[str, str, str],
    scheme: str | None,
    use: str | None,
    listed: bool,
    drift_days: int | None,
    apart: bool,
    card: Path | None,
) -> None:
    city = open_city(get_settings())
    try:
        if listed:
            await _list(city)
        elif use is not None:
            await _use(city, use)
        elif drift_days is not None:
            await _drift(city, drift_days)
        else:
            await _train(city, path, columns, _scheme(city.catalog, scheme), apart, card)
    finally:
        await city.database.close()


def _scheme(catalog: Catalog, name: str | None) -> Scheme | None:
    known = catalog.classifying.schemes
    if name is not None and name not in known:
        raise Sorry("train.no_scheme", name=name, known=" ".join(known))
    return known[name] if name else None


async def _train(
    city: City, path: Path | None, columns: tuple[str, str, str], scheme: Scheme | None, apart: bool, card: Path | None
) -> None:
    if path is not None:
        texts, source = _of_file(city.catalog, path, columns, scheme)
    else:
        texts, source = await _of_corrections(city, scheme)
    try:
        model = teach(city.catalog, texts, scheme, source, shanghai_day(utcnow()))
    except TooFewTexts:
        raise Sorry("train.too_few", texts=len(texts)) from None
    version = str(model.card["version"])
    async with city.database.transaction() as session:
        if version not in {known for known, _, _ in await rows.models(session)}:
            await rows.keep_model(session, version, dict(model.card), to_bytes(model))
        if not apart:
            await rows.put_in_force(session, version, utcnow())
    if card is not None:
        _write(card, dict(model.card))
    typer.echo(card_as_markdown(dict(model.card)))
    typer.echo(text("train.kept" if apart else "train.in_force", version=version))


def _write(path: Path, card: dict[str, Any]) -> None:
    written = json.dumps(card, ensure_ascii=False, indent=2) if path.suffix == ".json" else card_as_markdown(card)
    path.write_text(written, encoding="utf-8")


def _of_file(
    catalog: Catalog, path: Path, columns: tuple[str, str, str], scheme: Scheme | None
) -> tuple[list[Labelled], dict[str, Any]]:
    """The file's texts; whatever is wrong with it is told with its lines, and nothing is learned."""
    content = path.read_bytes()
    label_column, title_column, text_column = columns
    reader = csv.DictReader(io.StringIO(_decoded(content, path), newline=""))
    heads = reader.fieldnames or []
    for column in (label_column, text_column):
        if column not in heads:
            raise Sorry("train.no_column", path=path.name, column=column, heads=" ".join(map(str, heads)))
    texts, unknown = [], []
    try:
        for row in reader:
            said = row[label_column] or ""
            label = label_of(catalog, scheme, said)
            if label is None:
                unknown.append(f"{reader.line_num}: {said[:20] or '—'}")
            elif row[text_column]:
                texts.append(Labelled(row.get(title_column) or "", row[text_column], label))
    except csv.Error as error:
        raise Sorry("train.not_csv", path=path.name, line=reader.line_num, reason=error) from None
    if unknown:
        raise Sorry("train.unknown_label", path=path.name, count=len(unknown), lines="; ".join(unknown[:5]))
    return texts, {"file": path.name, "sha256": hashlib.sha256(content).hexdigest()}


def _decoded(content: bytes, path: Path) -> str:
    for coding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(coding)
        except UnicodeDecodeError:
            continue
    raise Sorry("train.not_text", path=path.name)


async def _of_corrections(city: City, scheme: Scheme | None) -> tuple[list[Labelled], dict[str, Any]]:
    async with city.database.transaction() as session:
        found = await rows.corrections(session)
    texts = []
    for title, words, category in found:
        code = label_of(city.catalog, None, category)
        label = scheme.class_of(code) if scheme and code else code
        if label is not None:
            texts.append(Labelled(title, words, label))
    return texts, {"corrections": len(found)}


async def _list(city: City) -> None:
    async with city.database.transaction() as session:
        found = await rows.models(session)
    for version, state, card in found:
        typer.echo(f"{version}  {state}  {card['texts']}  macro-F1 {card['measures']['macro_f1']}")
    if not any(state == "IN_FORCE" for _, state, _ in found):
        typer.echo(text("train.lexicon_alone"))


async def _use(city: City, version: str) -> None:
    async with city.database.transaction() as session:
        if not await rows.put_in_force(session, None if version == LEXICON else version, utcnow()):
            raise Sorry("train.no_version", version=version)
    typer.echo(text("train.in_force", version=version))


async def _drift(city: City, days: int) -> None:
    end = datetime.now(SHANGHAI)
    async with city.database.transaction() as session:
        found = await drift(session, EVERYWHERE, end - timedelta(days=days), end)
    for one in found.fared:
        right = (one.first_right / one.settled, (one.first_right + one.second_right) / one.settled)
        facts = {"source": one.source, "settled": one.settled, "first": f"{right[0]:.3f}", "both": f"{right[1]:.3f}"}
        typer.echo(text("train.fared", **facts, said=f"{one.said:.3f}" if one.said is not None else "—"))
    for pair in found.mixed_up:
        typer.echo(f"{pair.suggested} → {pair.settled}  {pair.cases}")
    index = stability(found.before, found.now)
    typer.echo(text("train.stability", index=f"{index:.3f}" if index is not None else "—", days=days))


def main() -> None:
    app = typer.Typer(add_completion=False)
    app.command(help=text("help.train"))(train)
    app(prog_name="./gridcall train")


if __name__ == "__main__":
    main()
