"""代表工作室: what delegates, deputies and members hear comes in under their own channel, and reports tell it apart."""

from itertools import count

import pytest

from casework.journey.city import City
from casework.rules.words import Channel
from tests.conftest import Town
from tests.services.dispatch.cases import Desk
from tests.services.intake.hotline import Hotline, said
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_reports import KEPT, LATE

STUDIOS = {Channel.PARTY_STUDIO: "12", Channel.CONGRESS_STUDIO: "13", Channel.CPPCC_STUDIO: "14"}
_keys = count(1)


@pytest.fixture(scope="module")
async def desk(town: Town, city: City) -> Desk:
    return Desk(town, city)


@pytest.mark.parametrize(("channel", "digits"), STUDIOS.items())
async def test_an_agent_writes_down_what_a_studio_passes_on(desk: Desk, channel: Channel, digits: str) -> None:
    form = {"text": "居民在工作室反映路灯不亮。", "kind": "HELP", "channel": channel.value}
    agent = await desk.of("agent1", "intake")
    answer = await agent.post("/requests", json=form, headers={"Idempotency-Key": f"studio-{next(_keys):06d}"})
    assert answer.status_code == 201, answer.text
    number = answer.json()["request_no"]
    assert number[14:16] == digits
    assert (await desk.case(number)).channel == channel


async def test_a_studio_with_a_system_of_its_own_sends_it_signed(desk: Desk) -> None:
    answer = await Hotline(desk.town, desk.town.template.hotline_secret).send(said(channel="人大代表工作室"))
    assert answer.status_code == 201, answer.text
    assert (await desk.case(answer.json()["request_no"])).channel == Channel.CONGRESS_STUDIO


async def test_the_report_splits_by_studio(desk: Desk) -> None:
    async with desk.city.database.transaction() as session:
        kept = [Planted(KEPT, channel=channel) for channel in STUDIOS]
        await plant(session, [*kept, Planted(LATE, channel=Channel.CPPCC_STUDIO)])
    analyst = await desk.of("analyst1", "notify")
    ask = {"from": "2026-06", "by": "channel"}
    told = (await analyst.get("/reports/completion", params=ask)).json()
    found = {row["key"]: (row["name"], row["numerator"], row["denominator"]) for row in told["rows"]}
    assert found == {
        "PARTY_STUDIO": ("党代表工作室", 1, 1),
        "CONGRESS_STUDIO": ("人大代表工作室", 1, 1),
        "CPPCC_STUDIO": ("政协委员工作室", 1, 2),
    }
    one = (await analyst.get("/reports/completion", params={**ask, "channel": "CPPCC_STUDIO"})).json()
    assert [row["key"] for row in one["rows"]] == ["CPPCC_STUDIO"]
