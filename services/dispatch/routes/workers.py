"""网格员管理: admitted, trained, posted, reassigned, suspended, out; and the residents' group leaders beside them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from casework.db import group_leaders, workers
from casework.db.duty import GRID_KEEPERS
from casework.journey import group_leaders as leaders
from casework.journey import workers as journey
from casework.kit.errors import NotFound
from casework.rules.facts import Actor
from casework.rules.words import Role
from casework.rules.worker_words import WorkerStage
from services.dispatch import worker_drawing as draw
from services.dispatch import worker_schemas as s
from services.dispatch.schemas import Revealed
from services.who import Holding, TheCity, TheDoorbell, Transaction

router = APIRouter(tags=["网格员 workers"])
Reader = Annotated[Actor, Depends(Holding(*GRID_KEEPERS, Role.ANALYST))]
Employer = Annotated[Actor, Depends(Holding(Role.STREET, Role.SUPERVISION))]
Near = Annotated[Actor, Depends(Holding(Role.COMMUNITY, Role.STREET, Role.SUPERVISION))]
Listener = Annotated[Actor, Depends(Holding(*GRID_KEEPERS, Role.AGENT))]
Area = Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Z]*$")]
Limit = Annotated[int, Query(ge=1, le=200)]
Login = Annotated[str, Path(max_length=100)]
LeaderId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/grid-workers")
async def list_workers(
    actor: Reader,
    session: Transaction,
    area: Area = "",
    stage: WorkerStage | None = None,
    cursor: Annotated[str, Query(max_length=100)] = "",
    limit: Limit = 50,
) -> s.WorkerPage:
    """The grid workers of the scope, by login."""
    found = await workers.page(session, actor, area=area, stage=stage, after=cursor, limit=limit + 1)
    items = [draw.row(one) for one in found[:limit]]
    return s.WorkerPage(items=items, next=items[-1].login if len(found) > limit else None)


@router.post("/grid-workers", status_code=201)
async def admit_worker(form: s.AdmitForm, actor: Employer, session: Transaction) -> s.StepDone:
    """录用: a new person; the account opens only when it is posted."""
    return draw.done(await journey.admit(session, actor, form.login, form.name, form.grid, form.note))


@router.get("/grid-workers/left-open")
async def list_left_open(actor: Reader, session: Transaction, area: Area = "") -> s.LeftCases:
    """离岗遗留: open cases whose reporter is on duty no more; the community sees them through."""
    return draw.left(await workers.left_open(session, actor, area))


@router.get("/grid-workers/{login}")
async def show_worker(login: Login, actor: Reader, session: Transaction) -> s.WorkerView:
    """One worker, with the history."""
    found = await workers.find(session, actor, login)
    if found is None:
        raise NotFound("worker.not_found")
    return draw.view(found, await workers.history(session, found.account.id), actor)


@router.post("/grid-workers/{login}/steps")
async def take_step(login: Login, form: s.StepForm, actor: Near, session: Transaction, bell: TheDoorbell) -> s.StepDone:
    """One step of the worker's life. 409 says why not now."""
    done = await journey.take_step(session, actor, login, journey.Step(**form.model_dump()))
    bell.ring("notify", "staff")
    return draw.done(done)


@router.get("/group-leaders")
async def list_group_leaders(
    actor: Listener,
    session: Transaction,
    city: TheCity,
    area: Area = "",
    cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Limit = 50,
) -> s.GroupLeaderPage:
    """居民小组长 in office, masked."""
    found = await group_leaders.page(session, actor, area=area, after=cursor, limit=limit + 1)
    items = [draw.group_leader(city.keyring, one) for one in found[:limit]]
    return s.GroupLeaderPage(items=items, next=items[-1].id if len(found) > limit else None)


@router.post("/group-leaders", status_code=201)
async def register_group_leader(
    form: s.GroupLeaderForm, actor: Near, session: Transaction, city: TheCity
) -> s.GroupLeaderView:
    """登记."""
    leader = await leaders.register(session, city, actor, leaders.NewLeader(**form.model_dump()))
    await session.refresh(leader)
    return draw.group_leader(city.keyring, leader)


@router.post("/group-leaders/{leader_id}/end", status_code=204)
async def end_group_leader(leader_id: LeaderId, form: s.WhyForm, actor: Near, session: Transaction) -> None:
    """卸任."""
    await leaders.leave_office(session, actor, leader_id, form.note)


@router.post("/group-leaders/{leader_id}/reveal")
async def reveal_group_leader(
    leader_id: LeaderId, form: s.LeaderReveal, actor: Near, session: Transaction, city: TheCity
) -> Revealed:
    """查看明文, logged."""
    return Revealed(value=await leaders.reveal(session, city, actor, leader_id, form.what, form.purpose))
