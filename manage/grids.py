"""`grids`: a GeoJSON file brought into the registry 网格导入, or a county cut into demo grids 演示网格.

Both work on the database of the run and show what they would do; `import` writes with `--apply` only.
"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import shapely
import typer

from casework.catalog.areas import Area, AreaLevel, AreaTree, short_name
from casework.db import grids as rows
from casework.journey.grids import BroughtIn, bring_in
from casework.kit.errors import Problem
from casework.kit.settings import Mode, SettingsError, get_settings
from casework.kit.texts import t
from casework.place.counties import county_map
from casework.place.grid_file import Remark
from casework.rules.facts import Actor
from casework.rules.words import Role
from manage.cutting import Piece, cut_county
from manage.texts import Sorry, text
from services.assembly import open_city

DEMO = "demo"
PER_COMMUNITY = 3
_TOLD = 20

Crs = Literal["WGS84", "CGCS2000", "GCJ02", "BD09"]
File = Annotated[Path, typer.Argument(help=text("help.grids_file"), exists=True, dir_okay=False)]
System = Annotated[Crs, typer.Option("--crs", help=text("help.grids_crs"))]
Within = Annotated[str, typer.Option("--area", help=text("help.grids_area"))]
From = Annotated[str, typer.Option("--source", help=text("help.grids_source"))]
Apply = Annotated[bool, typer.Option("--apply", help=text("help.grids_apply"))]
County = Annotated[str, typer.Argument(help=text("help.grids_county"))]
Size = Annotated[int | None, typer.Option("--size", help=text("help.grids_size"), min=1, max=20_000)]

app = typer.Typer(add_completion=False, no_args_is_help=True, help=text("help.grids"))


@app.command("import", help=text("help.grids_import"))
def import_grids(path: File, crs: System, area: Within = "51", source: From = "", apply: Apply = False) -> None:
    _run(_import(path.read_bytes(), crs, area, source or path.name, apply=apply), applied=apply)


@app.command("demo", help=text("help.grids_demo"))
def demo(county: County, size: Size = None) -> None:
    _run(_demo(county, size), applied=True)


def _run(work: "asyncio.Future[BroughtIn]", *, applied: bool) -> None:
    try:
        found = asyncio.run(work)
    except (Sorry, SettingsError) as sorry:
        typer.echo(str(sorry), err=True)
        raise typer.Exit(1) from None
    except Problem as problem:
        for lang in ("zh-CN", "en"):
            for fault in problem.fields:
                typer.echo(t(fault.code, lang, **fault.params), err=True)
        raise typer.Exit(1) from None
    for one in (*found.file.faults, *found.file.remarks[:_TOLD]):
        typer.echo(_sentence(one), err=bool(found.file.faults))
    if len(found.file.remarks) > _TOLD:
        typer.echo(text("grids.more", count=len(found.file.remarks) - _TOLD))
    if found.file.faults:
        typer.echo(text("grids.refused"), err=True)
        raise typer.Exit(1)
    counts = {"made": len(found.made), "kept": len(found.kept), "ended": len(found.ended)}
    typer.echo(text("grids.applied" if applied else "grids.dry", **counts))


def _sentence(one: Remark) -> str:
    at = "" if one.at is None else f"{one.at[0]}, {one.at[1]}"
    where = text("grids.features", numbers=", ".join(map(str, one.features))) if one.features else ""
    said = " · ".join(t(one.code, lang, at=at, **one.params) for lang in ("zh-CN", "en"))
    return f"{where}{said}"


async def _import(content: bytes, crs: str, area: str, source: str, *, apply: bool) -> BroughtIn:
    city = open_city(get_settings())
    try:
        if city.catalog.areas.get(area) is None:
            raise Sorry("grids.no_area", area=area)
        async with city.database.transaction() as session:
            return await bring_in(session, city, _operator(area), content, crs=crs, source=source, apply=apply)
    finally:
        await city.close()


async def _demo(county: str, size: int | None) -> BroughtIn:
    settings = get_settings()
    if settings.mode is Mode.PRODUCTION:
        raise Sorry("grids.production")
    city = open_city(settings)
    try:
        content = demo_file(city.catalog.areas, county, size)
        async with city.database.transaction() as session:
            if await rows.any_from_elsewhere(session, county, DEMO):
                raise Sorry("grids.not_ours", county=county)
            return await bring_in(session, city, _operator(county), content, crs="CGCS2000", source=DEMO, apply=True)
    finally:
        await city.close()


def demo_file(areas: AreaTree, county: str, size: int | None) -> bytes:
    """The county cut into `size` grids, three for each community if left out, as GeoJSON. Raises Sorry."""
    known, shape = areas.get(county), county_map().shape(county)
    communities = _communities(areas, county)
    if known is None or known.level is not AreaLevel.COUNTY or shape is None or not communities:
        raise Sorry("grids.no_county", county=county)
    pieces = cut_county(shape, len(communities), size or PER_COMMUNITY * len(communities))
    features = [_feature(communities, piece) for piece in pieces]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _feature(communities: Sequence[Area], piece: Piece) -> dict[str, object]:
    area = communities[piece.community]
    told = {"community": area.code, "name": f"{short_name(area.name)}第{piece.number}网格", "kind": piece.kind.value}
    return {"type": "Feature", "properties": told, "geometry": json.loads(shapely.to_geojson(piece.shape))}


def _communities(areas: AreaTree, county: str) -> list[Area]:
    return [community for street in areas.children(county) for community in areas.children(street.code)]


def _operator(area: str) -> Actor:
    """Who sits at the machine."""
    return Actor(frozenset({Role.SYSTEM}), area=area)


def main() -> None:
    app(prog_name="./gridcall grids")


if __name__ == "__main__":
    main()
