"""Standard Webhooks 1.0.0, proven both ways against the reference package (reliability.md F10)."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from casework.kit.signing import SecretError, SignatureRefused, new_secret, sign, verify

NOW = datetime.now(UTC).replace(microsecond=0)
SECRET, OTHER = new_secret(), new_secret()
BODY = '{"title":"路灯不亮"}'.encode()


def _refusal(
    headers: dict[str, str], body: bytes = BODY, now: datetime = NOW, secrets: tuple[str, ...] = (SECRET,)
) -> str:
    with pytest.raises(SignatureRefused) as refused:
        verify(headers, body, secrets, now)
    assert refused.value.status == 401
    return refused.value.code


def test_the_reference_package_accepts_what_we_sign() -> None:
    headers = sign("msg_1", datetime.now(UTC), BODY, SECRET)  # it looks at the clock on the wall
    assert Webhook(SECRET).verify(BODY, headers) == {"title": "路灯不亮"}


def test_we_accept_what_the_reference_package_signs() -> None:
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", NOW, BODY.decode()),
    }
    assert verify(headers, BODY, [SECRET], NOW) == "msg_1"


def test_any_flipped_bit_of_the_body_is_refused() -> None:
    headers = sign("msg_1", NOW, BODY, SECRET)
    for place in range(len(BODY)):
        for bit in range(8):
            altered = bytearray(BODY)
            altered[place] ^= 1 << bit
            assert _refusal(headers, bytes(altered)) == "webhook.bad_signature"


@pytest.mark.parametrize(
    ("late_by", "code"),
    [
        (timedelta(minutes=-6), "webhook.too_new"),
        (timedelta(minutes=6), "webhook.too_old"),
        (timedelta(seconds=301), "webhook.too_old"),
        (timedelta(seconds=-301), "webhook.too_new"),
        (timedelta(seconds=300), None),
        (timedelta(seconds=-300), None),
    ],
)
def test_a_message_counts_within_five_minutes(late_by: timedelta, code: str | None) -> None:
    headers = sign("msg_1", NOW, BODY, SECRET)
    if code is None:
        assert verify(headers, BODY, [SECRET], NOW + late_by) == "msg_1"
    else:
        assert _refusal(headers, now=NOW + late_by) == code


def test_two_secrets_hold_while_one_replaces_the_other() -> None:
    for signer in (SECRET, OTHER):
        assert verify(sign("msg_1", NOW, BODY, signer), BODY, [SECRET, OTHER], NOW) == "msg_1"
    assert _refusal(sign("msg_1", NOW, BODY, OTHER)) == "webhook.bad_signature"
    assert _refusal(sign("msg_1", NOW, BODY, SECRET), secrets=()) == "webhook.bad_signature"


def test_one_good_signature_in_a_list_is_enough() -> None:
    ours, theirs = (sign("msg_1", NOW, BODY, secret)["webhook-signature"] for secret in (SECRET, OTHER))
    headers = sign("msg_1", NOW, BODY, SECRET) | {"webhook-signature": f"v1a,abc {theirs} {ours}"}
    assert verify(headers, BODY, [SECRET], NOW) == "msg_1"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"webhook-id": ""}, "webhook.missing_header"),
        ({"webhook-timestamp": ""}, "webhook.missing_header"),
        ({"webhook-signature": ""}, "webhook.missing_header"),
        ({"webhook-id": "msg.1"}, "webhook.bad_id"),
        ({"webhook-id": "msg 1"}, "webhook.bad_id"),
        ({"webhook-id": "消息"}, "webhook.bad_id"),
        ({"webhook-id": "m" * 201}, "webhook.bad_id"),
        ({"webhook-id": "msg_2"}, "webhook.bad_signature"),
        ({"webhook-timestamp": "now"}, "webhook.bad_time"),
        ({"webhook-timestamp": "-1"}, "webhook.bad_time"),
        ({"webhook-timestamp": "1e9"}, "webhook.bad_time"),
        ({"webhook-timestamp": "１２３"}, "webhook.bad_time"),
        ({"webhook-timestamp": "9" * 30}, "webhook.bad_time"),
        ({"webhook-signature": "v1,"}, "webhook.bad_signature"),
        ({"webhook-signature": "garbage"}, "webhook.bad_signature"),
        ({"webhook-signature": "v1,签名"}, "webhook.bad_signature"),
        ({"webhook-signature": "v2," + "A" * 44}, "webhook.bad_signature"),
    ],
)
def test_a_missing_or_garbled_header_says_which(change: dict[str, str], code: str) -> None:
    headers = {**sign("msg_1", NOW, BODY, SECRET), **change}
    assert _refusal({name: value for name, value in headers.items() if value}) == code


def test_the_time_is_signed_too() -> None:
    headers = sign("msg_1", NOW, BODY, SECRET)
    later = {**headers, "webhook-timestamp": str(int(NOW.timestamp()) + 1)}
    assert _refusal(later) == "webhook.bad_signature"


@pytest.mark.parametrize("bad", ["", "whsec_", "whsec_***", "whsec_" + base64.b64encode(b"short").decode(), "密"])
def test_a_malformed_secret_of_ours_is_no_refusal_of_theirs(bad: str) -> None:
    with pytest.raises(SecretError):
        verify(sign("msg_1", NOW, BODY, SECRET), BODY, [bad], NOW)
    with pytest.raises(SecretError):
        sign("msg_1", NOW, BODY, bad)


def test_an_id_that_we_could_not_verify_is_never_signed() -> None:
    with pytest.raises(ValueError, match="without a dot"):
        sign("msg.1", NOW, BODY, SECRET)
