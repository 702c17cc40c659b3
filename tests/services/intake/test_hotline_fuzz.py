"""Any JSON at the hotline's door (F25): never an error of ours, and whatever is accepted is exactly one case."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casework.journey.city import City
from tests.services.dispatch.odd import FUZZ, LEAVES, TEXTS, VALUES
from tests.services.intake.hotline import Hotline, as_json, rows, said


def _part(*names: str) -> st.SearchStrategy[Any]:
    return st.one_of(st.fixed_dictionaries({}, optional=dict.fromkeys(names, VALUES)), VALUES)


MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS | LEAVES,
        "text": TEXTS | LEAVES,
        **dict.fromkeys(("kind", "category", "urgency", "occurred_at", "channel", "upstream_due"), VALUES),
        "person": _part("name", "phone", "anonymous", "secret", "reply_wanted", "proxy_for", "dialect"),
        "place": _part("area_code", "address", "lon", "lat", "crs"),
        "call": _part("call_id", "recording"),
    },
)


async def _sent(hotline: Hotline, city: City, body: bytes) -> None:
    tables = ("cases", "request", "event")
    before = await rows(city, *tables)
    answer = await hotline.send(body)
    assert answer.status_code in (201, 400, 422), (answer.status_code, body)
    made = int(answer.status_code == 201)
    assert await rows(city, *tables) == {table: number + made for table, number in before.items()}
    if not made:
        assert answer.headers["content-type"] == "application/problem+json"


@FUZZ
@given(message=MESSAGES)
async def test_any_message_under_a_number_of_its_own(hotline: Hotline, city: City, message: dict[str, Any]) -> None:
    await _sent(hotline, city, as_json({**said(), **message}))


@FUZZ
@given(message=MESSAGES)
async def test_a_message_with_words_is_always_a_case(hotline: Hotline, city: City, message: dict[str, Any]) -> None:
    words = {name: value for name, value in message.items() if name not in ("title", "text")}
    answer = await hotline.send({**said(), **words})
    assert answer.status_code == 201, answer.text


@FUZZ
@given(value=VALUES)
async def test_any_json_at_all(hotline: Hotline, city: City, value: Any) -> None:
    await _sent(hotline, city, as_json(value))


@FUZZ
@given(body=st.binary(max_size=200))
async def test_any_bytes_at_all(hotline: Hotline, city: City, body: bytes) -> None:
    await _sent(hotline, city, body)
