"""Signed webhooks 签名: Standard Webhooks 1.0.0, HMAC-SHA256 over id, time and the raw body, both ways.

Several secrets may be valid at once, so a partner can rotate without a gap.
"""

import base64
import binascii
import hmac
import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from casework.kit.errors import Unauthenticated

SECRET_PREFIX = "whsec_"  # noqa: S105  # a mark of the format, no secret
MIN_SECRET_BYTES = 24
MAX_SECRET_BYTES = 64
TOLERANCE_SECONDS = 300
ID_HEADER, TIME_HEADER, SIGNATURE_HEADER = "webhook-id", "webhook-timestamp", "webhook-signature"
_ID = re.compile(r"[!-\-/-~]{1,200}")  # printable ASCII without "." and blanks
_TIME = re.compile(r"[0-9]{1,12}")


class SecretError(ValueError):
    """A webhook secret is not `whsec_` and base64 of 24 to 64 bytes. The text never holds it."""


class SignatureRefused(Unauthenticated):
    """The message is not proven to be the sender's, or is not of now; `code` says which."""

    default_code = "webhook.bad_signature"


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime, tolerance: int = TOLERANCE_SECONDS
) -> str:
    """Prove that `body` was signed with one of `secrets` within `tolerance` seconds of `now`; answer its webhook-id.

    Header names are lower case (or any case, when `headers` ignores case). `now` carries a zone.
    A repeat of a message verifies again: keeping ids apart is the inbox's part.
    Raises: SignatureRefused: webhook.missing_header, .bad_id, .bad_time, .too_old, .too_new, .bad_signature.
    Raises: SecretError: one of our own secrets is malformed.
    """
    msg_id, sent, signatures = (_header(headers, name) for name in (ID_HEADER, TIME_HEADER, SIGNATURE_HEADER))
    if not _ID.fullmatch(msg_id):
        raise SignatureRefused("webhook.bad_id")
    if not _TIME.fullmatch(sent):
        raise SignatureRefused("webhook.bad_time")
    age = now.timestamp() - int(sent)
    if abs(age) > tolerance:
        raise SignatureRefused("webhook.too_old" if age > 0 else "webhook.too_new", minutes=tolerance // 60)
    given = [part[3:].encode() for part in signatures.split(" ") if part.startswith("v1,")]
    holds = False
    for secret in secrets:
        expected = _signature(msg_id, sent, body, secret)
        for candidate in given:
            holds |= hmac.compare_digest(expected, candidate)
    if not holds:
        raise SignatureRefused()
    return msg_id


def sign(msg_id: str, timestamp: datetime, body: bytes, secret: str) -> dict[str, str]:
    """The three headers that prove `body` came from us at `timestamp` (sent in whole Unix seconds).

    Raises: ValueError: the id is empty, over 200 characters, or has a dot or blank. SecretError: a malformed secret.
    """
    if not _ID.fullmatch(msg_id):
        raise ValueError("a webhook id is 1 to 200 printable characters without a dot")
    sent = str(int(timestamp.timestamp()))
    signature = _signature(msg_id, sent, body, secret).decode()
    return {ID_HEADER: msg_id, TIME_HEADER: sent, SIGNATURE_HEADER: f"v1,{signature}"}


def new_secret() -> str:
    """A fresh random secret of 32 bytes in the `whsec_` form."""
    return SECRET_PREFIX + base64.b64encode(os.urandom(32)).decode()


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise SignatureRefused("webhook.missing_header", header=name)
    return value


def _signature(msg_id: str, sent: str, body: bytes, secret: str) -> bytes:
    content = f"{msg_id}.{sent}.".encode() + body
    return base64.b64encode(hmac.digest(_key(secret), content, "sha256"))


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not MIN_SECRET_BYTES <= len(key) <= MAX_SECRET_BYTES:
        raise SecretError("a webhook secret is whsec_ and base64 of 24 to 64 bytes")
    return key
