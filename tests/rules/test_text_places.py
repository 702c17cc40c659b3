"""常用语的变量: what the desk fills passes, what the writer types passes, anything else is named."""

import pytest

from casework.rules.text_places import unknown_places


@pytest.mark.parametrize(
    ("body", "unknown"),
    [
        ("请尽快办理。", []),
        ("请于{截止时间}前办结{工单编号}。", []),  # the desk fills both
        ("已于{填写日期}修复，{填报人}。", []),  # left to be typed
        ("{fill in: papers}", []),
        ("{ 填写材料 }", []),
        ("{工单号}请{单位}办理", ["工单号"]),  # nearly, and so not filled
        ("{日期}、{材料}、{日期}", ["日期", "材料"]),  # each once
        ("{filler}", ["filler"]),
        ("{}、}{", []),  # no place at all
    ],
)
def test_a_place_that_nobody_fills_is_named(body: str, unknown: list[str]) -> None:
    assert unknown_places(body) == unknown
