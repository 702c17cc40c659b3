"""Rows as the dispatch API shows them: names beside codes, people masked, buttons by the rules."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from casework.catalog.load import Catalog
from casework.db.callers import Earlier
from casework.db.cases import Hanging
from casework.db.claims import Claimed
from casework.db.models import Case, Clock, Motion, Request
from casework.db.reads.case_page import CasePage, Step
from casework.journey.city import City
from casework.journey.clockwork import why
from casework.journey.screening import found_in
from casework.journey.standing import attempts_needed, bounds_of, state_of
from casework.kit.masking import mask_name, mask_phone
from casework.kit.texts import Lang, t
from casework.rules import asks
from casework.rules.calendars import WorkCalendar
from casework.rules.decide import allowed_actions
from casework.rules.facts import Actor, Facts
from casework.rules.holding import Span
from casework.rules.minors import veil
from casework.rules.signs import Seen
from casework.rules.urban_codes import UrbanCode
from casework.rules.words import (
    UNIT_ROLES,
    Action,
    ClockName,
    Kind,
    MotionKind,
    Permission,
    Record,
    Role,
    Ruling,
    Status,
    Term,
)
from services.dispatch import schemas as s
from services.dispatch.category_drawing import SORTERS, kept_view, sign_views
from services.dispatch.category_schemas import KeptSuggestion


def queue_row(catalog: Catalog, case: Case, unit: str | None, claim: Claimed | None, actor: Actor) -> s.QueueRow:
    """One line of the queue."""
    status = Status(case.status)
    return s.QueueRow(
        case_no=case.case_no,
        title=veil(case.title) if case.minor else case.title,
        status=status,
        status_text=status.zh,
        urgency=case.urgency,
        kind=case.kind,
        category=case.category,
        category_name=_category(catalog, case.category),
        direction=case.direction,
        area_code=case.area_code,
        area_name=catalog.areas.name_path(case.area_code),
        unit_name=unit,
        suggested_unit=case.suggested_unit,
        unrouted=status is Status.REVIEW and case.suggested_unit is None,
        created_at=case.created_at,
        next_due=case.next_due,
        finish_due=case.finish_due,
        rectify_due=case.rectify_due,
        version=case.version,
        claimed_by=claim.name if claim else None,
        claimed_mine=claim is not None and claim.account_id == actor.account_id,
    )


def _category(catalog: Catalog, code: str | None) -> str | None:
    found = catalog.categories.get(code) if code else None
    return found.name if found else None


def _urban(catalog: Catalog, case: Case) -> s.UrbanView | None:
    if case.urban_code is None:
        return None
    code = UrbanCode.parse(case.urban_code)
    found = catalog.urban.find(code, Kind(case.kind) if case.kind else None)
    if found is None:
        return None
    return s.UrbanView(
        code=code.shown(),
        name=found.name,
        area_class=catalog.urban.area_class(case.area_code),
        condition=found.condition,
        close=found.close,
    )


def buttons(catalog: Catalog, case: Case, hanging: Hanging, actor: Actor) -> list[Action]:
    """What this reader may do now."""
    now = datetime.now(UTC)
    facts = Facts(
        case=state_of(case, hanging),
        actor=actor,
        ask=asks.Accept(),
        now=now,
        turns=catalog.turns.rules,
        attempts_needed=attempts_needed(catalog, case),
        bounds=bounds_of(catalog, case, hanging, actor, now),
    )
    return allowed_actions(facts)


def moved(catalog: Catalog, case: Case, hanging: Hanging, actor: Actor) -> s.Moved:
    """The answer to a move."""
    status = Status(case.status)
    return s.Moved(
        case_no=case.case_no,
        status=status,
        status_text=status.zh,
        version=case.version,
        finish_due=case.finish_due,
        next_due=case.next_due,
        allowed_actions=buttons(catalog, case, hanging, actor),
    )


def case_view(city: City, page: CasePage, actor: Actor, units: Mapping[str, str], language: Lang) -> s.CaseView:
    """The whole page of a case."""
    case, request = page.case, page.request
    status = Status(case.status)
    may_hear = may_know_person(request, actor)
    return s.CaseView(
        case_no=case.case_no,
        request_no=request.request_no,
        status=status,
        status_text=status.zh,
        version=case.version,
        title=case.title,
        text=request.working_text,
        kind=case.kind,
        category=case.category,
        category_name=_category(city.catalog, case.category),
        urban=_urban(city.catalog, case),
        urgency=case.urgency,
        direction=case.direction,
        level=case.level,
        channel=case.channel,
        area_code=case.area_code,
        area_name=city.catalog.areas.name_path(case.area_code),
        address=request.address,
        lon=request.lon,
        lat=request.lat,
        crs=request.crs,
        flags=request.flags,
        call_id=request.call_id if may_hear else None,
        recording=request.recording if may_hear else None,
        upstream_no=request.upstream_no,
        person=person_view(city, request, actor),
        created_at=case.created_at,
        finish_due=case.finish_due,
        finish_due_original=case.finish_due_original,
        upstream_due=case.upstream_due,
        reply_text=case.reply_text,
        adoption=case.adoption,
        reason_code=case.reason_code,
        rework_count=case.rework_count,
        main_case_no=page.main_case_no,
        followers=list(page.followers),
        beside=list(page.beside),
        routing=_routing(city.catalog, case, units, language),
        suggestion=_suggestion(city.catalog, page, actor),
        signs=sign_views(city.catalog, _signs(city, request), language),
        clocks=[_clock(city.catalog, clock, language) for clock in page.hanging.clocks],
        assignments=[
            s.AssignmentView.model_validate({**vars(row), "unit": unit}, from_attributes=True)
            for row, unit in page.assignments
        ],
        guarded=case.guarded,
        minor=case.minor,
        screened_at=case.screened_at,
        telltales=_telltales(city, page, actor),
        supplements=[
            s.SupplementView(text=row.working_text, received_at=row.received_at)
            for row in page.supplements
            if may_read_all(case, actor)
        ],
        surveys=[s.SurveyView.model_validate(row, from_attributes=True) for row in page.surveys],
        motions=[_motion(row) for row in page.hanging.motions],
        supervisions=[s.SupervisionView.model_validate(row, from_attributes=True) for row in page.supervisions],
        allowed_actions=buttons(city.catalog, case, page.hanging, actor),
    )


def _suggestion(catalog: Catalog, page: CasePage, actor: Actor) -> KeptSuggestion | None:
    """For those who sort and supervise; a unit sees the category that the case was given."""
    return kept_view(catalog, page.suggestion) if page.suggestion and actor.roles & SORTERS else None


def may_read_all(case: Case, actor: Actor) -> bool:
    """举报: what was added, and how it was screened, is the centre's; a unit reads what was added once it is
    screened."""
    return not case.guarded or not actor.roles & UNIT_ROLES or case.screened_at is not None


def _telltales(city: City, page: CasePage, actor: Actor) -> list[s.TelltaleView]:
    """For those who screen: what in the words that a unit would read tells who reported."""
    if not page.case.guarded or Role.DISPATCHER not in actor.roles:
        return []
    texts = (page.request.working_title, page.request.working_text, *(row.working_text for row in page.supplements))
    found = found_in(city.keyring, page.request, *texts)
    return [s.TelltaleView(by=one.by, by_text=one.by.zh, words=one.words) for one in found]


def _signs(city: City, request: Request) -> tuple[Seen, ...]:
    return city.catalog.classifying.signs.seen(f"{request.working_title}\n{request.working_text}")


def may_know_person(request: Request, actor: Actor) -> bool:
    """保密: units do not learn who a secret request comes from, nor hear the voice (domain.md §7.2); who reported, only
    those who are permitted to."""
    if request.guarded and Permission.REPORTER_IDENTITY not in actor.permissions:
        return False
    return not request.secret or not actor.roles & UNIT_ROLES


def person_view(city: City, request: Request, actor: Actor) -> s.PersonView | None:
    """The person, masked."""
    if not may_know_person(request, actor):
        return None
    keys = city.keyring.of(request.guarded)
    name = keys.open(request.name_sealed, "request.name") if request.name_sealed else None
    phone = keys.open(request.phone_sealed, "request.phone") if request.phone_sealed else None
    return s.PersonView(
        name=mask_name(name) if name else None,
        phone=mask_phone(phone) if phone else None,
        anonymous=request.anonymous,
        secret=request.secret,
        reply_wanted=request.reply_wanted,
        proxy_for=request.proxy_for,
        dialect=request.dialect,
    )


def _routing(catalog: Catalog, case: Case, units: Mapping[str, str], language: str) -> s.RoutingView:
    trace = case.routing or {}
    steps = [(step["code"], step["params"]) for step in trace.get("steps", [])]
    unit = case.suggested_unit
    return s.RoutingView(
        unit=unit,
        unit_name=units.get(unit) if unit else None,
        rule=trace.get("rule"),
        version=trace.get("version", 0),
        co_departments=trace.get("co_departments", []),
        co_units=trace.get("co_units", []),
        limit=trace.get("limit", ""),
        because=catalog.teller.tell(steps, language, units),
    )


def _motion(row: Motion) -> s.MotionView:
    kind, ruling = MotionKind(row.kind), Ruling(row.ruling) if row.ruling else None
    return s.MotionView(
        kind=kind,
        kind_text=kind.zh,
        asked_at=row.asked_at,
        reason=row.reason,
        note=row.note,
        until=row.until,
        was_due=row.was_due,
        ruling=ruling,
        ruling_text=ruling.zh if ruling else None,
        ruled_at=row.ruled_at,
        ruling_note=row.ruling_note,
        ended_at=row.ended_at,
    )


def _clock(catalog: Catalog, clock: Clock, language: str) -> s.ClockView:
    name = ClockName(clock.name)
    return s.ClockView(
        name=name,
        name_text=name.zh,
        cycle=clock.cycle,
        state=clock.state,
        started_at=clock.started_at,
        due_at=clock.due_at,
        own_due_at=clock.own_due_at,
        stopped_at=clock.stopped_at,
        breached_at=clock.breached_at,
        provisional=clock.calendar_unannounced or clock.kind_unknown,
        rule_version=clock.rule_version,
        calendar_version=clock.calendar_version,
        why=why(catalog, clock, language),
    )


def held_view(span: Span, unit: str | None, calendar: WorkCalendar) -> s.HeldView:
    """One span of the holding time."""
    return s.HeldView(
        unit=unit,
        start=span.start,
        end=span.end,
        seconds=span.length.total_seconds(),
        working_seconds=calendar.working_time_between(span.start, span.end).total_seconds(),
    )


def earlier_case(earlier: Earlier, language: Lang) -> s.EarlierCase:
    """An earlier case of the same person, with the progress that may be told."""
    case, status = earlier.case, Status(earlier.case.status)
    code = "repeat.answered" if case.reply_text else "repeat.under_way"
    facts = {"case_no": case.case_no, "status": status.zh if language == "zh-CN" else status.value}
    return s.EarlierCase(
        case_no=case.case_no,
        title=case.title,
        status=status,
        status_text=status.zh,
        created_at=case.created_at,
        likeness=round(earlier.likeness, 3),
        same_category=earlier.same_category,
        same_matter=earlier.same_matter,
        progress=t(code, language, reply=case.reply_text or "", **facts),
    )


def steps_for(case: Case, steps: Sequence[Step], actor: Actor) -> list[s.StepView]:
    """The timeline as this reader may see it: of a report a unit learns neither how it was screened nor what was added
    before that was screened."""
    hidden = {Action.SCREEN.value} if case.guarded and actor.roles & UNIT_ROLES else set()
    hidden |= set() if may_read_all(case, actor) else {Record.SUPPLEMENT.value}
    return [step_view(step) for step in steps if step.event.action not in hidden]


def step_view(step: Step) -> s.StepView:
    """One line of the timeline."""
    event = step.event
    kind: type[Term] = Record if event.action in Record.__members__ else Action
    return s.StepView(
        at=event.at,
        action=event.action,
        action_text=kind(event.action).zh,
        role=Role(event.role),
        account=step.account,
        unit=step.unit,
        from_status=Status(event.from_status) if event.from_status else None,
        to_status=Status(event.to_status) if event.to_status else None,
        version=event.version,
        acted_at=event.acted_at,
        data=event.data,
    )
