"""查看明文: showing what is masked is an act, with a purpose, in the audit log (domain.md §7.2)."""

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.accounts import note
from casework.db.models import Request
from casework.db.reads.case_page import case_page
from casework.journey.city import City
from casework.journey.wording import caller_names
from casework.kit.errors import Forbidden, NotFound
from casework.kit.masking import mask_text
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, Permission, Role

MAY_REVEAL = UNIT_ROLES | {Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP}
What = Literal["phone", "name", "text"]


async def reveal(session: AsyncSession, city: City, case_no: str, actor: Actor, what: What, purpose: str) -> str | None:
    """The clear value, or None where there is none; written to the audit log with the purpose.

    Who reported wrongdoing takes the permission 举报人身份 as well, and is an act of its own in the log.
    Raises: NotFound outside the scope; Forbidden for roles that need no contact, and for units on a secret request.
    """
    page = await case_page(session, case_no, actor)
    if page is None:
        raise NotFound("case_not_found")
    request = page.request
    if not _may(actor, request):
        async with city.database.transaction() as kept:
            note(kept, "REVEAL_REFUSED", account_id=actor.account_id, subject=case_no, data={"what": what})
        raise Forbidden("reveal.forbidden")
    said = mask_text(purpose, caller_names(city.keyring, request))
    act = "IDENTITY_REVEALED" if request.guarded else "REVEALED"
    note(session, act, account_id=actor.account_id, subject=case_no, data={"what": what, "purpose": said})
    sealed = {"phone": request.phone_sealed, "name": request.name_sealed, "text": request.text_sealed}[what]
    return city.keyring.of(request.guarded).open(sealed, f"request.{what}") if sealed else None


def _may(actor: Actor, request: Request) -> bool:
    if not actor.roles & MAY_REVEAL or (request.secret and actor.roles & UNIT_ROLES):
        return False
    return not request.guarded or Permission.REPORTER_IDENTITY in actor.permissions
