"""What the centre does 中心: it answers calls, reviews, asks back, dispatches, judges results."""

from datetime import datetime, timedelta

from casework.journey.standing import open_check
from casework.rules import asks
from casework.rules.words import Action, ClockName, Kind, Role
from manage.seed.crew import Crew
from manage.seed.life import SOON, Life, Step
from manage.seed.people import in_hours, pace, share

_GUIDED_TO = ("NA02", "NA05", "NA06", "NA09")
_LATE = 0.03


def called(crew: Crew, life: Life) -> Step:
    """网格呼叫: mostly taken on."""
    at = share(life, ClockName.RESPOND, pace(life.chance, _LATE))
    wish = life.settle_mark("called", {"TAKE_ON": 84, "ANSWER": 9, "GUIDE": 3, "TRANSFER": 2, "VOID": 2})
    if wish == "VOID":
        return void(crew, life, at)
    asked: dict[str, asks.Ask] = {
        "TAKE_ON": asks.TakeOn(note=crew.say(life, "TAKE_ON")),
        "ANSWER": asks.Answer(answer=crew.say(life, "ANSWER")),
        "GUIDE": _guide(life),
        "TRANSFER": asks.Transfer(line="110"),
    }
    return crew.by(life, Role.DISPATCHER, at, asked[wish])


def review(crew: Crew, life: Life) -> Step | None:
    """待审核: answered, guided, handed on, or dispatched; what the hotline left open is classified first."""
    if life.case.category is None:
        return _classify(crew, life, 0.2 + 2 * life.chance.random())
    at = share(life, ClockName.DISPATCH, pace(life.chance, _LATE))
    if life.main is not None and life.settle_mark("alike", {"YES": 70, "NO": 30}) == "YES":
        ask = asks.Merge(main=life.main.case.case_no, note=crew.say(life, "MERGE"))
        return crew.by(life, Role.DISPATCHER, at, ask)
    emergency = life.world.city.catalog.categories[life.case.category].emergency_line
    if emergency and life.settle_mark("emergency", {"YES": 70, "NO": 30}) == "YES":
        return crew.by(life, Role.AGENT, at, asks.Transfer(line=emergency[0]))
    wish = life.settle_mark("review", _wishes(life))
    if wish in ("CLASSIFY", "ASK_INFO") and life.first(wish):
        if wish == "CLASSIFY":
            return _classify(crew, life, 0.1 + life.chance.random() / 4)
        return crew.by(life, Role.DISPATCHER, at, asks.AskInfo(note=crew.say(life, "ASK_INFO")))
    if wish == "VOID":
        return void(crew, life, at)
    if wish == "WITHDRAW":
        return withdraw(crew, life, in_hours(life, 0.2))
    if wish == "ANSWER":
        return crew.by(life, Role.AGENT, at, asks.Answer(answer=crew.say(life, "ANSWER")))
    if wish == "GUIDE":
        return crew.by(life, Role.AGENT, at, _guide(life))
    if life.case.suggested_unit is None:
        return None
    if life.case.guarded and life.case.screened_at is None:
        screen = asks.Screen(no_unit=True, confirmed=True)
        return crew.by(life, Role.DISPATCHER, min(at, life.last + SOON), screen)
    if life.case.kind == Kind.PRAISE:
        return crew.by(life, Role.DISPATCHER, at, asks.Forward(unit=life.case.suggested_unit))
    return crew.by(life, Role.DISPATCHER, at, asks.Dispatch(unit=life.case.suggested_unit))


def _wishes(life: Life) -> dict[str, float]:
    answers = {Kind.CONSULT.value: 50.0, Kind.PRAISE.value: 70.0}.get(life.case.kind or "", 1.5)
    rest = {"GUIDE": 2.5, "ASK_INFO": 3.0, "CLASSIFY": 3.0, "WITHDRAW": 0.8, "VOID": 0.7}
    return {"DISPATCH": 90 - answers, "ANSWER": answers, **rest}


def _classify(crew: Crew, life: Life, hours: float) -> Step:
    category = life.message.category
    if life.case.category is not None:  # the right matter, another kind: the deadline changes with it
        kind = Kind.HELP if life.case.kind == Kind.COMPLAINT else Kind.COMPLAINT
        ask = asks.Classify(kind=kind, note=crew.say(life, "CLASSIFY"))
    else:
        ask = asks.Classify(category=category, note=crew.say(life, "CLASSIFY"))
    return crew.by(life, Role.DISPATCHER, life.last + timedelta(hours=hours), ask)


def _guide(life: Life) -> asks.Guide:
    known = life.world.city.catalog.reasons.guidance
    reason = life.chance.choice([code for code in _GUIDED_TO if code in known])
    return asks.Guide(reason=reason, told=known[reason].told_zh)


def need_info(crew: Crew, life: Life) -> Step | None:
    """待补充: most answer, some never do."""
    wish = life.settle_mark("info", {"SUPPLY": 82, "GUIDE": 10, "NOTHING": 8})
    if wish == "NOTHING":
        return None
    at = in_hours(life, life.chance.uniform(0.5, 9))
    if wish == "GUIDE":
        return crew.by(life, Role.AGENT, at, _guide(life))
    return crew.by(life, Role.AGENT, at, asks.SupplyInfo(note=crew.say(life, "SUPPLY_INFO")))


def result_review(crew: Crew, life: Life) -> Step:
    """结果待审: looked at on the spot where that is wanted, then accepted, or sent back once."""
    if (step := _checked(crew, life)) is not None:
        return step
    at = share(life, ClockName.REVIEW_RESULT, pace(life.chance, 0.02))
    if (task := open_check(life.assignments)) is not None:  # nobody has looked in time
        due = next(clock.due_at for clock in life.clocks if clock.assignment_id == task.id)
        ask = asks.AcceptResult(note=crew.say(life, "UNCHECKED"))
        return crew.by(life, Role.REVIEWER, max(at, due + SOON), ask)
    if life.first("judged") and life.chance.random() < 0.07:
        return crew.by(life, Role.REVIEWER, at, asks.SendBackResult(note=crew.say(life, "SEND_BACK_RESULT")))
    return crew.by(life, Role.REVIEWER, at, asks.AcceptResult())


def _checked(crew: Crew, life: Life) -> Step | None:
    """核查: by who discovered the matter, where no photo is asked for; mostly it is as the result says."""
    task = open_check(life.assignments)
    if task is None or life.needs_photo(Action.PASS_CHECK) or life.settle_mark("looks", {"YES": 92, "NO": 8}) == "NO":
        return None
    worker = next(actor for actor in life.world.actors if actor.account_id == task.account_id)
    at = share(life, ClockName.INNER, life.chance.uniform(0.2, 0.9))
    if life.first("looked") and life.chance.random() < 0.06:
        return Step(at, worker, asks.FailCheck(note=crew.say(life, "FAIL_CHECK")))
    return Step(at, worker, asks.PassCheck(note=crew.say(life, "PASS_CHECK")))


def void(crew: Crew, life: Life, at: datetime) -> Step:
    """作废: proposed by one, done by another."""
    if life.case.void_proposed_by is None:
        return crew.by(life, Role.DISPATCHER, at, asks.ProposeVoid(note=crew.say(life, "PROPOSE_VOID")))
    return crew.by(life, Role.REVIEWER, max(at, life.last + SOON), asks.Void())


def withdraw(crew: Crew, life: Life, at: datetime) -> Step:
    """撤诉, by phone."""
    ask = asks.Withdraw(note=crew.say(life, "WITHDRAW"), identity_checked=True)
    return crew.by(life, Role.AGENT, at, ask)
