"""How grid workers and group leaders are shown."""

from collections.abc import Sequence

from casework.db.models import Account, Case, GroupLeader, WorkerEvent
from casework.db.workers import Worker
from casework.journey.workers import Done
from casework.kit.crypto import Keyring
from casework.kit.masking import mask_name, mask_phone
from casework.rules.facts import Actor
from casework.rules.words import Status
from casework.rules.worker_life import steps_for
from casework.rules.worker_words import WorkerStage, WorkerStep
from services.dispatch import worker_schemas as s


def row(worker: Worker) -> s.WorkerRow:
    """One line."""
    account = worker.account
    return s.WorkerRow(
        login=account.login,
        name=account.display_name,
        stage=worker.stage,
        stage_text=worker.stage.zh,
        grid=account.area_code,
    )


def view(worker: Worker, history: Sequence[tuple[WorkerEvent, str | None]], actor: Actor) -> s.WorkerView:
    """All of it, with what the reader may do."""
    return s.WorkerView(
        **row(worker).model_dump(),
        allowed=steps_for(worker.stage, actor),
        history=[_step(event, by) for event, by in history],
    )


def _step(event: WorkerEvent, by: str | None) -> s.WorkerStepView:
    step = WorkerStep(event.step)
    return s.WorkerStepView(
        at=event.at,
        step=step,
        step_text=step.zh,
        to=WorkerStage(event.to_stage),
        by=by,
        note=event.note,
        data=event.data,
    )


def done(found: Done) -> s.StepDone:
    """What became of a step."""
    return s.StepDone(
        login=found.account.login,
        stage=found.stage,
        stage_text=found.stage.zh,
        password=found.password,
        left_open=list(found.left_open),
        handed_over=[s.HandedOverView(case_no=one.case_no, to=one.to) for one in found.handed_over],
    )


def left(found: Sequence[tuple[Case, Account]]) -> s.LeftCases:
    """What workers who left have left open."""
    items = [
        s.LeftCase(
            case_no=case.case_no,
            title=case.title,
            status=Status(case.status),
            area_code=case.area_code,
            reporter=account.login,
        )
        for case, account in found
    ]
    return s.LeftCases(items=items)


def group_leader(keyring: Keyring, leader: GroupLeader) -> s.GroupLeaderView:
    """Masked; the clear values are shown for a purpose only."""
    return s.GroupLeaderView(
        id=leader.id,
        community=leader.area_code,
        group=leader.group_name,
        name=mask_name(keyring.open(leader.name_sealed, "group_leader.name")),
        phone=mask_phone(keyring.open(leader.phone_sealed, "group_leader.phone")),
        valid_from=leader.valid_from,
    )
