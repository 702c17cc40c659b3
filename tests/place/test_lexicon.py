"""The lexicon names the matter of a text that nobody has labelled, and says by which words."""

import pytest

from casework.catalog.load import Catalog, load
from casework.place.lexicon import Entry, Lexicon
from casework.place.suggester import LEXICON, Suggester
from casework.rules.phrases import phrase


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


@pytest.fixture(scope="module")
def suggester(catalog: Catalog) -> Suggester:
    offered = [code for code, one in catalog.categories.items() if one.parent]
    return Suggester(Lexicon(Entry(*one) for one in catalog.classifying.lexicon), offered, {})


# what somebody says -> the category, and a word that decided
SAID = [
    ("小区门口的路灯坏了半个月，晚上一片漆黑。", "0204", "路灯"),
    ("人行道上的污水井盖不见了，很危险。", "0203", "井盖"),
    ("工地凌晨还在打桩，噪音太大睡不着，夜间施工没人管。", "0111", "夜间施工"),
    ("老板拖欠农民工工资三个月，劳动监察大队也没有结果。", "1001", "工资"),
    ("楼上邻居天天跺脚，邻里纠纷多次调解无效。", "2001", "邻里纠纷"),
    ("幼儿园学费又涨了，普惠幼儿园为什么收这么多。", "1206", "幼儿园"),
    ("网约车司机绕路多收钱，滴滴平台不理。", "0704", "滴滴"),
    ("健身房倒闭，私教课的钱退不了，健身卡还有一年。", "1208", "健身"),
    ("家里停水两天了，自来水公司电话打不通。", "0301", "停水"),
    ("在外省异地就医，异地备案办不下来。", "1108", "异地就医"),
    ("村支书私分征地款，村务公开从来没有。", "1707", "村务公开"),
    ("经常被家暴，我不敢回家。", "2104", "家暴"),
]


@pytest.mark.parametrize(("text", "code", "word"), SAID)
def test_a_plain_sentence_is_placed(suggester: Suggester, text: str, code: str, word: str) -> None:
    found = suggester.suggest("", text)
    assert found.source == LEXICON
    assert not found.calibrated
    first = found.best[0]
    assert first.code == code
    assert any(word in one or one in word for one in first.words)
    assert 0 < first.confidence < 1


@pytest.mark.parametrize("text", ["", "。", "你好", "12345", "😀", "hello", "\x00", "   \n\n"])
def test_a_text_that_says_nothing_gets_no_suggestion(suggester: Suggester, text: str) -> None:
    assert suggester.suggest("", text).best == ()


def test_no_more_than_two_are_suggested_surest_first(suggester: Suggester) -> None:
    found = suggester.suggest("", "路灯不亮、井盖丢失、垃圾成堆、污水横流，夜市烧烤油烟扰民。").best
    assert len(found) == 2
    assert found[0].confidence >= found[1].confidence


def test_more_words_for_a_matter_make_it_surer(suggester: Suggester) -> None:
    once = suggester.suggest("", "路灯。").best[0]
    often = suggester.suggest("路灯不亮", "路灯损坏，没有路灯，晚上一片漆黑。").best[0]
    assert once.code == often.code == "0204"
    assert often.confidence > once.confidence


def test_the_title_counts_more_than_what_comes_late(suggester: Suggester) -> None:
    text = "情况说明。" * 60
    assert suggester.suggest("公交线路调整", f"{text}小区物业管理混乱。").best[0].code == "0701"
    assert suggester.suggest("小区物业管理混乱", f"{text}公交线路调整。").best[0].code == "0102"


def test_both_parts_of_a_phrase_must_stand_in_one_sentence() -> None:
    words = Lexicon([Entry("0204", 3, phrase("路灯+亮"))])
    assert words.weigh("", "路灯怎么总是不亮").points
    assert not words.weigh("", "路灯旁边有人。天亮才散").points


def test_a_barred_word_in_the_sentence_takes_the_word_away() -> None:
    words = Lexicon([Entry("0204", 3, phrase("路灯-公交"))])
    assert words.weigh("", "路灯坏了").points
    assert not words.weigh("", "公交站的路灯坏了").points
    assert words.weigh("", "公交来了。路灯坏了").points


def test_a_part_of_a_longer_word_counts_once() -> None:
    both = Lexicon([Entry("0204", 3, phrase("路灯")), Entry("0204", 3, phrase("路灯不亮"))])
    one = Lexicon([Entry("0204", 3, phrase("路灯不亮"))])
    assert both.weigh("", "路灯不亮").points == one.weigh("", "路灯不亮").points


def test_full_width_letters_and_spaces_make_no_difference(suggester: Suggester) -> None:
    assert suggester.suggest("", "ＥＴＣ 收费 站").best == suggester.suggest("", "etc收费站").best


def test_a_retired_category_is_not_suggested_its_replacement_is(catalog: Catalog) -> None:
    words = Lexicon(Entry(*one) for one in catalog.classifying.lexicon)
    offered = [code for code, one in catalog.categories.items() if one.parent and code != "0204"]
    assert all(one.code != "0204" for one in Suggester(words, offered, {}).suggest("", "路灯不亮").best)
    assert Suggester(words, offered, {"0204": "0201"}).suggest("", "路灯不亮").best[0].code == "0201"


def test_every_category_has_words_of_its_own(catalog: Catalog) -> None:
    strong = {code for code, weight, _ in catalog.classifying.lexicon if weight == 3}
    assert {code for code, one in catalog.categories.items() if one.parent} - strong == {"2405"}  # 其他 names nothing
