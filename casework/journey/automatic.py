"""自动派单: an ordinary case of which the model is sure enough for the city is sorted and dispatched by itself.

Both moves are the table's own, made by the system in one transaction: their events say so, the trace of the dispatch
catalogue is kept, and the unit may return the case as any other.
"""

from casework.db.classifying import Unsorted
from casework.journey.city import City
from casework.journey.move import move
from casework.kit.errors import NotFound
from casework.place.suggester import Guesses
from casework.rules import asks
from casework.rules.automatic import Sorting, may_dispatch
from casework.rules.decide import Refused
from casework.rules.facts import SYSTEM
from casework.rules.words import Kind, Status, Urgency


async def dispatch_by_itself(city: City, case: Unsorted, found: Guesses) -> bool:
    """Sort and dispatch the case, or leave all as it is; whether it was dispatched. What a person did meanwhile
    stands."""
    if not found.best or not may_dispatch(_sorting(city, case, found), city.catalog.classifying.automatic_from):
        return False
    try:
        async with city.database.transaction() as session:
            await move(session, city, case.case_no, SYSTEM, asks.Classify(category=found.best[0].code, version=1))
            await move(session, city, case.case_no, SYSTEM, asks.Dispatch())
    except (Refused, NotFound):
        return False
    return True


def _sorting(city: City, case: Unsorted, found: Guesses) -> Sorting:
    first = found.best[0]
    category = city.catalog.categories[first.code]
    return Sorting(
        status=Status(case.status),
        kind=Kind(case.kind) if case.kind else None,
        urgency=Urgency(case.urgency),
        usual_urgency=category.urgency,
        confidence=first.confidence,
        calibrated=found.calibrated,
        delicate=category.confidential or category.minor or category.restricted or bool(category.guide),
        signs=len(city.catalog.classifying.signs.seen(f"{case.title}\n{case.text}")),
    )
