"""What the processes of a run are told, and those who join it later."""

from pathlib import Path

from manage.standalone.programs import environment


def told(outer: dict[str, str]) -> dict[str, str]:
    address = "postgresql+asyncpg://u@db.example/x"
    return environment(outer, data=Path("/d"), port=8123, database_url=address, redis_url="redis://r.example/0")


def test_the_run_names_its_stores_even_when_they_were_named_from_outside() -> None:
    outside = told({"DATABASE_URL": "postgresql+asyncpg://u@db.example/x", "HOME": "/h"})
    assert outside["DATABASE_URL"] == "postgresql+asyncpg://u@db.example/x"
    assert outside["REDIS_URL"] == "redis://r.example/0"
    assert "HOME" not in outside


def test_the_citys_own_settings_go_along_but_not_over_the_runs() -> None:
    city = told({"GRIDCALL_CATALOG": "/city", "GRIDCALL_DATA": "/elsewhere"})
    assert (city["GRIDCALL_CATALOG"], city["GRIDCALL_DATA"]) == ("/city", "/d")
    assert city["GRIDCALL_KEYS_FILE"] == "/d/keys.json"
    assert city["GRIDCALL_IDENTITY_KEYS_FILE"] == "/d/identity-keys.json"
    assert city["GRIDCALL_PUBLIC_URL"] == "http://localhost:8123"
    assert city["GRIDCALL_MODE"] == "demo"
