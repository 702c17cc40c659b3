"""居民小组长 are registered, shown for a purpose, and leave office; others write down their reports. None commits."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.areas import AreaLevel
from casework.db import group_leaders as rows
from casework.db.accounts import note
from casework.db.models import GroupLeader
from casework.journey.city import City
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.kit.masking import mask_text, normal_phone
from casework.rules.facts import Actor

What = Literal["name", "phone"]


@dataclass(frozen=True, slots=True)
class NewLeader:
    """Who leads which group of which community (its twelve digits)."""

    community: str
    group: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose words a report is: as the register has the group leader."""

    name: str
    phone: str


async def register(session: AsyncSession, city: City, actor: Actor, new: NewLeader) -> GroupLeader:
    """登记. Raises Unprocessable naming the field."""
    area = city.catalog.areas.get(new.community)
    faults = []
    if area is None or area.level is not AreaLevel.COMMUNITY or not new.community.startswith(actor.area or "-"):
        faults.append(FieldFault("community", "grid.community_unknown", {"area": new.community}))
    if normal_phone(new.phone) is None:
        faults.append(FieldFault("phone", "worker.phone_unusable"))
    if faults:
        raise Unprocessable(fields=faults)
    leader = GroupLeader(
        area_code=new.community,
        group_name=new.group,
        name_sealed=city.keyring.seal(new.name, "group_leader.name"),
        phone_sealed=city.keyring.seal(new.phone, "group_leader.phone"),
        entered_by=actor.account_id,
    )
    session.add(leader)
    await session.flush()
    note(session, "GROUP_LEADER_REGISTERED", account_id=actor.account_id, subject=f"group_leader:{leader.id}")
    return leader


async def leave_office(session: AsyncSession, actor: Actor, leader_id: int, why: str) -> None:
    """卸任: may report no more. Raises NotFound."""
    leader = await _found(session, actor, leader_id)
    leader.valid_to = func.now()
    subject = f"group_leader:{leader.id}"
    note(session, "GROUP_LEADER_LEFT", account_id=actor.account_id, subject=subject, data={"note": mask_text(why)})


async def reveal(session: AsyncSession, city: City, actor: Actor, leader_id: int, what: What, purpose: str) -> str:
    """查看明文, in the audit log with its purpose. Raises NotFound."""
    leader = await _found(session, actor, leader_id)
    data = {"what": what, "purpose": mask_text(purpose)}
    note(session, "REVEALED", account_id=actor.account_id, subject=f"group_leader:{leader.id}", data=data)
    sealed = {"name": leader.name_sealed, "phone": leader.phone_sealed}[what]
    return city.keyring.open(sealed, f"group_leader.{what}")


async def speaks(session: AsyncSession, city: City, actor: Actor, leader_id: int) -> Speaker:
    """Whose words a group leader's report is. Raises Unprocessable: not in office, or not in the actor's scope."""
    leader = await rows.find(session, actor, leader_id)
    if leader is None:
        raise Unprocessable(fields=[FieldFault("group_leader", "worker.leader_not_found")])
    opened = city.keyring.open
    return Speaker(opened(leader.name_sealed, "group_leader.name"), opened(leader.phone_sealed, "group_leader.phone"))


async def _found(session: AsyncSession, actor: Actor, leader_id: int) -> GroupLeader:
    leader = await rows.find(session, actor, leader_id)
    if leader is None:
        raise NotFound("worker.leader_not_found")
    return leader
