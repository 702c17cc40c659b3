"""现场: what the field page asks for beside the cases: lists to choose from, arrivals, calls for help."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request

from casework.catalog.areas import AreaTree
from casework.db import alarms as rows
from casework.db.models import Account, Alarm
from casework.journey import alarms as journey
from casework.journey.arriving import Arrival, arrive
from casework.kit.language import language
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, UNIT_ROLES, Role
from services.dispatch import field_schemas as s
from services.who import Holding, TheCity, TheDoorbell, Transaction

router = APIRouter(tags=["现场 field"])
Staff = Annotated[Actor, Depends(Holding(*(frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES)))]
Outside = Annotated[Actor, Depends(Holding(*UNIT_ROLES, Role.GRID_WORKER))]
Caller = Annotated[Actor, Depends(Holding(*rows.CALLERS))]
Concerned = Annotated[Actor, Depends(Holding(*rows.CALLERS, *rows.ANSWERERS))]
Answerer = Annotated[Actor, Depends(Holding(*rows.ANSWERERS))]
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$")]
Id = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/field/lists")
async def show_lists(request: Request, actor: Staff, city: TheCity) -> s.FieldLists:
    """可选项: in the reader's language, to be kept on the phone."""
    zh = language(request) == "zh-CN"
    used = (one for one in city.catalog.categories.values() if not one.retired)
    reasons = city.catalog.turns.return_reasons.items()
    return s.FieldLists(
        categories=[s.CategoryChoice(code=one.code, parent=one.parent, name=one.name) for one in used],
        return_reasons=[s.ReasonChoice(code=code, text=one.zh if zh else one.en) for code, one in reasons],
    )


@router.post("/cases/{case_no}/arrivals", status_code=201)
async def check_in(
    case_no: str, form: s.ArrivalForm, actor: Outside, session: Transaction, city: TheCity, key: Key
) -> s.ArrivalView:
    """到场签到: where one stands. A repeated Idempotency-Key answers the first one."""
    event = await arrive(session, city, case_no, actor, Arrival(**form.model_dump()), key)
    return s.ArrivalView(at=event.at, check_in=event.data["check_in"], distance_m=event.data["distance_m"])


@router.post("/alarms", status_code=201)
async def call_for_help(
    form: s.AlarmForm, actor: Caller, session: Transaction, city: TheCity, bell: TheDoorbell, key: Key
) -> s.AlarmView:
    """一键求助: told to the centre and the community at once. A repeated Idempotency-Key answers the first one."""
    alarm = await journey.call(session, actor, journey.CallForHelp(**form.model_dump()), key)
    bell.ring("notify", "staff")
    caller = await session.get_one(Account, alarm.account_id)
    return _view(city.catalog.areas, alarm, caller)


@router.get("/alarms")
async def list_alarms(
    actor: Concerned, session: Transaction, city: TheCity, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[s.AlarmView]:
    """One's own calls, and those of one's area for who sends help; unanswered first."""
    found = await rows.of_scope(session, actor, limit=limit)
    return [_view(city.catalog.areas, alarm, caller) for alarm, caller in found]


@router.post("/alarms/{alarm_id}/answer")
async def answer_alarm(
    alarm_id: Id, form: s.AlarmAnswer, actor: Answerer, session: Transaction, city: TheCity
) -> s.AlarmView:
    """处理求助: 409 when somebody did before."""
    return _view(city.catalog.areas, *await journey.answer(session, actor, alarm_id, form.note))


def _view(areas: AreaTree, alarm: Alarm, caller: Account) -> s.AlarmView:
    told = {name: getattr(alarm, name) for name in s.AlarmView.model_fields if hasattr(alarm, name)}
    named = {"login": caller.login, "name": caller.display_name, "area_name": areas.name_path(alarm.area_code)}
    return s.AlarmView(**told, **named)
