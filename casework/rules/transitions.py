"""THE TABLE: every permitted move of a case is a row here. Nothing else changes a status (design.md §1).

To read a row: `by` may do `action` on a case in `source`; each of `needs` must be answered yes; `when` chooses
between two rows of one action; then the case is in `target`, the clocks in `stops` stop, those in `files` are filed
(their time is set, the verdict is awaited), those in `resumes` run on as if never filed, those in `starts` begin a
new cycle, and the roles in `tells` are owed a notice. New turns of a case's life are new rows.
"""

from dataclasses import dataclass

from casework.rules import guards as g
from casework.rules.words import Action, ClockName, Role, Status

ALL_CLOCKS = tuple(ClockName)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row (流转规则)."""

    action: Action
    source: Status
    target: Status
    by: tuple[Role, ...]
    needs: tuple[g.Guard, ...] = ()
    when: g.Question | None = None
    stops: tuple[ClockName, ...] = ()
    files: tuple[ClockName, ...] = ()
    resumes: tuple[ClockName, ...] = ()
    starts: tuple[ClockName, ...] = ()
    tells: tuple[Role, ...] = ()


_INTAKE = (Role.AGENT, Role.UPSTREAM, Role.CITIZEN)
_CENTRE = (Role.AGENT, Role.DISPATCHER)
_UNIT = (Role.UNIT, Role.UNIT_LEAD, Role.STREET, Role.COMMUNITY)
_REVIEW = (Role.REVIEWER, Role.DISPATCHER)
_VOIDERS = (Role.DISPATCHER, Role.REVIEWER)
_CLASSIFIES = (g.changes_something, g.category_known, g.area_allowed)

TRANSITIONS: tuple[Transition, ...] = (
    # 进门: how a case begins
    Transition(
        Action.ACCEPT,
        Status.DRAFT,
        Status.REVIEW,
        by=_INTAKE,
        starts=(ClockName.DISPATCH, ClockName.FINISH),
        tells=(Role.CITIZEN,),
    ),
    Transition(Action.TRANSFER, Status.DRAFT, Status.TRANSFERRED, by=(Role.AGENT,)),
    Transition(
        Action.CALL,
        Status.DRAFT,
        Status.CALLED,
        by=(Role.GRID_WORKER, Role.COMMUNITY),
        starts=(ClockName.RESPOND,),
        tells=(Role.DISPATCHER,),
    ),
    Transition(
        Action.SETTLE,
        Status.DRAFT,
        Status.CLOSED,
        by=(Role.GRID_WORKER,),
        needs=(g.has_evidence, g.shows_evidence),
    ),
    Transition(
        Action.ASK_COMMUNITY,
        Status.DRAFT,
        Status.DISPATCHED,
        by=(Role.GRID_WORKER,),
        needs=(g.names_unit,),
        starts=(ClockName.SIGN, ClockName.FINISH),
        tells=(Role.UNIT,),
    ),
    # 网格呼叫: the centre's answer to the grid
    Transition(
        Action.TAKE_ON,
        Status.CALLED,
        Status.REVIEW,
        by=_CENTRE,
        stops=(ClockName.RESPOND,),
        starts=(ClockName.DISPATCH, ClockName.FINISH),
        tells=(Role.GRID_WORKER,),
    ),
    Transition(
        Action.ANSWER,
        Status.CALLED,
        Status.ANSWERED,
        by=_CENTRE,
        needs=(g.gives_answer,),
        stops=(ClockName.RESPOND,),
        tells=(Role.GRID_WORKER,),
    ),
    Transition(
        Action.GUIDE,
        Status.CALLED,
        Status.GUIDED,
        by=_CENTRE,
        needs=(g.gives_guidance,),
        stops=(ClockName.RESPOND,),
        tells=(Role.GRID_WORKER,),
    ),
    Transition(
        Action.TRANSFER,
        Status.CALLED,
        Status.TRANSFERRED,
        by=_CENTRE,
        stops=(ClockName.RESPOND,),
        tells=(Role.GRID_WORKER,),
    ),
    # 审核派单: what the centre does with a request
    Transition(Action.CLASSIFY, Status.CALLED, Status.CALLED, by=_CENTRE, needs=_CLASSIFIES),
    *(
        Transition(
            Action.CLASSIFY,
            at,
            at,
            by=_CENTRE,
            needs=_CLASSIFIES,
            stops=(ClockName.DISPATCH, ClockName.FINISH),
            starts=(ClockName.DISPATCH, ClockName.FINISH),
        )
        for at in (Status.REVIEW, Status.NEED_INFO)
    ),
    Transition(
        Action.ANSWER,
        Status.REVIEW,
        Status.ANSWERED,
        by=_CENTRE,
        needs=(g.gives_answer,),
        stops=(ClockName.DISPATCH, ClockName.FINISH),
        tells=(Role.CITIZEN, Role.UPSTREAM),
    ),
    *(
        Transition(
            Action.GUIDE,
            at,
            Status.GUIDED,
            by=_CENTRE,
            needs=(g.gives_guidance,),
            stops=(ClockName.DISPATCH, ClockName.FINISH),
            tells=(Role.CITIZEN, Role.UPSTREAM),
        )
        for at in (Status.REVIEW, Status.NEED_INFO)
    ),
    *(
        Transition(
            Action.TRANSFER,
            at,
            Status.TRANSFERRED,
            by=_CENTRE,
            stops=(ClockName.DISPATCH, ClockName.FINISH),
            tells=(Role.UPSTREAM,),
        )
        for at in (Status.REVIEW, Status.NEED_INFO)
    ),
    Transition(
        Action.ASK_INFO,
        Status.REVIEW,
        Status.NEED_INFO,
        by=_CENTRE,
        needs=(g.gives_note,),
        tells=(Role.AGENT, Role.UPSTREAM),
    ),
    Transition(
        Action.SUPPLY_INFO,
        Status.NEED_INFO,
        Status.REVIEW,
        by=(*_INTAKE, Role.DISPATCHER),
        needs=(g.gives_note, g.shows_evidence),
        tells=(Role.DISPATCHER,),
    ),
    Transition(
        Action.DISPATCH,
        Status.REVIEW,
        Status.DISPATCHED,
        by=(Role.DISPATCHER,),
        needs=(g.names_unit,),
        stops=(ClockName.DISPATCH,),
        starts=(ClockName.SIGN,),
        tells=(Role.UNIT, Role.UPSTREAM),
    ),
    # 办理: what the unit does
    Transition(
        Action.SIGN,
        Status.DISPATCHED,
        Status.HANDLING,
        by=_UNIT,
        needs=(g.is_assigned_unit,),
        stops=(ClockName.SIGN,),
        starts=(ClockName.CONTACT, ClockName.FEEDBACK),
        tells=(Role.CITIZEN, Role.UPSTREAM),
    ),
    *(
        row
        for at in (Status.HANDLING, Status.REWORK)
        for row in (
            Transition(
                Action.CONTACT,
                at,
                at,
                by=_UNIT,
                needs=(g.is_assigned_unit, g.tells_contact, g.tells_outcome, g.shows_evidence),
                when=g.is_reached,
                stops=(ClockName.CONTACT,),
                tells=(Role.UPSTREAM,),
            ),
            Transition(
                Action.CONTACT,
                at,
                at,
                by=_UNIT,
                needs=(g.is_assigned_unit, g.tells_contact, g.tells_outcome, g.shows_evidence),
                when=g.is_not_reached,
            ),
        )
    ),
    *(
        Transition(
            Action.FEEDBACK,
            Status.HANDLING,
            Status.HANDLING,
            by=_UNIT,
            needs=(g.is_assigned_unit, g.gives_feedback),
            when=when,
            stops=(ClockName.FEEDBACK,),
            starts=again,
            tells=(Role.CITIZEN, Role.UPSTREAM),
        )
        for when, again in ((g.is_complex, (ClockName.FEEDBACK,)), (g.is_not_complex, ()))
    ),
    Transition(
        Action.FILE_RESULT,
        Status.HANDLING,
        Status.RESULT_REVIEW,
        by=_UNIT,
        needs=(g.is_assigned_unit, g.contact_made, g.result_complete, g.shows_evidence),
        stops=(ClockName.FEEDBACK,),
        files=(ClockName.FINISH,),
        starts=(ClockName.REVIEW_RESULT,),
        tells=(Role.REVIEWER,),
    ),
    Transition(
        Action.FILE_RESULT,
        Status.REWORK,
        Status.RESULT_REVIEW,
        by=_UNIT,
        needs=(g.is_assigned_unit, g.contact_made, g.result_complete, g.shows_evidence),
        files=(ClockName.REWORK,),
        starts=(ClockName.REVIEW_RESULT,),
        tells=(Role.REVIEWER,),
    ),
    Transition(
        Action.SETTLE,
        Status.HANDLING,
        Status.CLOSED,
        by=(Role.COMMUNITY,),
        needs=(g.is_assigned_unit, g.at_community, g.has_evidence, g.shows_evidence),
        stops=(ClockName.CONTACT, ClockName.FEEDBACK, ClockName.FINISH),
        tells=(Role.GRID_WORKER,),
    ),
    Transition(
        Action.CALL,
        Status.HANDLING,
        Status.CALLED,
        by=(Role.COMMUNITY,),
        needs=(g.is_assigned_unit, g.at_community, g.gives_note, g.shows_evidence),
        stops=(ClockName.CONTACT, ClockName.FEEDBACK, ClockName.FINISH),
        starts=(ClockName.RESPOND,),
        tells=(Role.DISPATCHER, Role.GRID_WORKER),
    ),
    # 审核结果
    Transition(
        Action.ACCEPT_RESULT,
        Status.RESULT_REVIEW,
        Status.FOLLOW_UP,
        by=_REVIEW,
        stops=(ClockName.REVIEW_RESULT, ClockName.FINISH, ClockName.REWORK),
        starts=(ClockName.FOLLOW_UP,),
        tells=(Role.CITIZEN, Role.GRID_WORKER, Role.FOLLOW_UP, Role.UPSTREAM),
    ),
    Transition(
        Action.SEND_BACK_RESULT,
        Status.RESULT_REVIEW,
        Status.HANDLING,
        by=_REVIEW,
        needs=(g.gives_note,),
        when=g.in_first_handling,
        stops=(ClockName.REVIEW_RESULT,),
        resumes=(ClockName.FINISH,),
        starts=(ClockName.FEEDBACK,),
        tells=(Role.UNIT,),
    ),
    Transition(
        Action.SEND_BACK_RESULT,
        Status.RESULT_REVIEW,
        Status.REWORK,
        by=_REVIEW,
        needs=(g.gives_note,),
        when=g.in_rework,
        stops=(ClockName.REVIEW_RESULT,),
        resumes=(ClockName.REWORK,),
        tells=(Role.UNIT,),
    ),
    # 回访
    Transition(
        Action.ANSWER_SURVEY,
        Status.FOLLOW_UP,
        Status.CLOSED,
        by=(Role.CITIZEN, Role.FOLLOW_UP),
        needs=(g.answers_solved,),
        when=g.is_solved,
        stops=(ClockName.FOLLOW_UP,),
        tells=(Role.UNIT, Role.UPSTREAM),
    ),
    Transition(
        Action.ANSWER_SURVEY,
        Status.FOLLOW_UP,
        Status.FOLLOW_UP,
        by=(Role.CITIZEN, Role.FOLLOW_UP),
        needs=(g.answers_solved,),
        when=g.is_unsolved,
        tells=(Role.FOLLOW_UP,),
    ),
    Transition(Action.RECORD_ATTEMPT, Status.FOLLOW_UP, Status.FOLLOW_UP, by=(Role.FOLLOW_UP,)),
    Transition(
        Action.CLOSE_UNREACHED,
        Status.FOLLOW_UP,
        Status.CLOSED,
        by=(Role.FOLLOW_UP,),
        needs=(g.tried_enough,),
        stops=(ClockName.FOLLOW_UP,),
        tells=(Role.UNIT, Role.UPSTREAM),
    ),
    Transition(
        Action.CLOSE_REASONED,
        Status.FOLLOW_UP,
        Status.CLOSED,
        by=(Role.FOLLOW_UP,),
        needs=(g.gives_closure_reason,),
        stops=(ClockName.FOLLOW_UP,),
        tells=(Role.CITIZEN, Role.UNIT, Role.UPSTREAM),
    ),
    Transition(
        Action.REWORK,
        Status.FOLLOW_UP,
        Status.REWORK,
        by=(Role.FOLLOW_UP,),
        needs=(g.gives_note,),
        stops=(ClockName.FOLLOW_UP,),
        starts=(ClockName.CONTACT, ClockName.REWORK),
        tells=(Role.UNIT, Role.CITIZEN, Role.UPSTREAM),
    ),
    # 撤诉、作废、归档
    *(
        Transition(
            Action.WITHDRAW,
            at,
            Status.TERMINATED,
            by=(Role.CITIZEN, *_CENTRE),
            needs=(g.identity_checked,),
            stops=ALL_CLOCKS,
            tells=(Role.CITIZEN, Role.UNIT, Role.UPSTREAM),
        )
        for at in (
            Status.REVIEW,
            Status.NEED_INFO,
            Status.DISPATCHED,
            Status.HANDLING,
            Status.RESULT_REVIEW,
            Status.FOLLOW_UP,
            Status.REWORK,
        )
    ),
    *(
        row
        for at in (
            Status.CALLED,
            Status.REVIEW,
            Status.NEED_INFO,
            Status.DISPATCHED,
            Status.HANDLING,
            Status.RESULT_REVIEW,
            Status.FOLLOW_UP,
            Status.REWORK,
        )
        for row in (
            Transition(Action.PROPOSE_VOID, at, at, by=_VOIDERS, needs=(g.gives_note,), tells=(Role.REVIEWER,)),
            Transition(
                Action.VOID,
                at,
                Status.VOID,
                by=_VOIDERS,
                needs=(g.second_person,),
                stops=ALL_CLOCKS,
                tells=(Role.UNIT, Role.UPSTREAM),
            ),
        )
    ),
    *(
        Transition(Action.ARCHIVE, at, Status.ARCHIVED, by=(Role.SYSTEM,), needs=(g.window_over,))
        for at in (
            Status.CLOSED,
            Status.ANSWERED,
            Status.GUIDED,
            Status.TRANSFERRED,
            Status.TERMINATED,
            Status.VOID,
        )
    ),
)

CLOCKS_OF: dict[Status, frozenset[ClockName]] = {
    Status.CALLED: frozenset({ClockName.RESPOND}),
    Status.REVIEW: frozenset({ClockName.DISPATCH, ClockName.FINISH}),
    Status.NEED_INFO: frozenset({ClockName.DISPATCH, ClockName.FINISH}),
    Status.DISPATCHED: frozenset({ClockName.SIGN, ClockName.FINISH}),
    Status.RETURN_REVIEW: frozenset({ClockName.SIGN, ClockName.FINISH}),
    Status.CONSULTATION: frozenset({ClockName.FINISH}),
    Status.HANDLING: frozenset({ClockName.CONTACT, ClockName.FEEDBACK, ClockName.FINISH, ClockName.INNER}),
    Status.RESULT_REVIEW: frozenset({ClockName.REVIEW_RESULT, ClockName.FINISH}),
    Status.FOLLOW_UP: frozenset({ClockName.FOLLOW_UP}),
    Status.REWORK: frozenset({ClockName.CONTACT, ClockName.REWORK}),
}
"""Which clocks run in a status (words.md §2). After a rework, REWORK stands in RESULT_REVIEW where FINISH is named
(docs/decisions/0008). A status that is not here runs none."""

OPEN = frozenset(s for s in Status if s in CLOCKS_OF or s is Status.SUSPENDED)
"""Statuses in which somebody still owes something (未办结)."""

ENDED = frozenset(Status) - OPEN - {Status.DRAFT}
"""Statuses in which nobody owes anything any more."""
