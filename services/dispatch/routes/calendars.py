"""工作日历: a year day by day, its notices of holidays, what a notice would move, and its loading."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from casework.catalog.own_calendars import NATION
from casework.db import calendars as rows
from casework.db.knowledge import people_of
from casework.journey import calendars as journey
from casework.journey.calendar_trial import try_out
from casework.kit.language import language
from casework.kit.texts import t
from casework.rules.facts import Actor
from services.dispatch import calendar_drawing as draw
from services.dispatch import calendar_schemas as s
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/calendars", tags=["工作日历 calendars"])
Keeper = Annotated[Actor, Depends(Holding(*journey.KEEPERS))]
Reader = Annotated[Actor, Depends(Holding(*journey.READERS))]


@router.get("")
async def list_calendars(request: Request, actor: Reader, city: TheCity) -> list[s.CalendarChoice]:
    """The nation's, and those of the reader's prefectures."""
    return draw.choices(city.catalog, actor, t("calendar.nation", language(request)))


@router.get("/year")
async def show_year(
    area: Annotated[str, Query(pattern=r"^(cn|[0-9]{4})$")],
    year: Annotated[int, Query(ge=1981, le=2058)],
    actor: Reader,
    session: Transaction,
    city: TheCity,
) -> s.YearView:
    """A year: working days, rest, holidays, make-up workdays; the notices that say so. What is public is shown to all
    readers, as it holds at this moment."""
    await city.read_calendars()
    code = draw.code_of(area)
    own, nation = await rows.versions(session, code, year), await rows.versions(session, NATION, year)
    people = await people_of(session, {row.made_by for row in (*own, *nation) if row.made_by})
    beneath = draw.notices(city.catalog, NATION, year, nation, people) if code != NATION else []
    return draw.year_view(city.catalog, code, year, own, beneath, people)


@router.post("/dry-run")
async def dry_run(form: s.HolidaysTrialForm, actor: Keeper, session: Transaction, city: TheCity) -> s.HolidaysTrial:
    """试算: which open deadlines the notice would move, from when to when. Nothing is written."""
    trial = await try_out(session, city, actor, draw.said(form), after=form.after, limit=form.limit)
    return draw.trial_view(trial)


@router.post("/notices", status_code=201)
async def load_notice(form: s.LoadForm, actor: Keeper, session: Transaction, city: TheCity) -> s.NoticeView:
    """录入: it holds from now on, in every process within one poll; the worker re-plans deadlines in batches. A repeat
    changes nothing."""
    row = await journey.load(session, city, actor, draw.said(form), form.why)
    return draw.notice_view(row, await people_of(session, {row.made_by} if row.made_by else set()))
