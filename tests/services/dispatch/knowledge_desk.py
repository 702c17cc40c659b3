"""Writing and finding knowledge items in tests, through the API."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from casework.journey.city import City
from casework.rules.calendars import day_of
from casework.rules.words import Role
from tests.services.dispatch.staff import employ

TODAY = day_of(datetime.now(UTC))
FORM = {
    "title": "路灯故障报修",
    "category": "0204",
    "area_code": "510104",
    "unit": "510104-CG",
    "valid_from": "2026-01-01",
    "questions": ["路灯坏了找哪个部门"],
    "keywords": ["路灯", "不亮"],
    "answer": "请拨打 12345 或 028-86112345，城管部门四十八小时内修复。",
    "source_document": "城市照明管理规定",
    "source_link": "https://example.org/light",
}
Client = Callable[[str], Awaitable[httpx.AsyncClient]]


async def employ_all(city: City) -> None:
    """Beside the seeded people: a second officer of the unit, and people of other places."""
    await employ(city, "cg-second", [Role.UNIT], "510104", "510104-CG")
    await employ(city, "agent-105", [Role.AGENT], "510105")
    await employ(city, "agent-5101", [Role.AGENT], "5101")
    await employ(city, "agent-street", [Role.AGENT], "510104017")
    await employ(city, "keeper-105", [Role.KNOWLEDGE], "510105")
    await employ(city, "keeper-5101", [Role.KNOWLEDGE], "5101")
    await employ(city, "sys", [Role.SYS_ADMIN], "510104")


async def write(client: Client, by: str = "knowledge1", **said: Any) -> str:
    """A new draft; its number."""
    answer = await (await client(by)).post("/knowledge/items", json={**FORM, **said})
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["item_no"]
    return number


async def publish(
    client: Client, number: str, version: int = 1, by: str = "knowledge1", reviewer: str = "unit-cg"
) -> None:
    sent = await (await client(by)).post(f"/knowledge/items/{number}/submit", json={"version": version})
    assert sent.status_code == 204, sent.text
    path = f"/knowledge/items/{number}/review"
    judged = await (await client(reviewer)).post(path, json={"version": version, "publish": True})
    assert judged.status_code == 204, judged.text


async def in_force(client: Client, **said: Any) -> str:
    number = await write(client, **said)
    await publish(client, number)
    return number


async def found(client: Client, by: str, text: str, **more: str) -> list[str]:
    answer = await (await client(by)).get("/knowledge/search", params={"text": text, **more})
    assert answer.status_code == 200, answer.text
    return [hit["item_no"] for hit in answer.json()["items"]]


async def sql(city: City, statement: str, *values: Any) -> Any:
    return await (await city.database.pool()).fetchval(statement, *values)
