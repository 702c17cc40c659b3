"""The knowledge base 知识库 through its API: versions and review, scope, answers from items, what to mend."""

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.knowledge import tell_units
from casework.rules.knowledge import Item, ItemState, stale
from services.notify.channels.console import Console
from services.notify.compose import Composer
from services.notify.outbox import Outbox
from tests.conftest import Town
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.knowledge_desk import FORM, TODAY, Client, employ_all, found, in_force, publish, sql, write
from tests.services.dispatch.staff import at_work


@pytest.fixture(scope="module")
async def client(desk: Desk, city: City) -> Client:
    """Clients of the people of these tests."""
    await employ_all(city)
    return desk.of


async def test_the_owning_unit_publishes_what_the_keeper_wrote(client: Client) -> None:
    number = await write(client, title="景观灯光开放时间")
    keeper, agent, unit = await client("knowledge1"), await client("agent1"), await client("unit-cg")
    assert (await agent.get(f"/knowledge/items/{number}")).status_code == 404  # a draft is the writers'
    assert (await keeper.get(f"/knowledge/items/{number}")).json()["state"] == "DRAFT"

    early = await unit.post(f"/knowledge/items/{number}/review", json={"version": 1, "publish": True})
    assert (early.status_code, early.json()["code"]) == (409, "refused.KNOWLEDGE.NOT_IN_REVIEW")
    await keeper.post(f"/knowledge/items/{number}/submit", json={"version": 1})
    waiting = (await unit.get("/knowledge/items", params={"state": "IN_REVIEW"})).json()["items"]
    assert number in [row["item_no"] for row in waiting]

    path, yes = f"/knowledge/items/{number}/review", {"version": 1, "publish": True}
    assert (await keeper.post(path, json=yes)).status_code == 403  # the keeper does not judge
    assert (await (await client("unit-sw")).post(path, json=yes)).status_code == 404  # nor another unit: it sees none
    assert (await unit.post(path, json=yes)).status_code == 204
    shown = (await agent.get(f"/knowledge/items/{number}")).json()
    assert (shown["state"], shown["unusable"], shown["may_write"]) == ("PUBLISHED", None, False)
    assert shown["answer"] == FORM["answer"]  # service numbers stand, nothing is masked


async def test_nobody_reviews_their_own_words(client: Client) -> None:
    number = await write(client, by="unit-cg", title="户外广告设置申请")
    unit = await client("unit-cg")
    await unit.post(f"/knowledge/items/{number}/submit", json={"version": 1})
    own = await unit.post(f"/knowledge/items/{number}/review", json={"version": 1, "publish": True})
    assert (own.status_code, own.json()["code"]) == (403, "refused.KNOWLEDGE.OWN_WORDS")
    other = await client("cg-second")
    assert (await other.post(f"/knowledge/items/{number}/review", json={"version": 1, "publish": True})).is_success


async def test_what_is_past_its_validity_is_not_published(client: Client) -> None:
    past = (TODAY - timedelta(days=1)).isoformat()
    number = await in_force(client, title="临时疏导点位置")
    keeper, unit, path = await client("knowledge1"), await client("unit-cg"), f"/knowledge/items/{number}"
    await keeper.put(path, json={**FORM, "title": "临时疏导点位置", "valid_to": past, "version": 1})
    await keeper.post(f"{path}/submit", json={"version": 2})
    over = await unit.post(f"{path}/review", json={"version": 2, "publish": True})
    assert (over.status_code, over.json()["code"]) == (409, "refused.KNOWLEDGE.EXPIRED")
    assert (await (await client("agent1")).get(path)).json()["valid_to"] is None, "the one in force stays"
    assert (await unit.post(f"{path}/review", json={"version": 2, "publish": False, "note": "已过期"})).is_success


async def test_what_is_sent_back_carries_its_note(client: Client) -> None:
    number = await write(client, title="夜市摆摊时段")
    keeper, unit = await client("knowledge1"), await client("unit-cg")
    await keeper.post(f"/knowledge/items/{number}/submit", json={"version": 1})
    path = f"/knowledge/items/{number}/review"
    silent = await unit.post(path, json={"version": 1, "publish": False})
    assert silent.json()["code"] == "refused.NOTE_MISSING"
    assert (await unit.post(path, json={"version": 1, "publish": False, "note": "时段已变"})).is_success
    back = (await keeper.get(f"/knowledge/items/{number}")).json()
    assert (back["state"], back["review_note"]) == ("DRAFT", "时段已变")
    assert number not in await found(client, "agent1", "夜市摆摊时段")


async def test_every_change_is_a_version_and_the_old_one_stays_in_force_until_the_review(client: Client) -> None:
    number = await in_force(client, title="共享单车停放点")
    keeper, agent = await client("knowledge1"), await client("agent1")
    newer = {**FORM, "title": "共享单车停放点查询", "version": 1}
    assert (await keeper.put(f"/knowledge/items/{number}", json=newer)).json()["version"] == 2
    again = await keeper.put(f"/knowledge/items/{number}", json=newer)
    assert (again.status_code, again.json()["code"]) == (409, "refused.KNOWLEDGE.CHANGED")
    assert (await agent.get(f"/knowledge/items/{number}")).json()["title"] == "共享单车停放点"

    await publish(client, number, version=2)
    assert (await agent.get(f"/knowledge/items/{number}")).json()["title"] == "共享单车停放点查询"
    history = (await keeper.get(f"/knowledge/items/{number}/versions")).json()["versions"]
    assert [(v["version"], v["state"], v["title"]) for v in history] == [
        (2, "PUBLISHED", "共享单车停放点查询"),
        (1, "RETIRED", "共享单车停放点"),
    ]
    assert {(v["author"], v["reviewer"]) for v in history} == {("知识库管理员甲", "城管经办人甲")}
    assert all(v["published_at"] and v["made_at"] for v in history)


async def test_a_retired_item_is_found_no_more_and_stays_readable(client: Client) -> None:
    number = await in_force(client, title="冬季除雪责任区划分")
    keeper, path = await client("knowledge1"), f"/knowledge/items/{number}"
    assert await found(client, "agent1", "除雪责任区") == [number]
    assert (await keeper.post(f"{path}/retire", json={"version": 1})).json()["code"] == "refused.NOTE_MISSING"
    assert (await keeper.post(f"{path}/retire", json={"version": 1, "note": "本地不降雪"})).status_code == 204
    assert await found(client, "agent1", "除雪责任区") == []
    assert (await (await client("agent1")).get(path)).json()["state"] == "RETIRED"
    changed = await keeper.put(path, json={**FORM, "version": 1})
    assert (changed.status_code, changed.json()["code"]) == (409, "refused.KNOWLEDGE.RETIRED")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"answer": "请直接联系张科长 13812345678 办理"}, "answer"),
        ({"questions": ["车牌川A12345怎么处理"]}, "questions"),
        ({"answer": "凭身份证 510104199003077512 办理"}, "answer"),
        ({"area_code": "999999"}, "area_code"),
        ({"category": "9999"}, "category"),
        ({"unit": "NOBODY"}, "unit"),
        ({"valid_to": "2025-01-01"}, "valid_to"),
        ({"source_link": "javascript:alert(1)"}, "source_link"),
        ({"title": ""}, "title"),
        ({"answer": "   "}, "answer"),
    ],
)
async def test_a_wrong_field_is_named(client: Client, said: dict[str, Any], field: str) -> None:
    answer = await (await client("knowledge1")).post("/knowledge/items", json={**FORM, **said})
    assert answer.status_code == 422, answer.text
    assert [error["field"].split(".")[-1] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "answer",
    [
        "燃气抢修 96777，供水 028-86112345，市民热线 12345",
        "座机：86112345，分机 8012；传真（028）8611 2345",
        "邮箱 cg@example.org",
    ],
)
async def test_numbers_of_offices_may_stand(client: Client, answer: str) -> None:
    number = await write(client, answer=answer, title="便民电话")
    assert (await (await client("knowledge1")).get(f"/knowledge/items/{number}")).json()["answer"] == answer


async def test_scope_runs_down_and_up_the_areas_and_nowhere_else(client: Client, city: City) -> None:
    county = await in_force(client, title="锦江夜景观赏指引甲")
    await publish_at(client, "keeper-5101", "5101", title := "全市夜景观赏指引乙")
    wider = (await (await client("agent-105")).get("/knowledge/search", params={"text": title})).json()["items"][0][
        "item_no"
    ]
    both = {county, wider}
    agents = {
        by: both & set(await found(client, by, "夜景观赏指引"))
        for by in ("agent1", "agent-street", "agent-5101", "agent-105")
    }
    assert agents["agent1"] == agents["agent-street"] == agents["agent-5101"] == both
    assert agents["agent-105"] == {wider}  # the neighbouring county has only the city's
    neighbour = await client("agent-105")
    for path in ("", "/versions"):
        assert (await neighbour.get(f"/knowledge/items/{county}{path}")).status_code == 404
    assert (await neighbour.post(f"/knowledge/items/{county}/complaints", json={"note": "写得不对"})).status_code == 404

    stranger = await client("keeper-105")
    assert (await stranger.put(f"/knowledge/items/{county}", json={**FORM, "version": 1})).status_code == 404
    above = await (await client("knowledge1")).put(f"/knowledge/items/{wider}", json={**FORM, "version": 1})
    assert (above.status_code, above.json()["code"]) == (403, "refused.KNOWLEDGE.NOT_YOURS")
    elsewhere = await (await client("knowledge1")).post("/knowledge/items", json={**FORM, "area_code": "510105"})
    assert elsewhere.status_code in (403, 422)


async def publish_at(client: Client, keeper: str, area: str, title: str) -> None:
    number = await write(client, by=keeper, area_code=area, title=title)
    await publish(client, number, by=keeper)


@pytest.mark.parametrize(
    ("login", "method", "path"),
    [
        ("sys", "GET", "/knowledge/search?text=路灯"),
        ("sys", "GET", "/knowledge/suggest?text=路灯"),
        ("sys", "GET", "/knowledge/items"),
        ("agent1", "POST", "/knowledge/items"),
        ("agent1", "GET", "/knowledge/report"),
        ("sys", "GET", "/knowledge/report"),
        ("agent1", "POST", "/knowledge/items/KB1/retire"),
        ("knowledge1", "POST", "/knowledge/items/KB1/review"),
    ],
)
async def test_who_may_not(client: Client, login: str, method: str, path: str) -> None:
    answer = await (await client(login)).request(method, path, json=FORM if method == "POST" else None)
    assert answer.status_code == 403


async def test_nobody_reads_without_a_session(town: Town) -> None:
    async with town.api("dispatch") as nobody:
        assert (await nobody.get("/knowledge/search", params={"text": "路灯"})).status_code == 401


async def test_a_case_is_answered_from_an_item_and_keeps_its_version(client: Client, city: City, desk: Desk) -> None:
    number = await in_force(client, title="犬只收容领养")
    case_no = await desk.receive()
    done = await desk.ask("dispatcher1", case_no, "ANSWER", knowledge_item=number.lower())
    assert (done.status_code, done.json()["status"]) == (200, "ANSWERED"), done.text
    row = await sql(
        city,
        "SELECT jsonb_build_object('reply', c.reply_text, 'reason', c.reason_code, 'data', e.data) FROM cases c "
        "JOIN event e ON e.case_id = c.id AND e.action = 'ANSWER' WHERE case_no = $1",
        case_no,
    )
    assert FORM["answer"] in row
    assert f'"knowledge_item": "{number}"' in row
    assert '"knowledge_version": 1' in row
    assert (await (await client("agent1")).get(f"/knowledge/items/{number}")).json()["uses"] == 1


async def test_words_of_ones_own_beside_an_item_are_the_reply_and_words_alone_do(client: Client, desk: Desk) -> None:
    number = await in_force(client, title="犬只收容领养二")
    both, alone = await desk.receive(), await desk.receive()
    assert (await desk.ask("dispatcher1", both, "ANSWER", knowledge_item=number, answer="已电话说明")).is_success
    assert (await desk.ask("dispatcher1", alone, "ANSWER", answer="已电话说明")).is_success
    agent = await client("agent1")
    assert [(await agent.get(f"/cases/{no}")).json()["reply_text"] for no in (both, alone)] == ["已电话说明"] * 2
    assert (await agent.get(f"/cases/{alone}")).json()["reason_code"] is None
    assert (await desk.ask("dispatcher1", await desk.receive(), "ANSWER")).json()["code"] == "refused.ANSWER_MISSING"


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("draft", "UNKNOWN"),  # a dispatcher does not see drafts
        ("retired", "NOT_PUBLISHED"),
        ("expired", "EXPIRED"),
        ("later", "NOT_YET"),
        ("elsewhere", "ELSEWHERE"),
        ("none", "UNKNOWN"),
        ("nonsense", "UNKNOWN"),
    ],
)
async def test_an_item_that_may_not_answer_is_refused_in_one_sentence(
    client: Client, city: City, desk: Desk, how: str, why: str
) -> None:
    numbers = {"none": "KB999999", "nonsense": "'; DROP TABLE"}
    if how == "draft":
        number = await write(client, title="草稿条目")
    elif how in numbers:
        number = numbers[how]
    else:
        number = await in_force(client, title="时效条目", area_code="510104018" if how == "elsewhere" else "510104")
        if how == "retired":
            await (await client("knowledge1")).post(
                f"/knowledge/items/{number}/retire", json={"version": 1, "note": "过时"}
            )
        days = {"expired": ("valid_to", -1), "later": ("valid_from", 1)}
        if how in days:
            column, by = days[how]
            await sql(
                city,
                f"UPDATE knowledge_version SET {column} = $1 WHERE item_id = $2",
                TODAY + timedelta(by),
                int(number[2:]),
            )
    case_no = await desk.receive()
    for language, words in (("zh-CN", "知识库条目"), ("en", "knowledge item")):
        said = {"action": "ANSWER", "knowledge_item": number}
        no = await (await client("dispatcher1")).post(
            f"/cases/{case_no}/moves", json=said, headers={"Accept-Language": language}
        )
        assert (no.status_code, no.json()["code"]) == (409, f"refused.KNOWLEDGE_ITEM_UNUSABLE.{why}")
        assert words in no.json()["detail"]
    case = (await (await client("agent1")).get(f"/cases/{case_no}")).json()
    assert (case["status"], case["reply_text"], case["version"]) == ("REVIEW", None, 1)  # nothing half-done
    if how in ("expired", "later"):
        shown = (await (await client("agent1")).get(f"/knowledge/items/{number}")).json()
        assert shown["unusable"] in no.json()["detail"] or "不能用来答复" in shown["unusable"]


async def test_what_is_past_its_validity_is_not_found(client: Client, city: City) -> None:
    number = await in_force(client, title="烟花爆竹零售许可")
    assert await found(client, "agent1", "烟花爆竹零售") == [number]
    for column, day in (("valid_to", TODAY - timedelta(1)), ("valid_from", TODAY + timedelta(1))):
        await sql(
            city,
            "UPDATE knowledge_version SET valid_from = '2026-01-01', valid_to = NULL WHERE item_id = $1",
            int(number[2:]),
        )
        await sql(city, f"UPDATE knowledge_version SET {column} = $1 WHERE item_id = $2", day, int(number[2:]))
        assert await found(client, "agent1", "烟花爆竹零售") == []


async def test_words_that_find_nothing_are_kept_masked_and_without_who_asked(client: Client, city: City) -> None:
    for _ in range(2):
        assert await found(client, "agent1", "魑魅魍魉饕餮 13912345678") == []
    await found(client, "agent1", "魑魅魍魉饕餮", category="0204")  # a narrowed search says nothing of what is missing
    report = (await (await client("knowledge1")).get("/knowledge/report")).json()
    missed = [line for line in report["missing"]["searches"] if "饕餮" in line["words"]]
    assert [(line["words"], line["times"]) for line in missed] == [("魑魅魍魉饕餮 139****5678", 2)]
    assert "account" not in await sql(
        city, "SELECT string_agg(column_name, ' ') FROM information_schema.columns WHERE table_name = 'knowledge_miss'"
    )
    assert (await (await client("keeper-105")).get("/knowledge/report")).json()["missing"]["searches"] == []
    await tell_units(city)
    assert await sql(city, "SELECT count(*) FROM knowledge_miss WHERE words LIKE '%饕餮%'") == 1
    await sql(city, "UPDATE knowledge_miss SET last_at = now() - interval '181 days'")
    await tell_units(city)
    assert await sql(city, "SELECT count(*) FROM knowledge_miss") == 0


async def test_matters_answered_in_writing_are_counted_by_category(client: Client, desk: Desk) -> None:
    async def counted(by: str) -> tuple[int, int]:
        missing = (await (await client(by)).get("/knowledge/report")).json()["missing"]
        return missing["answered"], sum(row["cases"] for row in missing["written"] if row["category"] == "0501")

    before, elsewhere = await counted("knowledge1"), await counted("keeper-105")
    number = await in_force(client, title="行道树修剪周期")
    await desk.ask("dispatcher1", await desk.receive(category="0501"), "ANSWER", answer="每年冬季修剪")
    await desk.ask("dispatcher1", await desk.receive(category="0501"), "ANSWER", knowledge_item=number)
    after = await counted("knowledge1")
    assert (after[0] - before[0], after[1] - before[1]) == (2, 1)
    assert await counted("keeper-105") == elsewhere


async def test_the_report_names_the_stale_items_of_the_scope_and_the_database_agrees_with_the_rule(
    client: Client, city: City
) -> None:
    ages = [
        (-1, 10, 0),
        (0, 10, 0),
        (30, 10, 0),
        (31, 10, 0),
        (None, 364, 0),
        (None, 367, 0),
        (400, 10, 1),
        (-5, 400, 2),
    ]
    expected = {}
    for left, reviewed, complaints in ages:
        number = await in_force(client, title="公园入园须知")
        ends = TODAY + timedelta(left) if left is not None else None
        at = datetime.now(UTC) - timedelta(reviewed)
        await sql(
            city,
            "UPDATE knowledge_version SET valid_to = $1, reviewed_at = $2 WHERE item_id = $3",
            ends,
            at,
            int(number[2:]),
        )
        for _ in range(complaints):
            said = await (await client("agent1")).post(
                f"/knowledge/items/{number}/complaints", json={"note": "电话打不通，请改 13812345678"}
            )
            assert said.status_code == 204
        rule = Item(ItemState.PUBLISHED, "510104", 1, date(2026, 1, 1), ends, at, None, complaints)
        expected[number] = [reason.value for reason in stale(rule, datetime.now(UTC))]
    for by in ("knowledge1", "unit-cg", "analyst1"):
        rows = (await (await client(by)).get("/knowledge/report", params={"limit": 200})).json()["stale"]
        shown = {row["item_no"]: row["stale"] for row in rows}
        assert {n: shown.get(n, []) for n in expected} == expected, by
    for by in ("unit-sw", "keeper-105"):
        report = (await (await client(by)).get("/knowledge/report")).json()
        assert not {row["item_no"] for row in report["stale"]} & expected.keys()
    assert (await (await client("unit-cg")).get("/knowledge/report")).json()["missing"] is None

    complained = next(n for n, why in expected.items() if why == ["COMPLAINED"])
    history = (await (await client("unit-cg")).get(f"/knowledge/items/{complained}/versions")).json()
    assert [row["note"] for row in history["complaints"]] == ["电话打不通，请改 138****5678"]
    await (await client("knowledge1")).put(f"/knowledge/items/{complained}", json={**FORM, "version": 1})
    await publish(client, complained, version=2)  # a newer version settles what was said of the old one
    assert (await (await client("unit-cg")).get(f"/knowledge/items/{complained}")).json()["stale"] == []


async def test_a_unit_is_told_to_mend_an_item_once_a_month(client: Client, city: City) -> None:
    number = await in_force(client, title="停车场收费备案" + secrets.token_hex(2))
    await sql(
        city, "UPDATE knowledge_version SET valid_to = $1 WHERE item_id = $2", TODAY - timedelta(1), int(number[2:])
    )
    owed = "SELECT count(*) FROM notice WHERE topic = 'KNOWLEDGE_MEND' AND params->>'item' = $1"
    while await tell_units(city):
        pass
    assert await sql(city, owed, number) == 1
    assert await tell_units(city) == 0
    await sql(city, "UPDATE knowledge_mend SET period = '2020-01' WHERE item_id = $1", int(number[2:]))  # a month later
    assert await tell_units(city) == 1
    assert await sql(city, owed, number) == 2


class Heard(Console):
    """The console's channel, which keeps what it was given."""

    def __init__(self) -> None:
        super().__init__(shows_text=False)
        self.bodies: list[Any] = []

    async def send(self, message: Any) -> Any:
        self.bodies.append(message.body)
        return await super().send(message)


async def test_the_notice_is_sent_without_a_case_and_seen_by_the_centre(client: Client, city: City, town: Town) -> None:
    number = await in_force(client, title="临时占道审批")
    await sql(
        city, "UPDATE knowledge_version SET valid_to = $1 WHERE item_id = $2", TODAY - timedelta(1), int(number[2:])
    )
    while await tell_units(city):
        pass
    heard = Heard()
    outbox = Outbox(city, "staff", heard, Composer(city, Sources(city.keyring), "http://localhost:8000"), slots=4)
    while await outbox.run_once():
        pass
    told = [body for body in heard.bodies if number in body["text"]]
    assert [body["text"] for body in told] == [
        f"知识库条目 {number}《临时占道审批》已过有效期，请锦江区城市管理局核实更新。"
    ]
    assert (told[0]["case_no"], told[0]["unit"]["code"]) == (None, "510104-CG")
    assert "past its validity" in told[0]["text_en"]
    for login, sees in (("dispatcher1", True), ("unit-cg", False)):
        async with await at_work(town, city, "notify", login) as reader:
            answer = await reader.get("/notices", params={"limit": 200})
            numbers = [row["params"].get("item") for row in answer.json()["items"]] if answer.is_success else []
            assert (number in numbers) is sees
