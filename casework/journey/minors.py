"""涉未成年人: the case is marked, made urgent, and the organ that guards minors there is told at once
(rules/minors.py)."""

from casework.db.models import Notice
from casework.journey.city import City
from casework.journey.writing import Writing
from casework.rules import asks
from casework.rules.minors import urgent
from casework.rules.words import Record, Role, Urgency

COUNTY_DIGITS = 6


async def guardian_of(city: City, category: str | None, area: str) -> int | None:
    """The id of the unit that is told: of the department that the catalogue names, in the case's county."""
    units = await city.units()
    for department in city.catalog.response.guardians_of(category):
        found = units.get(units.find(department, area[:COUNTY_DIGITS]) or "")
        if found is not None:
            return found.id
    return None


async def mind(w: Writing, ask: asks.Facets) -> None:
    """What the case is taken for now says that it concerns a minor, or a person says so, or that it does not."""
    category = w.city.catalog.categories.get(w.case.category or "")
    said = category is not None and category.minor
    if ask.minor is False and not said:
        w.case.minor, w.case.guardian_unit_id = False, None
    if not (said or ask.minor or w.case.minor):
        return
    w.case.urgency = urgent(Urgency(w.case.urgency)).value
    if w.case.minor:
        return
    w.case.minor = True
    w.case.guardian_unit_id = await guardian_of(w.city, w.case.category, w.case.area_code)
    if w.case.guardian_unit_id is not None and w.case.guardian_unit_id not in w.case.barred_units:
        w.pen.add(
            Notice(
                case_id=w.case.id,
                audience=Role.UNIT.value,
                channel="staff",
                topic=Record.MINOR.value,
                unit_id=w.case.guardian_unit_id,
                params={},
                created_at=w.now,
                next_at=w.now,
            )
        )
