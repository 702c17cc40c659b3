"""Retries as sentences: what becomes of a notice after a try, and when a destination is left alone."""

import pytest

from services.notify.breaker import Breaker
from services.notify.channels.message import Outcome, Result
from services.notify.patience import Verdict, back_off, judge


@pytest.mark.parametrize(
    ("channel", "outcome", "tries", "verdict"),
    [
        ("sms", Outcome(Result.SENT), 1, Verdict("SENT")),
        ("sms", Outcome(Result.SKIPPED), 1, Verdict("SKIPPED")),
        ("sms", Outcome(Result.REFUSED), 1, Verdict("DEAD")),  # the gateway will never take it
        ("upstream", Outcome(Result.REFUSED), 1, Verdict("DEAD")),  # 410
        ("sms", Outcome(Result.AMBIGUOUS), 1, Verdict("DEAD")),  # perhaps sent -> never twice
        ("upstream", Outcome(Result.AMBIGUOUS), 1, Verdict("PENDING", 5.0)),  # ids make a second time harmless
        ("staff", Outcome(Result.AMBIGUOUS), 2, Verdict("PENDING", 10.0)),
        ("sms", Outcome(Result.RETRY), 1, Verdict("PENDING", 5.0)),
        ("sms", Outcome(Result.RETRY), 3, Verdict("PENDING", 20.0)),
        ("upstream", Outcome(Result.RETRY), 30, Verdict("PENDING", 3600.0)),  # an hour at most
        ("sms", Outcome(Result.RETRY, retry_after=120.0), 1, Verdict("PENDING", 120.0)),  # asked for longer
        ("sms", Outcome(Result.RETRY, retry_after=1.0), 3, Verdict("PENDING", 20.0)),  # asked for shorter
        ("sms", Outcome(Result.RETRY), 12, Verdict("DEAD")),  # the twelfth was the last
        ("sms", Outcome(Result.RETRY), 13, Verdict("PENDING", 5.0)),  # a replay begins again
        ("sms", Outcome(Result.RETRY), 24, Verdict("DEAD")),
        ("upstream", Outcome(Result.RETRY), 40, Verdict("DEAD")),
    ],
)
def test_what_becomes_of_a_notice(channel: str, outcome: Outcome, tries: int, verdict: Verdict) -> None:
    assert judge(channel, outcome, tries, chance=1.0) == verdict


def test_the_jitter_is_full() -> None:
    assert back_off("sms", 4, 0.0) == 0.0
    assert back_off("sms", 4, 0.5) == 20.0
    assert back_off("sms", 4, 1.0) == 40.0


def test_a_destination_that_fails_five_times_running_is_left_alone_then_tried_once() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(4):
        breaker.note("a", answered=False)
    assert breaker.wait("a") == 0.0
    breaker.note("a", answered=False)
    assert breaker.wait("a") == 30.0
    assert breaker.wait("b") == 0.0
    now[0] = 31.0
    assert breaker.wait("a") == 0.0  # the one that tries
    assert breaker.wait("a") == 30.0  # the others wait for it
    breaker.note("a", answered=True)
    assert breaker.wait("a") == 0.0


def test_an_answer_between_failures_counts_anew() -> None:
    breaker = Breaker(lambda: 0.0)
    for answered in (False, False, False, False, True, False):
        breaker.note("a", answered=answered)
    assert breaker.wait("a") == 0.0
