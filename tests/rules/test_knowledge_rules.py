"""知识库, the rules: validity, what may answer a case, what is stale, who reviews; and how words are taken apart."""

from datetime import UTC, date, datetime

import pytest

from casework.rules.facts import Actor
from casework.rules.knowledge import Item, ItemState, applies, item_id, may_write, review_fault, stale, unusable
from casework.rules.knowledge_words import Written, asked, grams, rank, shared_words, snippet, stored, telling, weight
from casework.rules.words import Role

NOON = datetime(2026, 6, 15, 4, tzinfo=UTC)  # 12:00 in Shanghai
PUBLISHED, DRAFT = ItemState.PUBLISHED, ItemState.DRAFT


def item(**said: object) -> Item:
    known: dict[str, object] = {
        "state": PUBLISHED,
        "area": "510104",
        "unit_id": 7,
        "valid_from": date(2026, 1, 1),
        "reviewed_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Item(**{**known, **said})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "area", "why"),
    [
        (item(), "510104017001", None),  # the county's item answers in its communities
        (item(area="5101"), "510104", None),  # the city's item answers in the county
        (item(area="510104017"), "510104", None),  # only the county is known -> a street's item may answer
        (item(area="510105"), "510104", "ELSEWHERE"),  # the neighbouring county's does not
        (item(area="510104017"), "510104018001", "ELSEWHERE"),  # nor that of the next street
        (item(), None, None),  # no place yet -> any item of the scope
        (None, "510104", "UNKNOWN"),
        (item(state=DRAFT), "510104", "NOT_PUBLISHED"),
        (item(state=ItemState.IN_REVIEW), "510104", "NOT_PUBLISHED"),
        (item(state=ItemState.RETIRED), "510104", "NOT_PUBLISHED"),
        (item(valid_to=date(2026, 6, 15)), "510104", None),  # the last day counts
        (item(valid_to=date(2026, 6, 14)), "510104", "EXPIRED"),
        (item(valid_from=date(2026, 6, 15)), "510104", None),  # the first day counts
        (item(valid_from=date(2026, 6, 16)), "510104", "NOT_YET"),
    ],
)
def test_an_item_answers_while_it_is_in_force_valid_and_near(
    found: Item | None, area: str | None, why: str | None
) -> None:
    assert unusable(found, area, NOON) == (f"KNOWLEDGE_ITEM_UNUSABLE.{why}" if why else None)


def test_a_day_is_shanghais() -> None:
    ends = item(valid_to=date(2026, 6, 15))
    assert unusable(ends, None, datetime(2026, 6, 15, 15, 59, tzinfo=UTC)) is None  # 23:59 there
    assert unusable(ends, None, datetime(2026, 6, 15, 16, 0, tzinfo=UTC)) is not None  # 0:00 of the next day


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (item(), []),
        (item(valid_to=date(2026, 7, 16)), []),  # 31 days left
        (item(valid_to=date(2026, 7, 15)), ["EXPIRES_SOON"]),  # 30 days left
        (item(valid_to=date(2026, 6, 15)), ["EXPIRES_SOON"]),  # the last day
        (item(valid_to=date(2026, 6, 14)), ["EXPIRED"]),
        (item(complaints=1), ["COMPLAINED"]),
        (item(reviewed_at=datetime(2025, 6, 14, 16, tzinfo=UTC)), []),  # 15 June 2025 in Shanghai: 365 days ago
        (item(reviewed_at=datetime(2025, 6, 14, 15, 59, tzinfo=UTC)), ["UNREVIEWED"]),  # 366 days ago
        (item(reviewed_at=None), ["UNREVIEWED"]),
        (item(valid_to=date(2026, 1, 2), complaints=2, reviewed_at=None), ["EXPIRED", "COMPLAINED", "UNREVIEWED"]),
    ],
)
def test_an_item_is_stale_for_a_reason(found: Item, why: list[str]) -> None:
    assert [reason.value for reason in stale(found, NOON)] == why


OWN = Actor(frozenset({Role.UNIT}), account_id=1, area="510104", unit_id=7, units=frozenset({7}))


@pytest.mark.parametrize(
    ("found", "actor", "why"),
    [
        (item(state=ItemState.IN_REVIEW, author_id=2), OWN, None),  # the unit's own people
        (item(state=ItemState.IN_REVIEW, author_id=1), OWN, "OWN_WORDS"),  # not their own words
        (item(state=ItemState.IN_REVIEW, unit_id=8), OWN, "NOT_YOUR_UNIT"),  # not another unit's
        (item(state=DRAFT), OWN, "NOT_IN_REVIEW"),
        (item(state=PUBLISHED), OWN, "NOT_IN_REVIEW"),  # a second click
        (
            item(state=ItemState.IN_REVIEW),
            Actor(frozenset({Role.KNOWLEDGE}), account_id=3, area="51", units=frozenset({7})),
            "NOT_YOUR_UNIT",  # who keeps the knowledge base does not judge it
        ),
    ],
)
def test_the_owning_unit_reviews_and_not_the_author(found: Item, actor: Actor, why: str | None) -> None:
    assert review_fault(found, actor) == (f"KNOWLEDGE.{why}" if why else None)


def test_who_writes() -> None:
    keeper = Actor(frozenset({Role.KNOWLEDGE}), area="510104")
    assert may_write(keeper, "510104017", 9)  # below its area
    assert not may_write(keeper, "5101", 9)  # not above it
    assert not may_write(keeper, "510105", 9)
    assert may_write(OWN, "5101", 7)  # its unit's item, wherever it applies
    assert not may_write(OWN, "510104", 8)
    assert not may_write(Actor(frozenset({Role.AGENT}), area="510104", units=frozenset({7})), "510104", 7)


def test_areas_hold_in_both_directions() -> None:
    assert applies("51", "510104017001")
    assert applies("510104017001", "51")
    assert not applies("5101", "5102")


@pytest.mark.parametrize(
    ("number", "id_"),
    [
        ("KB17", 17),
        (" kb17 ", 17),
        ("KB0", None),
        ("KB017", None),
        ("17", None),
        ("KB１７", None),
        ("KB" + "9" * 19, None),
    ],
)
def test_the_number_of_an_item(number: str, id_: int | None) -> None:
    assert item_id(number) == id_


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("路灯", ["路", "路灯", "灯"]),
        ("打１２３４５，ETC卡", ["打", "12345", "etc", "卡"]),  # full width as plain, letters small
        ("路灯、路灯", ["路", "路灯", "灯"]),  # each once
        ("", []),
        ("？！'|&\\", []),  # nothing of a query's own signs goes through
    ],
)
def test_words_are_taken_apart(text: str, parts: list[str]) -> None:
    assert grams(text) == parts


def test_what_every_question_has_is_not_asked_for() -> None:
    assert asked("你好，请问路灯怎么办理") == grams("路灯")
    assert asked("请问怎么办") == grams("请问怎么办")  # nothing else is left


def test_what_is_stored_tells_the_title_from_the_answer() -> None:
    assert stored(Written("路灯", answer="灯亮"), "5101") == (
        "'路':1A '路灯':1A '灯':1A '灯亮':1 '亮':1 '@51':1 '@5101':1 '=5101':1"
    )


def test_the_rare_words_are_looked_for_first() -> None:
    known = {"申请": 900, "路灯": 3, "灯": 3, "电梯": 90}
    assert telling(["申请", "灯", "电梯", "路灯", "没有"], known, 100) == ["路灯", "电梯"]  # 没有 occurs nowhere
    assert telling(["申请"], known, 100) == ["申请"]  # the only one, however frequent
    assert weight("路灯", known, 1000) > weight("申请", known, 1000) > 0
    assert weight("灯", known, 1000) < weight("路灯", known, 1000)


def test_the_item_that_says_it_ranks_higher_and_says_why() -> None:
    question = asked("我家楼下路灯不亮了")
    weights = {gram: 1.0 for gram in question}
    fits, other = Written("路灯故障报修", ["路灯不亮找谁"]), Written("电梯故障", answer="楼下等候")
    assert rank(question, fits, weights) > rank(question, other, weights) > 0
    assert shared_words(question, fits) == ("路灯不亮",)
    assert shared_words(question, other) == ("楼下",)


@pytest.mark.parametrize(
    ("question", "answer", "says"),
    [
        ("路灯", "东路灯柱", True),  # a pair wherever it stands
        ("路灯", "道路、灯具", True),  # its characters apart still say something
        ("路灯", "楼道照明", False),
        ("wifi", "免费 WiFi 上网", True),
        ("fi", "免费 WiFi 上网", False),  # a part of a word is not the word
        ("12", "拨打 12345", False),
        ("12", "满 12 岁", True),
    ],
)
def test_an_answers_own_words_count_a_little(question: str, answer: str, says: bool) -> None:
    grams_ = asked(question)
    score = rank(grams_, Written("标题", answer=answer), {gram: 1.0 for gram in grams_})
    assert (score > 0) is says


def test_a_snippet_shows_the_words_it_was_found_for() -> None:
    answer = "一" * 200 + "路灯不亮" + "二" * 200
    shown = snippet(answer, ["路灯不亮"])
    assert "路灯不亮" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert snippet("短答复", ["没有"]) == "短答复"
