"""查看明文 of a dispute: what is masked is shown for a stated purpose, and every showing is logged (domain.md §7.2)."""

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import disputes as rows
from casework.db.accounts import note
from casework.db.models import Dispute, DisputeParty
from casework.journey.city import City
from casework.journey.dispute_wording import names_of
from casework.kit.errors import Forbidden, NotFound
from casework.kit.masking import mask_text
from casework.rules.facts import Actor
from casework.rules.mediation_guards import ANYBODY_IN_MEDIATION

What = Literal["claim", "name", "phone", "id_no", "address"]


async def reveal_dispute(
    session: AsyncSession, city: City, dispute_no: str, actor: Actor, what: What, party: int | None, purpose: str
) -> str | None:
    """The clear value, or None where there is none. `party`: whose, but for the claim.

    Raises: NotFound: outside the scope, or no such party. Forbidden: the role needs no contact with the parties.
    """
    dispute = await rows.find(session, dispute_no, actor)
    if dispute is None:
        raise NotFound("dispute.not_found")
    if not actor.roles & set(ANYBODY_IN_MEDIATION):
        async with city.database.transaction() as kept:
            note(kept, "REVEAL_REFUSED", account_id=actor.account_id, subject=dispute_no, data={"what": what})
        raise Forbidden("reveal.forbidden")
    parties = (await rows.hanging(session, dispute.id)).parties
    blob = _sealed(dispute, parties, what, party)
    said = mask_text(purpose, names_of(city.keyring, parties))
    data = {"what": what, "party": party, "purpose": said}
    note(session, "REVEALED", account_id=actor.account_id, subject=dispute_no, data=data)
    sealed_as = "dispute.claim" if what == "claim" else f"dispute_party.{what}"
    return city.keyring.open(blob, sealed_as) if blob else None


def _sealed(dispute: Dispute, parties: list[DisputeParty], what: What, party: int | None) -> bytes | None:
    if what == "claim":
        return dispute.claim_sealed
    found = next((one for one in parties if one.no == party), None)
    if found is None:
        raise NotFound("dispute.no_party")
    blob: bytes | None = getattr(found, f"{what}_sealed")
    return blob
