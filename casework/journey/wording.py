"""What is typed into a case is kept with phones, ids, plates, cards and the caller's name masked (domain.md §7.2)."""

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
    return (keyring.open(request.name_sealed, "request.name"),) if request.name_sealed else ()


def masked_words(keyring: Keyring, request: Request, ask: Ask) -> dict[str, Any]:
    """The ask's own fields as JSON values, what was left empty left out, texts masked."""
    names = caller_names(keyring, request)
    said = ask.model_dump(mode="json", exclude=NOT_SAID, exclude_defaults=True)
    phone = keyring.open(request.phone_sealed, "request.phone") if request.phone_sealed else None
    return {key: _masked(key, value, names, phone) for key, value in said.items()}


def _masked(key: str, value: Any, names: tuple[str, ...], phone: str | None) -> Any:
    if not isinstance(value, str):
        return value
    masked = mask_text(value, names, landlines=key not in TOLD)
    return masked.replace(phone, mask_phone(phone)) if phone else masked
