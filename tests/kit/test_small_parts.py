"""Rate limits and times."""

from datetime import UTC, datetime

import pytest

from casework.kit.errors import TooMany
from casework.kit.now import in_shanghai, shanghai_day, show_minute, utcnow
from casework.kit.ratelimit import RateLimit
from casework.kit.texts import Lang


def test_the_try_over_the_limit_must_wait_and_others_need_not() -> None:
    limit = RateLimit()
    assert [limit.hit("a", "2/hour") for _ in range(2)] == [None, None]
    wait = limit.hit("a", "2/hour")
    assert wait is not None
    assert 0 < wait <= 3600
    assert limit.hit("b", "2/hour") is None
    assert limit.hit("a", "3/minute") is None  # another rule counts for itself


def test_a_refused_try_says_when_to_come_again() -> None:
    limit = RateLimit()
    limit.check("a", "1/minute")
    with pytest.raises(TooMany) as refused:
        limit.check("a", "1/minute")
    assert 0 < int(refused.value.headers()["Retry-After"]) <= 60


def test_a_rule_that_cannot_be_read_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError):
        RateLimit().hit("a", "often")


@pytest.mark.parametrize(
    ("moment", "lang", "shown"),
    [
        (datetime(2026, 2, 25, 9, 0, tzinfo=UTC), "zh-CN", "2026年2月25日 17:00"),
        (datetime(2026, 2, 25, 9, 0, tzinfo=UTC), "en", "25 February 2026 17:00"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "zh-CN", "2027年1月1日 00:00"),
        (datetime(2026, 2, 25, 9, 0, 59, tzinfo=UTC), "zh-CN", "2026年2月25日 17:00"),  # never shown later than it is
    ],
)
def test_people_read_the_time_of_asia_shanghai(moment: datetime, lang: Lang, shown: str) -> None:
    assert show_minute(moment, lang) == shown


def test_the_day_is_shanghais() -> None:
    assert shanghai_day(datetime(2026, 2, 24, 16, 0, tzinfo=UTC)).isoformat() == "2026-02-25"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        in_shanghai(datetime(2026, 2, 25, 9, 0))


def test_our_own_clock_is_utc() -> None:
    assert utcnow().tzinfo is UTC
