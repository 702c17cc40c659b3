"""How grids and found places are shown."""

from collections.abc import Mapping, Sequence

from casework.catalog.areas import AreaTree
from casework.db.models import Account, Grid
from casework.journey.grids import Became, BroughtIn, Line
from casework.kit.texts import Lang, t
from casework.place.grid_file import Remark, as_geojson
from casework.place.match import Match
from casework.rules.words import GridKind
from services.dispatch import grid_schemas as s


def person(account: Account | None) -> s.PersonView | None:
    """The account, if there is one."""
    return s.PersonView(login=account.login, name=account.display_name) if account is not None else None


def _row(areas: AreaTree, grid: Grid, people: Mapping[int, Account]) -> dict[str, object]:
    return {
        "code": grid.code,
        "name": grid.name,
        "kind": GridKind(grid.kind),
        "kind_text": GridKind(grid.kind).zh,
        "area_code": grid.area_code,
        "area_name": areas.name_path(grid.area_code),
        "leader": person(people.get(grid.leader_id or 0)),
        "version": grid.version,
        "valid_from": grid.valid_from,
        "valid_to": grid.valid_to,
    }


def row(areas: AreaTree, grid: Grid, people: Mapping[int, Account]) -> s.GridRow:
    """One line."""
    return s.GridRow.model_validate(_row(areas, grid, people))


def view(
    areas: AreaTree, grid: Grid, people: Mapping[int, Account], workers: Sequence[int], cadre: int | None
) -> s.GridView:
    """All of it."""
    return s.GridView.model_validate(
        {
            **_row(areas, grid, people),
            "cadre": person(people.get(cadre or 0)),
            "workers": [shown for one in workers if (shown := person(people.get(one)))],
            "source": grid.source,
            "polygon": grid.polygon,
        }
    )


def remark(one: Remark, lang: Lang) -> s.RemarkView:
    """With its sentence."""
    at = "" if one.at is None else f"{one.at[0]}, {one.at[1]}"
    message = t(one.code, lang, at=at, **one.params)
    return s.RemarkView(code=one.code, message=message, features=list(one.features), at=one.at)


def _imported(areas: AreaTree, line: Line) -> s.ImportedGrid:
    one = line.drawn
    return s.ImportedGrid(
        number=one.number,
        became=line.became,
        code=line.code,
        instead_of=line.instead_of,
        name=one.name,
        kind=one.kind,
        area_name=areas.name_path(one.area),
        polygon=None if line.became is Became.KEPT else as_geojson(one.shape),
    )


def brought_in(areas: AreaTree, found: BroughtIn, lang: Lang, *, applied: bool) -> s.ImportView:
    """The import's outcome."""
    return s.ImportView(
        applied=applied and not found.file.faults,
        read=len(found.file.grids),
        made=list(found.made),
        kept=list(found.kept),
        ended=list(found.ended),
        faults=[remark(one, lang) for one in found.file.faults],
        remarks=[remark(one, lang) for one in found.file.remarks],
        grids=[_imported(areas, line) for line in found.lines],
        gone=[s.GoneGrid(code=one.code, name=one.name, kind=GridKind(one.kind)) for one in found.gone],
    )


def match(areas: AreaTree, found: Match) -> s.MatchView:
    """What an address says."""
    return s.MatchView(
        certain=found.certain,
        certain_name=areas.name_path(found.certain or ""),
        confidence=found.confidence,
        unsure=found.unsure,
        candidates=[
            s.CandidateView(
                area_code=one.code, area_name=areas.name_path(one.code), confidence=one.share, words=list(one.words)
            )
            for one in found.candidates
        ],
    )
