"""社区服务点: kept by who administers the area's grids; the QR code and the poster to print, for the community too."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import service_points as rows
from casework.db.models import ServicePoint
from casework.db.reads import service_ratings as read
from casework.journey import service_points as journey
from casework.journey.city import City
from casework.kit.errors import NotFound
from casework.kit.qr import qr_svg
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.dispatch import service_point_schemas as s
from services.dispatch.poster import PAGE_POLICY, poster
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/service-points", tags=["社区服务点 service points"])
KEEPERS = (Role.DISPATCHER, Role.STREET, Role.SUPERVISION)
Keeper = Annotated[Actor, Depends(Holding(*KEEPERS))]
Reader = Annotated[Actor, Depends(Holding(*KEEPERS, Role.COMMUNITY, Role.LEADER))]
PointId = Annotated[int, Path(ge=1, lt=2**63)]
Area = Annotated[str, Query(max_length=12, pattern=r"^[0-9A-Z]*$")]


@router.get("")
async def list_points(
    request: Request,
    actor: Reader,
    session: Transaction,
    city: TheCity,
    area: Area = "",
    words: Annotated[str, Query(max_length=60)] = "",
    closed: bool = False,
    cursor: Annotated[str, Query(pattern=r"^\d{0,18}$")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> s.PointPage:
    """The points of the reader's area as they were made; `closed`: the closed ones too; `words`: a part of the name."""
    after = int(cursor or 0)
    found = await rows.page(session, actor, area=area, closed=closed, words=words, after=after, limit=limit + 1)
    shown = await _views(request, session, city, found[:limit])
    return s.PointPage(items=shown, next=str(found[limit - 1].id) if len(found) > limit else None)


@router.post("", status_code=201)
async def make_point(
    request: Request, form: s.PointForm, actor: Keeper, session: Transaction, city: TheCity
) -> s.PointView:
    """新增."""
    said = journey.Said(form.name, tuple(form.services))
    return await _view(request, session, city, await journey.create(session, city, actor, form.community, said))


@router.get("/{point_id}")
async def show_point(
    request: Request, point_id: PointId, actor: Reader, session: Transaction, city: TheCity
) -> s.PointView:
    """One point, closed or not."""
    return await _view(request, session, city, await _found(session, actor, point_id))


@router.put("/{point_id}")
async def change_point(
    request: Request, point_id: PointId, form: s.PointChange, actor: Keeper, session: Transaction, city: TheCity
) -> s.PointView:
    """修改名称和服务项目."""
    said = journey.Said(form.name, tuple(form.services))
    point = await journey.change(session, actor, point_id, said, seen=form.version)
    return await _view(request, session, city, point)


@router.post("/{point_id}/code")
async def renew_code(
    request: Request, point_id: PointId, form: s.PointEnd, actor: Keeper, session: Transaction, city: TheCity
) -> s.PointView:
    """换码: posters printed before open nothing any more."""
    point = await journey.renew(session, actor, point_id, seen=form.version, why=form.why)
    return await _view(request, session, city, point)


@router.post("/{point_id}/close")
async def close_point(
    request: Request, point_id: PointId, form: s.PointEnd, actor: Keeper, session: Transaction, city: TheCity
) -> s.PointView:
    """停用: its page says so and names 12345."""
    point = await journey.close(session, actor, point_id, seen=form.version, why=form.why)
    return await _view(request, session, city, point)


@router.get("/{point_id}/qr.svg", response_class=Response)
async def show_qr(request: Request, point_id: PointId, actor: Reader, session: Transaction) -> Response:
    """二维码 as SVG. 404 once the point is closed."""
    address = _address(request, await _found(session, actor, point_id))
    if address is None:
        raise NotFound("service_point.is_closed")
    return Response(qr_svg(address), media_type="image/svg+xml")


@router.get("/{point_id}/poster", response_class=HTMLResponse)
async def show_poster(
    request: Request, point_id: PointId, actor: Reader, session: Transaction, city: TheCity
) -> HTMLResponse:
    """海报: one A5 page to print. 404 once the point is closed."""
    point = await _found(session, actor, point_id)
    if point.closed_at is not None:
        raise NotFound("service_point.is_closed")
    page = poster(point.name, city.catalog.areas.name_path(point.area_code))
    return HTMLResponse(page, headers={"Content-Security-Policy": PAGE_POLICY})


async def _found(session: AsyncSession, actor: Actor, point_id: int) -> ServicePoint:
    point = await rows.find(session, actor, point_id)
    if point is None:
        raise NotFound("service_point.not_found")
    return point


def _address(request: Request, point: ServicePoint) -> str | None:
    public: str = request.app.state.settings.public_url
    return f"{public}/p/{point.code}" if point.closed_at is None else None


async def _view(request: Request, session: AsyncSession, city: City, point: ServicePoint) -> s.PointView:
    return (await _views(request, session, city, [point]))[0]


async def _views(
    request: Request, session: AsyncSession, city: City, points: Sequence[ServicePoint]
) -> list[s.PointView]:
    bad = city.catalog.service_ratings.definition.bad
    numbers = await read.of_points(session, [point.id for point in points], bad)
    return [_drawn(request, city, point, *numbers.get(point.id, (0, 0))) for point in points]


def _drawn(request: Request, city: City, point: ServicePoint, answers: int, waiting: int) -> s.PointView:
    return s.PointView(
        id=point.id,
        name=point.name,
        area_code=point.area_code,
        area_name=city.catalog.areas.name_path(point.area_code),
        services=point.services,
        address=_address(request, point),
        version=point.version,
        created_at=point.created_at,
        code_since=point.code_since,
        closed_at=point.closed_at,
        answers=answers,
        waiting=waiting,
    )
