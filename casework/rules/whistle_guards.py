"""The questions that rows about whistles ask, as those in guards.py do."""

from casework.rules import asks
from casework.rules.facts import Facts
from casework.rules.guards import Guard
from casework.rules.said_why import says_why
from casework.rules.whistles import LOW_SCORE, Call, open_whistles, own_call, to_rate, to_rate_back


def own(f: Facts) -> Call | None:
    """The open call that the actor acts for."""
    return own_call(f.case.calls, f.actor.unit_id, f.actor.units)


def tells_matter(f: Facts) -> str | None:
    """吹哨 says what is the matter."""
    return None if len(f.ask.note) >= 4 and says_why(f.ask.note) else "MATTER_MISSING"


def names_called(f: Facts) -> str | None:
    """Departments that are there, other than the caller itself, and not called and awaited already."""
    if not f.called:
        return "CALLED_MISSING"
    if None in f.called:
        return "UNIT_UNKNOWN"
    if f.names_barred:
        return "UNIT_REPORTED"
    if f.case.lead_unit in f.called:
        return "CALLS_ITSELF"
    awaited = {call.unit for call in f.case.calls if call.open}
    return "ALREADY_CALLED" if awaited & set(f.called) else None


def is_called(f: Facts) -> str | None:
    """The actor's unit was called and has not answered."""
    return None if own(f) else "NOT_CALLED"


def not_reported(f: Facts) -> str | None:
    """报到 once."""
    call = own(f)
    return "ALREADY_REPORTED_IN" if call and call.reported else None


def has_reported(f: Facts) -> str | None:
    """A plan and a result come from those who have reported in."""
    call = own(f)
    return None if call and call.reported else "REPORT_IN_FIRST"


def gives_plan(f: Facts) -> str | None:
    """处置方案 in words."""
    return None if isinstance(f.ask, asks.GivePlan) and len(f.ask.text) >= 4 else "PLAN_MISSING"


def answers_whistle(f: Facts) -> str | None:
    """处置结果 in words."""
    return None if isinstance(f.ask, asks.AnswerWhistle) and len(f.ask.text) >= 4 else "WHISTLE_ANSWER_MISSING"


def whistle_open(f: Facts) -> str | None:
    """Some department of a whistle has still to answer."""
    return None if open_whistles(f.case.calls) else "NO_WHISTLE"


def names_whistle(f: Facts) -> str | None:
    """收哨: the whistle that is named is open."""
    named = f.ask.no if isinstance(f.ask, asks.EndWhistle) else None
    return None if named is None or named in open_whistles(f.case.calls) else "NO_WHISTLE"


def may_rate_unit(f: Facts) -> str | None:
    """评价报到部门: by the unit that called it, once, when it has answered or the whistle is over."""
    return None if to_rate(f.case.calls, f.actor.units, f.target_unit) else "NOTHING_TO_RATE"


def explains_score(f: Facts) -> str | None:
    """A score is given; a low one, or a whistle that was not needed, says why."""
    ask = f.ask
    if not isinstance(ask, asks.RateUnit | asks.RateWhistle) or ask.score is None:
        return "SCORE_MISSING"
    if isinstance(ask, asks.RateWhistle) and ask.justified is None:
        return "SCORE_MISSING"
    low = ask.score <= LOW_SCORE
    needless = isinstance(ask, asks.RateWhistle) and not ask.justified
    return "SCORE_REASON_MISSING" if (low or needless) and not says_why(ask.note) else None


def has_called(f: Facts) -> str | None:
    """The actor's unit called somebody who is not scored yet."""
    waiting = [c for c in f.case.calls if c.caller in f.actor.units and not c.open and not c.rated]
    return None if waiting else "NOTHING_TO_RATE"


def may_rate_whistle(f: Facts) -> str | None:
    """评价吹哨: by a department that was called, once, when it has answered or the whistle is over."""
    return None if to_rate_back(f.case.calls, f.actor.units) else "NOTHING_TO_RATE"


ABOUT_THE_CASE: frozenset[Guard] = frozenset(
    {is_called, not_reported, has_reported, whistle_open, has_called, may_rate_whistle}
)
"""As guards.ABOUT_THE_CASE."""
