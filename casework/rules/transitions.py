"""THE TABLE: every permitted move of a case is a row here. Nothing else changes a status (design.md §1).

To read a row: `by` may do `action` on a case in `source`; each of `needs` must be answered yes; `when` chooses
between two rows of one action; then the case is in `target`, the clocks in `stops` stop (kept or broken), those in
`cancels` end as neither, those in `files` are filed (their time is set, the verdict is awaited), those in `pauses`
stand still, those in `resumes` run on (as if never filed; with what remained before the pause), those in `starts`
begin a new cycle, and the roles in `tells` are owed a notice. New turns of a case's life are new rows.
"""

from dataclasses import dataclass

from casework.rules import guards as g
from casework.rules import rectify_guards as rg
from casework.rules import verify_guards as vg
from casework.rules import whistle_guards as wg
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
    cancels: tuple[ClockName, ...] = ()
    files: tuple[ClockName, ...] = ()
    pauses: tuple[ClockName, ...] = ()
    resumes: tuple[ClockName, ...] = ()
    starts: tuple[ClockName, ...] = ()
    tells: tuple[Role, ...] = ()


_INTAKE = (Role.AGENT, Role.UPSTREAM, Role.CITIZEN)
_CENTRE = (Role.AGENT, Role.DISPATCHER)
_UNIT = (Role.UNIT, Role.UNIT_LEAD, Role.STREET, Role.COMMUNITY)
_REVIEW = (Role.REVIEWER, Role.DISPATCHER)
_CHECKS = (Role.GRID_WORKER, *_UNIT)
_CONTACTS = (Role.AGENT, Role.DISPATCHER, Role.FOLLOW_UP)
_VOIDERS = (Role.DISPATCHER, Role.REVIEWER)
_WITH_A_UNIT = (Status.DISPATCHED, Status.HANDLING, Status.SUSPENDED, Status.RESULT_REVIEW, Status.REWORK)
_WITH_THOSE_CALLED = (Status.HANDLING, Status.SUSPENDED, Status.REWORK)
_SCORED = (*_WITH_THOSE_CALLED, Status.RESULT_REVIEW, Status.FOLLOW_UP, Status.CLOSED)
_RECTIFIED_IN = (Status.FOLLOW_UP, Status.CLOSED, Status.REWORK, Status.SUSPENDED, Status.RESULT_REVIEW)
_LISTED = (ClockName.FINISH, ClockName.INNER, ClockName.FEEDBACK, ClockName.LEVEL)
_CLASSIFIES = (g.changes_something, g.category_known, g.area_allowed, g.urban_code_fits)

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
        starts=(ClockName.SIGN, ClockName.FINISH, ClockName.LEVEL),
        tells=(Role.UNIT,),
    ),
    Transition(
        Action.OPEN_MATTER,
        Status.DRAFT,
        Status.HANDLING,
        by=(Role.STREET, Role.COMMUNITY),
        needs=(g.names_unit,),
        starts=(ClockName.FEEDBACK, ClockName.FINISH, ClockName.LEVEL),
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
            by=(*_CENTRE, Role.SYSTEM),  # by itself only where rules/automatic.py lets it
            needs=_CLASSIFIES,
            cancels=(ClockName.DISPATCH, ClockName.FINISH),
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
        cancels=(ClockName.INNER,),
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
            cancels=(ClockName.INNER,),
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
            cancels=(ClockName.INNER,),
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
        by=(*_INTAKE, Role.DISPATCHER, Role.CITIZEN),
        needs=(g.gives_note, g.shows_evidence),
        tells=(Role.DISPATCHER,),
    ),
    Transition(
        Action.DISPATCH,
        Status.REVIEW,
        Status.DISPATCHED,
        by=(Role.DISPATCHER, Role.SYSTEM),
        needs=(g.not_praise, g.screened, vg.verify_answered, g.names_unit),
        stops=(ClockName.DISPATCH,),
        cancels=(ClockName.INNER,),
        starts=(ClockName.SIGN,),
        tells=(Role.UNIT, Role.UPSTREAM),
    ),
    # 核实: a grid worker looks before the matter is filed and dispatched
    Transition(
        Action.ASK_VERIFY,
        Status.REVIEW,
        Status.REVIEW,
        by=_CENTRE,
        needs=(g.screened, vg.not_verifying, vg.may_be_sent),
        starts=(ClockName.INNER,),
    ),
    *(
        Transition(
            Action.ANSWER_VERIFY,
            at,
            at,
            by=(Role.GRID_WORKER, Role.COMMUNITY, Role.STREET),
            needs=(vg.is_verifier, vg.tells_finding, g.shows_evidence),
            stops=(ClockName.INNER,),
            tells=(Role.DISPATCHER,),
        )
        for at in (Status.REVIEW, Status.NEED_INFO)
    ),
    # 转达表扬: whoever is praised is told; filed, and in no rate
    Transition(
        Action.FORWARD,
        Status.REVIEW,
        Status.CLOSED,
        by=(Role.DISPATCHER,),
        needs=(g.is_praise, g.names_unit),
        cancels=(ClockName.INNER,),
        stops=(ClockName.DISPATCH, ClockName.FINISH),
        tells=(Role.UNIT, Role.CITIZEN, Role.UPSTREAM),
    ),
    # 举报保密审查: who is reported is barred, what tells who reported is taken out; a reported unit loses the case
    *(
        Transition(Action.SCREEN, at, at, by=(Role.DISPATCHER,), needs=(g.is_guarded, g.names_reported, g.tells_nobody))
        for at in (Status.REVIEW, Status.NEED_INFO, Status.RETURN_REVIEW, Status.CONSULTATION)
    ),
    *(
        row
        for at in (Status.DISPATCHED, Status.HANDLING)
        for row in (
            Transition(
                Action.SCREEN,
                at,
                at,
                by=(Role.DISPATCHER,),
                needs=(g.is_guarded, g.names_reported, g.tells_nobody),
                when=g.lead_is_clear,
            ),
            Transition(
                Action.SCREEN,
                at,
                Status.REVIEW,
                by=(Role.DISPATCHER,),
                needs=(g.is_guarded, g.names_reported, g.tells_nobody),
                when=g.lead_is_reported,
                cancels=(
                    *(ClockName.SIGN, ClockName.CONTACT, ClockName.FEEDBACK, ClockName.INNER),
                    *(ClockName.REPORT_IN, ClockName.SUPERVISE, ClockName.LEVEL),
                ),
                starts=(ClockName.DISPATCH,),
                tells=(Role.DISPATCHER,),
            ),
        )
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
                by=(*_UNIT, *_CONTACTS),
                needs=(g.may_contact, g.tells_contact, g.not_backdated, g.tells_outcome, g.shows_evidence),
                when=g.is_reached,
                stops=(ClockName.CONTACT,),
                tells=(Role.UPSTREAM,),
            ),
            Transition(
                Action.CONTACT,
                at,
                at,
                by=(*_UNIT, *_CONTACTS),
                needs=(g.may_contact, g.tells_contact, g.not_backdated, g.tells_outcome, g.shows_evidence),
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
    # 提交结果; of a suggestion it is asked whether it is adopted, of all else whether it was true and is solved
    *(
        row
        for when, tells_result in ((g.is_no_suggestion, g.result_complete), (g.is_suggestion, g.adoption_told))
        for row in (
            Transition(
                Action.FILE_RESULT,
                Status.HANDLING,
                Status.RESULT_REVIEW,
                by=_UNIT,
                needs=(g.is_assigned_unit, g.contact_made, tells_result, g.shows_evidence),
                when=when,
                stops=(ClockName.FEEDBACK,),
                cancels=(ClockName.INNER, ClockName.REPORT_IN),
                files=(ClockName.FINISH, ClockName.LEVEL),
                starts=(ClockName.REVIEW_RESULT, ClockName.INNER),
                tells=(Role.REVIEWER,),
            ),
            Transition(
                Action.FILE_RESULT,
                Status.REWORK,
                Status.RESULT_REVIEW,
                by=_UNIT,
                needs=(g.is_assigned_unit, g.contact_made, tells_result, g.shows_evidence),
                when=when,
                cancels=(ClockName.REPORT_IN,),
                files=(ClockName.REWORK,),
                starts=(ClockName.REVIEW_RESULT, ClockName.INNER),
                tells=(Role.REVIEWER,),
            ),
        )
    ),
    Transition(
        Action.SETTLE,
        Status.HANDLING,
        Status.CLOSED,
        by=(Role.COMMUNITY, Role.STREET),
        needs=(g.is_assigned_unit, g.settles_below, g.has_evidence, g.shows_evidence),
        stops=(ClockName.CONTACT, ClockName.FEEDBACK, ClockName.FINISH, ClockName.LEVEL),
        cancels=(ClockName.INNER, ClockName.REPORT_IN, ClockName.SUPERVISE),
        tells=(Role.GRID_WORKER,),
    ),
    Transition(
        Action.CALL,
        Status.HANDLING,
        Status.CALLED,
        by=(Role.COMMUNITY,),
        needs=(g.is_assigned_unit, g.at_community, g.gives_note, g.shows_evidence),
        cancels=(
            *(ClockName.CONTACT, ClockName.FEEDBACK, ClockName.FINISH),
            *(ClockName.INNER, ClockName.REPORT_IN, ClockName.SUPERVISE, ClockName.LEVEL),
        ),
        starts=(ClockName.RESPOND,),
        tells=(Role.DISPATCHER, Role.GRID_WORKER),
    ),
    # 审核结果
    Transition(
        Action.ACCEPT_RESULT,
        Status.RESULT_REVIEW,
        Status.FOLLOW_UP,
        by=_REVIEW,
        needs=(g.check_answered, g.explains_unchecked),
        stops=(ClockName.REVIEW_RESULT, ClockName.FINISH, ClockName.REWORK, ClockName.LEVEL),
        cancels=(ClockName.SUPERVISE, ClockName.INNER),
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
        cancels=(ClockName.INNER,),
        resumes=(ClockName.FINISH, ClockName.LEVEL),
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
        cancels=(ClockName.INNER,),
        resumes=(ClockName.REWORK,),
        tells=(Role.UNIT,),
    ),
    # 核查: the result flows down to who discovered the matter, and is looked at on the spot
    Transition(
        Action.PASS_CHECK,
        Status.RESULT_REVIEW,
        Status.RESULT_REVIEW,
        by=_CHECKS,
        needs=(g.is_checker, g.did_not_handle, g.gives_note, g.shows_evidence),
        stops=(ClockName.INNER,),
        tells=(Role.REVIEWER,),
    ),
    Transition(
        Action.FAIL_CHECK,
        Status.RESULT_REVIEW,
        Status.HANDLING,
        by=_CHECKS,
        needs=(g.is_checker, g.did_not_handle, g.gives_note, g.shows_evidence),
        when=g.in_first_handling,
        stops=(ClockName.INNER,),
        cancels=(ClockName.REVIEW_RESULT,),
        resumes=(ClockName.FINISH, ClockName.LEVEL),
        starts=(ClockName.FEEDBACK,),
        tells=(Role.UNIT, Role.REVIEWER),
    ),
    Transition(
        Action.FAIL_CHECK,
        Status.RESULT_REVIEW,
        Status.REWORK,
        by=_CHECKS,
        needs=(g.is_checker, g.did_not_handle, g.gives_note, g.shows_evidence),
        when=g.in_rework,
        stops=(ClockName.INNER,),
        cancels=(ClockName.REVIEW_RESULT,),
        resumes=(ClockName.REWORK,),
        tells=(Role.UNIT, Role.REVIEWER),
    ),
    # 回访
    Transition(
        Action.ANSWER_SURVEY,
        Status.FOLLOW_UP,
        Status.CLOSED,
        by=(Role.CITIZEN, Role.FOLLOW_UP),
        needs=(g.is_sampled, g.answers_solved),
        when=g.is_solved,
        stops=(ClockName.FOLLOW_UP,),
        starts=(ClockName.RECTIFY,),
        tells=(Role.UNIT, Role.UPSTREAM),
    ),
    Transition(
        Action.ANSWER_SURVEY,
        Status.FOLLOW_UP,
        Status.FOLLOW_UP,
        by=(Role.CITIZEN, Role.FOLLOW_UP),
        needs=(g.is_sampled, g.answers_solved),
        when=g.is_unsolved,
        starts=(ClockName.RECTIFY,),
        tells=(Role.FOLLOW_UP,),
    ),
    Transition(Action.RECORD_ATTEMPT, Status.FOLLOW_UP, Status.FOLLOW_UP, by=(Role.FOLLOW_UP,), needs=(g.is_sampled,)),
    Transition(
        Action.CLOSE_UNREACHED,
        Status.FOLLOW_UP,
        Status.CLOSED,
        by=(Role.FOLLOW_UP,),
        needs=(g.is_sampled, g.tried_enough),
        stops=(ClockName.FOLLOW_UP,),
        tells=(Role.UNIT, Role.UPSTREAM),
    ),
    Transition(
        Action.CLOSE_SAMPLED_OUT,
        Status.FOLLOW_UP,
        Status.CLOSED,
        by=(Role.SYSTEM,),
        needs=(g.silence_over,),
        stops=(ClockName.FOLLOW_UP,),
        tells=(Role.UNIT, Role.UPSTREAM),
    ),
    Transition(
        Action.CLOSE_REASONED,
        Status.FOLLOW_UP,
        Status.CLOSED,
        by=(Role.FOLLOW_UP, Role.REVIEWER, Role.LEADER),
        needs=(g.gives_closure_reason, g.closure_agreed),
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
    # 差评整改: what a bad grade named is put right beside the case's own way; the citizen reads it once accepted
    *(
        row
        for at in _RECTIFIED_IN
        for row in (
            Transition(
                Action.ANSWER_RECTIFICATION,
                at,
                at,
                by=_UNIT,
                needs=(g.is_assigned_unit, rg.to_rectify, rg.tells_rectified),
                files=(ClockName.RECTIFY,),
                tells=(Role.FOLLOW_UP,),
            ),
            Transition(
                Action.ACCEPT_RECTIFICATION,
                at,
                at,
                by=(Role.FOLLOW_UP,),
                needs=(rg.rectification_answered,),
                stops=(ClockName.RECTIFY,),
                tells=(Role.UNIT, Role.CITIZEN),
            ),
            Transition(
                Action.SEND_BACK_RECTIFICATION,
                at,
                at,
                by=(Role.FOLLOW_UP,),
                needs=(rg.rectification_answered, g.gives_note),
                resumes=(ClockName.RECTIFY,),
                tells=(Role.UNIT,),
            ),
        )
    ),
    # 退单: who may return a case, and who rules (words.md §3)
    *(
        Transition(
            Action.ASK_RETURN,
            at,
            Status.RETURN_REVIEW,
            by=_UNIT,
            needs=(g.is_assigned_unit, g.may_return, g.gives_return_reason),
            cancels=(ClockName.INNER, ClockName.REPORT_IN),
            files=(ClockName.SIGN, ClockName.CONTACT, ClockName.FEEDBACK),
            tells=(Role.DISPATCHER,),
        )
        for at in (Status.DISPATCHED, Status.HANDLING)
    ),
    Transition(
        Action.GRANT_RETURN,
        Status.RETURN_REVIEW,
        Status.DISPATCHED,
        by=(Role.DISPATCHER,),
        needs=(g.screened, g.names_other_unit),
        stops=(ClockName.SIGN,),
        cancels=(ClockName.CONTACT, ClockName.FEEDBACK, ClockName.LEVEL),
        starts=(ClockName.SIGN,),
        tells=(Role.UNIT, Role.UPSTREAM),
    ),
    Transition(
        Action.REJECT_RETURN,
        Status.RETURN_REVIEW,
        Status.HANDLING,
        by=(Role.DISPATCHER,),
        needs=(g.lead_not_reported, g.gives_note),
        when=g.is_signed,
        resumes=(ClockName.CONTACT, ClockName.FEEDBACK),
        tells=(Role.UNIT,),
    ),
    Transition(
        Action.REJECT_RETURN,
        Status.RETURN_REVIEW,
        Status.HANDLING,
        by=(Role.DISPATCHER,),
        needs=(g.lead_not_reported, g.gives_note),
        when=g.is_not_signed,
        stops=(ClockName.SIGN,),
        starts=(ClockName.CONTACT, ClockName.FEEDBACK),
        tells=(Role.UNIT,),
    ),
    Transition(
        Action.CONSULT,
        Status.RETURN_REVIEW,
        Status.CONSULTATION,
        by=(Role.DISPATCHER,),
        needs=(g.gives_note,),
        stops=(ClockName.SIGN,),
        cancels=(ClockName.CONTACT, ClockName.FEEDBACK, ClockName.LEVEL),
        tells=(Role.SUPERVISION, Role.LEADER),
    ),
    Transition(
        Action.DESIGNATE,
        Status.CONSULTATION,
        Status.HANDLING,
        by=(Role.LEADER, Role.SUPERVISION),
        needs=(g.screened, g.names_unit, g.gives_note),
        starts=(ClockName.CONTACT, ClockName.FEEDBACK),
        tells=(Role.UNIT, Role.UPSTREAM),
    ),
    # 主办、协办、下派: one leads, others answer it
    Transition(
        Action.ADD_CO_UNIT,
        Status.HANDLING,
        Status.HANDLING,
        by=(*_UNIT, Role.DISPATCHER),
        needs=(g.screened, g.leads, g.names_helper, g.ends_within, g.gives_note),
        starts=(ClockName.INNER,),
    ),
    Transition(
        Action.DELEGATE,
        Status.HANDLING,
        Status.HANDLING,
        by=_UNIT,
        needs=(g.screened, g.leads, g.names_helper, g.names_below, g.ends_within, g.gives_note),
        starts=(ClockName.INNER,),
    ),
    Transition(
        Action.ANSWER_LEAD,
        Status.HANDLING,
        Status.HANDLING,
        by=_UNIT,
        needs=(g.helps, g.answers_lead),
        stops=(ClockName.INNER,),
        tells=(Role.UNIT,),
    ),
    # 延期
    Transition(
        Action.ASK_EXTENSION,
        Status.HANDLING,
        Status.HANDLING,
        by=_UNIT,
        needs=(g.is_assigned_unit, g.may_extend, g.gives_new_deadline),
        tells=(Role.DISPATCHER, Role.LEADER),
    ),
    Transition(
        Action.GRANT_EXTENSION,
        Status.HANDLING,
        Status.HANDLING,
        by=(Role.DISPATCHER, Role.REVIEWER, Role.LEADER),
        needs=(g.extension_pending, g.in_time, g.may_approve),
        cancels=(ClockName.FINISH,),
        starts=(ClockName.FINISH,),
        tells=(Role.UNIT, Role.CITIZEN, Role.UPSTREAM),
    ),
    Transition(
        Action.REJECT_EXTENSION,
        Status.HANDLING,
        Status.HANDLING,
        by=(Role.DISPATCHER, Role.REVIEWER, Role.LEADER),
        needs=(g.extension_pending, g.gives_note),
        tells=(Role.UNIT,),
    ),
    # 补录: entered late by one, confirmed by another, marked; no clock stops before it is confirmed
    *(
        row
        for at in (Status.HANDLING, Status.REWORK)
        for row in (
            Transition(
                Action.ASK_BACKDATED,
                at,
                at,
                by=_UNIT,
                needs=(g.is_assigned_unit, g.gives_backdated),
                tells=(Role.DISPATCHER,),
            ),
            Transition(
                Action.CONFIRM_BACKDATED,
                at,
                at,
                by=_REVIEW,
                needs=(g.backdated_pending, g.confirmed_by_another),
                when=g.is_contact_backdated,
                stops=(ClockName.CONTACT,),
                tells=(Role.UNIT,),
            ),
            Transition(
                Action.CONFIRM_BACKDATED,
                at,
                at,
                by=_REVIEW,
                needs=(g.backdated_pending, g.confirmed_by_another),
                when=g.is_other_backdated,
                tells=(Role.UNIT,),
            ),
            Transition(
                Action.REJECT_BACKDATED,
                at,
                at,
                by=_REVIEW,
                needs=(g.backdated_pending, g.gives_note),
                tells=(Role.UNIT,),
            ),
        )
    ),
    # 挂起
    *(
        row
        for at, when, paused in (
            (
                Status.HANDLING,
                g.in_first_handling,
                (ClockName.FINISH, ClockName.INNER, ClockName.FEEDBACK, ClockName.LEVEL),
            ),
            (Status.REWORK, g.in_rework, (ClockName.REWORK,)),
        )
        for row in (
            Transition(
                Action.ASK_SUSPENSION,
                at,
                at,
                by=_UNIT,
                needs=(g.is_assigned_unit, g.may_suspend, g.gives_suspension),
                tells=(Role.DISPATCHER, Role.LEADER),
            ),
            Transition(
                Action.REJECT_SUSPENSION,
                at,
                at,
                by=(Role.DISPATCHER, Role.REVIEWER, Role.LEADER),
                needs=(g.suspension_pending, g.gives_note),
                tells=(Role.UNIT,),
            ),
            Transition(
                Action.GRANT_SUSPENSION,
                at,
                Status.SUSPENDED,
                by=(Role.DISPATCHER, Role.REVIEWER, Role.LEADER),
                needs=(g.suspension_pending,),
                pauses=paused,
                tells=(Role.UNIT, Role.CITIZEN, Role.UPSTREAM),
            ),
            Transition(
                Action.RESUME,
                Status.SUSPENDED,
                at,
                by=(*_UNIT, Role.DISPATCHER, Role.SYSTEM),
                needs=(g.may_resume,),
                when=when,
                resumes=paused,
                tells=(Role.UNIT, Role.CITIZEN, Role.UPSTREAM),
            ),
        )
    ),
    # 挂账: what cannot be solved now is listed with measures and a plan, and looked at again and again
    Transition(
        Action.ASK_LEDGER,
        Status.HANDLING,
        Status.HANDLING,
        by=_UNIT,
        needs=(g.is_assigned_unit, g.may_list, g.gives_ledger),
        tells=(Role.LEADER,),
    ),
    Transition(
        Action.REJECT_LEDGER,
        Status.HANDLING,
        Status.HANDLING,
        by=(Role.LEADER,),
        needs=(g.ledger_pending, g.gives_note),
        tells=(Role.UNIT,),
    ),
    Transition(
        Action.GRANT_LEDGER,
        Status.HANDLING,
        Status.SUSPENDED,
        by=(Role.LEADER,),
        needs=(g.ledger_pending, g.listed_in_time),
        pauses=_LISTED,
        tells=(Role.UNIT, Role.CITIZEN, Role.UPSTREAM),
    ),
    Transition(
        Action.REVIEW_LEDGER,
        Status.SUSPENDED,
        Status.SUSPENDED,
        by=_UNIT,
        needs=(g.is_assigned_unit, g.is_listed, g.reviews_ledger),
        tells=(Role.SUPERVISION,),
    ),
    Transition(
        Action.TAKE_OFF_LEDGER,
        Status.SUSPENDED,
        Status.HANDLING,
        by=(*_UNIT, Role.LEADER),
        needs=(g.leads, g.is_listed, g.gives_note),
        resumes=_LISTED,
        tells=(Role.UNIT, Role.CITIZEN, Role.UPSTREAM),
    ),
    # 合并: one matter, many callers; never without a person's word
    *(
        Transition(
            Action.MERGE,
            at,
            Status.MERGED,
            by=(Role.DISPATCHER,),
            needs=(g.names_main,),
            cancels=ALL_CLOCKS,
            tells=(Role.CITIZEN, Role.UNIT, Role.UPSTREAM),
        )
        for at in (Status.REVIEW, Status.NEED_INFO, Status.DISPATCHED, Status.HANDLING)
    ),
    # 拆分: one request, several matters
    *(
        Transition(
            Action.SPLIT,
            at,
            at,
            by=(Role.DISPATCHER,),
            needs=(g.is_taken_on, g.no_report, g.names_matter, g.category_known, g.area_allowed, g.gives_note),
            tells=(Role.CITIZEN, Role.UNIT),
        )
        for at in (Status.REVIEW, Status.NEED_INFO, Status.DISPATCHED, Status.HANDLING)
    ),
    Transition(
        Action.UNMERGE,
        Status.MERGED,
        Status.REVIEW,
        by=(Role.DISPATCHER,),
        needs=(g.gives_note,),
        starts=(ClockName.DISPATCH, ClockName.FINISH),
        tells=(Role.DISPATCHER,),
    ),
    # 变更分类: with a policy for the promise
    *(
        Transition(
            Action.RECLASSIFY,
            at,
            at,
            by=(Role.DISPATCHER,),
            needs=(*_CLASSIFIES, g.gives_note),
            cancels=(ClockName.FINISH,),
            starts=(ClockName.FINISH,),
            tells=(Role.UNIT, Role.CITIZEN, Role.UPSTREAM),
        )
        for at in (Status.DISPATCHED, Status.HANDLING)
    ),
    # 会审、重启
    Transition(
        Action.PROPOSE_CLOSURE,
        Status.FOLLOW_UP,
        Status.FOLLOW_UP,
        by=(Role.FOLLOW_UP,),
        needs=(g.gives_closure_reason,),
        tells=(Role.REVIEWER,),
    ),
    Transition(
        Action.REJECT_CLOSURE,
        Status.FOLLOW_UP,
        Status.FOLLOW_UP,
        by=(Role.REVIEWER, Role.LEADER),
        needs=(g.closure_pending, g.gives_note),
        tells=(Role.FOLLOW_UP,),
    ),
    Transition(
        Action.REOPEN,
        Status.CLOSED,
        Status.REWORK,
        by=(Role.AGENT, Role.DISPATCHER, Role.FOLLOW_UP),
        needs=(g.had_lead, g.window_open, g.gives_note),
        starts=(ClockName.CONTACT, ClockName.REWORK),
        tells=(Role.UNIT, Role.CITIZEN, Role.UPSTREAM),
    ),
    # 催办、督办: an overlay, no status
    *(
        row
        for at in _WITH_A_UNIT
        for row in (
            Transition(Action.URGE, at, at, by=(*_CENTRE, Role.SUPERVISION), needs=(g.gives_note,), tells=(Role.UNIT,)),
            Transition(
                Action.SUPERVISE,
                at,
                at,
                by=(Role.SUPERVISION, Role.LEADER, Role.SYSTEM),
                needs=(g.gives_note,),
                cancels=(ClockName.SUPERVISE,),
                starts=(ClockName.SUPERVISE,),
                tells=(Role.UNIT, Role.SUPERVISION),
            ),
            Transition(
                Action.ANSWER_SUPERVISION,
                at,
                at,
                by=_UNIT,
                needs=(g.is_assigned_unit, g.is_supervised, g.answers_supervision),
                stops=(ClockName.SUPERVISE,),
                tells=(Role.SUPERVISION,),
            ),
        )
    ),
    # 分级响应: what a level does not sign or settle in time goes to the unit above, by itself or by hand
    Transition(
        Action.RAISE,
        Status.DISPATCHED,
        Status.DISPATCHED,
        by=(*_UNIT, Role.SYSTEM),
        needs=(g.is_graded, g.may_raise, g.gives_note, g.has_unit_above),
        stops=(ClockName.SIGN, ClockName.LEVEL),
        starts=(ClockName.SIGN, ClockName.LEVEL),
        tells=(Role.UNIT, Role.DISPATCHER, Role.GRID_WORKER),
    ),
    Transition(
        Action.RAISE,
        Status.HANDLING,
        Status.HANDLING,
        by=(*_UNIT, Role.SYSTEM),
        needs=(g.is_graded, g.may_raise, g.gives_note, g.has_unit_above),
        stops=(ClockName.LEVEL,),
        cancels=(ClockName.CONTACT, ClockName.FEEDBACK, ClockName.INNER, ClockName.REPORT_IN),
        starts=(ClockName.CONTACT, ClockName.FEEDBACK, ClockName.LEVEL),
        tells=(Role.UNIT, Role.DISPATCHER, Role.GRID_WORKER),
    ),
    # 街道吹哨、部门报到: who leads calls departments to the spot; each answers, each scores the other
    *(
        Transition(
            Action.WHISTLE,
            at,
            at,
            by=(Role.STREET, Role.COMMUNITY),
            needs=(g.screened, g.is_assigned_unit, wg.tells_matter, wg.names_called),
            starts=(ClockName.REPORT_IN,),
            tells=(Role.DISPATCHER,),
        )
        for at in (Status.HANDLING, Status.REWORK)
    ),
    *(
        row
        for at in _WITH_THOSE_CALLED
        for row in (
            Transition(
                Action.REPORT_IN,
                at,
                at,
                by=_UNIT,
                needs=(wg.is_called, wg.not_reported),
                stops=(ClockName.REPORT_IN,),
                tells=(Role.UNIT,),
            ),
            Transition(
                Action.GIVE_PLAN,
                at,
                at,
                by=_UNIT,
                needs=(wg.is_called, wg.has_reported, wg.gives_plan),
                tells=(Role.UNIT,),
            ),
            Transition(
                Action.ANSWER_WHISTLE,
                at,
                at,
                by=_UNIT,
                needs=(wg.is_called, wg.has_reported, wg.answers_whistle),
                tells=(Role.UNIT,),
            ),
            Transition(
                Action.END_WHISTLE,
                at,
                at,
                by=(Role.STREET, Role.COMMUNITY),
                needs=(g.is_assigned_unit, wg.whistle_open, wg.names_whistle, g.gives_note),
                cancels=(ClockName.REPORT_IN,),
            ),
        )
    ),
    *(
        row
        for at in _SCORED
        for row in (
            Transition(
                Action.RATE_UNIT,
                at,
                at,
                by=(Role.STREET, Role.COMMUNITY),
                needs=(wg.has_called, wg.may_rate_unit, wg.explains_score),
            ),
            Transition(Action.RATE_WHISTLE, at, at, by=_UNIT, needs=(wg.may_rate_whistle, wg.explains_score)),
        )
    ),
    # 撤诉、作废、归档
    *(
        Transition(
            Action.WITHDRAW,
            at,
            Status.TERMINATED,
            by=(Role.CITIZEN, *_CENTRE),
            needs=(g.identity_checked, g.leaves_nobody_behind),
            cancels=ALL_CLOCKS,
            tells=(Role.CITIZEN, Role.UNIT, Role.UPSTREAM),
        )
        for at in (
            Status.REVIEW,
            Status.NEED_INFO,
            Status.DISPATCHED,
            Status.RETURN_REVIEW,
            Status.CONSULTATION,
            Status.HANDLING,
            Status.SUSPENDED,
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
            Status.RETURN_REVIEW,
            Status.CONSULTATION,
            Status.HANDLING,
            Status.SUSPENDED,
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
                needs=(g.second_person, g.leaves_nobody_behind),
                cancels=ALL_CLOCKS,
                tells=(Role.UNIT, Role.UPSTREAM),
            ),
        )
    ),
    *(
        Transition(
            Action.ARCHIVE, at, Status.ARCHIVED, by=(Role.SYSTEM,), needs=(g.window_over, rg.nothing_left_to_rectify)
        )
        for at in (
            Status.CLOSED,
            Status.ANSWERED,
            Status.GUIDED,
            Status.TRANSFERRED,
            Status.TERMINATED,
            Status.MERGED,
            Status.VOID,
        )
    ),
)

CLOCKS_OF: dict[Status, frozenset[ClockName]] = {
    Status.CALLED: frozenset({ClockName.RESPOND}),
    Status.REVIEW: frozenset({ClockName.DISPATCH, ClockName.FINISH, ClockName.INNER}),
    Status.NEED_INFO: frozenset({ClockName.DISPATCH, ClockName.FINISH, ClockName.INNER}),
    Status.DISPATCHED: frozenset({ClockName.SIGN, ClockName.FINISH}),
    Status.RETURN_REVIEW: frozenset({ClockName.SIGN, ClockName.FINISH}),
    Status.CONSULTATION: frozenset({ClockName.FINISH}),
    Status.HANDLING: frozenset({ClockName.CONTACT, ClockName.FEEDBACK, ClockName.FINISH, ClockName.INNER}),
    Status.RESULT_REVIEW: frozenset({ClockName.REVIEW_RESULT, ClockName.FINISH, ClockName.INNER}),
    Status.FOLLOW_UP: frozenset({ClockName.FOLLOW_UP}),
    Status.REWORK: frozenset({ClockName.CONTACT, ClockName.REWORK}),
}
"""Which clocks run in a status (words.md §2). After a rework, REWORK stands in RESULT_REVIEW where FINISH is named
(docs/decisions/0008); INNER there is that of an on-site check (0018), in REVIEW and NEED_INFO that of a verifying
(0020). A status that is not here runs none."""

OVERLAYS = frozenset({ClockName.SUPERVISE, ClockName.REPORT_IN, ClockName.LEVEL, ClockName.RECTIFY})
"""Clocks that hang on a record, not on a status: they may run in any status in which somebody owes something, RECTIFY
also in one that has ended (docs/decisions/0029)."""

OPEN = frozenset(s for s in Status if s in CLOCKS_OF or s is Status.SUSPENDED)
"""Statuses in which somebody still owes something (未办结)."""

ENDED = frozenset(Status) - OPEN - {Status.DRAFT}
"""Statuses in which nobody owes anything any more."""
