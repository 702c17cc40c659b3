"""Who of a unit takes a case now: the table reads as sentences."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from casework.rules.on_duty import Because, Shift, on_duty

EVENING = datetime(2026, 6, 1, 10, tzinfo=UTC)
ONE = Shift(1, True, EVENING)
TWO = Shift(2, True, EVENING)
OFF = replace(ONE, active=False)


@pytest.mark.parametrize(
    ("running", "account", "because"),
    [
        ([], None, None),  # nobody is on the roster
        ([ONE], 1, Because.ON_DUTY),
        ([OFF], None, None),  # the account is closed, and nobody stands in
        ([replace(OFF, substitute=9, substitute_active=True)], 9, Because.SUBSTITUTE),
        ([replace(ONE, substitute=9, substitute_active=True)], 9, Because.SUBSTITUTE),  # named is on duty
        ([replace(ONE, substitute=9)], 1, Because.ON_DUTY),  # the substitute's account is closed
        ([replace(ONE, load=3), replace(TWO, load=2)], 2, Because.ON_DUTY),  # the one with less to do
        (
            [replace(ONE, load=3), replace(TWO, load=0, substitute=9, substitute_active=True, substitute_load=4)],
            1,
            None,
        ),
        ([ONE, replace(TWO, ends_at=EVENING + timedelta(hours=1))], 2, Because.ON_DUTY),  # who stays longer
        ([TWO, ONE], 1, Because.ON_DUTY),  # of equals always the same one
    ],
)
def test_who_is_on_duty(running: list[Shift], account: int | None, because: Because | None) -> None:
    found = on_duty(running)
    assert (found.account if found else None) == account
    if because is not None:
        assert found is not None
        assert found.because is because
