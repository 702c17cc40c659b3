"""What cells tell: times as people write them, numbers that a spreadsheet has bent, heads that name columns."""

import pytest

from services.intake.importing.heads import column_names, fields, guess, head_row
from services.intake.importing.told import told_digits, told_time

TIMES = [
    # a cell says                       it is (Asia/Shanghai where no zone is named)
    ("2026-11-02T08:05:00+08:00", "2026-11-02T08:05:00+08:00"),
    ("2026-11-02 08:05:00", "2026-11-02T08:05:00"),
    ("2026/11/2 8:05", "2026-11-02T08:05:00"),
    ("2026/11/2", "2026-11-02T00:00:00"),
    ("2026.11.2 8:05", "2026-11-02T08:05:00"),
    ("２０２６／１１／２　８：０５", "2026-11-02T08:05:00"),
    ("2026年11月2日", "2026-11-02T00:00:00"),
    ("2026年11月2日 8时5分", "2026-11-02T08:05:00"),
    ("2026年11月2日 星期一 下午3:04", "2026-11-02T15:04:00"),
    ("2026年11月2日 上午12:30", "2026-11-02T00:30:00"),
    ("2026-11-02T00:05:00.000Z", "2026-11-02T00:05:00Z"),
    ("20261102", "2026-11-02T00:00:00"),
    ("20261102080500", "2026-11-02T08:05:00"),
    ("46328", "2026-11-02T00:00:00"),  # a spreadsheet's day number
    ("46328.5", "2026-11-02T12:00:00"),
    ("1793577900", "2026-11-02T08:05:00+08:00"),  # seconds since 1970
    ("1793577900000", "2026-11-02T08:05:00+08:00"),
    ("11/13/2026 3:04 PM", "2026-11-13T15:04:00"),
    ("13/11/2026", "2026-11-13T00:00:00"),
    ("11/2/2026", "11/2/2026"),  # the 2nd of November or the 11th of February: not guessed
    ("2026-13-01", "2026-13-01"),
    ("2026-11-31", "2026-11-31"),
    ("2026/11/2 25:00", "2026/11/2 25:00"),
    ("昨天下午", "昨天下午"),
    ("3", "3"),
]


@pytest.mark.parametrize(("said", "told"), TIMES)
def test_times_are_read_in_the_forms_people_write(said: str, told: str) -> None:
    assert told_time(said) == told


NUMBERS = [
    # a cell says             its digits are
    ("13812345678", "13812345678"),
    ("13812345678.0", "13812345678"),
    ("1.3812345678E10", "13812345678"),
    ("1.3812345678E+10", "13812345678"),
    ("'13812345678", "13812345678"),
    ("1.38E+10", None),  # digits are lost for good
    ("5.10104199001011E+17", None),
    ("028-85551234", "028-85551234"),
    ("A-17", "A-17"),
    ("0102", "0102"),
]


@pytest.mark.parametrize(("said", "digits"), NUMBERS)
def test_numbers_are_straightened_or_known_to_be_lost(said: str, digits: str | None) -> None:
    assert told_digits(said) == digits


def test_columns_are_known_by_their_heads_in_both_languages() -> None:
    chinese = guess(["工单编号", "诉求标题", "诉求 内容*", "联系电话：", "来电时间", "备注"], {})
    english = guess(["Case ID", "Subject", "description", "Phone Number", "Created_At", "Note"], {})
    wanted = ["upstream_no", "title", "text", "phone", "occurred_at"]
    assert [*chinese.values()] == [*english.values()] == wanted


def test_no_field_is_taken_by_two_columns() -> None:
    assert guess(["电话", "手机", "标题"], {}) == {"电话": "phone", "标题": "title"}


def test_what_was_said_of_a_column_before_wins() -> None:
    kept = {"手机": "phone", "电话": None, "备注": "text"}
    assert guess(["电话", "手机", "标题", "备注"], kept) == {"手机": "phone", "备注": "text", "标题": "title"}


HEADS = [
    # rows at the top                                                          the head is row (from 0)
    ([["标题", "内容"], ["路灯", "坏了"]], 0),
    ([["十一月工单"], ["制表：张三", "2026"], ["标题", "内容"], ["路灯", "坏了"]], 2),
    ([["标题", "联系人", "联系人"], ["标题", "姓名", "电话"], ["路灯", "张三", "138"]], 1),
    ([["路灯", "坏了"], ["井盖", "破了"]], -1),
]


@pytest.mark.parametrize(("rows", "head"), HEADS)
def test_the_head_is_the_row_that_names_most_columns(rows: list[list[str]], head: int) -> None:
    assert head_row(rows, {}) == head


def test_columns_without_a_head_have_letters_and_repeated_heads_a_number() -> None:
    assert column_names(["", "电话", "电话", ""]) == ["A", "电话", "电话 (2)", "D"]


def test_every_field_is_called_in_both_languages_and_no_head_means_two() -> None:
    heads = [head for field in fields().values() for head in field.heads]
    assert len(heads) == len(set(heads))
    assert all(field.zh and field.en for field in fields().values())
