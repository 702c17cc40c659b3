"""调解指标 over real rows: what counts for which rate, in whose scope, in which month."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from casework.journey.city import City
from casework.kit.now import shanghai_day
from casework.rules.mediation_rates import DisputeCounts
from tests.conftest import Town
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.mediating import COMMUNITY, LI, ZHANG, Centre

COURT = {"court": "锦江区人民法院", "joint": True}


@pytest.fixture(scope="module")
async def centre(town: Town, city: City) -> Centre:
    found = Centre(Desk(town, city))
    await found.staff()
    return found


async def _seen(centre: Centre, login: str, **params: Any) -> dict[str, Any]:
    month = f"{shanghai_day(datetime.now(UTC)):%Y-%m}"
    answer = await (await centre.desk.of(login)).get("/disputes/indicators", params={"month": month, **params})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    rates = {rate["name"]: (rate["numerator"], rate["denominator"]) for rate in told["rates"]}
    return {**rates, **{key: told[key] for key in ("concluded", "warned", "criminal")}}


async def test_a_months_disputes_are_counted_as_defined(centre: Centre) -> None:
    people = [ZHANG, LI]
    kept = await centre.binding(parties=people)
    await centre.move("tiao1", kept, "APPLY_CONFIRMATION", **COURT)
    await centre.move("tiao1", kept, "COURT_ACCEPTS", court_no="1号")
    await centre.move("tiao1", kept, "COURT_CONFIRMS", court_no="2号")
    await centre.move("tiao1", kept, "COMPLETE", note="全部履行")
    broken = await centre.mediated(parties=[{**ZHANG, "phone": "13812340021", "id_no": ""}, LI])
    await centre.move("tiao1", broken, "TERMINATE", reason="NO_AGREEMENT", note="分歧过大")
    refused = await centre.asked(parties=people)
    await centre.move("tiao1", refused, "RECORD_WILL", party=2, willing=False)
    await centre.report(origin="APPLICATION")
    violent = await centre.accepted(parties=[{**ZHANG, "phone": "13812340031", "id_no": ""}, LI])
    await centre.move("tiao1", violent, "WARN", station="水井坊派出所", note="动手伤人")
    await centre.move("leader1", violent, "HAND_TO_POLICE", criminal=True, note="刑事立案")
    async with centre.desk.city.database.transaction() as session:
        await session.execute(
            text("UPDATE dispute SET perform_by = :today WHERE dispute_no = :no"),
            {"today": shanghai_day(datetime.now(UTC)), "no": kept},
        )
    assert await _seen(centre, "tiao1") == {
        "inspection": (4, 5),  # the fifth came by an application
        "acceptance": (3, 4),  # one refused; a clue is not registered
        "success": (1, 2),  # agreed, and not; the refusal was never accepted, the violent one never concluded
        "performance": (1, 1),
        "confirmation": (1, 1),
        "recurrence": (1, 1),  # the same two people came again
        "concluded": 2,
        "warned": 1,
        "criminal": 1,
    }
    assert await _seen(centre, "analyst1", area=COMMUNITY[:9]) == await _seen(centre, "tiao1")
    elsewhere = await _seen(centre, "community-018001")
    assert elsewhere["inspection"] == (0, 0)
    before = await _seen(centre, "tiao1", month="2026-01")
    assert (before["inspection"], before["criminal"]) == ((0, 0), 0)


def test_rates_of_nothing_are_none() -> None:
    nothing = DisputeCounts()
    assert (nothing.success.value, nothing.mean_days) == (None, None)
    assert DisputeCounts(concluded=4, agreed=3, days=10.0).mean_days == 2.5
