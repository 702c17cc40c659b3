"""What is typed into a dispute: sealed whole for the documents, masked for everything else (domain.md §7.2)."""

from collections.abc import Iterable
from typing import Any

from pydantic_core import from_json, to_json

from casework.db.models import DisputeEvent, DisputeParty
from casework.kit.crypto import Keyring
from casework.kit.masking import mask_name, mask_phone, mask_text, normal_phone
from casework.rules.mediation_asks import Ask, PartyForm

NOT_SAID = {"action", "version"}
NOT_SHOWN = frozenset({"parties", "objects"})
"""Fields that hold people, or another organ's file: only sealed."""
WORDS, NAME, PHONE, ID_NO, ADDRESS = (
    "dispute_event.words",
    *(f"dispute_party.{what}" for what in ("name", "phone", "id_no", "address")),
)


def names_of(keyring: Keyring, parties: Iterable[DisputeParty]) -> tuple[str, ...]:
    """The parties' names, to be masked wherever they are repeated."""
    return tuple(keyring.open(party.name_sealed, NAME) for party in parties)


def masked_words(ask: Ask, names: tuple[str, ...]) -> dict[str, Any]:
    """The ask's own fields as JSON values, what was left empty left out, texts masked."""
    said = ask.model_dump(mode="json", exclude=NOT_SAID | NOT_SHOWN, exclude_defaults=True)
    return {key: mask_text(value, names) if isinstance(value, str) else value for key, value in said.items()}


def sealed_words(keyring: Keyring, ask: Ask) -> bytes | None:
    """All that was said; None when it was nothing."""
    said = ask.model_dump(mode="json", exclude=NOT_SAID, exclude_defaults=True)
    return keyring.seal_bytes(to_json(said), WORDS) if said else None


def opened_words(keyring: Keyring, event: DisputeEvent) -> dict[str, Any]:
    """All that was said at that event, in the clear."""
    if event.words_sealed is None:
        return {}
    said: dict[str, Any] = from_json(keyring.open_bytes(event.words_sealed, WORDS))
    return said


def sealed_party(keyring: Keyring, dispute_id: int, no: int, form: PartyForm) -> DisputeParty:
    """A party as it is kept: sealed, indexed, and how it is shown."""
    phone = normal_phone(form.phone) if form.phone else None
    id_no = form.id_no.upper() or None
    return DisputeParty(
        dispute_id=dispute_id,
        no=no,
        side=form.side.value,
        name_sealed=keyring.seal(form.name, NAME),
        phone_sealed=keyring.seal(form.phone, PHONE) if form.phone else None,
        phone_index=keyring.blind_index(phone, PHONE) if phone else None,
        id_no_sealed=keyring.seal(id_no, ID_NO) if id_no else None,
        id_no_index=keyring.blind_index(id_no, ID_NO) if id_no else None,
        address_sealed=keyring.seal(form.address, ADDRESS) if form.address else None,
        shown_name=mask_name(form.name),
        shown_phone=mask_phone(form.phone) if form.phone else None,
    )
