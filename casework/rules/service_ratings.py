"""社区服务好差评: five grades of a service (国办发〔2019〕51号; domain.md §5.4), summed apart from the cases' rates."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.rules.calendars import day_of
from casework.rules.rates import Rate
from casework.rules.tallies import Period
from casework.rules.words import Satisfaction

Counts = Mapping[Satisfaction, int]
_IPV6_HOUSEHOLD = 64


@dataclass(frozen=True, slots=True)
class RatingDefinition:
    """What 满意率 of the services is: which grades stand above the line, which are bad 差评, by which version."""

    version: str
    satisfied: frozenset[Satisfaction]
    bad: frozenset[Satisfaction]


@dataclass(frozen=True, slots=True)
class RatingLimits:
    """How many answers a day (Asia/Shanghai) are taken from one address, and at one point in all."""

    per_address: int
    per_point: int


def satisfied(counts: Counts, definition: RatingDefinition) -> Rate:
    """满意率: answers of a satisfied grade ÷ all answers; 0 of 0 has no value."""
    return Rate(sum(counts.get(grade, 0) for grade in definition.satisfied), sum(counts.values()))


def bad_answers(counts: Counts, definition: RatingDefinition) -> int:
    """How many are bad 差评 and have to be looked at, every one."""
    return sum(counts.get(grade, 0) for grade in definition.bad)


def seconds_left(now: datetime) -> int:
    """Whole seconds, at least 1, until the next day of Asia/Shanghai begins; `now` in UTC."""
    today = day_of(now)
    left = Period.days(today, today + timedelta(days=1)).end - now
    return max(1, -int(-left.total_seconds() // 1))


def counted_as(address: str) -> str:
    """What stands for a caller's address in the day's count: of IPv6 the network that one household is given (/64)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _IPV6_HOUSEHOLD), strict=False))
