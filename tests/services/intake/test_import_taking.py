"""A list becomes cases, once."""

from casework.db.sources import Sources
from casework.journey.city import City
from services.intake.importing.running import Importer
from tests.conftest import Town
from tests.services.intake.lists import HEAD, as_csv, brought, row


async def run(city: City) -> None:
    """The worker's rounds until nothing is left."""
    importer = Importer(city, Sources(city.keyring))
    while await importer.run_once():
        pass


async def test_a_list_becomes_cases(town: Town, city: City) -> None:
    agent = await town.sign_in("intake", "agent1")
    told = await brought(agent, as_csv([HEAD, *(row(n) for n in range(1000))]))
    print(told)
    started = await agent.post(f"/imports/{told['id']}/start")
    assert started.status_code == 200, started.text
    await run(city)
    shown = (await agent.get(f"/imports/{told['id']}")).json()
    print(shown)
    assert (shown["state"], shown["taken"], shown["bad"]) == ("DONE", 1000, 0)
