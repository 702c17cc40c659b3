"""Passwords 口令 and tokens 令牌: argon2id, a length rule instead of composition rules, no telling who has a login.

Each hash or check costs about 30 ms of CPU: call it by `asyncio.to_thread` from a route (the library lets go of the
GIL). ASVS 5.0 6.2.1-6.2.12: at least 12 here, no composition rules, no forced change, no truncation.
"""

import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from casework.kit.crypto import digest
from casework.kit.errors import FieldFault

MIN_LENGTH = 12
MAX_LENGTH = 128
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn")
_LEET = str.maketrans("013457@$!", "oleastasi")
_COMMON = re.compile(
    r"(?:passw(?:or)?d|mima|admin(?:istrator)?|root|guest|welcome|letmein|login|secret|changeme|default|iloveyou|woaini"
    r"|test|user|gridcall|wangge|hotline|chengdu|sichuan|zhongguo|china|monkey|dragon|master|superman|football|qwerty)+"
)
_NOT_LETTER = re.compile(r"[^a-z]+")
_ENDS = re.compile(r"[^a-z]+\Z")


def hash_password(password: str) -> str:
    """The argon2id hash to store (19 MiB, t=2, p=1), with its parameters and salt in it. About 30 ms."""
    return _HASHER.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the stored hash; a hash that cannot be read is False.

    `stored` None means that there is no such login: it takes as long and is False.
    """
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other parameters: after a good login, store `hash_password` anew."""
    try:
        return _HASHER.check_needs_rehash(stored)
    except InvalidHashError:
        return True


def password_faults(password: str, *, login: str = "", field: str = "password") -> list[FieldFault]:
    """Why a password that somebody chose may not be used; empty when it may.

    At least 12 and at most 128 characters, not built of common words, key rows or few characters, without the login.
    """
    if len(password) < MIN_LENGTH:
        return [FieldFault(field, "password.too_short", {"limit": MIN_LENGTH})]
    if len(password) > MAX_LENGTH:
        return [FieldFault(field, "password.too_long", {"limit": MAX_LENGTH})]
    if len(login) > 3 and login.lower() in password.lower():
        return [FieldFault(field, "password.has_login")]
    return [FieldFault(field, "password.too_common")] if _is_common(password) else []


def new_password() -> str:
    """A random password that can be read aloud: four groups of four (79 bits), no look-alike characters."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def new_token() -> str:
    """256 random bits, url-safe: for a session or an activation link. Store only its `token_digest`."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """What the database keeps of a token: SHA-256, 32 bytes."""
    return digest(token)


def _is_common(password: str) -> bool:
    low = password.lower()
    forms = (low, low.translate(_LEET), _ENDS.sub("", low).translate(_LEET))
    common = any(_COMMON.fullmatch(_NOT_LETTER.sub("", form)) for form in forms)
    return common or len(set(low)) < 5 or _is_row(low)


def _is_row(low: str) -> bool:
    """Whether at least two thirds of the steps between neighbours run along the alphabet, the digits or a key row."""
    steps = [low[i : i + 2] for i in range(len(low) - 1)]
    along = sum(any(step in row or step[::-1] in row for row in _ROWS) for step in steps)
    return along * 3 >= len(steps) * 2


_NOBODY = hash_password(new_token())
