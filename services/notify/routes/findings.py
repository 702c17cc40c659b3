"""剔除台账 and 漏报认定: proposed by one, ruled by another, counted in public."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from casework.db import findings as read
from casework.db.reads.supervisor import observed_now
from casework.journey import findings
from casework.kit.language import language
from casework.kit.texts import Lang
from casework.rules.facts import Actor
from casework.rules.tallies import Period
from casework.rules.words import FindingKind, FindingState, Role
from services.notify.report_reading import months_of
from services.notify.report_schemas import Asked
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/findings", tags=["剔除与漏报 findings"])
Proposer = Annotated[
    Actor, Depends(Holding(Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP, Role.SUPERVISION, Role.ANALYST))
]
Ruler = Annotated[Actor, Depends(Holding(Role.SUPERVISION, Role.LEADER))]
Reader = Annotated[
    Actor,
    Depends(Holding(Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP, Role.SUPERVISION, Role.ANALYST, Role.LEADER)),
]
InLanguage = Annotated[Lang, Depends(language)]
Words = Annotated[str, Field(min_length=2, max_length=1000)]
FindingId = Annotated[int, Path(ge=1, lt=2**63)]


class ProposalForm(BaseModel):
    """提请: which case, why, and the evidence: words, and files that hang on the case."""

    model_config = ConfigDict(extra="forbid")

    case_no: Annotated[str, Field(max_length=40)]
    kind: FindingKind = FindingKind.EXCLUSION
    reason: Annotated[str, Field(max_length=40)]
    evidence: Words
    attachments: Annotated[list[str], Field(max_length=9)] = Field(default_factory=list)


class RulingForm(BaseModel):
    """核准 or 不予."""

    model_config = ConfigDict(extra="forbid")

    grant: bool
    note: Words


class RevocationForm(BaseModel):
    """撤销."""

    model_config = ConfigDict(extra="forbid")

    note: Words


class FindingRow(BaseModel):
    """台账: one entry. Times UTC; accounts by id."""

    id: int
    case_no: str
    kind: FindingKind
    reason: str
    reason_text: str
    evidence: str
    attachments: list[str]
    state: FindingState
    proposed_by: int
    proposed_at: datetime
    ruled_by: int | None
    ruled_at: datetime | None
    ruling_note: str | None
    revoked_by: int | None
    revoked_at: datetime | None
    revoked_note: str | None


class FindingPage(BaseModel):
    """`next`: the cursor of the following page, null on the last."""

    items: list[FindingRow]
    next: str | None


class ReasonRow(BaseModel):
    """公开件数: how many entries of a reason wait, stand, were rejected, were revoked."""

    kind: FindingKind
    reason: str
    reason_text: str
    proposed: int
    standing: int
    rejected: int
    revoked: int


class FindingsAsked(BaseModel):
    """Which entries, newest first."""

    model_config = ConfigDict(extra="forbid")

    kind: FindingKind | None = None
    state: FindingState | None = None
    area: Annotated[str, Field(pattern=r"^[0-9A-Z]{0,20}$")] = ""
    cursor: Annotated[str | None, Field(pattern=r"^\d{1,18}$")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.post("", status_code=201)
async def propose(
    form: ProposalForm, actor: Proposer, session: Transaction, city: TheCity, lang: InLanguage
) -> FindingRow:
    """提请. 409 while one of the kind waits or stands; 422 for an unknown reason or a file that is not the case's."""
    said = {"reason": form.reason, "evidence": form.evidence, "attachments": form.attachments}
    entry = await findings.propose(session, city, actor, form.case_no, form.kind, **said)  # type: ignore[arg-type]
    return _row(read.Line(entry, form.case_no, ""), city, lang)


@router.post("/{finding_id}/ruling")
async def rule(
    finding_id: FindingId, form: RulingForm, actor: Ruler, session: Transaction, city: TheCity, lang: InLanguage
) -> FindingRow:
    """核准 or 不予, by a second person (409 for the same one). From then on the rates leave the case out."""
    entry = await findings.rule(session, actor, finding_id, grant=form.grant, words=form.note)
    return _row(read.Line(entry, await read.case_no_of(session, finding_id) or "", ""), city, lang)


@router.post("/{finding_id}/revocation")
async def revoke(
    finding_id: FindingId, form: RevocationForm, actor: Ruler, session: Transaction, city: TheCity, lang: InLanguage
) -> FindingRow:
    """撤销: the case counts again. 409 where it does not stand."""
    entry = await findings.revoke(session, actor, finding_id, words=form.note)
    return _row(read.Line(entry, await read.case_no_of(session, finding_id) or "", ""), city, lang)


@router.get("")
async def entries(
    asked: Annotated[FindingsAsked, Query()], actor: Reader, session: Transaction, city: TheCity, lang: InLanguage
) -> FindingPage:
    """The findings of the reader's scope."""
    narrowed = {"kind": asked.kind, "state": asked.state, "area": asked.area, "limit": asked.limit}
    before = int(asked.cursor) if asked.cursor else None
    lines = await read.page(session, actor, before=before, **narrowed)  # type: ignore[arg-type]
    following = str(lines[-1].entry.id) if len(lines) == asked.limit else None
    return FindingPage(items=[_row(line, city, lang) for line in lines], next=following)


@router.get("/counts")
async def counts(
    asked: Annotated[Asked, Query()], actor: Reader, session: Transaction, city: TheCity, lang: InLanguage
) -> list[ReasonRow]:
    """公开件数 by reason, of the cases due in the months."""
    period = Period.months(*months_of(asked, await observed_now(session)))
    found = await read.counts(session, actor, area=asked.area or "", first=period.start, last=period.end)
    return [
        ReasonRow(
            kind=one.kind,
            reason=one.reason,
            reason_text=_text(city, one.kind, one.reason, lang),
            proposed=one.proposed,
            standing=one.standing,
            rejected=one.rejected,
            revoked=one.revoked,
        )
        for one in found
    ]


def _row(line: read.Line, city: TheCity, lang: Lang) -> FindingRow:
    entry, kind = line.entry, FindingKind(line.entry.kind)
    names = ("id", "reason", "evidence", "attachments", "proposed_by", "proposed_at", "ruled_by", "ruled_at")
    later = ("ruling_note", "revoked_by", "revoked_at", "revoked_note")
    held = {name: getattr(entry, name) for name in (*names, *later)}
    state, text = read.state_of(entry), _text(city, kind, entry.reason, lang)
    return FindingRow(**held, case_no=line.case_no, kind=kind, state=state, reason_text=text)


def _text(city: TheCity, kind: FindingKind, reason: str, lang: Lang) -> str:
    known = city.catalog.rates.reasons[kind].get(reason)
    return (known.zh if lang == "zh-CN" else known.en) if known else reason
