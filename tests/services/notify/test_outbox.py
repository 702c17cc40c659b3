"""What is owed is told, once, in order, whatever the other side does (reliability.md §1.3, F12)."""

import asyncio
import re
from collections import Counter

import asyncpg
import pytest

from casework.db import notices
from casework.journey.city import City
from casework.kit import logs
from casework.rules import asks
from services.notify.channels.message import Message, Outcome
from services.notify.outbox import Outbox
from tests.services.notify.conftest import Post
from tests.services.notify.gateway import Gateway, Received
from tests.services.notify.life import NAME, PHONE, Life

LEASE = 60.0


async def states(city: City, case_no: str, channel: str) -> list[tuple[str, str, int]]:
    """Topic, state and tries of a case's notices on a channel, in order."""
    pool = await city.database.pool()
    rows = await pool.fetch(
        "SELECT topic, state, tries FROM notice n JOIN cases c ON c.id = n.case_id "
        "WHERE c.case_no = $1 AND n.channel = $2 ORDER BY n.id",
        case_no,
        channel,
    )
    return [tuple(row) for row in rows]


async def attempts(city: City, case_no: str, channel: str) -> list[tuple[str, str | None]]:
    pool = await city.database.pool()
    rows = await pool.fetch(
        "SELECT outcome, detail FROM notice_attempt a JOIN notice n ON n.id = a.notice_id "
        "JOIN cases c ON c.id = n.case_id WHERE c.case_no = $1 AND n.channel = $2 ORDER BY a.id",
        case_no,
        channel,
    )
    return [tuple(row) for row in rows]


async def test_exactly_what_is_owed_is_sent_once_by_workers_beside_each_other(
    life: Life, post: Post, gateway: Gateway, city: City
) -> None:
    numbers = [await life.begin() for _ in range(12)]
    await asyncio.gather(*(post.send("sms") for _ in range(4)))
    assert Counter(received.id for received in gateway.received).most_common(1)[0][1] == 1
    assert len(gateway.received) == 12
    for number in numbers:
        assert await states(city, number, "sms") == [("ACCEPT", "SENT", 1)]
        [message] = [r.json for r in gateway.received if number in r.json["text"]]
        assert message["to"] == f"+86{PHONE}"
    gateway.received.clear()
    await post.due_now()
    await post.send("sms")
    assert gateway.received == []


async def test_the_first_sms_tells_number_and_query_code(life: Life, post: Post, gateway: Gateway) -> None:
    number = await life.begin()
    await post.send("sms")
    text = gateway.received[0].json["text"]
    assert re.search(rf"受理编号 {number}，查询码 \d{{8}}。查询进展：http://localhost:8000/c ", text)


async def test_a_worker_killed_between_sending_and_recording_sends_again_under_the_same_id(
    life: Life, post: Post, gateway: Gateway, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await life.begin()
    with monkeypatch.context() as dying:

        async def killed(*_args: object, **_kwargs: object) -> None:
            raise asyncio.CancelledError

        dying.setattr(notices, "record", killed)
        with pytest.raises(asyncio.CancelledError):
            await post.send("sms")
    assert await states(city, number, "sms") == [("ACCEPT", "PENDING", 1)]
    await post.send("sms")
    assert len(gateway.received) == 1, "the lease holds: nobody sends it meanwhile"
    await post.due_now()
    await post.send("sms")
    first, second = gateway.received
    assert first.id == second.id
    assert await states(city, number, "sms") == [("ACCEPT", "SENT", 2)]


async def test_what_was_sent_while_the_database_was_away_is_recorded_when_it_is_back(
    life: Life, post: Post, gateway: Gateway, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await life.begin()
    record, calls = notices.record, Counter[str]()

    async def away_at_first(*args: object, **kwargs: object) -> None:
        calls["record"] += 1
        if calls["record"] == 1:
            raise asyncpg.CannotConnectNowError
        await record(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(notices, "record", away_at_first)
    await post.send("sms")
    assert await states(city, number, "sms") == [("ACCEPT", "SENT", 1)]
    assert len(gateway.received) == 1


async def test_a_worker_whose_lease_ran_out_settles_nothing_by_a_failure(life: Life, city: City, post: Post) -> None:
    number = await life.begin()
    pool = await city.database.pool()
    [stalled] = await notices.claim(pool, "sms", 1, LEASE)
    await post.due_now()
    [other] = await notices.claim(pool, "sms", 1, LEASE)
    failure = {"adapter": "sms-http", "outcome": "AMBIGUOUS", "detail": "no_answer", "state": "DEAD", "wait": 0.0}
    await notices.record(pool, stalled, **failure)
    assert await states(city, number, "sms") == [("ACCEPT", "PENDING", 2)]
    await notices.record(pool, other, adapter="sms-http", outcome="SENT", detail=None, state="SENT", wait=0.0)
    await notices.record(pool, stalled, **failure)
    assert await states(city, number, "sms") == [("ACCEPT", "SENT", 2)]
    assert [outcome for outcome, _ in await attempts(city, number, "sms")] == ["AMBIGUOUS", "SENT", "AMBIGUOUS"]


async def test_an_sms_that_may_have_gone_out_is_never_sent_again(
    life: Life, post: Post, gateway: Gateway, city: City
) -> None:
    gateway.behave = lambda _received: "hang"
    post.deadline = 0.5
    number = await life.begin()
    await post.send("sms")
    await post.due_now()
    await post.send("sms")
    assert len(gateway.received) == 1
    assert await states(city, number, "sms") == [("ACCEPT", "DEAD", 1)]
    assert await attempts(city, number, "sms") == [("AMBIGUOUS", "no_answer")]


async def test_a_busy_gateway_is_given_the_time_it_asks_for(
    life: Life, post: Post, gateway: Gateway, city: City
) -> None:
    gateway.behave = lambda _received: "busy"
    await life.begin()
    await post.send("sms")
    pool = await city.database.pool()
    left = await pool.fetchval(
        "SELECT extract(epoch FROM next_at - now()) FROM notice WHERE state = 'PENDING' AND channel = 'sms'"
    )
    assert 100 < left <= 120


async def test_write_backs_of_a_case_arrive_in_order_through_failures(
    life: Life, post: Post, gateway: Gateway, city: City
) -> None:
    number = await life.in_follow_up()
    turns = Counter[str]()

    def twice_wrong(received: Received) -> str:
        turns[received.id] += 1
        return ("error", "hang", "ok")[min(turns[received.id], 3) - 1]

    gateway.behave = twice_wrong
    post.deadline = 0.5
    for _ in range(13):
        await post.send("upstream")
        await post.due_now()
    told = [received.json for received in gateway.received]
    assert [message["seq"] for message in told] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert [message["type"] for message in told[::3]] == [
        "ORDER_PROGRESS",
        "ORDER_SIGN",
        "ORDER_PROGRESS",
        "ORDER_RESULT",
    ]
    assert [message["status"] for message in told[::3]] == ["DISPATCHED", "HANDLING", "HANDLING", "FOLLOW_UP"]
    assert told[-1]["data"]["public_reply"] == "路灯已修复，今晚亮灯。"
    assert "内部结论" not in gateway.received[-1].body.decode()
    assert {state for _, state, _ in await states(city, number, "upstream")} == {"SENT"}


async def test_a_case_in_trouble_holds_up_no_other_case(life: Life, post: Post, gateway: Gateway, city: City) -> None:
    stuck, other = await life.begin(), await life.begin()
    for number in (stuck, other):
        await life.signed(number)
    gateway.behave = lambda received: "error" if stuck in received.body.decode() else "ok"
    await post.send("upstream")
    assert await states(city, stuck, "upstream") == [("DISPATCH", "PENDING", 1), ("SIGN", "PENDING", 0)]
    assert await states(city, other, "upstream") == [("DISPATCH", "SENT", 1), ("SIGN", "SENT", 1)]


async def test_a_dead_letter_does_not_hold_up_the_case(life: Life, post: Post, gateway: Gateway, city: City) -> None:
    number = await life.begin()
    await life.signed(number)
    gateway.behave = lambda received: "gone" if received.json["seq"] == 1 else "ok"
    await post.send("upstream")
    assert await states(city, number, "upstream") == [("DISPATCH", "DEAD", 1), ("SIGN", "SENT", 1)]


async def test_a_gateway_that_hangs_delays_no_other_channel(
    life: Life, post: Post, gateway: Gateway, city: City
) -> None:
    number = await life.begin()
    await life.signed(number)
    gateway.behave = lambda received: "hang" if "text" in received.json else "ok"
    sms = post.outbox("sms")
    hanging = asyncio.create_task(sms.run_once())
    await gateway.arrived.wait()
    await post.send("upstream")
    assert await states(city, number, "upstream") == [("DISPATCH", "SENT", 1), ("SIGN", "SENT", 1)]
    assert {state for _, state, _ in await states(city, number, "sms")} == {"PENDING"}
    gateway.released.set()
    await hanging
    await sms.close()


async def test_behind_a_gateway_that_hangs_messages_are_spared(
    life: Life, post: Post, gateway: Gateway, city: City
) -> None:
    gateway.behave = lambda _received: "hang"
    post.deadline = 0.5
    numbers = [await life.begin() for _ in range(9)]
    outbox = post.outbox("sms", slots=1)
    while await outbox.run_once():
        pass
    found = [(await states(city, number, "sms"))[0] for number in numbers]
    assert [state for _, state, _ in found] == ["DEAD"] * 5 + ["PENDING"] * 4
    assert [tries for _, _, tries in found] == [1] * 5 + [0] * 4
    await outbox.close()


async def test_where_nobody_is_to_be_told_it_is_kept_as_skipped(
    life: Life, post: Post, gateway: Gateway, city: City
) -> None:
    await post.upstream_is(None)
    landline = await life.begin(phone="028-86543210")
    await life.signed(landline)
    await post.send("sms")
    await post.send("upstream")
    assert gateway.received == []
    assert {state for _, state, _ in await states(city, landline, "sms")} == {"SKIPPED"}
    assert {state for _, state, _ in await states(city, landline, "upstream")} == {"SKIPPED"}
    assert set(await attempts(city, landline, "sms")) == {("SKIPPED", "no_mobile")}
    assert set(await attempts(city, landline, "upstream")) == {("SKIPPED", "no_callback")}


async def test_staff_are_told_by_unit_and_case(life: Life, post: Post, gateway: Gateway) -> None:
    number = await life.begin()
    await life.do(number, "dispatcher1", asks.Dispatch(unit="510104-CG"))
    await post.send("staff")
    told = [received.json for received in gateway.received if received.json["case_no"] == number]
    assert [(message["topic"], message["audience"], message["unit"]["code"]) for message in told] == [
        ("DISPATCH", "UNIT", "510104-CG")
    ]
    assert told[0]["text"] == f"新工单 {number} 已派给锦江区城市管理局，请按时签收。"


async def test_a_notice_that_cannot_be_composed_is_kept_and_hurts_no_other(
    life: Life, post: Post, gateway: Gateway, city: City
) -> None:
    bad, good = await life.begin(), await life.begin()
    pool = await city.database.pool()
    await pool.execute(
        "UPDATE request SET phone_sealed = '\\x00' WHERE request_no = $1",
        bad,
    )
    await post.send("sms")
    assert await states(city, bad, "sms") == [("ACCEPT", "PENDING", 1)]
    assert await attempts(city, bad, "sms") == [("RETRY", "not_composed BrokenSeal")]
    assert await states(city, good, "sms") == [("ACCEPT", "SENT", 1)]


async def test_a_topic_without_words_becomes_a_dead_letter_at_once(
    life: Life, post: Post, gateway: Gateway, city: City
) -> None:
    number = await life.begin()
    pool = await city.database.pool()
    await pool.execute("UPDATE notice SET topic = 'UNHEARD' FROM cases c WHERE c.id = case_id AND case_no = $1", number)
    await post.send("sms")
    assert await states(city, number, "sms") == [("UNHEARD", "DEAD", 1)]
    assert await attempts(city, number, "sms") == [("REFUSED", "no_wording")]


async def test_an_adapter_that_breaks_is_an_attempt_like_any_other(life: Life, post: Post, city: City) -> None:
    number = await life.begin()
    outbox = post.outbox("sms")

    class Broken:
        name = "broken"

        async def send(self, message: Message) -> Outcome:
            raise RuntimeError(message.to)

        async def close(self) -> None:
            return

    outbox.channel = Broken()
    while await outbox.run_once():
        pass
    assert await states(city, number, "sms") == [("ACCEPT", "DEAD", 1)]
    assert await attempts(city, number, "sms") == [("AMBIGUOUS", "failed RuntimeError")]


async def test_no_phone_and_no_name_in_the_outbox_the_attempts_or_the_log(
    life: Life, post: Post, gateway: Gateway, city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    post.deadline = 0.5
    behaviours = iter(["error", "hang", "ok", "garbage", "never", "reset"] * 20)
    gateway.behave = lambda _received: next(behaviours)
    for _ in range(3):
        number = await life.in_follow_up()
        await life.do(number, "followup1", asks.Rework(note=f"回电 {PHONE} 未解决"))
    for channel in ("sms", "upstream", "staff") * 3:
        await post.send(channel)
        await post.due_now()
    pool = await city.database.pool()
    for table in ("notice", "notice_attempt"):
        dump = "\n".join(await _texts(pool, table))
        assert dump
        assert PHONE not in dump
        assert NAME not in dump
    written = capsys.readouterr().out
    assert "notice.not_sent" in written
    assert PHONE not in written
    assert NAME not in written
    assert any(PHONE in received.body.decode() for received in gateway.received), "the gateway itself needs it"
    back = "".join(r.body.decode() for r in gateway.received if "upstream_no" in r.body.decode())
    assert PHONE not in back
    assert NAME not in back


async def _texts(pool: asyncpg.Pool, table: str) -> list[str]:
    return [row[0] for row in await pool.fetch(f"SELECT t::text FROM {table} t")]


def test_the_leases_outlast_the_longest_try() -> None:
    assert Outbox.lease > 2 * 25.0
