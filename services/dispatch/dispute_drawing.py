"""How disputes look on the screens: rows to schemas, in the reader's language where the catalogue has it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.catalog.turns import Choice
from casework.db.disputes import HangsOn
from casework.db.models import Dispute, DisputeLink, DisputeParty, DisputeSession, DisputeTimer
from casework.db.reads.disputes import Happened, Shown
from casework.journey.city import City
from casework.journey.disputes import facts_of
from casework.kit.texts import Lang
from casework.rules.facts import Actor
from casework.rules.mediation import allowed_actions
from casework.rules.mediation_asks import Screen
from casework.rules.mediation_rates import DisputeCounts
from casework.rules.mediation_words import (
    DisputeAction,
    DisputeClock,
    DisputeRecord,
    DisputeStatus,
    LinkKind,
    LinkWay,
    Origin,
    Risk,
    Side,
    Track,
)
from casework.rules.words import Level, Role
from services.dispatch import dispute_schemas as s


def dispute_row(city: City, shown: Shown, lang: Lang) -> s.DisputeRow:
    """One line of the list."""
    return s.DisputeRow(**_row(city, shown, lang))


def _row(city: City, shown: Shown, lang: Lang) -> dict[str, Any]:
    dispute = shown.dispute
    kind = city.catalog.mediation.kinds.get(dispute.kind) if dispute.kind else None
    return {
        "dispute_no": dispute.dispute_no,
        "case_no": shown.case_no,
        "title": dispute.title,
        "status": DisputeStatus(dispute.status),
        "status_text": DisputeStatus(dispute.status).zh,
        "level": Level(dispute.level),
        "level_text": Level(dispute.level).zh,
        "kind": dispute.kind,
        "kind_text": _said(kind, lang) if kind else None,
        "risk": Risk(dispute.risk) if dispute.risk else None,
        "risk_text": Risk(dispute.risk).zh if dispute.risk else None,
        "area_code": dispute.area_code,
        "area_name": city.catalog.areas.name_path(dispute.area_code),
        "mediator": shown.mediator,
        "created_at": dispute.created_at,
        "version": dispute.version,
    }


def dispute_view(city: City, shown: Shown, hangs: HangsOn, actor: Actor, now: datetime, lang: Lang) -> s.DisputeView:
    """A dispute's page."""
    dispute = shown.dispute
    own = {name: getattr(dispute, name) for name in _AS_THEY_ARE}
    return s.DisputeView(
        **_row(city, shown, lang),
        **own,
        origin=Origin(dispute.origin),
        track=Track(dispute.track),
        track_text=Track(dispute.track).zh,
        claim=dispute.working_claim,
        recurs=dispute.earlier_id is not None,
        terms=dispute.working_terms,
        reason=dispute.reason_code,
        parties=[_party(party) for party in hangs.parties],
        clocks=[_timer(timer) for timer in hangs.timers],
        sessions=[_session(held) for held in hangs.sessions],
        links=[_link(link, now) for link in hangs.links],
        actions=offered(city, dispute, hangs, actor, now),
    )


_AS_THEY_ARE = (
    *("people", "form", "perform_by", "confirmation", "court_no", "settled", "warned", "criminal"),
    *("registered_at", "accepted_at", "agreed_at", "in_force_at", "concluded_at", "performed_at", "ended_at"),
)


def offered(city: City, dispute: Dispute, hangs: HangsOn, actor: Actor, now: datetime) -> list[DisputeAction]:
    """The buttons for this reader; what would be typed is not looked at."""
    return allowed_actions(facts_of(city, dispute, hangs, actor, Screen(), now))


def moved(city: City, dispute: Dispute, hangs: HangsOn, actor: Actor) -> s.DisputeMoved:
    """A dispute after a move."""
    status = DisputeStatus(dispute.status)
    return s.DisputeMoved(
        dispute_no=dispute.dispute_no,
        status=status,
        status_text=status.zh,
        version=dispute.version,
        actions=offered(city, dispute, hangs, actor, dispute.updated_at),
    )


def step(happened: Happened) -> s.DisputeStep:
    """One line of the history."""
    event = happened.event
    recorded = event.action in DisputeRecord.__members__
    text = DisputeRecord(event.action).zh if recorded else DisputeAction(event.action).zh
    return s.DisputeStep(
        at=event.at,
        action=event.action,
        action_text=text,
        role=Role(event.role),
        account=happened.account,
        from_status=DisputeStatus(event.from_status) if event.from_status else None,
        to_status=DisputeStatus(event.to_status) if event.to_status else None,
        version=event.version,
        data=event.data,
    )


def choices(city: City, lang: Lang) -> s.DisputeChoices:
    """What the catalogue offers."""
    mediation = city.catalog.mediation
    return s.DisputeChoices(
        kinds=_listed(mediation.kinds, lang),
        tracks=[s.ChoiceView(code=track.value, text=track.zh) for track in Track],
        unsuitable=_listed(mediation.unsuitable, lang),
        endings=_listed(mediation.endings, lang),
        ways=_listed(mediation.ways, lang),
        links=[
            s.LinkChoice(code=kind.value, text=kind.zh, objects=_listed(link.objects, lang))
            for kind, link in mediation.links.items()
        ],
    )


def indicators(month: str, counted: DisputeCounts) -> s.Indicators:
    """A month's rates, each with n of N beside it."""
    rates = (
        ("inspection", "排查率", counted.inspection),
        ("acceptance", "受理率", counted.acceptance),
        ("success", "调解成功率", counted.success),
        ("performance", "协议履行率", counted.performance),
        ("confirmation", "司法确认率", counted.confirmation),
        ("recurrence", "复发率", counted.recurrence),
    )
    return s.Indicators(
        month=month,
        rates=[
            s.IndicatorView(
                name=name,
                text=text,
                numerator=rate.numerator,
                denominator=rate.denominator,
                value=rate.value,
                small=rate.small,
            )
            for name, text, rate in rates
        ],
        concluded=counted.concluded,
        mean_days=counted.mean_days,
        warned=counted.warned,
        criminal=counted.criminal,
    )


def _listed(found: Mapping[str, Choice], lang: Lang) -> list[s.ChoiceView]:
    return [s.ChoiceView(code=code, text=_said(choice, lang)) for code, choice in found.items()]


def _said(choice: Choice, lang: Lang) -> str:
    return choice.en if lang == "en" else choice.zh


def _party(party: DisputeParty) -> s.PartyView:
    return s.PartyView(
        no=party.no,
        side=Side(party.side),
        side_text=Side(party.side).zh,
        name=party.shown_name,
        phone=party.shown_phone,
        willing=party.willing,
        asked_at=party.asked_at,
        signed_at=party.signed_at,
    )


def _timer(timer: DisputeTimer) -> s.TimerView:
    name = DisputeClock(timer.name)
    return s.TimerView(
        name=name,
        name_text=name.zh,
        cycle=timer.cycle,
        state=timer.state,
        started_at=timer.started_at,
        due_at=timer.due_at,
        limit=timer.limit_text,
        source=timer.limit_source,
        stopped_at=timer.stopped_at,
        breached_at=timer.breached_at,
    )


def _session(held: DisputeSession) -> s.SessionView:
    return s.SessionView(
        no=held.no, held_at=held.held_at, place=held.place, present=held.present, record=held.working_record
    )


def _link(link: DisputeLink, now: datetime) -> s.LinkView:
    kind = LinkKind(link.kind)
    return s.LinkView(
        kind=kind,
        kind_text=kind.zh,
        way=LinkWay(link.way),
        organ=link.organ,
        number=link.number,
        objects=link.objects,
        handed_at=link.handed_at,
        due_at=link.due_at,
        source=link.limit_source,
        overdue=link.answered_at is None and now > link.due_at,
        answered_at=link.answered_at,
        answer=link.answer,
    )
