"""Registering a source: a new one, a second secret beside the first, dropping the older."""

import pytest

from casework.db.sources import Sources
from casework.journey.city import City
from casework.kit.settings import Settings
from casework.rules.words import Channel
from manage.source import SourceRefused, register


async def secrets_of(city: City, name: str) -> tuple[str, ...]:
    found = await Sources(city.keyring).find(await city.database.pool(), name)
    return found.secrets if found else ()


async def test_a_source_is_made_rotated_and_cleaned(city: City, settings: Settings) -> None:
    first = await register(settings, "province", "51", Channel.PROVINCE, "https://up.example.cn/back", drop_older=False)
    assert await secrets_of(city, "province") == (first,)
    second = await register(settings, "province", None, Channel.HOTLINE, None, drop_older=False)
    assert await secrets_of(city, "province") == (second, first)
    assert await register(settings, "province", None, Channel.HOTLINE, None, drop_older=True) is None
    assert await secrets_of(city, "province") == (second,)
    kept = await Sources(city.keyring).find(await city.database.pool(), "province")
    assert kept is not None
    assert (kept.channel, kept.area_code, kept.callback_url) == ("PROVINCE", "51", "https://up.example.cn/back")


@pytest.mark.parametrize("area", [None, "999999"])
async def test_a_new_source_needs_a_known_area(settings: Settings, area: str | None) -> None:
    with pytest.raises(SourceRefused):
        await register(settings, "nowhere", area, Channel.HOTLINE, None, drop_older=False)
