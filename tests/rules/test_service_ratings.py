"""社区服务好差评: what counts as satisfied, what must be looked at, and how long a day's limit still holds."""

from datetime import UTC, datetime

import pytest

from casework.rules.service_ratings import RatingDefinition, bad_answers, counted_as, satisfied, seconds_left
from casework.rules.words import Satisfaction

VERY_GOOD, GOOD, FAIR, BAD, VERY_BAD = Satisfaction
THREE_OF_FIVE = RatingDefinition("test", frozenset({VERY_GOOD, GOOD, FAIR}), frozenset({BAD, VERY_BAD}))


@pytest.mark.parametrize(
    ("counts", "rate", "value", "bad"),
    [
        ({}, (0, 0), None, 0),  # nobody answered: no rate, not 0 %
        ({VERY_GOOD: 1}, (1, 1), 1.0, 0),
        ({FAIR: 1, BAD: 1}, (1, 2), 0.5, 1),  # 基本满意 is the third of the upper three
        ({VERY_GOOD: 2, GOOD: 3, FAIR: 4, BAD: 5, VERY_BAD: 6}, (9, 20), 0.45, 11),
        ({BAD: 1, VERY_BAD: 2}, (0, 3), 0.0, 3),
    ],
)
def test_satisfied_are_the_upper_three_of_five(
    counts: dict[Satisfaction, int], rate: tuple[int, int], value: float | None, bad: int
) -> None:
    found = satisfied(counts, THREE_OF_FIVE)
    assert ((found.numerator, found.denominator), found.value) == (rate, value)
    assert bad_answers(counts, THREE_OF_FIVE) == bad


@pytest.mark.parametrize(("answers", "small"), [(0, True), (29, True), (30, False)])
def test_fewer_than_thirty_answers_are_marked(answers: int, small: bool) -> None:
    assert satisfied({GOOD: answers}, THREE_OF_FIVE).small is small


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), 86400),  # midnight in Shanghai: a whole day
        (datetime(2026, 11, 23, 15, 59, 30, tzinfo=UTC), 30),
        (datetime(2026, 11, 23, 15, 59, 59, 900_000, tzinfo=UTC), 1),  # never 0: "come again at once" would be wrong
    ],
)
def test_the_limit_of_a_day_holds_until_midnight_in_shanghai(now: datetime, left: int) -> None:
    assert seconds_left(now) == left


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),  # the same caller by another spelling
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),  # a phone changes these half at will
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_household_counts_as_one_caller(address: str, counted: str) -> None:
    assert counted_as(address) == counted
