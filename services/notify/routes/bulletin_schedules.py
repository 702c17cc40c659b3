"""通报计划: who gets which bulletin and when, and those that went out."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from casework.db import bulletins as rows
from casework.db.accounts import note
from casework.db.models import Account, BulletinIssue, BulletinSchedule
from casework.journey.city import City
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.kit.texts import Lang
from casework.rules.facts import Actor
from casework.rules.spells import Pace
from casework.rules.words import Role
from services.notify.bulletins.files import MEDIA, FileKind
from services.notify.bulletins.making import area_of
from services.notify.routes.bulletins import FILES, file_response
from services.who import Holding, SignedIn, TheCity, Transaction

router = APIRouter(prefix="/reports/bulletins", tags=["通报 bulletins"])
Planner = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.SYS_ADMIN))]
Id = Annotated[int, Path(ge=1, lt=2**63)]
Login = Annotated[str, Field(min_length=1, max_length=80)]
Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]


class ScheduleForm(BaseModel):
    """Who (`recipients`, by login) gets which bulletin. `area`: within the planner's scope; left out: all of it."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=2, max_length=60)]
    pace: Pace
    area: Annotated[str | None, Field(pattern=r"^[0-9A-Z]{2,12}$")] = None
    formats: Annotated[list[FileKind], Field(min_length=1, max_length=len(MEDIA))]
    recipients: Annotated[list[Login], Field(min_length=1, max_length=200)]
    lang: Lang = "zh-CN"


class Recipient(BaseModel):
    """Somebody who gets bulletins, or may get them."""

    login: str
    name: str


class Recipients(BaseModel):
    """Who may get an area's bulletins, by login; `next` is the cursor of the following page, null on the last."""

    items: list[Recipient]
    next: str | None


class RecipientsAsked(BaseModel):
    """`area`: as of a schedule. `words`: a part of login or name."""

    model_config = ConfigDict(extra="forbid")

    area: Annotated[str | None, Field(pattern=r"^[0-9A-Z]{2,12}$")] = None
    words: Words = ""
    cursor: Words = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ScheduleView(BaseModel):
    """A schedule, with those of its recipients that are still there. UTC."""

    id: int
    name: str
    area: str
    area_name: str
    pace: Pace
    formats: list[FileKind]
    recipients: list[Recipient]
    lang: Lang
    made_at: datetime


class IssueView(BaseModel):
    """One that went out. `frozen`: its figures were. `files`: the digest (SHA-256) of each, by format. UTC."""

    id: int
    title: str
    period: str
    area: str
    area_name: str
    frozen: bool
    made_at: datetime
    files: dict[FileKind, str]


class Issues(BaseModel):
    """`next`: the `cursor` of the following page; null on the last."""

    items: list[IssueView]
    next: int | None


class IssuesAsked(BaseModel):
    """A page of them, newest first."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@router.get("/schedules")
async def schedules(actor: Planner, session: Transaction, city: TheCity) -> list[ScheduleView]:
    """通报计划: those within the planner's scope."""
    found = await rows.schedules(session, actor.area)
    people = await rows.accounts_of(session, [one for row in found for one in row.recipients])
    return [_schedule(city, row, people) for row in found]


@router.get("/recipients")
async def recipients(
    asked: Annotated[RecipientsAsked, Query()], actor: Planner, session: Transaction, city: TheCity
) -> Recipients:
    """Whom a schedule of that area may name."""
    area = area_of(city, actor, asked.area)
    found = await rows.may_receive(session, area, asked.words, asked.cursor, asked.limit + 1)
    shown = [_recipient(one) for one in found[: asked.limit]]
    return Recipients(items=shown, next=shown[-1].login if len(found) > asked.limit else None)


@router.post("/schedules", status_code=201)
async def plan(form: ScheduleForm, actor: Planner, session: Transaction, city: TheCity) -> ScheduleView:
    """新增通报计划: from the month or week under way on. 409: the area has one of that name."""
    area = area_of(city, actor, form.area)
    known = await rows.accounts_called(session, form.recipients, area)
    if unknown := sorted(set(form.recipients) - known.keys()):
        raise Unprocessable(fields=[FieldFault("recipients", "bulletin.problem.recipients", {"logins": unknown})])
    told = {
        "name": form.name,
        "pace": form.pace.value,
        "lang": form.lang,
        "recipients": sorted(one.id for one in known.values()),
    }
    formats = sorted({one.value for one in form.formats})
    new = BulletinSchedule(**told, area_code=area, formats=formats, made_by=actor.account_id)
    made = await rows.add_schedule(session, new)
    if made is None:
        raise Conflict("bulletin.problem.named")
    note(session, "bulletin.plan", account_id=actor.account_id, subject=f"bulletin_schedule:{made.id}", data=told)
    return _schedule(city, made, {one.id: one for one in known.values()})


@router.delete("/schedules/{schedule_id}", status_code=204)
async def end(schedule_id: Id, actor: Planner, session: Transaction) -> None:
    """停止通报计划: nothing goes out any more; what went out stays. A repeat changes nothing."""
    if not await rows.end_schedule(session, schedule_id, actor.area):
        raise NotFound()
    note(session, "bulletin.end", account_id=actor.account_id, subject=f"bulletin_schedule:{schedule_id}")


@router.get("/issues")
async def issues(
    asked: Annotated[IssuesAsked, Query()], actor: SignedIn, session: Transaction, city: TheCity
) -> Issues:
    """已发通报: those sent to the reader and, for supervisors, all of their area."""
    found = await rows.issues(session, actor, asked.cursor, asked.limit)
    last = found[-1][0].id if len(found) == asked.limit else None
    return Issues(items=[_issue(city, issue, files) for issue, files in found], next=last)


@router.get("/issues/{issue_id}/files/{kind}", response_class=Response, responses=FILES)
async def issue_file(issue_id: Id, kind: FileKind, actor: SignedIn, session: Transaction) -> Response:
    """下载通报: the very bytes that were kept; each download is in the audit log."""
    found = await rows.file(session, actor, issue_id, kind.value)
    if found is None:
        raise NotFound()
    issue, kept = found
    told = {"format": kind.value, "sha256": kept.sha256}
    note(session, "bulletin.download", account_id=actor.account_id, subject=f"bulletin_issue:{issue_id}", data=told)
    return file_response(kept.body, kind, f"bulletin-{issue.area_code}-{issue.period}")


def _recipient(account: Account) -> Recipient:
    return Recipient(login=account.login, name=account.display_name)


def _schedule(city: City, row: BulletinSchedule, people: dict[int, Account]) -> ScheduleView:
    return ScheduleView(
        id=row.id,
        name=row.name,
        area=row.area_code,
        area_name=city.catalog.areas.name_path(row.area_code),
        pace=Pace(row.pace),
        formats=[FileKind(one) for one in row.formats],
        recipients=[_recipient(people[one]) for one in row.recipients if one in people],
        lang="en" if row.lang == "en" else "zh-CN",
        made_at=row.made_at,
    )


def _issue(city: City, issue: BulletinIssue, files: dict[str, str]) -> IssueView:
    return IssueView(
        id=issue.id,
        title=issue.title,
        period=issue.period,
        area=issue.area_code,
        area_name=city.catalog.areas.name_path(issue.area_code),
        frozen=issue.frozen,
        made_at=issue.made_at,
        files={FileKind(kind): digest for kind, digest in files.items()},
    )
