"""What the units do 办理: they sign, make contact, tell how far it is, file the result; a community may settle."""

from datetime import datetime, timedelta

from casework.journey.clockwork import interim
from casework.journey.standing import timing_of
from casework.kit.now import shanghai_day
from casework.rules import asks
from casework.rules.words import Action, Adoption, CallOutcome, ClockName, Kind, Level
from manage.seed.centre import withdraw
from manage.seed.crew import Crew
from manage.seed.life import Life, Step
from manage.seed.people import in_hours, negligence, pace, share
from manage.seed.turns import returned, turning

_SIGN_LATE, _CONTACT_LATE, _FINISH_LATE = 0.006, 0.006, 0.017
_ADOPTIONS = {"SOLVED": Adoption.ADOPTED, "PARTLY": Adoption.PARTLY, "UNSOLVED": Adoption.NOT_ADOPTED}
_MISSED = (CallOutcome.NO_ANSWER, CallOutcome.BUSY)


def dispatched(crew: Crew, life: Life) -> Step:
    """待签收."""
    if life.settle_mark("regret", {"NO": 988, "YES": 12}) == "YES":
        return withdraw(crew, life, in_hours(life, 0.5))
    if (step := returned(crew, life)) is not None:
        return step
    at = share(life, ClockName.SIGN, pace(life.chance, _SIGN_LATE * negligence(life)))
    return crew.by_unit(life, at, asks.Sign())


def handling(crew: Crew, life: Life) -> Step | None:
    """办理中: contact first, then the rest."""
    if not life.case.contact_made and not life.case.contact_exempt:
        return _contact(crew, life)
    if life.case.level == Level.COMMUNITY:
        return _at_community(crew, life)
    if life.first("feedback") and _owes_feedback(life):
        at = share(life, ClockName.FEEDBACK, pace(life.chance, 0.01))
        return crew.by_unit(life, at, _feedback(crew, life))
    if (step := turning(crew, life)) is not None:
        return step
    return _file(crew, life, _when_done(life))


def rework(crew: Crew, life: Life) -> Step | None:
    """重办: contact again, file again."""
    if not life.case.contact_made and not life.case.contact_exempt:
        return _contact(crew, life)
    at = share(life, ClockName.REWORK, pace(life.chance, _FINISH_LATE * negligence(life)))
    return _file(crew, life, at)


def _contact(crew: Crew, life: Life) -> Step:
    chance = life.chance
    at = share(life, ClockName.CONTACT, pace(chance, _CONTACT_LATE * negligence(life)))
    way = chance.choices(["PHONE", "VISIT", "MESSAGE"], [78, 14, 8])[0]
    if life.needs_photo(Action.CONTACT, way):
        way = "PHONE"
    reached = way != "PHONE" or not life.first("rings") or chance.random() > 0.12
    if not reached:
        at = min(at, share(life, ClockName.CONTACT, 0.3))
    ask = asks.Contact(
        contacted_at=max(at - timedelta(seconds=chance.randint(20, 600)), life.case.created_at),
        way=way,
        reached=reached,
        outcome=(CallOutcome.REACHED if reached else chance.choice(_MISSED)) if way == "PHONE" else None,
        note=crew.say(life, "CONTACT" if reached else "CONTACT_MISSED"),
    )
    return crew.by_unit(life, at, ask)


def _feedback(crew: Crew, life: Life) -> asks.Feedback:
    text, due = crew.say(life, "FEEDBACK"), life.case.finish_due
    if due is None or interim(life.world.city.catalog, timing_of(life.case)) is None:
        return asks.Feedback(text=text)
    return asks.Feedback(text=text, planned_for=shanghai_day(due))


def _owes_feedback(life: Life) -> bool:
    return life.clock(ClockName.FEEDBACK) is not None or life.chance.random() < 0.15


def _when_done(life: Life) -> datetime:
    if "judged" in life.marks:  # it was sent back: mended within the day
        return in_hours(life, life.chance.uniform(0.5, 6))
    return share(life, ClockName.FINISH, pace(life.chance, _FINISH_LATE * negligence(life), eager=1.5, slow=5.2))


def _file(crew: Crew, life: Life, at: datetime) -> Step | None:
    if life.needs_photo(Action.FILE_RESULT):
        return None
    chance = life.chance
    solved = chance.choices(["SOLVED", "PARTLY", "UNSOLVED"], [88, 8, 4])[0]
    factual = chance.random() < 0.92
    suggested = life.case.kind == Kind.SUGGESTION
    ask = asks.FileResult(
        reply_text=crew.say(life, f"REPLY_{solved}"),
        finding=crew.say(life, "FINDING" if factual else "FINDING_UNTRUE"),
        factual=factual,
        solved=solved,
        unsolved_reason="" if solved == "SOLVED" else crew.say(life, "UNSOLVED_REASON"),
        adoption=_ADOPTIONS[solved] if suggested else None,
    )
    return crew.by_unit(life, at, ask)


def _at_community(crew: Crew, life: Life) -> Step | None:
    wish = life.settle_mark("community", {"SETTLE": 72, "CALL": 18, "FILE": 10})
    if wish == "SETTLE" and life.needs_photo(Action.SETTLE):
        wish = "FILE"
    at = _when_done(life)
    if wish == "SETTLE":
        return crew.by_unit(life, at, asks.Settle(evidence=crew.say(life, "SETTLE")))
    if wish == "CALL":
        return crew.by_unit(life, min(at, in_hours(life, 12)), asks.Call(note=crew.say(life, "CALL")))
    return _file(crew, life, at)
