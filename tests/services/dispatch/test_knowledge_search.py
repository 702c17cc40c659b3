"""知识检索 on the real database: callers' own words, pages, whatever is typed; the counts that search rests on."""

from pathlib import Path

import pytest

from casework.journey.city import City
from casework.rules.knowledge_words import Written, stored
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.knowledge_desk import FORM, Client, employ_all, in_force, publish, sql


@pytest.fixture(scope="module")
async def client(desk: Desk, city: City) -> Client:
    """Clients of the people of these tests."""
    await employ_all(city)
    return desk.of


CORPUS = [
    line.split("\t")
    for line in (Path(__file__).parent / "knowledge.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.fixture(scope="module")
async def library(city: City) -> dict[int, str]:
    """Sixty-odd items of our own, in force for the whole prefecture; by place in the file, their number."""
    pool = await city.database.pool()
    numbers = {}
    for place, (category, title, keywords, questions, text, _) in enumerate(CORPUS):
        words = Written(title, questions.split("|"), keywords.split("|"), text)
        item_id = await pool.fetchval(
            "WITH item AS (INSERT INTO knowledge_item (published) VALUES (1) RETURNING id) "
            "INSERT INTO knowledge_version (item_id, version, state, title, category, area_code, unit_id, valid_from, "
            "questions, keywords, answer, source_document, grams, reviewed_at, published_at) "
            "SELECT item.id, 1, 'PUBLISHED', $1, $2, '5101', unit.id, '2026-01-01', $3, $4, $5, '示意', "
            "$6::text::tsvector, now(), now() FROM item, unit WHERE unit.code = '510104-CG' RETURNING item_id",
            *(title, category, list(words.questions), list(words.keywords), text, stored(words, "5101")),
        )
        numbers[place] = f"KB{item_id}"
    await pool.execute(
        "INSERT INTO knowledge_gram (gram, items) SELECT gram, count(*) FROM (SELECT unnest(tsvector_to_array(grams)) "
        "AS gram FROM knowledge_version WHERE source_document = '示意' UNION ALL SELECT '' FROM knowledge_version "
        "WHERE source_document = '示意') AS all_of_them GROUP BY gram "
        "ON CONFLICT (gram) DO UPDATE SET items = knowledge_gram.items + excluded.items"
    )
    return numbers


async def test_callers_words_find_the_right_item_among_the_first_three(client: Client, library: dict[int, str]) -> None:
    """Callers' words that are not the items': the search alone, and with the category that the agent has chosen."""
    agent = await client("agent1")
    asked = [(question, place) for place, row in enumerate(CORPUS) for question in row[5].split("|")]
    assert len(CORPUS) >= 60
    assert len(asked) >= 60
    right = {"alone": 0, "category": 0}
    for question, place in asked:
        for how, more in (("alone", {}), ("category", {"category": CORPUS[place][0]})):
            answer = await agent.get("/knowledge/suggest", params={"text": question, "area": "510104", **more})
            first_three = [hit["item_no"] for hit in answer.json()["items"][:3]]
            right[how] += library[place] in first_three
    assert right["alone"] / len(asked) >= 0.75, right
    assert right["category"] / len(asked) >= 0.85, right


async def test_a_suggestion_shows_its_place_and_why(client: Client, library: dict[int, str]) -> None:
    agent = await client("agent1")
    params = {"text": "楼下的路灯一直不亮，晚上很黑", "category": "0204", "area": "510104017001"}
    items = (await agent.get("/knowledge/suggest", params=params)).json()["items"]
    assert 1 <= len(items) <= 5
    assert "路灯" in items[0]["title"]
    assert any("路灯" in why for why in items[0]["why"])
    assert "与工单同一分类" in items[0]["why"]
    english = (await agent.get("/knowledge/suggest", params=params, headers={"Accept-Language": "en"})).json()["items"]
    assert any(why.startswith("Mentions") for why in english[0]["why"])


@pytest.mark.parametrize("text", ["' & | ! :* \\", "\x00路灯", "a" * 2000, "😀😀😀", "路" * 2000, "%_'\"", "<->"])
async def test_whatever_is_typed_is_answered(client: Client, library: dict[int, str], text: str) -> None:
    for route in ("search", "suggest"):
        answer = await (await client("agent1")).get(f"/knowledge/{route}", params={"text": text})
        assert answer.status_code == 200, answer.text


async def test_pages_of_a_search_follow_on(client: Client, library: dict[int, str]) -> None:
    agent = await client("agent1")
    everything = (await agent.get("/knowledge/search", params={"text": "怎么申请办理登记", "limit": 200})).json()
    assert everything["next"] is None
    pages, cursor = [], "0"
    while cursor is not None:
        params = {"text": "怎么申请办理登记", "limit": 2, "cursor": cursor}
        page = (await agent.get("/knowledge/search", params=params)).json()
        pages += page["items"]
        cursor = page["next"]
    assert pages == everything["items"]
    assert len(pages) > 2


async def test_counts_of_grams_are_those_of_the_items_in_force(
    client: Client, city: City, library: dict[int, str]
) -> None:
    keeper = await client("knowledge1")
    gone, newer = await in_force(client, title="暂住人口登记须知"), await in_force(client, title="暂住证换领")
    retired = await keeper.post(f"/knowledge/items/{gone}/retire", json={"version": 1, "note": "已并入居住证"})
    assert retired.is_success
    await keeper.put(f"/knowledge/items/{newer}", json={**FORM, "title": "居住证换领", "version": 1})
    await publish(client, newer, version=2)
    wrong = await sql(
        city,
        "SELECT count(*) FROM (SELECT gram, items FROM knowledge_gram WHERE items <> 0 "
        "EXCEPT SELECT gram, count(*) FROM "
        "(SELECT unnest(tsvector_to_array(grams)) AS gram FROM knowledge_version WHERE state = 'PUBLISHED' "
        "UNION ALL SELECT '' FROM knowledge_version WHERE state = 'PUBLISHED') AS g GROUP BY gram) AS differ",
    )
    assert wrong == 0
