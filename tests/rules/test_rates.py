"""民生诉求响应完成率: who enters, what counts as kept, and how figures add up (words.md §4, domain.md §6)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from casework.catalog.timing import load_calendars
from casework.rules.rates import CaseFacts, Rate, View, exclusion, on_time, responded, standing
from casework.rules.tallies import Age, Period, Tally, age, tally
from casework.rules.words import Direction, Exclusion, Kind, Status

TICK = timedelta(microseconds=1)
ACCEPTED = datetime(2026, 6, 1, 2, tzinfo=UTC)
D0 = datetime(2026, 6, 10, 9, tzinfo=UTC)
D = datetime(2026, 6, 15, 9, tzinfo=UTC)
NOW = datetime(2026, 7, 3, 1, tzinfo=UTC)
JUNE = Period.months(date(2026, 6, 1), date(2026, 6, 30))
NATION = load_calendars().for_area("510104")

KEPT = CaseFacts(
    status=Status.CLOSED,
    created_at=ACCEPTED,
    accepted_at=ACCEPTED,
    finish_due_original=D0,
    finish_due=D,
    signed_in_time=True,
    contacted_in_time=True,
    first_completed_at=D0,
    completed_at=D0,
    ended_at=D,
    ended_as=Status.CLOSED,
)
OPEN = replace(KEPT, status=Status.HANDLING, first_completed_at=None, completed_at=None, ended_at=None, ended_as=None)
ANSWERED = replace(KEPT, status=Status.ANSWERED, signed_in_time=None, contacted_in_time=None)
CALL = CaseFacts(status=Status.CALLED, created_at=ACCEPTED, direction=Direction.GRID)


def count(cases: list[CaseFacts], view: View = View.A, observed: datetime = NOW, period: Period = JUNE) -> Tally:
    return sum((tally(case, view, period, observed, NATION)[1] for case in cases), Tally())


def test_the_worked_example_gives_its_figures_before_and_after_the_revocation() -> None:
    """domain.md §6: 200 due in June, 6 excluded, 185 kept, 5 late, 4 open; on 2 July follow-up revokes 3 of the 185."""
    kept = [KEPT] * 185
    late = replace(KEPT, completed_at=D + TICK, first_completed_at=D + TICK)
    others = [late] * 5 + [OPEN] * 4
    out = [replace(KEPT, status=Status.VOID)] * 2 + [replace(OPEN, status=Status.MERGED)] * 4
    june = count(kept + others + out)
    assert (june.rate.numerator, june.rate.denominator) == (185, 194)
    assert round(100 * (june.rate.value or 0), 2) == 95.36
    assert june.excluded == {Exclusion.VOID: 2, Exclusion.MERGED: 4}
    assert (june.done - june.on_time, june.cases - june.done) == (5, 4)

    revoked = [replace(KEPT, status=Status.REWORK, completed_at=None, ended_at=None, ended_as=None)] * 3
    restated = count(kept[3:] + revoked + others + out)
    assert (restated.rate.numerator, restated.rate.denominator) == (182, 194)
    assert round(100 * (restated.rate.value or 0), 2) == 93.81
    assert restated.first_on_time == june.first_on_time == 185


@pytest.mark.parametrize(
    ("case", "counts"),
    [
        (KEPT, True),  # signed, contacted and completed in time -> kept
        (replace(KEPT, completed_at=D), True),  # completed exactly at the deadline -> kept
        (replace(KEPT, completed_at=D + TICK), False),  # a microsecond later -> missed
        (replace(KEPT, completed_at=D0 + TICK), True),  # after the original deadline, by the extended one -> kept
        (replace(KEPT, signed_in_time=False), False),  # completed in time, signed late -> missed
        (replace(KEPT, signed_in_time=None), False),  # never signed -> missed
        (replace(KEPT, contacted_in_time=False), False),  # completed in time, contacted late -> missed
        (replace(KEPT, contacted_in_time=None), False),  # nobody ever called -> missed
        (replace(KEPT, contacted_in_time=None, contact_exempt=True), True),  # anonymous, nobody to call -> kept
        (replace(KEPT, signed_in_time=False, contact_exempt=True), False),  # anonymous, signed late -> missed
        (OPEN, False),  # overdue and open -> in the denominator, missed
        (replace(OPEN, status=Status.RESULT_REVIEW), False),  # filed, not accepted -> missed as long as it is not
        (
            replace(KEPT, status=Status.FOLLOW_UP, ended_at=None, ended_as=None),
            True,
        ),  # accepted, not followed up -> kept
        (replace(KEPT, status=Status.REWORK, completed_at=None), False),  # revoked by a rework -> missed
        (replace(KEPT, first_completed_at=D0 - TICK), True),  # refiled and accepted by the deadline -> kept again
        (replace(KEPT, completed_at=NOW), False),  # refiled long after it -> late
        (replace(KEPT, status=Status.ARCHIVED), True),  # archived -> as it ended
        (replace(OPEN, status=Status.TERMINATED, ended_at=D), False),  # withdrawn at the deadline -> too late, missed
        (replace(KEPT, status=Status.TERMINATED, ended_at=D + TICK), True),  # withdrawn later, completed before -> kept
    ],
)
def test_a_case_in_the_rate_is_kept_when_responded_and_completed_by_its_deadline(case: CaseFacts, counts: bool) -> None:
    found = count([case])
    assert (found.rate.numerator, found.rate.denominator) == (int(counts), 1)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (KEPT, None),  # a citizen's case -> in
        (replace(KEPT, direction=Direction.GRID), None),  # a grid call that the centre took on -> in
        (replace(KEPT, status=Status.VOID), Exclusion.VOID),
        (replace(OPEN, status=Status.GUIDED), Exclusion.GUIDED),
        (replace(OPEN, status=Status.TRANSFERRED), Exclusion.TRANSFERRED),
        (replace(OPEN, status=Status.MERGED), Exclusion.MERGED),
        (replace(OPEN, status=Status.ARCHIVED, ended_as=Status.VOID), Exclusion.VOID),  # the archive forgets nothing
        (replace(OPEN, status=Status.ARCHIVED, ended_as=Status.GUIDED), Exclusion.GUIDED),
        (replace(KEPT, status=Status.ARCHIVED, ended_as=Status.ANSWERED), Exclusion.ANSWERED),
        (replace(OPEN, status=Status.TERMINATED, ended_at=D - TICK), Exclusion.WITHDRAWN),  # before its deadline -> out
        (replace(OPEN, status=Status.TERMINATED, ended_at=D), None),  # at its deadline -> in
        (
            replace(OPEN, status=Status.TERMINATED, ended_at=D0, finish_due=None),
            Exclusion.WITHDRAWN,
        ),  # nothing promised
        (replace(KEPT, kind=Kind.PRAISE), Exclusion.PRAISE),
        (replace(ANSWERED, kind=Kind.PRAISE), Exclusion.PRAISE),  # answered praise is praise
        (replace(KEPT, kind=Kind.PRAISE, status=Status.VOID), Exclusion.VOID),  # void praise is void
        (ANSWERED, Exclusion.ANSWERED),
        (CALL, Exclusion.NOT_TAKEN_ON),  # a call that waits for the centre
        (replace(CALL, status=Status.DISPATCHED, finish_due=D), Exclusion.NOT_TAKEN_ON),  # with the community, open
        (replace(CALL, status=Status.ANSWERED, completed_at=D0), Exclusion.NOT_TAKEN_ON),  # answered, no case made
        (replace(CALL, status=Status.GUIDED), Exclusion.GUIDED),  # the reason given is the reason shown
        (replace(CALL, status=Status.CLOSED, completed_at=D0), Exclusion.SELF_SETTLED),  # 自办结
        (replace(CALL, status=Status.ARCHIVED, ended_as=Status.CLOSED), Exclusion.SELF_SETTLED),
        (
            replace(CALL, direction=Direction.CENTRE, status=Status.CLOSED),
            Exclusion.NOT_TAKEN_ON,
        ),  # only the grid's own
    ],
)
def test_what_stays_out_has_its_reason(case: CaseFacts, reason: Exclusion | None) -> None:
    assert exclusion(case, case.finish_due) == reason
    assert count([case]).cases == (reason is None)
    assert count([case]).excluded == ({reason: 1} if reason else {})


def test_the_original_deadline_alone_decides_in_the_view_without_extension() -> None:
    extended = replace(KEPT, completed_at=D0 + TICK)  # kept only thanks to its extension
    assert (count([extended]).kept, count([extended], View.A0).kept) == (1, 0)
    into_july = replace(KEPT, finish_due=JUNE.end)  # extended out of the month
    assert (count([into_july]).cases, count([into_july], View.A0).cases) == (0, 1)
    late_withdrawal = replace(OPEN, status=Status.TERMINATED, ended_at=D0)  # not before the first promise
    assert (count([late_withdrawal]).cases, count([late_withdrawal], View.A0).cases) == (0, 1)


def test_an_answer_at_once_enters_only_the_all_inclusive_view() -> None:
    assert count([ANSWERED]).excluded == {Exclusion.ANSWERED: 1}
    assert count([ANSWERED, KEPT], View.ALL).rate == Rate(2, 2)
    assert responded(ANSWERED)
    assert count([replace(CALL, status=Status.ANSWERED, completed_at=D0)], View.ALL).cases == 0


def test_the_cohort_counts_what_is_done_and_says_what_is_not_yet_due() -> None:
    later = replace(OPEN, finish_due=NOW)  # due this very instant: not yet overdue
    slow = replace(KEPT, completed_at=D + TICK, signed_in_time=False)
    found = count([KEPT, slow, OPEN, later], View.B)
    assert found.rate == Rate(2, 4)
    assert (found.on_time, found.done, found.not_yet_due) == (1, 2, 1)
    assert not found.mature(NOW, JUNE)  # one may still be kept or broken
    assert count([KEPT, slow, OPEN, later], View.B, NOW + TICK).mature(NOW + TICK, JUNE)
    assert not count([KEPT], View.B).mature(JUNE.end - TICK, JUNE)  # the month is not over
    assert count([replace(KEPT, accepted_at=JUNE.end)], View.B) == Tally()


def test_the_finish_view_is_over_what_was_finished_whatever_the_response() -> None:
    silent = replace(KEPT, signed_in_time=False)
    late = replace(KEPT, completed_at=D + TICK)
    assert count([silent, late, OPEN], View.C).rate == Rate(1, 2)
    assert count([replace(KEPT, completed_at=JUNE.end)], View.C) == Tally()


def test_the_overdue_stock_knows_no_period_and_no_ended_case() -> None:
    stock = [OPEN, replace(OPEN, finish_due=datetime(2025, 6, 15, 9, tzinfo=UTC))]
    other = [
        KEPT,
        replace(OPEN, finish_due=NOW),  # not before the observation
        replace(OPEN, status=Status.TERMINATED, ended_at=NOW),  # ended, if not well
        replace(KEPT, status=Status.FOLLOW_UP, completed_at=NOW),  # late, but done
        replace(OPEN, finish_due=None),
    ]
    found = count(stock + other, View.D)
    assert (found.cases, found.kept) == (2, 0)
    assert found.ages == {Age.TO_15: 1, Age.OVER_30: 1}
    assert count([replace(OPEN, kind=Kind.PRAISE)], View.D).excluded == {Exclusion.PRAISE: 1}


@pytest.mark.parametrize(
    ("due", "today", "bucket"),
    [
        (date(2026, 6, 5), date(2026, 6, 5), Age.TO_5),  # due this noon, seen this evening
        (date(2026, 6, 5), date(2026, 6, 6), Age.TO_5),  # Friday -> Saturday
        (date(2026, 6, 5), date(2026, 6, 12), Age.TO_5),  # Friday -> Friday: 5 working days
        (date(2026, 6, 5), date(2026, 6, 14), Age.TO_5),  # the weekend adds none
        (date(2026, 6, 5), date(2026, 6, 15), Age.TO_15),  # the sixth
        (date(2026, 6, 12), date(2026, 6, 21), Age.TO_5),  # 端午: Friday 19 June is no working day -> 4
        (date(2026, 6, 5), date(2026, 6, 29), Age.TO_15),  # 15, the holiday not counted
        (date(2026, 6, 5), date(2026, 6, 30), Age.TO_30),  # 16
        (date(2026, 6, 5), date(2026, 7, 20), Age.TO_30),  # 30
        (date(2026, 6, 5), date(2026, 7, 21), Age.OVER_30),  # 31
        (date(2026, 2, 13), date(2026, 2, 23), Age.TO_5),  # 春节: of ten days only Saturday the 14th is worked
    ],
)
def test_overdue_is_counted_in_working_days(due: date, today: date, bucket: Age) -> None:
    assert age(due, today, NATION) == bucket


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 5, 31, 15, 59, 59, 999999, tzinfo=UTC), "May"),  # 23:59:59.999999 in Shanghai
        (datetime(2026, 5, 31, 16, tzinfo=UTC), "June"),  # midnight in Shanghai, still May in UTC
        (datetime(2026, 6, 30, 15, 59, 59, 999999, tzinfo=UTC), "June"),
        (datetime(2026, 6, 30, 16, tzinfo=UTC), "July"),
    ],
)
def test_a_month_begins_at_midnight_in_shanghai(at: datetime, month: str) -> None:
    assert JUNE.holds(at) == (month == "June")
    assert count([replace(KEPT, finish_due=at)]).cases == (month == "June")


def test_a_period_may_run_over_the_year() -> None:
    assert Period.months(date(2026, 12, 1), date(2027, 1, 1)) == Period(
        datetime(2026, 11, 30, 16, tzinfo=UTC), datetime(2027, 1, 31, 16, tzinfo=UTC)
    )


def test_an_excluded_case_without_a_deadline_is_shown_where_it_came_in() -> None:
    assert standing(CALL, NOW).at == ACCEPTED
    assert standing(replace(OPEN, finish_due=None), NOW).at is None  # in the rate, but never due: in no month


def test_what_the_grid_settles_itself_has_a_rate_of_its_own() -> None:
    settled = replace(CALL, status=Status.CLOSED, completed_at=ACCEPTED)
    cases = [settled, settled, CALL, replace(KEPT, direction=Direction.GRID), replace(CALL, status=Status.VOID), KEPT]
    assert count(cases).self_settled == Rate(2, 4)
    assert count([KEPT]).self_settled.value is None


def test_rates_add_up_and_are_never_averaged() -> None:
    assert Rate(1, 1) + Rate(0, 99) == Rate(1, 100)
    assert (Rate(1, 1) + Rate(0, 99)).value == 0.01
    assert Rate().value is None
    assert [Rate(1, n).small for n in (1, 29, 30)] == [True, True, False]
    assert Rate().small


@pytest.mark.parametrize(("numerator", "denominator"), [(2, 1), (-1, 1), (0, -1)])
def test_what_is_no_rate_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        Rate(numerator, denominator)


@pytest.mark.parametrize(
    ("closed", "target", "kept"),
    [
        (D, D, True),
        (D + TICK, D, False),
        (None, D, False),  # open
        (D, None, True),  # nothing was promised
        (None, None, True),
    ],
)
def test_on_time_is_by_the_target_itself(closed: datetime | None, target: datetime | None, kept: bool) -> None:
    assert on_time(closed, target) == kept
