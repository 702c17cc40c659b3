"""网格事务: the duty list, what grids may be given (准入), and the cadres packaged with them (包联)."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from casework.db import cadres as packaged
from casework.db import grid_items as items
from casework.db.duty import GRID_KEEPERS
from casework.db.grids import find
from casework.db.knowledge import now_of
from casework.db.models import GridItem
from casework.journey import cadres, grid_items
from casework.kit.errors import NotFound
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, GridKind, Role
from services.dispatch.duty_schemas import Login
from services.dispatch.worker_schemas import WhyForm
from services.who import Holding, TheCity, Transaction

router = APIRouter(tags=["网格事务 grid affairs"])
Reader = Annotated[Actor, Depends(Holding(*(frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES)))]
Asker = Annotated[Actor, Depends(Holding(Role.UNIT_LEAD, Role.STREET, Role.DISPATCHER, Role.SUPERVISION))]
Admitter = Annotated[Actor, Depends(Holding(Role.LEADER))]
Keeper = Annotated[Actor, Depends(Holding(*GRID_KEEPERS))]
Packager = Annotated[Actor, Depends(Holding(Role.STREET, Role.SUPERVISION, Role.LEADER))]
Area = Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Z]*$")]
Id = Annotated[int, Path(ge=1, lt=2**63)]
GridCode = Annotated[str, Path(pattern=r"^[0-9A-Z]{13,20}$")]
State = Literal["ASKED", "ADMITTED", "REFUSED", "ENDED"]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=500, pattern=r"^[^\x00]+$")]


class DutyLineView(BaseModel):
    """职责: `kinds` empty: grids of any kind; `negative`: 负面清单, what a grid worker must not do."""

    id: str
    name: str
    detail: str
    frequency: str
    kinds: list[GridKind]
    negative: bool
    valid_from: date
    valid_to: date | None
    source: str


class DutyList(BaseModel):
    """职责清单 of a day, by the catalogue's version."""

    version: str
    day: date
    items: list[DutyLineView]


class ItemForm(BaseModel):
    """申请准入: a category for an area and kinds of grids (none: all), with its source (文件名称和文号)."""

    model_config = ConfigDict(extra="forbid")

    category: Annotated[str, Field(pattern=r"^(\d{2}){1,3}$")]
    area: Annotated[str, Field(pattern=r"^[0-9A-Z]{4,20}$")]
    kinds: Annotated[tuple[GridKind, ...], Field(max_length=4)] = ()
    source: Why
    valid_from: date
    valid_to: date


class DecisionForm(BaseModel):
    """准入 or 不予准入, and why."""

    model_config = ConfigDict(extra="forbid")

    admit: bool
    note: Why


class ItemView(BaseModel):
    """准入事项. Days in Asia/Shanghai, `valid_to` the first on which it no longer holds."""

    id: int
    category: str
    name: str
    area: str
    kinds: list[GridKind]
    source: str
    valid_from: date
    valid_to: date
    state: State
    asked_by: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None
    decision_note: str | None


class ItemPage(BaseModel):
    """Newest first; `next` is the cursor of the following page, null on the last."""

    items: list[ItemView]
    next: int | None


class CadreForm(BaseModel):
    """结对包联: from now if `starts_at` is left out, until further notice if `ends_at` is."""

    model_config = ConfigDict(extra="forbid")

    login: Login
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    note: Why


class CadreView(BaseModel):
    """包联干部 of a grid."""

    id: int
    login: str
    name: str
    valid_from: datetime
    valid_to: datetime | None
    note: str | None


@router.get("/duty-list")
async def show_duty_list(
    actor: Reader,
    session: Transaction,
    city: TheCity,
    kind: GridKind | None = None,
    area: Area = "",
    day: date | None = None,
) -> DutyList:
    """职责清单 of a kind of grid and an area (the reader's own if left out) on a day (today if left out)."""
    on = day or day_of(await now_of(session))
    found = [line for line in city.catalog.duties if line.holds(kind, area or actor.area, on)]
    shown = [DutyLineView.model_validate(line, from_attributes=True) for line in found]
    return DutyList(version=city.catalog.version, day=on, items=shown)


@router.get("/grid-items")
async def list_items(
    actor: Reader,
    session: Transaction,
    area: Area = "",
    state: State | None = None,
    category: Annotated[str, Query(pattern=r"^\d{0,6}$")] = "",
    cursor: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ItemPage:
    """准入清单 of the scope and of the wider areas that it lies in."""
    found = await items.page(session, actor, area=area, state=state, category=category, after=cursor, limit=limit + 1)
    shown = [
        _item(one.row, one.asker.display_name, one.decider.display_name if one.decider else None)
        for one in found[:limit]
    ]
    return ItemPage(items=shown[:limit], next=shown[limit - 1].id if len(found) > limit else None)


@router.post("/grid-items", status_code=201)
async def ask_item(form: ItemForm, actor: Asker, session: Transaction, city: TheCity) -> ItemView:
    """申请准入; the leader of the area decides."""
    return _item(await grid_items.ask(session, city, actor, grid_items.NewItem(**form.model_dump())))


@router.post("/grid-items/{item_id}/decision")
async def decide_item(item_id: Id, form: DecisionForm, actor: Admitter, session: Transaction) -> ItemView:
    """准入审批."""
    item = await grid_items.decide(session, actor, item_id, admit=form.admit, why=form.note)
    await session.refresh(item)
    return _item(item)


@router.post("/grid-items/{item_id}/end")
async def end_item(item_id: Id, form: WhyForm, actor: Admitter, session: Transaction) -> ItemView:
    """退出准入."""
    item = await grid_items.take_back(session, actor, item_id, form.note)
    await session.refresh(item)
    return _item(item)


@router.get("/grids/{grid_code}/cadres")
async def list_cadres(grid_code: GridCode, actor: Keeper, session: Transaction) -> list[CadreView]:
    """包联干部 of a grid, past, present and to come, newest first."""
    grid = await find(session, actor, grid_code)
    if grid is None:
        raise NotFound("grid.not_found")
    return [
        CadreView(
            id=row.id,
            login=account.login,
            name=account.display_name,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            note=row.note,
        )
        for row, account in await packaged.of_grid(session, grid.id)
    ]


@router.post("/grids/{grid_code}/cadres", status_code=201)
async def package_cadre(grid_code: GridCode, form: CadreForm, actor: Packager, session: Transaction) -> dict[str, int]:
    """结对包联; the packaging's id."""
    span = {"starts_at": form.starts_at, "ends_at": form.ends_at}
    row = await cadres.package(session, actor, grid_code, form.login, **span, why=form.note)
    return {"id": row.id}


@router.post("/grid-cadres/{cadre_id}/end", status_code=204)
async def release_cadre(cadre_id: Id, form: WhyForm, actor: Packager, session: Transaction) -> None:
    """解除包联."""
    await cadres.release(session, actor, cadre_id, form.note)


def _item(row: GridItem, asked_by: str | None = None, decided_by: str | None = None) -> ItemView:
    return ItemView(
        id=row.id,
        category=row.category,
        name=row.name,
        area=row.area_code,
        kinds=[GridKind(kind) for kind in row.kinds],
        source=row.source,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=row.state,
        asked_by=asked_by,
        decided_by=decided_by,
        decided_at=row.decided_at,
        decision_note=row.decision_note,
    )
