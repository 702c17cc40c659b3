"""统计接口: definitions, frozen and restated series by area and month, and the province's years."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from casework.db import collected
from casework.journey.collecting import freeze_year, verify_year, year_now
from casework.kit.errors import FieldFault, Forbidden, NotFound, Unprocessable
from casework.rules.facts import Actor
from casework.rules.indicators import CODES
from casework.rules.words import Role
from services.notify import statistics_answers as answers
from services.notify.feeding import FEED_BODY, FeedTold, asked_by, told
from services.notify.registering import put_city
from services.notify.statistics_schemas import (
    CitiesTold,
    CityForm,
    CityTold,
    Definitions,
    MonthsAsked,
    MonthSeries,
    YearForm,
    YearFrozen,
    YearProofTold,
    YearTold,
    YearVersions,
)
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/statistics", tags=["统计接口 statistics"])
Supervisor = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.LEADER, Role.SUPERVISION))]
Freezer = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.LEADER))]
AYear = Annotated[int, Path(ge=2000, le=2100)]
PROVINCE = 2
PREFECTURE = 4


async def _reader(actor: Supervisor) -> Actor:
    """Years are of whole prefectures: for whose scope is one at least."""
    if len(actor.area) > PREFECTURE:
        raise Forbidden()
    return actor


YearReader = Annotated[Actor, Depends(_reader)]


async def _collector(actor: Freezer) -> Actor:
    """The province's."""
    if len(actor.area) != PROVINCE:
        raise Forbidden()
    return actor


Collector = Annotated[Actor, Depends(_collector)]


@router.get("/definitions", response_model=Definitions)
async def definitions(actor: Supervisor, session: Transaction) -> Definitions:
    """指标定义: every indicator with version and wording, in Chinese and English."""
    return answers.definitions(await collected.definitions(session))


@router.get("/months", response_model=MonthSeries)
async def months(
    asked: Annotated[MonthsAsked, Query()], actor: Supervisor, session: Transaction, city: TheCity
) -> MonthSeries:
    """冻结与重述: all versions of months side by side, of the areas within the reader's scope."""
    unknown = [code for code in asked.code if code not in CODES]
    if unknown:
        params = {"code": unknown[0][:40], "known": list(CODES)}
        raise Unprocessable(fields=[FieldFault("code", "figure.problem.unknown", params)])
    within = _within(actor, asked.area)
    found = await collected.series(session, within, asked.first, asked.last or asked.first)
    shown = answers.Shown(city.catalog.areas, within, asked.code)
    return MonthSeries(series=[shown.month(one) for one in found])


@router.get("/years/{year}", response_model=YearTold)
async def year(year: AYear, actor: YearReader, session: Transaction, city: TheCity) -> YearTold:
    """年度指标 as it is collected now, with every month that is missing."""
    found = await year_now(session, city.catalog.areas, actor.area[:PROVINCE], year)
    return answers.Shown(city.catalog.areas, actor.area).year(found)


@router.post("/years", status_code=201, response_model=YearFrozen)
async def freeze(form: YearForm, actor: Collector, city: TheCity) -> YearFrozen:
    """年度冻结: freeze a year that is over, or restate it; the same months make no new version. For the province."""
    made = await freeze_year(city, actor.area, form.year, incomplete=form.incomplete, made_by=actor.account_id)
    return answers.Shown(city.catalog.areas, actor.area).frozen(made)


@router.get("/years/{year}/frozen", response_model=YearVersions)
async def frozen(year: AYear, actor: YearReader, session: Transaction, city: TheCity) -> YearVersions:
    """年度冻结与重述: all versions of a year."""
    shown = answers.Shown(city.catalog.areas, actor.area)
    found = await collected.years(session, actor.area[:PROVINCE], year)
    return YearVersions(versions=[shown.frozen(one) for one in found])


@router.get("/frozen-years/{freeze_id}/verification", response_model=YearProofTold)
async def verification(
    freeze_id: Annotated[int, Path(ge=1, lt=2**63)], actor: Supervisor, session: Transaction
) -> YearProofTold:
    """复算: hash and add up what a year was made of again; for those whose scope is all of it."""
    found = await collected.one_year(session, freeze_id)
    if found is None or not found.area.startswith(actor.area):
        raise NotFound()
    proof = await verify_year(session, found)
    return YearProofTold(id=found.id, data_same=proof.data, figures_same=proof.figures)


@router.get("/cities", response_model=CitiesTold)
async def cities(actor: Collector, session: Transaction, city: TheCity) -> CitiesTold:
    """取数情况: the cities that are asked for their months, and how it went."""
    shown = answers.Shown(city.catalog.areas, actor.area)
    return CitiesTold(cities=[shown.city(one) for one in await collected.cities(session, actor.area)])


@router.put("/cities/{area}", response_model=CityTold)
async def register(
    area: Annotated[str, Path(pattern=r"^[0-9A-Z]{4}$")],
    form: CityForm,
    actor: Collector,
    session: Transaction,
    city: TheCity,
) -> CityTold:
    """取数登记: have a city asked from now on; a repeat changes where, as whom and with which secret."""
    row = await put_city(session, city, actor, area, form)
    return answers.Shown(city.catalog.areas, actor.area).city(row)


@router.post("/feed", response_model=FeedTold, openapi_extra=FEED_BODY)
async def feed(request: Request, city: TheCity, session: Transaction) -> FeedTold:
    """取数接口: the next frozen or restated month behind a number, for whom this city registered (`gridcall source`).

    The question is signed as the hotline's messages are, the answer likewise under the question's id. Asked again it
    tells the same.
    """
    body = await request.body()
    source, question = await asked_by(city, request.headers, body)
    month = await collected.frozen_after(session, source.area_code, source.after)
    return told(month, question, source.secret)


def _within(actor: Actor, area: str | None) -> str:
    """The narrower of the reader's scope and what is asked for. Raises Forbidden where they do not meet."""
    if not area or actor.area.startswith(area):
        return actor.area
    if not area.startswith(actor.area):
        raise Forbidden()
    return area
