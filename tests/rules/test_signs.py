"""Signs of danger: each row reads as a sentence, what is said -> the rule that saw it, the urgency, whom to call."""

import pytest

from casework.catalog.load import load
from casework.rules.phrases import phrase
from casework.rules.signs import Sign, SignBook, raised
from casework.rules.words import Role, Urgency

BOOK = load().classifying.signs
AGENT = frozenset({Role.AGENT})
UPSTREAM = frozenset({Role.UPSTREAM})

# what is said, the rules that see it, the urgency of a case that would be ordinary
SAID: list[tuple[str, set[str], Urgency]] = [
    ("厨房闻到很浓的煤气味，快来人", {"GAS-LEAK"}, Urgency.E0),
    ("施工把天然气管道挖断了", {"GAS-LEAK"}, Urgency.E0),
    ("社区下周组织燃气泄漏演练", set(), Urgency.N),
    ("五楼着火了，火势很大", {"FIRE-NOW"}, Urgency.E0),
    ("楼道堆满杂物，容易起火", set(), Urgency.N),
    ("如果着火了消防车进不来", set(), Urgency.N),
    ("有老人被困电梯已经半小时", {"LIFT-TRAPPED"}, Urgency.E0),
    ("电梯经常困人，去年困在电梯两次", set(), Urgency.N),
    ("他站在楼顶要跳楼", {"SUICIDE"}, Urgency.E0),
    ("建议开展预防自杀的讲座", set(), Urgency.N),
    ("这是道德绑架", set(), Urgency.N),
    ("采石场开山会引发山体滑坡", set(), Urgency.N),
    ("河边没有护栏，去年有人溺水", set(), Urgency.N),
    ("有人落水了在喊救命", {"DROWNING"}, Urgency.E0),
    ("老公打我，家暴不是第一次", {"DOMESTIC-VIOLENCE"}, Urgency.E0),
    ("妇联开展反家暴宣传", set(), Urgency.N),
    ("有人持刀在小区门口", {"ASSAULT"}, Urgency.E0),
    ("刚刚被骗，对方让我转账", {"TELECOM-FRAUD-NOW"}, Urgency.E0),
    ("学校多名学生呕吐腹泻", {"CROWD-ILL"}, Urgency.E0),
    ("高压线掉下来了横在路上", {"WIRE-DOWN"}, Urgency.E1),
    ("路中间的井盖不见了", {"COVER-GONE"}, Urgency.E1),
    ("邻居天天打孩子，孩子一直哭", {"CHILD-ABUSE"}, Urgency.E1),
    ("孩子在学校遭遇校园欺凌", {"BULLYING"}, Urgency.E1),
    ("家里两个留守儿童没人照看", {"MINOR-CONCERNED"}, Urgency.N),
    ("路灯坏了半个月", set(), Urgency.N),
    ("公交车太慢，急死人了", set(), Urgency.N),
    ("", set(), Urgency.N),
]


@pytest.mark.parametrize(("said", "rules", "urgency"), SAID)
def test_what_is_said_is_seen(said: str, rules: set[str], urgency: Urgency) -> None:
    seen = BOOK.seen(said)
    assert {one.rule.id for one in seen} == rules
    assert raised(None, UPSTREAM, Urgency.N, seen) is urgency


def test_a_drill_in_one_sentence_does_not_hide_a_leak_in_the_next() -> None:
    assert BOOK.seen("昨天社区搞了演练。今天闻到煤气味很重！")
    assert not BOOK.seen("昨天社区搞了煤气泄漏演练。今天路灯坏了！")


def test_danger_to_life_names_whom_to_call() -> None:
    for rule in BOOK.rules:
        if rule.sign in (Sign.LIFE, Sign.FIRE, Sign.VIOLENCE):
            assert set(rule.lines) & {"110", "119", "120", "96333"}, rule.id


def test_minors_are_marked_without_making_every_case_urgent() -> None:
    [seen] = BOOK.seen("小学生放学过马路不方便")
    assert seen.rule.sign is Sign.MINOR
    assert seen.rule.urgency is None


# stated, by whom, usual for the category, said -> the case's urgency
RAISED = [
    (None, UPSTREAM, Urgency.E1, "闻到煤气味", Urgency.E0),  # higher than usual
    (Urgency.N, UPSTREAM, Urgency.N, "闻到煤气味", Urgency.E0),  # a platform's default does not hide it
    (Urgency.N, AGENT, Urgency.N, "闻到煤气味", Urgency.N),  # who heard the caller has judged
    (None, AGENT, Urgency.N, "闻到煤气味", Urgency.E0),  # who says nothing has not
    (None, AGENT, Urgency.E0, "井盖不见了", Urgency.E0),  # never lowered
    (Urgency.C, UPSTREAM, Urgency.N, "路灯坏了", Urgency.C),
    (None, AGENT, Urgency.C, "井盖不见了", Urgency.E1),
]


@pytest.mark.parametrize(("stated", "by", "usual", "said", "becomes"), RAISED)
def test_signs_raise_and_never_lower(
    stated: Urgency | None, by: frozenset[Role], usual: Urgency, said: str, becomes: Urgency
) -> None:
    assert raised(stated, by, usual, BOOK.seen(said)) is becomes


def test_what_a_long_letter_tells_late_is_marked_and_does_not_hurry() -> None:
    told = "小区物业多年不管事，路灯坏了，垃圾没人清，业主意见很大。" * 8
    [seen] = BOOK.seen(f"{told}那天厨房闻到煤气味。")
    assert (seen.rule.id, seen.early) == ("GAS-LEAK", False)
    assert raised(None, UPSTREAM, Urgency.N, [seen]) is Urgency.N
    [seen] = BOOK.seen(f"厨房闻到煤气味。{told}")
    assert raised(None, UPSTREAM, Urgency.N, [seen]) is Urgency.E0


@pytest.mark.parametrize("written", ["", "+", "路灯+", "-暗", "路灯-", " + "])
def test_a_phrase_with_an_empty_part_is_none(written: str) -> None:
    with pytest.raises(ValueError):
        phrase(written)


def test_a_city_without_rules_sees_nothing() -> None:
    assert SignBook(()).seen("着火了") == ()
