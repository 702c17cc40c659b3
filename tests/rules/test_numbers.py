"""The request's number: its form, its check digit, its case numbers."""

from datetime import date

import pytest

from casework.rules.numbers import case_number, check_digit, is_request_number, request_number
from casework.rules.words import Channel


def test_the_number_tells_region_day_channel_and_place() -> None:
    number = request_number("510104", date(2026, 2, 13), Channel.HOTLINE, 42)
    assert number[:-1] == "51010420260213010000042"
    assert len(number) == 24
    assert is_request_number(number)


@pytest.mark.parametrize(("region", "written"), [("5101", "510100"), ("5101Z1", "5101Z1"), ("510104017", "510104")])
def test_every_region_takes_six_places(region: str, written: str) -> None:
    assert request_number(region, date(2026, 2, 13), Channel.GRID, 1).startswith(written)


def test_a_wrong_or_swapped_digit_is_noticed() -> None:
    number = request_number("510104", date(2026, 2, 13), Channel.HOTLINE, 1234567)
    for place in range(24):
        wrong = "0123456789".replace(number[place], "")
        assert not any(is_request_number(number[:place] + digit + number[place + 1 :]) for digit in wrong)
    swapped = [
        number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(23) if number[i] != number[i + 1]
    ]
    missed = [text for text in swapped if is_request_number(text)]
    assert all({"0", "9"} <= set(text) for text in missed), "Luhn misses only 09 and 90"


@pytest.mark.parametrize("text", ["", "1", "五101042026021301000004212", "510104202602130100000420 ", "5" * 24])
def test_what_is_no_number_is_none(text: str) -> None:
    assert not is_request_number(text)


@pytest.mark.parametrize("sequence", [0, -1, 10_000_000])
def test_a_sequence_outside_seven_digits_is_an_error(sequence: int) -> None:
    with pytest.raises(ValueError, match="seven digits"):
        request_number("510104", date(2026, 2, 13), Channel.HOTLINE, sequence)


def test_the_first_case_has_the_requests_number() -> None:
    assert [case_number("N", place) for place in (1, 2, 3)] == ["N", "N-2", "N-3"]


def test_check_digit_of_a_known_luhn_number() -> None:
    assert check_digit("7992739871") == "3"
