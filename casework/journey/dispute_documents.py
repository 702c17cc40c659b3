"""调解文书: which of them a dispute has now, and each as a sheet to print (domain.md §9.6).

They show people in the clear, so printing one is a reveal: for those who work in a centre, with a purpose, logged.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.documents import Form
from casework.db import disputes as rows
from casework.db.accounts import note
from casework.db.models import Dispute, DisputeParty
from casework.db.reads.disputes import Happened, Shown, history, shown
from casework.journey.city import City
from casework.journey.dispute_wording import ADDRESS, ID_NO, NAME, PHONE, names_of, opened_words
from casework.kit.errors import Conflict, Forbidden, NotFound
from casework.kit.masking import mask_text
from casework.kit.now import in_shanghai, shanghai_day
from casework.kit.sheets import Sheet, paragraph, table
from casework.kit.sheets import rows as labelled
from casework.rules.facts import Actor
from casework.rules.mediation_guards import ANYBODY_IN_MEDIATION
from casework.rules.mediation_words import DisputeAction, DisputeStatus, Side, Track
from casework.rules.mediation_words import Form as AgreementForm
from casework.rules.words import Level

BLANK = "　"
_FAILED = frozenset({DisputeStatus.FAILED, DisputeStatus.GUIDED, DisputeStatus.FOLLOWED_UP, DisputeStatus.ARCHIVED})


async def available(session: AsyncSession, city: City, dispute_no: str, actor: Actor) -> list[tuple[str, str]]:
    """Code and title of each document that the dispute has now. Raises NotFound."""
    dispute = await rows.find(session, dispute_no, actor)
    if dispute is None:
        raise NotFound("dispute.not_found")
    done = {happened.event.action for happened in await history(session, dispute.id)}
    return [(code, form.title) for code, form in city.catalog.documents.items() if _has(form, dispute, done)]


async def print_document(
    session: AsyncSession, city: City, dispute_no: str, actor: Actor, code: str, purpose: str, now: datetime
) -> Sheet:
    """The document as it stands now, logged with the purpose.

    Raises: NotFound: no such dispute in the scope, or no such document. Conflict: it does not come to that yet.
    Forbidden: not for this role.
    """
    found = await shown(session, dispute_no, actor)
    if found is None:
        raise NotFound("dispute.not_found")
    if not actor.roles & set(ANYBODY_IN_MEDIATION):
        raise Forbidden("reveal.forbidden")
    form = city.catalog.documents.get(code)
    if form is None:
        raise NotFound("dispute.no_document")
    happened = await history(session, found.dispute.id)
    if not _has(form, found.dispute, {one.event.action for one in happened}):
        raise Conflict("dispute.document_not_yet", title=form.title)
    hangs = await rows.hanging(session, found.dispute.id)
    said = mask_text(purpose, names_of(city.keyring, hangs.parties))
    data = {"what": "document", "document": code, "purpose": said}
    note(session, "REVEALED", account_id=actor.account_id, subject=dispute_no, data=data)
    return _sheet(city, form, found, hangs, happened, now)


def _has(form: Form, dispute: Dispute, done: set[str]) -> bool:
    """Whether what it tells has happened."""
    if not done & {action.value for action in form.after}:
        return False
    if form.ended and (DisputeStatus(dispute.status) not in _FAILED or dispute.in_force_at is not None):
        return False
    return form.written is None or form.written == (dispute.form == AgreementForm.WRITTEN)


def _sheet(
    city: City, form: Form, found: Shown, hangs: rows.HangsOn, happened: Sequence[Happened], now: datetime
) -> Sheet:
    said = _said(city, happened)
    values: dict[str, str] = defaultdict(lambda: BLANK, _values(city, found, said, now))
    blocks: list[dict[str, Any]] = []
    if form.rows:
        blocks.append(labelled([(label, value.format_map(values)) for label, value in form.rows]))
    if form.parties:
        blocks.append(_parties(city, hangs.parties))
    blocks += [paragraph(text.format_map(values)) for text in form.text]
    if form.records:
        blocks += _records(hangs, said)
    if form.files:
        done = {one.event.action for one in happened}
        titles = [each.title for each in city.catalog.documents.values() if _has(each, found.dispute, done)]
        blocks.append(table(["序号", "文书名称"], [(str(place), title) for place, title in enumerate(titles, 1)]))
    return Sheet(form.title, blocks, form.signs)


def _said(city: City, happened: Sequence[Happened]) -> dict[str, list[dict[str, Any]]]:
    """All that was said in the clear, by action, oldest first."""
    said: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in happened:
        said[one.event.action].append(opened_words(city.keyring, one.event))
    return said


def _values(city: City, found: Shown, said: dict[str, list[dict[str, Any]]], now: datetime) -> dict[str, str]:
    """What the texts name in braces; what is not known yet is left out, and printed as a blank."""
    dispute, mediation = found.dispute, city.catalog.mediation
    agreement, guidance = _last(said, DisputeAction.AGREE), _last(said, DisputeAction.GUIDE)
    kind = mediation.kinds.get(dispute.kind or "")
    way = mediation.ways.get(guidance.get("way", ""))
    area = city.catalog.areas.name_path(dispute.area_code)
    told = {
        "no": dispute.dispute_no,
        "kind": kind.zh if kind else None,
        "area": area,
        "centre": f"{area}{Level(dispute.level).zh}级人民调解组织",
        "claim": city.keyring.open(dispute.claim_sealed, "dispute.claim"),
        "track": Track(dispute.track).zh,
        "facts": agreement.get("facts"),
        "terms": agreement.get("terms"),
        "way": agreement.get("way"),
        "perform_by": _day(dispute.perform_by),
        "agreed_on": _day(shanghai_day(dispute.agreed_at)) if dispute.agreed_at else None,
        "in_force_on": _day(shanghai_day(dispute.in_force_at)) if dispute.in_force_at else None,
        "mediator": found.mediator,
        "ending": _ending(city, dispute),
        "note": _last(said, DisputeAction.FOLLOW_UP).get("note"),
        "undisputed": guidance.get("undisputed"),
        "guided": way.zh if way else None,
        "court": _last(said, DisputeAction.APPLY_CONFIRMATION).get("court"),
        "court_no": dispute.court_no,
        "settled": {True: "已平息", False: "未平息"}.get(dispute.settled) if dispute.settled is not None else None,
        "today": _day(shanghai_day(now)),
    }
    return {name: value for name, value in told.items() if value}


def _last(said: dict[str, list[dict[str, Any]]], action: DisputeAction) -> dict[str, Any]:
    return said[action.value][-1] if said.get(action.value) else {}


def _ending(city: City, dispute: Dispute) -> str | None:
    if dispute.reason_code == "EXPIRED":
        return DisputeAction.EXPIRE.zh
    choice = city.catalog.mediation.endings.get(dispute.reason_code or "")
    return choice.zh if choice else None


def _day(day: date | None) -> str | None:
    return f"{day.year}年{day.month}月{day.day}日" if day else None


def _parties(city: City, parties: Sequence[DisputeParty]) -> dict[str, Any]:
    keyring = city.keyring
    lines = [
        (
            Side(party.side).zh,
            keyring.open(party.name_sealed, NAME),
            keyring.open(party.id_no_sealed, ID_NO) if party.id_no_sealed else BLANK,
            keyring.open(party.phone_sealed, PHONE) if party.phone_sealed else BLANK,
            keyring.open(party.address_sealed, ADDRESS) if party.address_sealed else BLANK,
        )
        for party in parties
    ]
    return table(["当事人", "姓名", "证件号码", "电话", "住址"], lines)


def _records(hangs: rows.HangsOn, said: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    for held, words in zip(hangs.sessions, said[DisputeAction.HOLD_SESSION.value], strict=True):
        at = in_shanghai(held.held_at)
        when = f"{_day(at.date())}{at:%H:%M}"
        present = "、".join(str(no) for no in held.present)
        blocks.append(paragraph(f"第{held.no}次　{when}　{held.place or ''}　到场当事人序号：{present}"))
        blocks.append(paragraph(words["note"]))
    return blocks
