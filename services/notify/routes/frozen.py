"""月度冻结: months as they were frozen and restated, made again on demand."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from casework.db import freezes
from casework.db.models import Freeze
from casework.db.reads import frozen as read
from casework.journey.freezing import freeze
from casework.kit.errors import FieldFault, Forbidden, NotFound, Unprocessable
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.words import Role
from services.notify.figure_answers import ratio
from services.notify.report_schemas import Month, Ratio
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/reports/frozen", tags=["报表 reports"])
Supervisor = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.LEADER, Role.SUPERVISION))]
Freezer = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.LEADER))]
PREFECTURE = 4


class FreezeForm(BaseModel):
    """Which month of which prefecture (its four digits; left out: the actor's own)."""

    model_config = ConfigDict(extra="forbid")

    month: Annotated[Month, Field(json_schema_extra={"type": "string"})]
    area: Annotated[str, Field(pattern=r"^[0-9A-Z]{4}$")] | None = None


class FrozenAsked(BaseModel):
    """Months, and an area within the reader's scope (left out: all of it)."""

    model_config = ConfigDict(extra="forbid")

    first: Annotated[Month, Field(alias="from", json_schema_extra={"type": "string"})]
    last: Annotated[Month | None, Field(alias="to")] = None
    area: Annotated[str | None, Field(pattern=r"^[0-9A-Z]{2,6}$")] = None


@dataclass(slots=True, kw_only=True)
class FrozenView(Ratio):
    """A view's rate as it was kept; `excluded` by reason."""

    on_time: int
    first_on_time: int
    done: int
    excluded: dict[str, int]


class FrozenArea(BaseModel):
    """A county, or all of them; `rates` by code."""

    area: str
    views: dict[View, FrozenView]
    rates: dict[str, Ratio]


class FrozenMonth(BaseModel):
    """One version of a prefecture's month: 1 is the frozen one 冻结, later ones restate it 重述. Times UTC."""

    id: int
    month: str
    area: str
    version: int
    restated: bool
    definition: str
    cut_off: datetime
    cases: int
    data_hash: str
    figures_hash: str
    rows: list[FrozenArea]
    total: FrozenArea


class FrozenSeries(BaseModel):
    """All versions, by month, prefecture and version."""

    series: list[FrozenMonth]


class FrozenProof(BaseModel):
    """复算: whether the kept data hash to the same, and add up to the same figures."""

    id: int
    data_same: bool
    figures_same: bool


@router.get("", response_model=FrozenSeries)
async def series(asked: Annotated[FrozenAsked, Query()], actor: Supervisor, session: Transaction) -> FrozenSeries:
    """冻结与重述: every version side by side, of the counties within the reader's scope."""
    within = _within(actor, asked.area)
    found = await freezes.series(session, within, asked.first, asked.last or asked.first)
    return FrozenSeries(series=[_month(one, within) for one in found])


@router.post("", status_code=201, response_model=FrozenMonth)
async def make(form: FreezeForm, actor: Freezer, city: TheCity) -> FrozenMonth:
    """Freeze a month that is over, or restate it; unchanged data make no new version. Only for a whole prefecture."""
    area = form.area or actor.area[:PREFECTURE]
    if len(area) != PREFECTURE:
        raise Unprocessable(fields=[FieldFault("area", "freeze.prefecture")])
    if not area.startswith(actor.area):
        raise Forbidden()
    return _month(await freeze(city, area, form.month, actor.account_id), area)


@router.get("/{freeze_id}/verification", response_model=FrozenProof)
async def verification(
    freeze_id: Annotated[int, Path(ge=1, lt=2**63)], actor: Supervisor, session: Transaction
) -> FrozenProof:
    """复算: hash and count what was kept again; for those whose scope is all of it."""
    found = await freezes.one(session, freeze_id)
    if found is None or not found.area.startswith(actor.area):
        raise NotFound()
    proof = await freezes.verify(session, found)
    return FrozenProof(id=found.id, data_same=proof.data, figures_same=proof.figures)


def _within(actor: Actor, area: str | None) -> str:
    """The narrower of the reader's scope and what is asked for. Raises Forbidden where they do not meet."""
    if not area or actor.area.startswith(area):
        return actor.area
    if not area.startswith(actor.area):
        raise Forbidden()
    return area


def _month(freeze: Freeze, within: str) -> FrozenMonth:
    areas = {code: kept for code, kept in freeze.figures.items() if code.startswith(within) or within.startswith(code)}
    return FrozenMonth(
        id=freeze.id,
        month=f"{freeze.month:%Y-%m}",
        area=freeze.area,
        version=freeze.version,
        restated=freeze.version > 1,
        definition=freeze.definition,
        cut_off=freeze.cut_off,
        cases=freeze.cases,
        data_hash=freeze.data_hash,
        figures_hash=freeze.figures_hash,
        rows=[_area(code, read.kept_of([kept])) for code, kept in sorted(areas.items())],
        total=_area(within[:PREFECTURE], read.kept_of(areas.values())),
    )


def _area(code: str, kept: read.Kept) -> FrozenArea:
    views = {view: _view(tally) for view, tally in kept.views.items()}
    return FrozenArea(area=code, views=views, rates={name: ratio(rate) for name, rate in kept.rates.items()})


def _view(tally: Any) -> FrozenView:
    shown = asdict(ratio(tally.rate))
    excluded = {reason.value: number for reason, number in tally.excluded.items()}
    return FrozenView(
        **shown, on_time=tally.on_time, first_on_time=tally.first_on_time, done=tally.done, excluded=excluded
    )
