"""On-site checks as the dispatch API shows them."""

from casework.db.cases import Hanging
from casework.db.checks import OpenCheck
from casework.journey.city import City
from casework.journey.evidence import demand_of
from casework.journey.standing import state_of
from casework.rules.words import Action
from services.dispatch.check_schemas import CheckView, DemandOfCheck


def check_view(city: City, found: OpenCheck) -> CheckView:
    """One task of the list."""
    case, request = found.case, found.request
    return CheckView(
        case_no=case.case_no,
        title=case.title,
        category=case.category,
        area_code=case.area_code,
        area_name=city.catalog.areas.name_path(case.area_code),
        address=request.address,
        lon=request.lon,
        lat=request.lat,
        crs=request.crs,
        reply_text=case.reply_text,
        unit=found.unit,
        in_person=found.given_to is not None,
        given_at=found.given_at,
        due_at=found.due_at,
        version=case.version,
        to_pass=_demand(city, found, Action.PASS_CHECK),
        to_fail=_demand(city, found, Action.FAIL_CHECK),
    )


def _demand(city: City, found: OpenCheck, action: Action) -> DemandOfCheck:
    demand = demand_of(city, action, state_of(found.case, Hanging()))
    return DemandOfCheck(photos=demand.photos, before_after=demand.before_after, within_m=demand.within_m)
