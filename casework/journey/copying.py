"""Direct dispatch to a street copies the district 直派抄送区县 (domain.md §1.8 [F:S7 art.12])."""

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.copies import district_of
from casework.db.models import Case, CaseCopy, Notice
from casework.journey.city import City
from casework.journey.writing import Writing
from casework.rules.words import Action, Record, Role

COPIED = frozenset({Action.DISPATCH, Action.GRANT_RETURN, Action.DESIGNATE})
"""Moves by which a unit gets a case straight from the centre."""


async def district(session: AsyncSession, city: City, case: Case, action: Action, target: int | None) -> int | None:
    """Who learns of it beside the unit that gets the case now; None: nobody."""
    if action not in COPIED or target is None or case.guarded:  # a report is told to nobody beside its unit
        return None
    return await district_of(session, case, target, city.catalog.response.copies)


def copy(w: Writing) -> None:
    """The district reads the case from now on, and is told once."""
    if w.district is None or w.target_unit is None:
        return
    w.pen.add(CaseCopy(case_id=w.case.id, unit_id=w.district, at=w.now, to_unit_id=w.target_unit))
    w.pen.add(
        Notice(
            case_id=w.case.id,
            audience=Role.UNIT.value,
            channel="staff",
            topic=Record.COPIED.value,
            unit_id=w.district,
            params={},
            created_at=w.now,
            next_at=w.now,
        )
    )
    w.noted["copied_to"] = w.district
