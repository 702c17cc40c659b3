"""A grid worker's life 网格员准入和退出: admit → train → on duty → suspended → exit, one table (domain.md R7, §3.9).

To read a row: `by` may make `step` with a person in one of `sources` (None: no worker yet), each of `needs` answered
yes; then the person stands in `target`. Every row needs a reason in words and is never made by the person itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

from casework.rules.decide import Refused
from casework.rules.facts import Actor
from casework.rules.words import Role
from casework.rules.worker_words import ExitReason, WorkerStage, WorkerStep


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """All that a guard may look at. `stage` None: the person is no worker yet. `account`: the worker's, None before.

    `trained`: a training was passed since the last admission. `barred`: left for telling residents' secrets. `grid_ok`:
    the grid named stands, lies in the actor's area and is not the worker's own; `same_community`: nor in another
    community. `passed`: how the training or the assessment that is entered ended, None where nobody says.
    """

    step: WorkerStep
    stage: WorkerStage | None
    actor: Actor
    account: int | None = None
    note: str = ""
    reason: ExitReason | None = None
    trained: bool = False
    barred: bool = False
    grid_ok: bool = False
    same_community: bool = False
    topic: str = ""
    passed: bool | None = None


Guard = Callable[[WorkerFacts], str | None]


def gives_note(f: WorkerFacts) -> str | None:
    """Every change has a reason in words."""
    return None if len(f.note) >= 4 else "WORKER.NOTE_MISSING"


def not_oneself(f: WorkerFacts) -> str | None:
    """Nobody decides about themselves."""
    return None if f.account is None or f.account != f.actor.account_id else "WORKER.ONESELF"


def names_grid(f: WorkerFacts) -> str | None:
    """录用: to a grid that stands in the actor's area."""
    return None if f.grid_ok else "WORKER.GRID_UNKNOWN"


def may_return(f: WorkerFacts) -> str | None:
    """Who told residents' secrets is not admitted again (domain.md §3.9)."""
    return "WORKER.BARRED" if f.barred else None


def tells_training(f: WorkerFacts) -> str | None:
    """培训: on what, and whether it was passed."""
    return None if f.topic and f.passed is not None else "WORKER.TRAINING_MISSING"


def was_trained(f: WorkerFacts) -> str | None:
    """上岗: only after a training was passed."""
    return None if f.trained else "WORKER.NOT_TRAINED"


def tells_result(f: WorkerFacts) -> str | None:
    """考核: passed or not."""
    return None if f.passed is not None else "WORKER.RESULT_MISSING"


def to_own_other_grid(f: WorkerFacts) -> str | None:
    """社区党组织统筹: to another grid, within the community."""
    if not f.grid_ok:
        return "WORKER.GRID_UNKNOWN"
    return None if f.same_community else "WORKER.OTHER_COMMUNITY"


def names_exit(f: WorkerFacts) -> str | None:
    """退出: for a reason of the list."""
    return None if f.reason is not None else "WORKER.EXIT_REASON_MISSING"


@dataclass(frozen=True, slots=True)
class WorkerTurn:
    """One row (网格员管理规则)."""

    step: WorkerStep
    sources: tuple[WorkerStage | None, ...]
    target: WorkerStage
    by: tuple[Role, ...]
    needs: tuple[Guard, ...] = ()


_EMPLOYERS = (Role.STREET, Role.SUPERVISION)
_NEAR = (Role.COMMUNITY, *_EMPLOYERS)
_S = WorkerStage

WORKER_TURNS: tuple[WorkerTurn, ...] = (
    WorkerTurn(WorkerStep.ADMIT, (None, _S.EXITED), _S.ADMITTED, _EMPLOYERS, (names_grid, may_return)),
    WorkerTurn(WorkerStep.TRAIN, (_S.ADMITTED, _S.TRAINING), _S.TRAINING, _NEAR, (tells_training,)),
    WorkerTurn(WorkerStep.TRAIN, (_S.ON_DUTY,), _S.ON_DUTY, _NEAR, (tells_training,)),
    WorkerTurn(WorkerStep.TRAIN, (_S.SUSPENDED,), _S.SUSPENDED, _NEAR, (tells_training,)),
    WorkerTurn(WorkerStep.POST, (_S.TRAINING,), _S.ON_DUTY, _EMPLOYERS, (was_trained,)),
    WorkerTurn(WorkerStep.ASSESS, (_S.ON_DUTY,), _S.ON_DUTY, _NEAR, (tells_result,)),
    WorkerTurn(WorkerStep.REASSIGN, (_S.ON_DUTY,), _S.ON_DUTY, (Role.COMMUNITY,), (to_own_other_grid,)),
    WorkerTurn(WorkerStep.SUSPEND, (_S.ON_DUTY,), _S.SUSPENDED, _NEAR),
    WorkerTurn(WorkerStep.RESTORE, (_S.SUSPENDED,), _S.ON_DUTY, _EMPLOYERS),
    WorkerTurn(
        WorkerStep.EXIT,
        (_S.ADMITTED, _S.TRAINING, _S.ON_DUTY, _S.SUSPENDED),
        _S.EXITED,
        _EMPLOYERS,
        (names_exit,),
    ),
)


def decide_step(f: WorkerFacts) -> WorkerTurn:
    """The row that applies.

    Raises Refused with WORKER.NOT_NOW (no row for this stage), WORKER.NOT_YOUR_ROLE, or a guard's own code.
    """
    row = next((row for row in WORKER_TURNS if row.step is f.step and f.stage in row.sources), None)
    if row is None:
        raise Refused("WORKER.NOT_NOW")
    if not f.actor.roles & set(row.by):
        raise Refused("WORKER.NOT_YOUR_ROLE")
    for needs in (gives_note, not_oneself, *row.needs):
        if (code := needs(f)) is not None:
            raise Refused(code)
    return row


def steps_for(stage: WorkerStage | None, actor: Actor) -> list[WorkerStep]:
    """The buttons: what this actor may do with a person in that stage."""
    return [row.step for row in WORKER_TURNS if stage in row.sources and actor.roles & set(row.by)]
