"""THE DISPUTES' TABLE 矛盾纠纷流转: every permitted move of a dispute is a row here (domain.md §9.5, M00 to M90).

Read as transitions.py: `by` may do `action` on a dispute in `source` when each of `needs` says yes; `when` chooses
between rows of one action; clocks in `stops` were kept or broken, those in `cancels` end as neither, those in `starts`
begin a new cycle; those in `tells` are owed a notice: MEDIATOR who has it, GRID_WORKER who reported it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from casework.rules import mediation_guards as g
from casework.rules.decide import Refused
from casework.rules.mediation_facts import DisputeFacts
from casework.rules.mediation_words import DisputeAction as Action
from casework.rules.mediation_words import DisputeClock as Clock
from casework.rules.mediation_words import DisputeStatus as Status
from casework.rules.words import Role


@dataclass(frozen=True, slots=True)
class Turn:
    """One row (纠纷流转规则)."""

    action: Action
    source: Status
    target: Status
    by: tuple[Role, ...]
    needs: tuple[g.Guard, ...] = ()
    when: g.Question | None = None
    stops: tuple[Clock, ...] = ()
    cancels: tuple[Clock, ...] = ()
    starts: tuple[Clock, ...] = ()
    tells: tuple[Role, ...] = ()


_CENTRE = g.ANYBODY_IN_MEDIATION
_MEDIATOR = (Role.MEDIATOR,)
_FINDER = (Role.GRID_WORKER,)
_BOTH = (Role.MEDIATOR, Role.GRID_WORKER)
_LOOK_AFTER = (*_CENTRE, Role.LEADER)
_UNDER_WAY = (Status.MEDIATING, Status.EXTENDED)
_MEDIATES = (g.is_the_mediator, g.not_over)
_PERFORMS = (Status.PERFORMING, Status.CONFIRMATION)
BEFORE_AGREEMENT = (Status.REGISTERED, Status.SCREENING, Status.WILLINGNESS, Status.ACCEPTED, *_UNDER_WAY)
OPEN = (*BEFORE_AGREEMENT, Status.RAISED, Status.WARNED, Status.AGREED, *_PERFORMS)
"""Statuses in which a danger may grow and others may be called in."""

_BACK = (
    (g.agreement_in_force, Status.PERFORMING, ()),
    (g.agreement_unsigned, Status.AGREED, ()),
    (g.willing_without_agreement, Status.ACCEPTED, (Clock.ASSIGN,)),
    (g.will_not_known, Status.WILLINGNESS, (Clock.ACCEPT,)),
)
"""Where a dispute goes on after a warning or a higher centre: as far as it had come."""
_BACK_UNAGREED = _BACK[2:]

TURNS: tuple[Turn, ...] = (
    # 登记、甄别
    Turn(Action.REGISTER, Status.CLUE, Status.REGISTERED, by=_CENTRE, needs=(g.registers,), starts=(Clock.ACCEPT,)),
    Turn(Action.DISMISS, Status.CLUE, Status.ARCHIVED, by=_CENTRE, needs=(g.at_this_level, g.gives_note)),
    Turn(Action.SCREEN, Status.REGISTERED, Status.SCREENING, by=_CENTRE, needs=(g.at_this_level,)),
    Turn(Action.SUITABLE, Status.SCREENING, Status.WILLINGNESS, by=_CENTRE, needs=(g.at_this_level,)),
    Turn(
        Action.UNSUITABLE,
        Status.SCREENING,
        Status.GUIDED,
        by=_CENTRE,
        needs=(g.at_this_level, g.gives_unsuitable, g.gives_note),
        stops=(Clock.ACCEPT,),
        cancels=(Clock.REPORT,),
    ),
    # 征询意愿: one clear refusal ends it
    Turn(
        Action.RECORD_WILL,
        Status.WILLINGNESS,
        Status.FAILED,
        by=_CENTRE,
        needs=(g.at_this_level, g.names_party, g.tells_will),
        when=g.refuses,
        stops=(Clock.ACCEPT,),
        cancels=(Clock.REPORT,),
        tells=_FINDER,
    ),
    Turn(
        Action.RECORD_WILL,
        Status.WILLINGNESS,
        Status.ACCEPTED,
        by=_CENTRE,
        needs=(g.at_this_level, g.names_party, g.tells_will),
        when=g.completes_will,
        stops=(Clock.ACCEPT,),
        starts=(Clock.ASSIGN,),
    ),
    Turn(
        Action.RECORD_WILL,
        Status.WILLINGNESS,
        Status.WILLINGNESS,
        by=_CENTRE,
        needs=(g.at_this_level, g.names_party, g.tells_will),
        when=g.others_to_ask,
    ),
    # 调解员
    Turn(
        Action.ASSIGN,
        Status.ACCEPTED,
        Status.ACCEPTED,
        by=_CENTRE,
        needs=(g.at_this_level, g.names_mediator),
        tells=(Role.MEDIATOR,),
    ),
    Turn(
        Action.TAKE,
        Status.ACCEPTED,
        Status.MEDIATING,
        by=_MEDIATOR,
        needs=(g.at_this_level, g.may_take),
        when=g.time_starts,
        stops=(Clock.ASSIGN,),
        starts=(Clock.MEDIATE,),
    ),
    Turn(
        Action.TAKE,
        Status.ACCEPTED,
        Status.MEDIATING,
        by=_MEDIATOR,
        needs=(g.at_this_level, g.may_take),
        when=g.time_runs,
        stops=(Clock.ASSIGN,),
    ),
    Turn(
        Action.RECUSE,
        Status.ACCEPTED,
        Status.ACCEPTED,
        by=_CENTRE,
        needs=(g.at_this_level, g.has_mediator, g.gives_note),
    ),
    *(
        Turn(
            Action.RECUSE,
            at,
            Status.ACCEPTED,
            by=_CENTRE,
            needs=(g.at_this_level, g.has_mediator, g.gives_note),
            starts=(Clock.ASSIGN,),
        )
        for at in _UNDER_WAY
    ),
    # 调解
    *(
        row
        for at in _UNDER_WAY
        for row in (
            Turn(
                Action.HOLD_SESSION,
                at,
                at,
                by=_MEDIATOR,
                needs=(*_MEDIATES, g.tells_session, g.session_allowed, g.gives_note),
            ),
            Turn(
                Action.EXTEND,
                at,
                Status.EXTENDED,
                by=_MEDIATOR,
                needs=(*_MEDIATES, g.all_agree_to_extend, g.gives_note),
                cancels=(Clock.MEDIATE,),
                starts=(Clock.MEDIATE,),
            ),
            Turn(
                Action.AGREE,
                at,
                Status.AGREED,
                by=_MEDIATOR,
                needs=(*_MEDIATES, g.was_mediated, g.agrees),
                stops=(Clock.MEDIATE,),
            ),
        )
    ),
    Turn(
        Action.SIGN_AGREEMENT,
        Status.AGREED,
        Status.PERFORMING,
        by=_CENTRE,
        needs=(g.at_this_level, g.names_party, g.not_signed_yet),
        when=g.last_signature,
        starts=(Clock.PERFORM, Clock.CONFIRM),
        tells=_FINDER,
    ),
    Turn(
        Action.SIGN_AGREEMENT,
        Status.AGREED,
        Status.AGREED,
        by=_CENTRE,
        needs=(g.at_this_level, g.names_party, g.not_signed_yet),
        when=g.more_signatures,
    ),
    # 调解不成、终止
    *(
        Turn(
            Action.TERMINATE,
            at,
            Status.FAILED,
            by=_CENTRE,
            needs=(g.at_this_level, g.gives_ending, g.gives_note),
            stops=(Clock.MEDIATE,),
            cancels=(Clock.ASSIGN, Clock.REPORT),
            tells=_FINDER,
        )
        for at in (Status.ACCEPTED, *_UNDER_WAY, Status.AGREED)
    ),
    *(
        Turn(
            Action.EXPIRE,
            at,
            Status.FAILED,
            by=(Role.SYSTEM,),
            needs=(g.is_over,),
            stops=(Clock.MEDIATE,),
            cancels=(Clock.ASSIGN, Clock.LEVEL, Clock.REPORT),
            tells=_BOTH,
        )
        for at in (Status.ACCEPTED, *_UNDER_WAY, Status.RAISED)
    ),
    Turn(Action.GUIDE, Status.FAILED, Status.GUIDED, by=_CENTRE, needs=(g.at_this_level, g.gives_way)),
    Turn(
        Action.GUIDE,
        Status.PERFORMING,
        Status.GUIDED,
        by=_CENTRE,
        needs=(g.at_this_level, g.gives_way, g.gives_note),
        stops=(Clock.PERFORM,),
        cancels=(Clock.CONFIRM, Clock.REPORT),
    ),
    # 司法确认
    Turn(
        Action.APPLY_CONFIRMATION,
        Status.PERFORMING,
        Status.CONFIRMATION,
        by=_CENTRE,
        needs=(g.at_this_level, g.may_be_confirmed, g.all_apply, g.within_window),
        stops=(Clock.CONFIRM,),
        starts=(Clock.COURT_ACCEPT,),
    ),
    Turn(
        Action.COURT_ACCEPTS,
        Status.CONFIRMATION,
        Status.CONFIRMATION,
        by=_CENTRE,
        needs=(g.at_this_level, g.awaits_court, g.gives_court_no),
        stops=(Clock.COURT_ACCEPT,),
        starts=(Clock.COURT_REVIEW,),
    ),
    Turn(
        Action.COURT_CONFIRMS,
        Status.CONFIRMATION,
        Status.PERFORMING,
        by=_CENTRE,
        needs=(g.at_this_level, g.court_reviews, g.gives_court_no),
        stops=(Clock.COURT_REVIEW,),
    ),
    Turn(
        Action.COURT_REJECTS,
        Status.CONFIRMATION,
        Status.PERFORMING,
        by=_CENTRE,
        needs=(g.at_this_level, g.gives_note),
        stops=(Clock.COURT_ACCEPT, Clock.COURT_REVIEW),
    ),
    Turn(
        Action.WITHDRAW_APPLICATION,
        Status.CONFIRMATION,
        Status.PERFORMING,
        by=_CENTRE,
        needs=(g.at_this_level, g.gives_note),
        cancels=(Clock.COURT_ACCEPT, Clock.COURT_REVIEW),
    ),
    # 履行、回访、归档
    *(Turn(Action.RECORD_PERFORMANCE, at, at, by=_CENTRE, needs=(g.at_this_level, g.gives_note)) for at in _PERFORMS),
    Turn(
        Action.COMPLETE,
        Status.PERFORMING,
        Status.PERFORMED,
        by=_CENTRE,
        needs=(g.at_this_level, g.gives_note),
        stops=(Clock.PERFORM,),
        cancels=(Clock.CONFIRM, Clock.REPORT),
        starts=(Clock.FOLLOW_UP,),
        tells=_FINDER,
    ),
    Turn(
        Action.FOLLOW_UP,
        Status.PERFORMED,
        Status.FOLLOWED_UP,
        by=_CENTRE,
        needs=(g.at_this_level, g.tells_settled, g.gives_note),
        stops=(Clock.FOLLOW_UP,),
    ),
    Turn(
        Action.FOLLOW_UP,
        Status.GUIDED,
        Status.FOLLOWED_UP,
        by=_CENTRE,
        needs=(g.at_this_level, g.tells_settled, g.gives_note),
    ),
    *(
        Turn(Action.ARCHIVE, at, Status.ARCHIVED, by=_CENTRE, needs=(g.at_this_level,))
        for at in (Status.GUIDED, Status.FOLLOWED_UP)
    ),
    # 上报提级
    *(
        Turn(
            Action.RAISE,
            at,
            Status.RAISED,
            by=_CENTRE,
            needs=(g.at_this_level, g.has_level_above, g.gives_note),
            cancels=(Clock.ACCEPT, Clock.ASSIGN),
            starts=(Clock.LEVEL,),
        )
        for at in BEFORE_AGREEMENT[1:]
    ),
    *(
        row
        for when, target, clocks in _BACK_UNAGREED
        for row in (
            Turn(
                Action.TAKE_UP,
                Status.RAISED,
                target,
                by=_CENTRE,
                needs=(g.at_next_level,),
                when=when,
                stops=(Clock.LEVEL,),
                starts=clocks,
            ),
            Turn(
                Action.SEND_DOWN,
                Status.RAISED,
                target,
                by=_CENTRE,
                needs=(g.at_next_level, g.gives_note),
                when=when,
                stops=(Clock.LEVEL,),
                starts=clocks,
            ),
        )
    ),
    # 风险、民转刑
    *(
        row
        for at in OPEN
        for row in (
            Turn(
                Action.GRADE,
                at,
                at,
                by=_LOOK_AFTER,
                needs=(g.changes_grade, g.gives_note),
                when=g.grades_red,
                starts=() if at is Status.WARNED else (Clock.REPORT,),
            ),
            Turn(
                Action.GRADE,
                at,
                at,
                by=_LOOK_AFTER,
                needs=(g.changes_grade, g.gives_note),
                when=g.grades_other,
                cancels=(Clock.REPORT,),
            ),
            Turn(Action.HAND_OVER, at, at, by=_LOOK_AFTER, needs=(g.hands_over,)),
            Turn(Action.ANSWER_LINK, at, at, by=_LOOK_AFTER, needs=(g.link_is_open, g.gives_note)),
        )
    ),
    *(
        Turn(
            Action.WARN,
            at,
            Status.WARNED,
            by=_LOOK_AFTER,
            needs=(g.tells_police, g.gives_note),
            stops=(Clock.REPORT,),
            cancels=(Clock.ACCEPT, Clock.ASSIGN, Clock.MEDIATE, Clock.LEVEL),
            tells=_BOTH,
        )
        for at in OPEN
        if at not in (Status.WARNED, Status.CONFIRMATION)
    ),
    Turn(
        Action.WARN,
        Status.CONFIRMATION,
        Status.CONFIRMATION,
        by=_LOOK_AFTER,
        needs=(g.tells_police, g.gives_note),
        stops=(Clock.REPORT,),
        tells=_BOTH,
    ),
    *(
        Turn(
            Action.LIFT_WARNING,
            Status.WARNED,
            target,
            by=(Role.LEADER, Role.DISPATCHER, Role.STREET),
            needs=(g.gives_note,),
            when=when,
            starts=clocks,
        )
        for when, target, clocks in _BACK
    ),
    Turn(
        Action.HAND_TO_POLICE,
        Status.WARNED,
        Status.GUIDED,
        by=(Role.LEADER, Role.DISPATCHER, Role.STREET),
        needs=(g.gives_note,),
        cancels=(Clock.PERFORM, Clock.CONFIRM),
    ),
)

CLOCKS_OF: Mapping[Status, frozenset[Clock]] = {
    Status.REGISTERED: frozenset({Clock.ACCEPT}),
    Status.SCREENING: frozenset({Clock.ACCEPT}),
    Status.WILLINGNESS: frozenset({Clock.ACCEPT}),
    Status.ACCEPTED: frozenset({Clock.ASSIGN, Clock.MEDIATE}),
    Status.MEDIATING: frozenset({Clock.MEDIATE}),
    Status.EXTENDED: frozenset({Clock.MEDIATE}),
    Status.RAISED: frozenset({Clock.LEVEL, Clock.MEDIATE}),
    Status.WARNED: frozenset({Clock.PERFORM, Clock.CONFIRM}),
    Status.PERFORMING: frozenset({Clock.PERFORM, Clock.CONFIRM}),
    Status.CONFIRMATION: frozenset({Clock.PERFORM, Clock.COURT_ACCEPT, Clock.COURT_REVIEW}),
    Status.PERFORMED: frozenset({Clock.FOLLOW_UP}),
}
"""Which clocks may run in a status. A status that is not here runs none but REPORT, which hangs on the red grade."""


def _index() -> Mapping[tuple[Status, Action], tuple[Turn, ...]]:
    rows: dict[tuple[Status, Action], tuple[Turn, ...]] = defaultdict(tuple)
    for row in TURNS:
        rows[row.source, row.action] += (row,)
    return dict(rows)


_TABLE = _index()


def decide(facts: DisputeFacts) -> tuple[Turn, Role]:
    """The row that applies, and the role that it was allowed to.

    Raises Refused with DISPUTE.CHANGED (another version was seen), DISPUTE.NOT_NOW, DISPUTE.NOT_YOUR_ROLE, or the
    first guard's own code; `field` is among its parameters when one field of what was typed is at fault.
    """
    ask, stand = facts.ask, facts.dispute.status
    if ask.version is not None and ask.version != facts.dispute.version:
        raise Refused("DISPUTE.CHANGED", stand=stand.zh)
    rows = _TABLE.get((stand, ask.action), ())
    if not rows:
        raise Refused("DISPUTE.NOT_NOW", deed=ask.action.zh, stand=stand.zh)
    row = next(r for r in rows if r.when is None or r.when(facts))
    role = next((r for r in row.by if r in facts.actor.roles), None)
    if role is None:
        raise Refused("DISPUTE.NOT_YOUR_ROLE", deed=ask.action.zh)
    for needs in row.needs:
        if (code := needs(facts)) is not None:
            field = {"field": g.FIELDS[code]} if code in g.FIELDS else {}
            raise Refused(f"DISPUTE.{code}", **field)
    return row, role


def allowed_actions(facts: DisputeFacts) -> list[Action]:
    """The buttons to draw: rows of this status for the actor's roles whose guards about the dispute say yes."""
    found: list[Action] = []
    for (status, action), rows in _TABLE.items():
        if status is facts.dispute.status and any(_offered(row, facts) for row in rows):
            found.append(action)
    return found


def _offered(row: Turn, facts: DisputeFacts) -> bool:
    if not facts.actor.roles & set(row.by):
        return False
    return all(needs(facts) is None for needs in row.needs if needs in g.ABOUT_THE_DISPUTE)
