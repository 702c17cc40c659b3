"""What staff see of the outbox: dead letters listed and sent again, every attempt, within their scope."""

import asyncpg
import pytest

from casework.journey.city import City
from casework.kit.settings import Settings
from manage.accounts import make_account
from tests.conftest import Template
from tests.services.notify.conftest import Client, Post
from tests.services.notify.gateway import Gateway
from tests.services.notify.life import PHONE, Life


@pytest.fixture
async def dead(life: Life, post: Post, gateway: Gateway) -> str:
    """A case with two write-backs that its upstream refused for ever."""
    case_no = await life.begin()
    await life.signed(case_no)
    gateway.behave = lambda _received: "gone"
    await post.send("upstream")
    return case_no


async def audit(city: City, act: str) -> list[tuple[int | None, str | None]]:
    pool = await city.database.pool()
    rows = await pool.fetch("SELECT account_id, subject FROM audit_log WHERE act = $1 ORDER BY id", act)
    return [tuple(row) for row in rows]


async def test_dead_letters_are_listed_newest_first_and_paged(dead: str, client: Client) -> None:
    dispatcher = await client("dispatcher1")
    page = (await dispatcher.get("/notices", params={"state": "DEAD"})).json()
    assert [(row["topic"], row["case_no"], row["last_error"]) for row in page["items"]] == [
        ("SIGN", dead, "http_410"),
        ("DISPATCH", dead, "http_410"),
    ]
    assert page["next"] is None
    first = (await dispatcher.get("/notices", params={"state": "DEAD", "limit": "1"})).json()
    second = (await dispatcher.get("/notices", params={"state": "DEAD", "limit": "1", "cursor": first["next"]})).json()
    assert [row["topic"] for row in first["items"] + second["items"]] == ["SIGN", "DISPATCH"]
    assert second["next"] is None
    waiting = (await dispatcher.get("/notices", params={"state": "PENDING", "case_no": dead})).json()
    assert {row["channel"] for row in waiting["items"]} == {"sms", "staff"}


async def test_a_dead_letter_is_sent_again_under_the_same_id_and_audited(
    dead: str, client: Client, post: Post, gateway: Gateway, city: City
) -> None:
    dispatcher = await client("dispatcher1")
    letter = (await dispatcher.get("/notices", params={"state": "DEAD"})).json()["items"][-1]
    for _ in range(2):
        again = (await dispatcher.post(f"/notices/{letter['id']}/replay")).json()
        assert (again["state"], again["tries"]) == ("PENDING", 1)
    assert [subject for _, subject in await audit(city, "NOTICE_REPLAYED")] == [f"notice:{letter['id']}"]

    gateway.behave = lambda _received: "ok"
    gateway.received.clear()
    await post.send("upstream")
    assert [(received.id, received.json["seq"]) for received in gateway.received] == [(str(letter["id"]), 1)]
    done = await dispatcher.post(f"/notices/{letter['id']}/replay")
    assert (done.status_code, done.json()["code"]) == (409, "notice.not_dead")

    [told] = [row for row in (await dispatcher.get(f"/cases/{dead}/notices")).json() if row["id"] == letter["id"]]
    assert (told["state"], told["tries"], told["sent_at"] is not None) == ("SENT", 2, True)
    assert [(attempt["outcome"], attempt["detail"]) for attempt in told["attempts"]] == [
        ("REFUSED", "http_410"),
        ("SENT", None),
    ]


async def test_a_cases_notices_are_all_there_in_order(dead: str, client: Client) -> None:
    rows = (await (await client("unit-cg")).get(f"/cases/{dead}/notices")).json()
    assert [(row["topic"], row["channel"]) for row in rows] == [
        ("ACCEPT", "sms"),
        ("DISPATCH", "staff"),
        ("DISPATCH", "upstream"),
        ("SIGN", "sms"),
        ("SIGN", "upstream"),
    ]
    assert PHONE not in str(rows)


@pytest.fixture(scope="module")
async def strangers(city: City, template: Template, settings: Settings) -> None:
    """A dispatcher of the next county, and a system administrator of this one."""
    try:
        async with city.database.transaction() as session:
            for login, role, area in (
                ("dispatcher-next", "DISPATCHER", "510105"),
                ("sysadmin1", "SYS_ADMIN", "510104"),
                ("sysadmin-next", "SYS_ADMIN", "510105"),
            ):
                password = template.accounts.setdefault(login, "gold-fish-river-2026")
                await make_account(
                    session, login=login, password=password, display_name=login, roles=[role], area_code=area, unit=None
                )
    except asyncpg.UniqueViolationError:
        pytest.fail("the module's database is not fresh")


@pytest.mark.parametrize(
    ("login", "sees", "replays"),
    [
        ("dispatcher1", 200, 200),
        ("sysadmin1", 200, 200),
        ("supervision1", 200, 403),
        ("analyst51", 200, 403),
        ("reviewer1", 403, 403),
        ("unit-cg", 403, 403),
        ("followup1", 403, 403),
    ],
)
async def test_who_sees_and_who_sends_again(
    login: str, sees: int, replays: int, dead: str, client: Client, strangers: None
) -> None:
    who = await client(login)
    listed = await who.get("/notices", params={"state": "DEAD"})
    assert listed.status_code == sees
    letters = (await (await client("dispatcher1")).get("/notices", params={"state": "DEAD"})).json()["items"]
    if sees == 200:
        assert [row["id"] for row in listed.json()["items"]] == [row["id"] for row in letters]
    assert (await who.post(f"/notices/{letters[0]['id']}/replay")).status_code == replays


@pytest.mark.parametrize("login", ["dispatcher-next", "sysadmin-next"])
async def test_the_next_countys_people_see_nothing_of_it(
    login: str, dead: str, client: Client, strangers: None
) -> None:
    letters = (await (await client("dispatcher1")).get("/notices", params={"state": "DEAD"})).json()["items"]
    who = await client(login)
    assert (await who.get("/notices")).json()["items"] == []
    assert (await who.get("/notices", params={"case_no": dead})).json()["items"] == []
    assert (await who.post(f"/notices/{letters[0]['id']}/replay")).status_code == 404
    assert (await who.get(f"/cases/{dead}/notices")).status_code == 404


async def test_a_unit_that_never_had_the_case_sees_none_of_its_notices(dead: str, client: Client) -> None:
    assert (await (await client("unit-zj")).get(f"/cases/{dead}/notices")).status_code == 404


async def test_nobody_is_not_let_in(client: Client) -> None:
    nobody = await client(None)
    for path in ("/notices", "/cases/1/notices"):
        assert (await nobody.get(path)).status_code == 401
    assert (await nobody.post("/notices/1/replay")).status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/notices?state=LOST", 422),
        ("/notices?cursor=0", 422),
        ("/notices?cursor=99999999999999999999", 422),
        ("/notices?case_no=%00", 422),
        ("/cases/%00/notices", 422),
        ("/cases/123/notices", 404),
    ],
)
async def test_what_cannot_be_asked_is_told(path: str, status: int, client: Client) -> None:
    assert (await (await client("dispatcher1")).get(path)).status_code == status


async def test_a_notice_that_is_not_there_cannot_be_sent_again(client: Client) -> None:
    dispatcher = await client("dispatcher1")
    assert (await dispatcher.post("/notices/999999999/replay")).status_code == 404
