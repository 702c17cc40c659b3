"""follow_up.toml: plans, hours of calling and strata are read; every wrong one is named at once."""

from pathlib import Path

import pytest

from casework.catalog.load import load
from casework.catalog.problems import CatalogError
from casework.catalog.timing import LIMITS
from casework.rules.sampling import Stratum
from casework.rules.words import Channel, Urgency

SHIPPED = LIMITS.with_name("follow_up.toml").read_text("utf-8")
LAST = SHIPPED[SHIPPED.index("[stratum.ALL]") : SHIPPED.index("[question.1]")]
LAMPS = """
[stratum.LAMPS]
zh = "路灯"
en = "Street lamps"
one_in = 5
category = ["0204"]
urgency = ["N"]
county = ["510104"]
channel = ["WEB"]
source = "市热线回访办法"
"""


def city(tmp_path: Path, text: str) -> Path:
    (tmp_path / "follow_up.toml").write_text(text, encoding="utf-8")
    return tmp_path


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(CatalogError) as found:
        load(city(tmp_path, text))
    return list(found.value.problems)


def test_as_shipped_everybody_is_asked() -> None:
    assert load().follow_up.strata == (Stratum("ALL", 1),)


def test_strata_are_read_in_their_order(tmp_path: Path) -> None:
    rules = load(city(tmp_path, SHIPPED.replace(LAST, LAMPS + LAST))).follow_up
    lamps = Stratum("LAMPS", 5, ("0204",), (Urgency.N,), ("510104",), (Channel.WEB,))
    assert rules.strata == (lamps, Stratum("ALL", 1))


def test_a_city_that_names_no_stratum_asks_everybody(tmp_path: Path) -> None:
    assert load(city(tmp_path, SHIPPED.replace(LAST, ""))).follow_up.strata == (Stratum("ALL", 1),)


def test_every_urgency_has_a_plan_its_own_or_the_usual_one(tmp_path: Path) -> None:
    plans = load(city(tmp_path, SHIPPED.replace("attempts = 3", "attempts = 5", 1))).follow_up.plans
    assert {urgency: plan.attempts for urgency, plan in plans.items()} == {
        **{Urgency.E0: 3, Urgency.E1: 3},
        **{Urgency.N: 5, Urgency.C: 5},
    }
    assert [str(plans[urgency].phone_after) for urgency in Urgency] == ["60wm", "120wm", "1wd", "1wd"]


WRONG = [
    # what is changed, to what, what the message says
    (LAST, LAST + LAMPS, "the last stratum may name no category"),
    ("one_in = 1", "one_in = 0", "one_in"),
    ("one_in = 1", 'one_in = 1\ncategory = ["9999"]', "9999"),
    ("one_in = 1", 'one_in = 1\ncounty = ["990000"]', "990000"),
    ("one_in = 1", 'one_in = 1\nchannel = ["PIGEON"]', "channel"),
    ('hours = "09:00-20:00"', 'hours = "09:00"', "hours"),
    ("[plan.E0]", "[plan.E9]", "no such entry"),
    ("[plan.default]", "[plan.usual]", "must be filled in"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_wrong_line_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SHIPPED
    assert any(said in line and "follow_up.toml" in line for line in faults(tmp_path, SHIPPED.replace(old, new, 1)))
