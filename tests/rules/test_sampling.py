"""抽样回访: who is asked follows from the number, and the weighted estimate is what a count of all would say."""

import random
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from casework.rules.rates import CaseFacts, Rate, View, measures, named, standing
from casework.rules.rollups import FOREVER
from casework.rules.sampling import Drawable, Stratum, draw
from casework.rules.words import Channel, Followed, Satisfaction, Urgency
from tests.rules.test_rates import KEPT

LIGHT = Drawable("0204", Urgency.N, "510104017001", Channel.HOTLINE)
STRATA = (
    Stratum("DANGER", 1, urgency=(Urgency.E0, Urgency.E1)),
    Stratum("LIGHTS", 5, category=("02",), county=("510104",)),
    Stratum("WEB", 3, channel=(Channel.WEB, Channel.WECHAT)),
    Stratum("ALL", 2),
)
FALLS_INTO = [
    # a case, its stratum
    (LIGHT, "LIGHTS"),
    (replace(LIGHT, urgency=Urgency.E1), "DANGER"),  # the first that fits
    (replace(LIGHT, area="510105001001"), "ALL"),  # another county
    (replace(LIGHT, category="1204"), "ALL"),
    (replace(LIGHT, category=None), "ALL"),  # none is in no stratum that names one
    (replace(LIGHT, category="1204", channel=Channel.WECHAT), "WEB"),
    (replace(LIGHT, channel=Channel.WECHAT), "LIGHTS"),
]


@pytest.mark.parametrize(("case", "stratum"), FALLS_INTO)
def test_a_case_is_drawn_by_the_first_stratum_that_holds_it(case: Drawable, stratum: str) -> None:
    assert draw(STRATA, case, 0).stratum == stratum


def test_one_in_so_many_is_asked_and_stands_for_all_of_them() -> None:
    drawn = Counter(draw(STRATA, LIGHT, number).weight for number in range(1000))
    assert drawn == {0: 800, 5: 200}
    assert {draw(STRATA, replace(LIGHT, urgency=Urgency.E0), number).weight for number in range(1000)} == {1}


@dataclass(frozen=True)
class Person:
    """What somebody would say if asked."""

    case: Drawable
    reached: bool
    solved: bool
    grade: Satisfaction


def people(chance: random.Random, count: int) -> list[Person]:
    """Urgent ones are better served, web users grumble: the strata differ, so that weights matter."""
    found = []
    for _ in range(count):
        case = replace(
            LIGHT,
            urgency=chance.choice((Urgency.E1, Urgency.N, Urgency.N)),
            channel=chance.choice((Channel.HOTLINE, Channel.WEB)),
            category=chance.choice(("0204", "1204")),
        )
        content = 0.95 if case.urgency is Urgency.E1 else 0.4 if case.channel is Channel.WEB else 0.7
        grade = Satisfaction.GOOD if chance.random() < content else Satisfaction.BAD
        found.append(Person(case, chance.random() < 0.9, chance.random() < content, grade))
    return found


def followed_up(person: Person, weight: int | None) -> CaseFacts:
    """The case's row after it was followed up, or was left out by the sample."""
    if weight == 0:
        return replace(KEPT, followed=Followed.SAMPLED_OUT, follow_weight=0)
    if not person.reached:
        return replace(KEPT, followed=Followed.UNREACHED, follow_weight=weight)
    said = {"solved": person.solved, "satisfaction": person.grade}
    return replace(KEPT, followed=Followed.ANSWERED, follow_weight=weight, **said)  # type: ignore[arg-type]


def rate(code: str, cases: list[CaseFacts]) -> Rate:
    sums: Counter[str] = Counter()
    for case in cases:
        for name, amount in measures(case, standing(case, FOREVER), View.A):
            sums[name] += amount
    figure = named(code)
    assert figure is not None
    return figure.rate(sums)


def by_hand(cases: list[CaseFacts], code: str) -> tuple[Fraction, int, int]:
    """Σ weight over those that count ÷ Σ weight over those asked, and the unweighted counts."""
    asked = {
        "COVERED": cases,
        "REACHED": [case for case in cases if case.followed in ("ANSWERED", "UNREACHED")],
        "SOLVED": [case for case in cases if case.solved is not None],
        "SATISFIED": [case for case in cases if case.satisfaction],
    }[code]
    counting = {
        "COVERED": [case for case in asked if case.followed in ("ANSWERED", "UNREACHED")],
        "REACHED": [case for case in asked if case.followed == "ANSWERED"],
        "SOLVED": [case for case in asked if case.solved],
        "SATISFIED": [case for case in asked if case.satisfaction == "GOOD"],
    }[code]
    weights = sum(case.follow_weight or 0 for case in counting), sum(case.follow_weight or 0 for case in asked)
    return Fraction(*weights), len(counting), len(asked)


WEIGHTED = ("COVERED", "REACHED", "SOLVED", "SATISFIED")


@pytest.mark.parametrize("code", WEIGHTED)
def test_the_estimate_is_the_weighted_sums_by_hand_and_the_counts_stay_beside_it(code: str) -> None:
    chance = random.Random(5)
    cases = [
        followed_up(person, draw(STRATA, person.case, chance.getrandbits(64)).weight) for person in people(chance, 900)
    ]
    found = rate(code, cases)
    value, counted, asked = by_hand(cases, code)
    assert found.value == pytest.approx(float(value), abs=1e-12)
    assert (found.numerator, found.denominator, found.raw) == (counted, asked, counted / asked)
    halves = rate(code, cases[:400]) + rate(code, cases[400:])
    assert halves == found  # Σ over Σ, weights too


@pytest.mark.parametrize("code", ["REACHED", "SOLVED", "SATISFIED"])
def test_over_many_draws_the_estimate_is_what_asking_everybody_would_have_said(code: str) -> None:
    chance = random.Random(7)
    town = people(chance, 200)
    truth = rate(code, [followed_up(person, None) for person in town])
    assert truth.raw is None  # nobody stands for another
    above = below = counted = 0
    draws = 40
    for _ in range(draws):
        asked = [(person, draw(STRATA, person.case, chance.getrandbits(64)).weight) for person in town]
        found = rate(code, [followed_up(*one) for one in asked])
        above, below = above + found.weighted[0], below + found.weighted[1]
        counted += found.denominator
    assert below / draws == pytest.approx(truth.denominator, rel=0.04)
    assert above / below == pytest.approx(truth.value, abs=0.03)
    assert counted / draws < 0.6 * truth.denominator  # of whom far fewer were asked


def test_without_weights_the_answers_of_a_sample_mislead() -> None:
    chance = random.Random(9)
    town = people(chance, 1200)
    truth = rate("SATISFIED", [followed_up(person, None) for person in town])
    asked = [followed_up(person, draw(STRATA, person.case, chance.getrandbits(64)).weight) for person in town]
    found = rate("SATISFIED", asked)
    assert found.raw is not None
    assert truth.value is not None
    assert found.value is not None
    assert abs(found.raw - truth.value) > 0.05 > 2 * abs(found.value - truth.value)


def test_who_answers_without_being_asked_is_counted_and_stands_for_nobody() -> None:
    own_accord = replace(KEPT, followed=Followed.ANSWERED, solved=False, follow_weight=0)
    asked = replace(KEPT, followed=Followed.ANSWERED, solved=True, follow_weight=4)
    found = rate("SOLVED", [own_accord, asked])
    assert (found.numerator, found.denominator, found.raw, found.value) == (1, 2, 0.5, 1.0)
    assert rate("SOLVED", [own_accord]).value is None


def test_where_everybody_is_asked_nothing_is_added_to_the_counts() -> None:
    case = replace(KEPT, followed=Followed.ANSWERED, solved=True, follow_weight=1)
    assert rate("SOLVED", [case]) == Rate(1, 1)
    assert {name for name, _ in measures(case, standing(case, FOREVER), View.A) if ":w" in name} == set()
