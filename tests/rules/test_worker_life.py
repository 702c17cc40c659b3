"""网格员准入和退出: each step of a grid worker's life as a row, and what it needs."""

from dataclasses import replace

import pytest

from casework.kit.texts import LANGS, TEXTS
from casework.rules.decide import Refused
from casework.rules.facts import Actor
from casework.rules.words import Role
from casework.rules.worker_life import WORKER_TURNS, WorkerFacts, decide_step, steps_for
from casework.rules.worker_words import ExitReason, WorkerStage, WorkerStep

S, T = WorkerStage, WorkerStep
STREET, COMMUNITY, AGENT = (
    Actor(frozenset({role}), account_id=1) for role in (Role.STREET, Role.COMMUNITY, Role.AGENT)
)
WHOLE = {
    "note": "公开招录合格",
    "reason": ExitReason.RESIGNED,
    "trained": True,
    "grid_ok": True,
    "same_community": True,
    "topic": "入户走访",
    "passed": True,
}

# from, the step, by whom, to
LIFE: list[tuple[WorkerStage | None, WorkerStep, Actor, WorkerStage]] = [
    (None, T.ADMIT, STREET, S.ADMITTED),
    (S.ADMITTED, T.TRAIN, COMMUNITY, S.TRAINING),
    (S.TRAINING, T.TRAIN, STREET, S.TRAINING),
    (S.TRAINING, T.POST, STREET, S.ON_DUTY),
    (S.ON_DUTY, T.TRAIN, COMMUNITY, S.ON_DUTY),
    (S.ON_DUTY, T.ASSESS, COMMUNITY, S.ON_DUTY),
    (S.ON_DUTY, T.REASSIGN, COMMUNITY, S.ON_DUTY),
    (S.ON_DUTY, T.SUSPEND, COMMUNITY, S.SUSPENDED),
    (S.SUSPENDED, T.TRAIN, COMMUNITY, S.SUSPENDED),
    (S.SUSPENDED, T.RESTORE, STREET, S.ON_DUTY),
    (S.ADMITTED, T.EXIT, STREET, S.EXITED),
    (S.TRAINING, T.EXIT, STREET, S.EXITED),
    (S.ON_DUTY, T.EXIT, STREET, S.EXITED),
    (S.SUSPENDED, T.EXIT, STREET, S.EXITED),
    (S.EXITED, T.ADMIT, STREET, S.ADMITTED),
]


@pytest.mark.parametrize(("stage", "step", "who", "target"), LIFE)
def test_a_step_leads_where_the_table_says(
    stage: WorkerStage | None, step: WorkerStep, who: Actor, target: WorkerStage
) -> None:
    assert decide_step(WorkerFacts(step, stage, who, **WHOLE)).target is target  # type: ignore[arg-type]
    assert step in steps_for(stage, who)


def test_no_other_step_is_possible() -> None:
    possible = {(stage, step) for stage, step, _, _ in LIFE}
    for stage in (None, *S):
        for step in T:
            if (stage, step) not in possible:
                with pytest.raises(Refused, match=r"WORKER\.NOT_NOW"):
                    decide_step(WorkerFacts(step, stage, STREET, **WHOLE))  # type: ignore[arg-type]


# from, the step, by whom, what is otherwise, why not
REFUSED: list[tuple[WorkerStage | None, WorkerStep, Actor, dict[str, object], str]] = [
    (None, T.ADMIT, COMMUNITY, {}, "NOT_YOUR_ROLE"),
    (S.TRAINING, T.POST, COMMUNITY, {}, "NOT_YOUR_ROLE"),
    (S.ON_DUTY, T.REASSIGN, STREET, {}, "NOT_YOUR_ROLE"),
    (S.ON_DUTY, T.SUSPEND, AGENT, {}, "NOT_YOUR_ROLE"),
    (S.ON_DUTY, T.SUSPEND, STREET, {"note": "停"}, "NOTE_MISSING"),
    (S.ON_DUTY, T.EXIT, STREET, {"account": 1}, "ONESELF"),
    (None, T.ADMIT, STREET, {"grid_ok": False}, "GRID_UNKNOWN"),
    (S.EXITED, T.ADMIT, STREET, {"barred": True}, "BARRED"),
    (S.ADMITTED, T.TRAIN, STREET, {"topic": ""}, "TRAINING_MISSING"),
    (S.ADMITTED, T.TRAIN, STREET, {"passed": None}, "TRAINING_MISSING"),
    (S.TRAINING, T.POST, STREET, {"trained": False}, "NOT_TRAINED"),
    (S.ON_DUTY, T.ASSESS, STREET, {"passed": None}, "RESULT_MISSING"),
    (S.ON_DUTY, T.REASSIGN, COMMUNITY, {"grid_ok": False}, "GRID_UNKNOWN"),
    (S.ON_DUTY, T.REASSIGN, COMMUNITY, {"same_community": False}, "OTHER_COMMUNITY"),
    (S.ON_DUTY, T.EXIT, STREET, {"reason": None}, "EXIT_REASON_MISSING"),
]


@pytest.mark.parametrize(("stage", "step", "who", "otherwise", "code"), REFUSED)
def test_a_step_that_lacks_something_is_refused(
    stage: WorkerStage | None, step: WorkerStep, who: Actor, otherwise: dict[str, object], code: str
) -> None:
    facts = replace(WorkerFacts(step, stage, who, **WHOLE), **otherwise)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        decide_step(facts)
    assert refused.value.code == f"WORKER.{code}"
    sentences = {TEXTS.t(f"refused.WORKER.{code}", language) for language in LANGS}
    assert len(sentences) == 2


def test_every_guard_of_the_table_refuses_somewhere() -> None:
    assert {code for *_, code in REFUSED} >= {"NOTE_MISSING", "ONESELF", "NOT_YOUR_ROLE"}
    for row in WORKER_TURNS:
        for guard in row.needs:
            facts = [replace(WorkerFacts(s, st, w, **WHOLE), **o) for st, s, w, o, _ in REFUSED]  # type: ignore[arg-type]
            assert any(guard(one) for one in facts if one.step is row.step), guard.__name__
