"""通知文案: what a city's own text may name, what it must keep, and how many parts it has as a text message."""

import pytest

from casework.rules.wordings import faults, parts_of, places_of

ACCEPTED = "【12345】您的诉求已受理，编号 {request_no}，查询码 {code}：{track} 。"
BREACH = "工单 {case_no} 的{clock}已超期（应于 {due} 前完成）。"
SIGNED = "【12345】{unit}已签收（{request_no}）：{track}"


@pytest.mark.parametrize(
    ("shipped", "body", "citizen", "found"),
    [
        (ACCEPTED, ACCEPTED, True, []),
        (ACCEPTED, "【成都12345】{request_no}已受理，{code}，{track}", True, []),  # other words, the same facts
        (ACCEPTED, "【12345】{unit}：{request_no}，{code}，{track}", True, []),  # every citizen's notice has its unit
        (ACCEPTED, "【12345】{request_no}，{code}", True, ["missing_place {track}"]),  # the link is what it is for
        (ACCEPTED, "【12345】{case_no} {request_no} {code} {track}", True, ["unknown_place {case_no}"]),
        (ACCEPTED, "【12345】{request_no} {code} {track} {x.y} {0}", True, ["unknown_place {x.y} {0}"]),
        (ACCEPTED, "【12345】{request_no} {code} {track} {", True, ["stray_brace"]),
        (ACCEPTED, "【12345】{request_no} {code!r} {code} {track}", True, ["unknown_place {code!r}"]),
        (ACCEPTED, "{request_no} {code} {track}", True, ["no_signature"]),  # a gateway wants the sender's name
        (ACCEPTED, "【12345】{request_no}\n{code} {track}", True, ["one_line"]),
        (BREACH, "超期：{case_no} {clock} {due} {unit}", False, []),
        (BREACH, "超期：{case_no} {clock}", False, ["missing_place {due}"]),
        (BREACH, "超期：{case_no} {clock} {due} {code}", False, ["unknown_place {code}"]),  # staff get no code
        (SIGNED, "【12345】已签收（{request_no}）：{track}", True, []),  # who has it may go unsaid
    ],
)
def test_what_is_wrong_with_a_text_is_named(shipped: str, body: str, citizen: bool, found: list[str]) -> None:
    told = faults(shipped, body, citizen)
    assert [f"{one.code} {one.params['names']}" if one.params else one.code for one in told] == found


def test_a_notice_about_no_case_names_no_case() -> None:
    assert places_of("{title}已发布（编号 {item}）。", citizen=False) == ["title", "item"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [("字" * 70, 1), ("字" * 71, 2), ("字" * 134, 2), ("字" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("", 1)],
)
def test_a_text_message_of_more_than_70_characters_has_parts_of_67(text: str, parts: int) -> None:
    assert parts_of(text) == parts
