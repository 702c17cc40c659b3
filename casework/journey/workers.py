"""Grid workers' lives are written here 网格员准入和退出: each step with who took it and why. None commits.

Rights end with the step that ends them: the account is off and its sessions are gone before the answer leaves.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import accounts, grids
from casework.db import workers as rows
from casework.db.accounts import note
from casework.db.models import Account, Grid, Notice, WorkerEvent, WorkerStanding
from casework.journey.handing_over import HandedOver, hand_over
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.kit.passwords import hash_password, new_password
from casework.rules.facts import Actor
from casework.rules.words import Role
from casework.rules.worker_life import WorkerFacts, decide_step
from casework.rules.worker_words import ExitReason, WorkerStage, WorkerStep

SHUT = "-"
"""Stored for an account that no password opens."""
LEFT = "WORKER_LEFT"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done, and why. `grid`: a grid's code; `topic`, `hours`, `passed`: of a training or assessment."""

    step: WorkerStep
    note: str
    reason: ExitReason | None = None
    grid: str | None = None
    topic: str = ""
    hours: int | None = None
    passed: bool | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it. `password`: shown this once, to who posts the worker; `left_open`: the worker's open reports,
    which the community was told to see through; `handed_over`: on-site tasks that others have now."""

    account: Account
    stage: WorkerStage
    password: str | None = None
    left_open: tuple[str, ...] = ()
    handed_over: tuple[HandedOver, ...] = ()


async def admit(session: AsyncSession, actor: Actor, login: str, name: str, grid_code: str, why: str) -> Done:
    """录用: a new person, with an account that opens nothing before it is posted.

    Raises: Refused, Unprocessable: the login is taken, or the community has no unit.
    """
    grid = await _grid(session, actor, grid_code)
    facts = WorkerFacts(WorkerStep.ADMIT, None, actor, note=why, grid_ok=grid is not None)
    decide_step(facts)
    assert grid is not None
    unit = await rows.community_unit(session, grid.area_code)
    faults = [] if unit else [FieldFault("grid", "worker.no_community_unit")]
    if await accounts.login_taken(session, login):
        faults.append(FieldFault("login", "worker.login_taken", {"login": login}))
    if faults:
        raise Unprocessable(fields=faults)
    account = Account(
        login=login,
        display_name=name,
        password_hash=SHUT,
        roles=[Role.GRID_WORKER.value],
        area_code=grid.code,
        unit_id=unit,
        active=False,
    )
    session.add(account)
    await session.flush()
    await rows.join_grid(session, account.id, grid.id)
    await _record(session, actor, account, None, WorkerStage.ADMITTED, Step(WorkerStep.ADMIT, why, grid=grid_code))
    return Done(account, WorkerStage.ADMITTED)


async def take_step(session: AsyncSession, actor: Actor, login: str, step: Step) -> Done:
    """Any later step, with all that follows from it. Raises: NotFound: no such worker in scope. Refused."""
    worker = await rows.find(session, actor, login, hold=True)
    if worker is None:
        raise NotFound("worker.not_found")
    account = worker.account
    grid = await _grid(session, actor, step.grid) if step.grid else None
    row = decide_step(
        WorkerFacts(
            step=step.step,
            stage=worker.stage,
            actor=actor,
            account=account.id,
            note=step.note,
            reason=step.reason,
            trained=await rows.was_trained(session, account.id),
            barred=await rows.is_barred(session, account.id),
            grid_ok=grid is not None and (step.step is WorkerStep.ADMIT or grid.code != account.area_code),
            same_community=grid is not None and grid.area_code == account.area_code[:12],
            topic=step.topic,
            passed=step.passed,
        )
    )
    await _record(session, actor, account, worker.stage, row.target, step)
    password = await _give_rights(account, step.step)
    left_open: tuple[str, ...] = ()
    handed_over: tuple[HandedOver, ...] = ()
    if step.step in (WorkerStep.SUSPEND, WorkerStep.EXIT):
        left_open = await _end_rights(session, account, step.step)
        handed_over = tuple(await hand_over(session, account_id=account.id))
    elif grid is not None:
        await _move_to(session, account, grid)
    return Done(account, row.target, password, left_open, handed_over)


async def _grid(session: AsyncSession, actor: Actor, code: str) -> Grid | None:
    found = await grids.find(session, actor, code)
    return found if found is not None and found.valid_to is None else None


async def _record(
    session: AsyncSession, actor: Actor, account: Account, before: WorkerStage | None, after: WorkerStage, step: Step
) -> None:
    said: dict[str, Any] = {
        "reason": step.reason.value if step.reason else None,
        "grid": step.grid,
        "from_grid": account.area_code if step.step is WorkerStep.REASSIGN else None,
        "topic": step.topic or None,
        "hours": step.hours,
        "passed": step.passed,
    }
    session.add(
        WorkerEvent(
            account_id=account.id,
            step=step.step.value,
            from_stage=before.value if before else None,
            to_stage=after.value,
            by_account=actor.account_id,
            note=step.note,
            data={key: value for key, value in said.items() if value is not None},
        )
    )
    if before is not after:
        await session.merge(WorkerStanding(account_id=account.id, stage=after.value, since=func.now()))
    act = f"WORKER_{step.step.value}"
    note(session, act, account_id=actor.account_id, subject=f"account:{account.id}", data={"to": after.value})


async def _give_rights(account: Account, step: WorkerStep) -> str | None:
    """上岗, 复岗: the account opens; its first password, where it has none that anybody knows."""
    if step not in (WorkerStep.POST, WorkerStep.RESTORE):
        return None
    account.active = True
    if Role.GRID_WORKER.value not in account.roles:
        account.roles = [*account.roles, Role.GRID_WORKER.value]
    if account.password_hash != SHUT:
        return None
    password = new_password()
    account.password_hash = await asyncio.to_thread(hash_password, password)
    return password


async def _end_rights(session: AsyncSession, account: Account, step: WorkerStep) -> tuple[str, ...]:
    """停岗, 退出: rights end at once. An account with other duties keeps those; who left takes part in no roster."""
    others = [role for role in account.roles if role != Role.GRID_WORKER.value]
    if others:
        account.roles = others
    else:
        account.active = False
    await accounts.end_sessions(session, account.id)
    if step is WorkerStep.EXIT:
        await rows.leave_rosters(session, account.id)
        if not others:
            account.password_hash = SHUT
    unit = await rows.community_unit(session, account.area_code)
    open_cases = await rows.open_reports(session, account.id)
    for case in open_cases:
        told = {"audience": Role.COMMUNITY.value, "channel": "staff", "topic": LEFT, "unit_id": unit}
        session.add(Notice(case_id=case.id, **told))
    return tuple(case.case_no for case in open_cases)


async def _move_to(session: AsyncSession, account: Account, grid: Grid) -> None:
    """Another grid from now on: the scope moves along, the rosters of the former grids are left."""
    account.area_code = grid.code
    await rows.leave_rosters(session, account.id, but_grid=grid.id)
    await rows.join_grid(session, account.id, grid.id)
