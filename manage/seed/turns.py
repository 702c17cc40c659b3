"""The turns that the demo's cases take 退单、延期、挂起: now and then a unit asks, and somebody rules."""

from datetime import timedelta

from casework.rules import asks
from casework.rules.words import ClockName, Level, MotionKind, Role, Urgency
from manage.seed.crew import Crew
from manage.seed.life import Life, Step
from manage.seed.people import in_hours, share

_PATIENT = frozenset({Urgency.N, Urgency.C})


def returned(crew: Crew, life: Life) -> Step | None:
    """退单: once in a while, by a unit of the county that thinks the matter is another's."""
    if life.motions or life.case.level != Level.COUNTY or life.case.urgency not in _PATIENT:
        return None
    if life.settle_mark("return", {"NO": 965, "YES": 35}) == "NO":
        return None
    others = sorted(code for code, unit in life.world.units.items() if unit.level == Level.COUNTY)
    unit = life.chance.choice([code for code in others if life.world.units[code].id != life.case.lead_unit_id])
    reason = life.chance.choice(["OUTSIDE_DUTY", "DUTY_MOVED", "HIGHER_LEVEL"])
    ask = asks.AskReturn(reason=reason, basis=crew.say(life, "ASK_RETURN"), unit=unit)
    return crew.by_unit(life, share(life, ClockName.SIGN, life.chance.uniform(0.1, 0.7)), ask)


def return_review(crew: Crew, life: Life) -> Step | None:
    """退单审核中: mostly granted; what is disputed goes to a consultation; some still wait."""
    wish = life.settle_mark("ruling", {"GRANT": 58, "REJECT": 26, "CONSULT": 10, "NOTHING": 6})
    at = in_hours(life, life.chance.uniform(0.3, 5))
    if wish == "NOTHING":
        return None
    asked: dict[str, asks.Ask] = {
        "GRANT": asks.GrantReturn(),
        "REJECT": asks.RejectReturn(note=crew.say(life, "REJECT_RETURN")),
        "CONSULT": asks.Consult(note=crew.say(life, "CONSULT")),
    }
    return crew.by(life, Role.DISPATCHER, at, asked[wish])


def consultation(crew: Crew, life: Life) -> Step | None:
    """会商: a leader designates a unit; some are not settled yet."""
    if life.settle_mark("consulted", {"DESIGNATE": 70, "NOTHING": 30}) == "NOTHING":
        return None
    unit = life.case.suggested_unit
    if unit is None:
        return None
    ask = asks.Designate(unit=unit, note=crew.say(life, "DESIGNATE"))
    return crew.by(life, Role.LEADER, in_hours(life, life.chance.uniform(2, 12)), ask)


def turning(crew: Crew, life: Life) -> Step | None:
    """办理中: what was asked for is ruled on; else now and then an extension or a suspension is asked for."""
    pending = next((motion for motion in life.motions if motion.ruling is None), None)
    if pending is not None:
        grants: dict[str, asks.Ask] = {
            MotionKind.EXTENSION.value: asks.GrantExtension(),
            MotionKind.SUSPENSION.value: asks.GrantSuspension(),
        }
        return crew.by(life, Role.DISPATCHER, in_hours(life, life.chance.uniform(0.2, 1)), grants[pending.kind])
    if life.case.urgency not in _PATIENT or life.case.finish_due is None:
        return None
    wish = life.settle_mark("turn", {"NOTHING": 955, "EXTEND": 30, "SUSPEND": 15})
    if wish == "NOTHING" or not life.first("turned"):
        return None
    if wish == "EXTEND":
        at = share(life, ClockName.FINISH, life.chance.uniform(0.4, 0.7))
        if (
            life.case.upstream_due is not None
            or in_hours(life, 2) >= life.case.finish_due
            or at >= life.case.finish_due
        ):
            return None
        until = life.case.finish_due + timedelta(hours=life.chance.choice([20, 44]))
        return crew.by_unit(life, at, asks.AskExtension(until=until, note=crew.say(life, "ASK_EXTENSION")))
    at = in_hours(life, life.chance.uniform(0.5, 3))
    note = crew.say(life, "ASK_SUSPENSION")
    ask = asks.AskSuspension(reason="PARTS_OR_SEASON", until=at + timedelta(days=14), note=note)
    return crew.by_unit(life, at, ask)


def suspended(crew: Crew, life: Life) -> Step:
    """挂起: the unit goes on when what it waited for has come."""
    return crew.by_unit(life, in_hours(life, life.chance.uniform(8, 40)), asks.Resume())
