"""What the intake is measured against: a bare FastAPI endpoint that validates the same message and inserts as many rows
of the same columns by one prepared statement of asyncpg, in one commit.

Plain tables with primary keys alone; no signature, no sealing, no masking, no rules, no index, no foreign key, no
trigger. `uvicorn bench.bare:app`; BARE_DSN names its database.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import asyncpg
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import Column, Identity, MetaData, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from casework.db.door import CaseRow, ClockRow, EventRow, NoticeRow, RequestRow
from casework.db.models import Base
from casework.rules.rollups import Delta
from services.intake.schemas import HotlineMessage

ROWS = {"inbox": 1, "request": 1, "cases": 1, "event": 1, "clock": 2, "notice": 1, "rate_delta": 1}
_INBOX = ("source", "message_id", "door", "digest", "body_sealed", "account_id", "state", "outcome")
_TRACE = '{"unrouted": "NO_CATEGORY", "steps": [{"code": "NO_CATEGORY", "params": {}}]}'
R = TypeVar("R", bound=NamedTuple)
_STAGES = ["HALF", "MOST", "TWO_HOURS", "LAST_DAY", "BREACH"]


class Case(BaseModel):
    """The case of the answer."""

    case_no: str
    status: str
    status_text: str
    due: dict[str, datetime]
    provisional: bool


class Made(BaseModel):
    """The answer, as long as the intake's."""

    request_no: str
    query_code: str
    cases: list[Case]
    flags: list[str]


def tables() -> list[str]:
    """The statements that make the plain tables."""
    bare = MetaData()
    return [
        str(
            CreateTable(Table(name, bare, *map(_plain, Base.metadata.tables[name].columns))).compile(
                dialect=postgresql.dialect()
            )
        )
        for name in ROWS
    ]


def _plain(column: Column[Any]) -> Column[Any]:
    if column.primary_key:
        return Column(column.name, column.type, Identity(), primary_key=True)
    return Column(column.name, column.type, server_default=column.server_default)


def statement() -> str:
    """One WITH of an insert per row; every value is a parameter, but for the parent's id."""
    rows = [
        ("i", "inbox", _INBOX, None),
        ("r", "request", RequestRow._fields, ("inbox_id", "i")),
        ("c", "cases", CaseRow._fields, ("request_id", "r")),
        ("e", "event", EventRow._fields, ("case_id", "c")),
        ("k1", "clock", ClockRow._fields, ("case_id", "c")),
        ("k2", "clock", ClockRow._fields, ("case_id", "c")),
        ("n", "notice", NoticeRow._fields, ("case_id", "c")),
        ("d", "rate_delta", Delta._fields, None),
    ]
    parts, used = [], 0
    for name, table, columns, parent in rows:
        marks = ", ".join(f"${used + i + 1}" for i in range(len(columns)))
        used += len(columns)
        into, chosen = ", ".join(columns), f"VALUES ({marks})"
        if parent is not None:
            into, chosen = f"{into}, {parent[0]}", f"SELECT {marks}, {parent[1]}.id FROM {parent[1]}"
        parts.append(f"{name} AS (INSERT INTO {table} ({into}) {chosen} RETURNING id)")
    return f"WITH {', '.join(parts)} SELECT id FROM c"


STATEMENT = statement()


def _blank(row: type[R], **same: Any) -> R:
    """A row with what is the same in all of them; what is not named is null."""
    return row(*(same.get(name) for name in row._fields))


_LIMIT = {"limit_source": "where it is written", "rule_version": "2026.1+00000000", "calendar_version": "CN/2026.1+0"}
_STAGED = {**_LIMIT, "cycle": 1, "calendar_unannounced": False, "kind_unknown": False, "stages": _STAGES}
_PERSON = {"anonymous": False, "secret": False, "reply_wanted": True, "flags": []}
_REQUEST = _blank(RequestRow, source="hotline", channel="HOTLINE", **_PERSON)
_OPEN = {"status": "REVIEW", "direction": "CENTRE", "level": "COUNTY", "contact_exempt": False, "provisional": False}
_CASE = _blank(CaseRow, channel="HOTLINE", urgency="N", routing=_TRACE, suggested_unit="510104-CG", **_OPEN)
_EVENT = EventRow("ACCEPT", "UPSTREAM", None, None, "DRAFT", "REVIEW", None, "{}")
_DISPATCH = _blank(ClockRow, name="DISPATCH", limit_text="30wm", **_STAGED)
_FINISH = _blank(ClockRow, name="FINISH", limit_text="7wd", **_STAGED)
_DELTA = _blank(
    Delta, views=["A", "A0", "ALL"], reason="", cases=1, kept=0, done=0, on_time=0, first_on_time=0, from_grid=0
)
_NOTICE = NoticeRow("CITIZEN", "sms", "ACCEPT", None, None)


def values(said: HotlineMessage, number: str, now: datetime) -> list[Any]:
    """What the eight rows hold, in the order of their columns: the message, and figures of the right size."""
    text, title, digest = said.text.encode(), said.title.encode(), bytes(32)
    soon, late = now + timedelta(minutes=30), now + timedelta(days=7)
    person, place = said.person, said.place
    phone = (person.phone or "").encode()
    request = _REQUEST._replace(
        request_no=number,
        upstream_no=said.upstream_no,
        received_at=now,
        occurred_at=datetime.fromisoformat(said.occurred_at),
        content_digest=digest,
        title_sealed=title,
        text_sealed=text,
        working_title=said.title,
        working_text=said.text,
        name_sealed=(person.name or "").encode(),
        phone_sealed=phone,
        phone_index=digest[:16],
        address=place.address,
    )
    case = _CASE._replace(
        case_no=number,
        kind=said.kind,
        category=said.category,
        area_code=place.area_code,
        title=said.title,
        created_at=now,
        accepted_at=now,
        finish_due_original=late,
        finish_due=late,
        next_due=soon,
    )
    stages = [soon] * len(_STAGES)
    dispatch = _DISPATCH._replace(started_at=now, due_at=soon, own_due_at=soon, stage_times=stages, next_at=soon)
    finish = _FINISH._replace(started_at=now, due_at=late, own_due_at=late, stage_times=stages, next_at=soon)
    inbox = ("hotline", number, "hotline", digest, text + title, None, "DONE", "ACCEPTED")
    delta = _DELTA._replace(month=now.date().replace(day=1), area=number[:6])
    return [*inbox, *request, *case, *_EVENT, *dispatch, *finish, *_NOTICE, *delta]


@asynccontextmanager
async def opened(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["BARE_DSN"], min_size=1, max_size=10) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=opened)


@app.post("/requests", status_code=201)
async def receive(said: HotlineMessage) -> Made:
    now = datetime.now(UTC)
    number = f"5101042026{said.upstream_no}"
    await app.state.pool.fetchval(STATEMENT, *values(said, number, now))
    due = {"DISPATCH": now + timedelta(minutes=30), "FINISH": now + timedelta(days=7)}
    case = Case(case_no=number, status="REVIEW", status_text="待审核", due=due, provisional=False)
    return Made(request_no=number, query_code="00000000", cases=[case], flags=[])
