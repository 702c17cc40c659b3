"""The hotline's door to those who may not send: forged, stale, unknown and unsigned messages leave no row (F10)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from casework.db.sources import Sources, put
from casework.journey.city import City
from casework.kit.signing import new_secret
from tests.conftest import Town
from tests.services.intake.hotline import Hotline, as_json, everything, said

Headers = dict[str, str]
BODY = as_json({"upstream_no": "F-1", "text": "路灯不亮"})
MINUTES = timedelta(minutes=1)


def _without(name: str) -> Callable[[Hotline], Headers]:
    return lambda hotline: {key: value for key, value in hotline.signed(BODY).items() if key != name}


def _with(**changed: str) -> Callable[[Hotline], Headers]:
    named = {name.replace("_", "-"): value for name, value in changed.items()}
    return lambda hotline: {**hotline.signed(BODY), **named}


def _late(late: timedelta) -> Callable[[Hotline], Headers]:
    return lambda hotline: hotline.signed(BODY, late=late)


def _by_another(hotline: Hotline) -> Headers:
    return Hotline(hotline.town, new_secret()).signed(BODY)


def _of_another_message(hotline: Hotline) -> Headers:
    return {**hotline.signed(BODY), "webhook-signature": hotline.signed(BODY + b" ")["webhook-signature"]}


def _under_another_id(hotline: Hotline) -> Headers:
    return {**hotline.signed(BODY, "first"), "webhook-id": "second"}


def _at_another_time(hotline: Hotline) -> Headers:
    headers = hotline.signed(BODY)
    return {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 1)}


REFUSED: list[tuple[str, Callable[[Hotline], Headers], str]] = [
    ("signed with another secret", _by_another, "webhook.bad_signature"),
    ("the signature of another body", _of_another_message, "webhook.bad_signature"),
    ("the signature of another id", _under_another_id, "webhook.bad_signature"),
    ("the signature of another second", _at_another_time, "webhook.bad_signature"),
    ("six minutes old: a replay", _late(6 * MINUTES), "webhook.too_old"),
    ("six minutes ahead", _late(-6 * MINUTES), "webhook.too_new"),
    ("no webhook-id", _without("webhook-id"), "webhook.missing_header"),
    ("no webhook-timestamp", _without("webhook-timestamp"), "webhook.missing_header"),
    ("no webhook-signature", _without("webhook-signature"), "webhook.missing_header"),
    ("an empty signature", _with(webhook_signature=""), "webhook.missing_header"),
    ("a signature in words", _with(webhook_signature="trust me"), "webhook.bad_signature"),
    ("a signature of a scheme we do not know", _with(webhook_signature="v9,AAAA"), "webhook.bad_signature"),
    ("a dot in the id, which would shift what is signed", _with(webhook_id="a.b"), "webhook.bad_id"),
    ("a blank in the id", _with(webhook_id="a b"), "webhook.bad_id"),
    ("an id of 201 characters", _with(webhook_id="a" * 201), "webhook.bad_id"),
    ("a timestamp in words", _with(webhook_timestamp="now"), "webhook.bad_time"),
    ("a negative timestamp", _with(webhook_timestamp="-1"), "webhook.bad_time"),
    ("a source that nobody knows", _with(X_GridCall_Source="no-such-hotline"), "webhook.bad_signature"),
]


@pytest.mark.parametrize(("headers", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_a_message_that_is_not_proven_leaves_nothing(
    hotline: Hotline, city: City, headers: Callable[[Hotline], Headers], code: str
) -> None:
    before = await everything(city)
    answer = await hotline.post(BODY, headers(hotline))
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await everything(city) == before


async def test_any_flipped_bit_is_refused_and_leaves_nothing(hotline: Hotline, city: City) -> None:
    before = await everything(city)
    headers = hotline.signed(BODY, "flipped")
    for place in range(len(BODY)):
        for bit in range(8):
            altered = bytearray(BODY)
            altered[place] ^= 1 << bit
            answer = await hotline.post(bytes(altered), headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "webhook.bad_signature")
    assert await everything(city) == before
    assert (await hotline.post(BODY, headers)).status_code == 201, "the unaltered message was good all along"


async def test_four_minutes_either_way_are_forgiven(hotline: Hotline) -> None:
    for late in (4 * MINUTES, -4 * MINUTES):
        body = as_json(said())
        assert (await hotline.post(body, hotline.signed(body, late=late))).status_code == 201


async def _accepts(town: Town, secret: str) -> bool:
    answer = await Hotline(town, secret, source="rotating").send(said())
    assert answer.status_code in (201, 401)
    return answer.status_code == 201


async def test_two_secrets_hold_while_a_partner_rotates(town: Town, city: City) -> None:
    old, new = new_secret(), new_secret()
    for secrets, good, refused in (([old], [old], [new]), ([new, old], [new, old], []), ([new], [new], [old])):
        async with city.database.transaction() as session:
            await put(session, city.keyring, name="rotating", channel="PROVINCE", area_code="510104", secrets=secrets)
        town.apps["intake"].state.sources = Sources(city.keyring)
        assert all([await _accepts(town, secret) for secret in good])
        assert not any([await _accepts(town, secret) for secret in refused])


async def test_one_good_signature_among_several_is_enough(hotline: Hotline) -> None:
    body = as_json(said())
    headers = hotline.signed(body)
    others = Hotline(hotline.town, new_secret()).signed(body)["webhook-signature"]
    headers["webhook-signature"] = f"v9,AAAA {others} {headers['webhook-signature']}"
    assert (await hotline.post(body, headers)).status_code == 201
