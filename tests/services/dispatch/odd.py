"""What breaks readers: control characters, other scripts, numbers beyond measure, things of the wrong shape."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

FUZZ = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

ODD_TEXTS = [
    "",
    "\0",
    "510104",
    "5101Z1",
    "0204",
    "投诉",
    "-1",
    "1e999",
    "null",
    "𠮷",
    "བོད",
    "ꆈꌠ",
    "%s",
    "%",
    "'\"--",
]
ODD_NUMBERS = [10**400, -(10**400), 2**63, 2**31]
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30), st.sampled_from(ODD_TEXTS), st.datetimes().map(str)
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(ODD_NUMBERS), st.floats(), TEXTS)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3))
