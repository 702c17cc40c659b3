"""通报计划: who gets which bulletin and when, and those that went out."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from casework.db import bulletins as rows
from casework.db.accounts import note
from casework.db.models import BulletinIssue, BulletinSchedule
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


class ScheduleForm(BaseModel):
    """Who (`recipients`, by login) gets which bulletin. `area`: within the planner's scope; left out: all of it."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=2, max_length=60)]
    pace: Pace
    area: Annotated[str | None, Field(pattern=r"^[0-9A-Z]{2,12}$")] = None
    formats: Annotated[list[FileKind], Field(min_length=1, max_length=len(MEDIA))]
    recipients: Annotated[list[Login], Field(min_length=1, max_length=200)]
    lang: Lang = "zh-CN"


class ScheduleView(BaseModel):
    """A schedule. UTC."""

    id: int
    name: str
    area: str
    pace: Pace
    formats: list[FileKind]
    recipients: list[str]
    lang: Lang
    made_at: datetime


class IssueView(BaseModel):
    """One that went out. `frozen`: its figures were. `files`: the digest (SHA-256) of each, by format. UTC."""

    id: int
    title: str
    period: str
    area: str
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
async def schedules(actor: Planner, session: Transaction) -> list[ScheduleView]:
    """通报计划: those within the planner's scope."""
    found = await rows.schedules(session, actor.area)
    logins = await rows.logins_of(session, [one for row in found for one in row.recipients])
    return [_schedule(row, logins) for row in found]


@router.post("/schedules", status_code=201)
async def plan(form: ScheduleForm, actor: Planner, session: Transaction, city: TheCity) -> ScheduleView:
    """新增通报计划: from the month or week under way on. 409: the area has one of that name."""
    area = area_of(city, actor, form.area)
    known = await rows.accounts_called(session, form.recipients, area)
    if unknown := sorted(set(form.recipients) - known.keys()):
        raise Unprocessable(fields=[FieldFault("recipients", "bulletin.problem.recipients", {"logins": unknown})])
    told = {"name": form.name, "pace": form.pace.value, "lang": form.lang, "recipients": sorted(known.values())}
    formats = sorted({one.value for one in form.formats})
    new = BulletinSchedule(**told, area_code=area, formats=formats, made_by=actor.account_id)
    made = await rows.add_schedule(session, new)
    if made is None:
        raise Conflict("bulletin.problem.named")
    note(session, "bulletin.plan", account_id=actor.account_id, subject=f"bulletin_schedule:{made.id}", data=told)
    return _schedule(made, {number: login for login, number in known.items()})


@router.delete("/schedules/{schedule_id}", status_code=204)
async def end(schedule_id: Id, actor: Planner, session: Transaction) -> None:
    """停止通报计划: nothing goes out any more; what went out stays. A repeat changes nothing."""
    if not await rows.end_schedule(session, schedule_id, actor.area):
        raise NotFound()
    note(session, "bulletin.end", account_id=actor.account_id, subject=f"bulletin_schedule:{schedule_id}")


@router.get("/issues")
async def issues(asked: Annotated[IssuesAsked, Query()], actor: SignedIn, session: Transaction) -> Issues:
    """已发通报: those sent to the reader and, for supervisors, all of their area."""
    found = await rows.issues(session, actor, asked.cursor, asked.limit)
    last = found[-1][0].id if len(found) == asked.limit else None
    return Issues(items=[_issue(issue, files) for issue, files in found], next=last)


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


def _schedule(row: BulletinSchedule, logins: dict[int, str]) -> ScheduleView:
    return ScheduleView(
        id=row.id,
        name=row.name,
        area=row.area_code,
        pace=Pace(row.pace),
        formats=[FileKind(one) for one in row.formats],
        recipients=sorted(logins[one] for one in row.recipients if one in logins),
        lang="en" if row.lang == "en" else "zh-CN",
        made_at=row.made_at,
    )


def _issue(issue: BulletinIssue, files: dict[str, str]) -> IssueView:
    return IssueView(
        id=issue.id,
        title=issue.title,
        period=issue.period,
        area=issue.area_code,
        frozen=issue.frozen,
        made_at=issue.made_at,
        files={FileKind(kind): digest for kind, digest in files.items()},
    )
