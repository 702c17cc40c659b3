"""What is typed into a case is kept with phones, ids, plates, cards and the caller's name masked (domain.md §7.2)."""

import re
from functools import lru_cache
from typing import Any

from casework.db.models import Request
from casework.kit.crypto import Keyring
from casework.kit.masking import mask_phone, mask_text
from casework.rules.asks import Ask

NOT_SAID = {"action", "version", "acted_at"}
TOLD = frozenset({"answer", "told", "text", "reply_text"})
"""Fields that the citizen reads: an office's own landline stays readable there."""


def caller_names(keyring: Keyring, request: Request) -> tuple[str, ...]:
    """The caller's name, to be masked wherever it is repeated."""
    keys = keyring.of(request.guarded)
    return (keys.open(request.name_sealed, "request.name"),) if request.name_sealed else ()


def masked_words(keyring: Keyring, request: Request, ask: Ask) -> dict[str, Any]:
    """The ask's own fields as JSON values, what was left empty left out, texts masked."""
    names = caller_names(keyring, request)
    said = ask.model_dump(mode="json", exclude=NOT_SAID, exclude_defaults=True)
    keys = keyring.of(request.guarded)
    phone = keys.open(request.phone_sealed, "request.phone") if request.phone_sealed else None
    return {key: _masked(key, value, names, phone) for key, value in said.items()}


def _masked(key: str, value: Any, names: tuple[str, ...], phone: str | None) -> Any:
    if not isinstance(value, str):
        return value
    masked = mask_text(value, names, landlines=key not in TOLD)
    return _own_number(phone).sub(mask_phone(phone), masked) if phone else masked


@lru_cache(maxsize=256)
def _own_number(phone: str) -> re.Pattern[str]:
    """The citizen's number however it is spelled, a landline also without its area code; a short one as typed."""
    digits = [digit for digit in phone if digit.isdecimal()]
    if len(digits) < 7:
        return re.compile(re.escape(phone))
    return re.compile(r"(?:[0-9０-９][ ()（）-]{0,2}){0,6}" + r"[ ()（）-]{0,2}".join(map(_either, digits[-7:])))


def _either(digit: str) -> str:
    return f"[{int(digit)}{chr(0xFF10 + int(digit))}]"
