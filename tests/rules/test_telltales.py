"""What of a report tells who wrote it, sentence by sentence."""

import pytest

from casework.rules.guarding import is_guarded
from casework.rules.telltales import Tells, telltales
from casework.rules.words import Kind

TELLS = [
    ("联系我138****5678", Tells.NUMBER),  # masked digits still narrow it down
    ("我的电话 13812345678", Tells.NUMBER),
    ("微信号：zhang_san88", Tells.NUMBER),
    ("身份证 5101**********1234", Tells.NUMBER),
    ("邮箱 z***@example.com", Tells.NUMBER),
    ("我叫李四，要举报", Tells.NAME),
    ("举报人：王某某", Tells.NAME),
    ("我是该店的前厨师", Tells.SELF),
    ("本人系二号楼业主", Tells.SELF),
    ("作为一名家长，看不下去", Tells.SELF),
    ("家住三单元五楼", Tells.HOME),
    ("我家楼下的作坊每天排污", Tells.HOME),
    ("我们小区只有两户投诉过", Tells.HOME),
    ("我们公司财务造假", Tells.WORK),
    ("我在该局工作了八年", Tells.WORK),
    ("曾担任出纳", Tells.WORK),
]
TELLS_NOBODY = [
    "一家餐馆后厨污水横流，食材放在地上，请检查。",
    "工地夜间两点仍在打桩，门口没有许可公示。",
    "水井坊社区12号楼一楼有人敲承重墙。",
    "2026年3月5日起连续15天偷排，共约300吨。",
    "该公司员工三十余人没有安全帽。",
]


@pytest.mark.parametrize(("text", "by"), TELLS, ids=[text for text, _ in TELLS])
def test_words_that_tell_who_wrote_them_are_found(text: str, by: Tells) -> None:
    assert by in {found.by for found in telltales(text)}


@pytest.mark.parametrize("text", TELLS_NOBODY)
def test_a_matter_told_without_its_writer_is_not_marked(text: str) -> None:
    assert telltales(text) == ()


def test_the_writers_own_name_is_found_however_it_is_masked() -> None:
    for said in ("张三丰可以作证", "张*可以作证", "问问张师傅就知道"):
        assert [found.by for found in telltales(said, name="张三丰")] == [Tells.NAME]
    assert telltales("张某某以外的人", name="李四") == ()


@pytest.mark.parametrize(
    ("kind", "confidential", "guarded"),
    [(Kind.REPORT, False, True), (Kind.COMPLAINT, True, True), (Kind.COMPLAINT, False, False), (None, False, False)],
)
def test_a_report_is_guarded_by_its_kind_or_its_category(kind: Kind | None, confidential: bool, guarded: bool) -> None:
    assert is_guarded(kind, confidential) is guarded
