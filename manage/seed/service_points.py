"""The demo's service points 社区服务点, rated by the public way 扫码评价; one bad grade was looked at, one waits."""

import secrets
from collections.abc import Sequence

from casework.catalog.areas import short_name
from casework.db.models import ServicePoint
from casework.db.reads.service_ratings import Span, answers
from casework.journey import service_points
from casework.journey.city import City
from casework.journey.service_looks import look
from casework.journey.service_rating import Given, rate
from casework.rules.facts import Actor
from casework.rules.words import Role, Satisfaction

VERY_GOOD, GOOD, FAIR, BAD, VERY_BAD = Satisfaction
SERVICES = ("老年人证件代办", "居住证明开具", "社保医保咨询", "矛盾调解预约", "活动室使用")
SAID: tuple[tuple[tuple[Satisfaction, str, str], ...], ...] = (
    (
        (VERY_GOOD, "老年人证件代办", "工作人员帮老人填表，很耐心。"),
        (GOOD, "居住证明开具", ""),
        (GOOD, "社保医保咨询", "讲得清楚，不用再跑一趟。"),
        (FAIR, "居住证明开具", "排队的人有点多。"),
        (BAD, "活动室使用", "活动室说好九点开门，九点半还锁着。"),
        (VERY_GOOD, "矛盾调解预约", ""),
    ),
    (
        (GOOD, "社保医保咨询", ""),
        (VERY_GOOD, "老年人证件代办", "上门给我母亲办的，谢谢。"),
        (VERY_BAD, "居住证明开具", "跑了两趟，都说经办人不在。"),
        (FAIR, "", ""),
    ),
)
LOOKED = "已核实：钥匙由一人保管，当日请假未交接；现改为两人轮值，开放时间已在门口公示。"


async def rate_services(city: City, communities: Sequence[str], actors: Sequence[Actor]) -> int:
    """A point in each of the first communities that has a street's officer; how many answers were given."""
    kept = [(code, street) for code in communities if (street := _street_of(code, actors)) is not None]
    given = 0
    for (community, street), said in zip(kept, SAID, strict=False):
        point = await _made(city, street, community)
        for grade, service, words in said:
            given += 1
            answer = Given(secrets.token_urlsafe(16), grade, service, words)
            async with city.database.transaction() as session:
                await rate(session, city, point.code, answer, f"198.51.100.{given}")
    if kept:
        await _look(city, kept[0][1])
    return given


async def _made(city: City, street: Actor, community: str) -> ServicePoint:
    area = city.catalog.areas.get(community)
    name = f"{short_name(area.name) if area else community}便民服务站"[:60]
    async with city.database.transaction() as session:
        return await service_points.create(session, city, street, community, service_points.Said(name, SERVICES))


async def _look(city: City, street: Actor) -> None:
    """The first bad grade is looked at."""
    bad = city.catalog.service_ratings.definition.bad
    async with city.database.transaction() as session:
        found = await answers(session, street, Span(None), grades=bad, unseen=True, before=None, limit=10)
        await look(session, city, street, found[-1].row.id, LOOKED)


def _street_of(community: str, actors: Sequence[Actor]) -> Actor | None:
    officers = (one for one in actors if Role.STREET in one.roles and one.area and community.startswith(one.area))
    return next(officers, None)
