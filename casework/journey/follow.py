"""What a change of category, kind or urgency does to the unit's clocks that run, beside the promise to the citizen."""

from casework.journey import clockwork
from casework.journey.leveling import plan
from casework.journey.standing import timing_of
from casework.journey.writing import Writing
from casework.rules.clocks import Due, Limit
from casework.rules.words import ClockName, Level, Policy

FOLLOWING = (ClockName.SIGN, ClockName.CONTACT, ClockName.FEEDBACK)


def follow(w: Writing, policy: Policy) -> None:
    """The lead's clocks stand, or are lengthened, or are reckoned anew from their own start, as the policy says. What
    is broken stays broken. A clock that the new facts do not have falls away when all is reckoned anew; an interim
    reply that a statute makes us owe is owed from now on, whatever the policy. Old and new are in the event.
    """
    case, catalog = w.case, w.city.catalog
    calendar, timing = catalog.calendars.for_area(case.area_code), timing_of(case)
    graded, changed = bool(clockwork.running(w.clocks, [ClockName.LEVEL])), []
    for clock in clockwork.running(w.clocks, FOLLOWING):
        if clock.state != "RUNNING" or clock.breached_at is not None or clock.due_at < w.now or policy is Policy.KEEP:
            continue
        was, name = clock.due_at, ClockName(clock.name)
        anew = (
            plan(catalog, name, Level(case.level), timing, clock.started_at)
            if graded
            else clockwork.plan(catalog, name, timing, clock.started_at)
        )
        if anew is None and policy is Policy.RECOMPUTE:
            clockwork.cancel(clock, w.now)
            changed.append({"clock": clock.name, "was_due": was.isoformat(), "due": None})
        if anew is None:
            continue
        reckoned = Due(anew.own_due_at, anew.calendar_unannounced, Limit.parse(anew.limit_text))
        own = clockwork.after_suspensions(reckoned, w.motions, clock.started_at, calendar)
        if own.at == was or (policy is Policy.EXTEND_ONLY and own.at < was):
            continue
        clockwork.replan(clock, anew, own, calendar, w.now)
        changed.append({"clock": clock.name, "was_due": was.isoformat(), "due": clock.due_at.isoformat()})
    changed += _newly_owed(w, policy)
    if changed:
        w.noted["clocks"] = changed


def _newly_owed(w: Writing, policy: Policy) -> list[dict[str, str | None]]:
    """A feedback that nobody owed before."""
    lead, catalog, timing = w.lead, w.city.catalog, timing_of(w.case)
    if lead is None or lead.signed_at is None or (policy is Policy.KEEP and clockwork.interim(catalog, timing) is None):
        return []
    mine = [clock for clock in w.clocks if clock.name == ClockName.FEEDBACK and clock.assignment_id == lead.id]
    if any(clock.state != "CANCELLED" for clock in mine):
        return []
    row = clockwork.plan(catalog, ClockName.FEEDBACK, timing, w.now)
    if row is None:
        return []
    cycle = max((clock.cycle for clock in mine), default=0) + 1
    clock = clockwork.start(w.case.id, lead.id, row._replace(cycle=cycle))
    w.pen.add(clock)
    w.clocks.append(clock)
    return [{"clock": clock.name, "was_due": None, "due": clock.due_at.isoformat()}]
