"""Every wrong line of a catalogue is named by file, line and field, all in one run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from casework.catalog.load import load
from casework.catalog.problems import CatalogError
from casework.catalog.sources import SHIPPED

Changed = Callable[[str, str, str], Path]
LAST = {
    name: len((SHIPPED / name).read_text(encoding="utf-8").splitlines()) + 1
    for name in ("areas.csv", "categories.csv", "departments.csv", "dispatch.csv", "zones.csv")
}
"""The number of the line that comes after the shipped file's last one."""
COLUMNS = (SHIPPED / "dispatch.csv").read_text(encoding="utf-8").splitlines()[3].split(",")
RIGHT = {"priority": "800", "id": "NEW", "category": "0101", "area": "510104", "department": "CG", "level": "COUNTY"}


def problems(folder: Path) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        load(folder)
    return caught.value.problems


def dispatch_line(**cells: str) -> str:
    return ",".join((RIGHT | cells).get(column, "") for column in COLUMNS) + "\n"


@pytest.mark.parametrize(
    ("cells", "field", "says"),
    [
        ({"department": "XX"}, "department", "department XX is not in departments.csv"),
        ({"co_departments": "CG|YY"}, "co_departments", "department YY is not in departments.csv"),
        ({"category": "9901"}, "category", "category 9901 is not in categories.csv"),
        ({"area": "510199"}, "area", "area 510199 is in neither areas.csv nor zones.csv"),
        ({"place_type": "MOON"}, "place_type", "place type MOON is not in place_types.csv"),
        ({"kind": "WISH"}, "kind", "WISH is not allowed; it may be 'CONSULT', "),
        ({"urgency": "E9"}, "urgency", "E9 is not allowed; it may be 'E0', 'E1', 'N' or 'C'"),
        ({"level": "HEAVEN"}, "level", "HEAVEN is not allowed"),
        ({"priority": "first"}, "priority", "first is not a whole number"),
        ({"priority": ""}, "priority", "must be filled in"),
        ({"department": ""}, "department", "must be filled in"),
        ({"id": "no spaces"}, "id", "no spaces does not have the form"),
        ({"id": "BASE-0101"}, "id", "BASE-0101 stands in line "),
        ({"valid_from": "2026-13-01"}, "valid_from", "2026-13-01 is not a day such as 2026-01-31"),
        ({"valid_from": "2026-06-01", "valid_to": "2026-05-31"}, "valid_to", "2026-05-31 lies before valid_from"),
        ({"priority": "950"}, "id", "never reached: rule BASE-0101 in line "),
    ],
)
def test_a_wrong_dispatch_rule_is_named_by_line_and_field(
    city: Changed, cells: dict[str, str], field: str, says: str
) -> None:
    found = problems(city("dispatch.csv", "", dispatch_line(**cells)))
    assert len(found) == 1
    assert found[0].startswith(f"dispatch.csv:{LAST['dispatch.csv']}: {field}: ")
    assert says in found[0]


@pytest.mark.parametrize(
    ("file", "line", "field", "says"),
    [
        ("categories.csv", "0199,99,新类,ZJ,,COUNTY,N,,,,,,,,,,,\n", "parent", "category 99 is not in categories.csv"),
        ("categories.csv", "0299,01,新类,ZJ,,COUNTY,N,,,,,,,,,,,\n", "code", "must begin with its parent 01"),
        ("categories.csv", "0101,01,又一个,ZJ,,COUNTY,N,,,,,,,,,,,\n", "code", "0101 stands in line 6 already"),
        ("categories.csv", "0199,01,新类,,,COUNTY,N,,,,,,,,,,,\n", "lead", "a second-level category must have this"),
        ("categories.csv", "0199,01,新类,ZJ,,,N,,,,,,,,,,,\n", "level", "a second-level category must have this"),
        ("categories.csv", "0199,01,新类,ZJ|QQ,,COUNTY,N,,,,,,,,,,,\n", "lead", "department QQ is not in"),
        ("categories.csv", "0199,01,新类,ZJ,QQ,COUNTY,N,,,,,,,,,,,\n", "co_units", "department QQ is not in"),
        ("categories.csv", "0199,01,新类,ZJ,,COUNTY,N,,,,,999,,,,,,\n", "emergency_line", "emergency line 999 is not"),
        ("categories.csv", "0199,01,新类,ZJ,,COUNTY,N,,,,,,NA99,,,,,\n", "guide", "guidance reason NA99 is not"),
        ("categories.csv", "0199,01,新类,ZJ,,COUNTY,N,,maybe,,,,,,,,,\n", "confidential", "maybe is neither yes"),
        ("categories.csv", "0199,01,新类,ZJ,,COUNTY,N,,,,,,,sixty,,,,\n", "limit", "sixty does not have the form"),
        ("categories.csv", "0199,01,新类,ZJ,,COUNTY,N,,,,,,,60wd,COMPLAINT,,,\n", "limit", "needs its legal basis"),
        ("categories.csv", "101,01,新类,ZJ,,COUNTY,N,,,,,,,,,,,\n", "code", "101 does not have the form"),
        ("departments.csv", "ZJ,又一个,GOVERNMENT,\n", "code", "ZJ stands in line 4 already"),
        ("departments.csv", "NEW,新部门,PRIVATE,\n", "kind", "PRIVATE is not allowed"),
        ("departments.csv", "NEW,,GOVERNMENT,\n", "name", "must be filled in"),
        ("zones.csv", "5101Z1,高新,510107001\n", "name", "zone 5101Z1 has two names"),
        ("zones.csv", "5101Z3,东部新区,510107061\n", "member", "510107061 belongs to zone 5101Z1 already"),
        ("zones.csv", "5101Z3,东部新区,510107061001\n", "member", "510107061001 belongs to zone 5101Z1 already"),
        ("zones.csv", "5101Z3,东部新区,510302001\n", "member", "member 510302001 is no street or community of this"),
        ("zones.csv", "5101Z3,东部新区,510199001\n", "member", "member 510199001 is no street or community of this"),
        ("zones.csv", "510199,东部新区,510107001\n", "code", "510199 does not have the form"),
        ("areas.csv", "5101040,某区,COUNTY\n", "code", "code 5101040 must have 2, 4, 6, 9 or 12 digits"),
        ("areas.csv", "５１０１９９,某区,COUNTY\n", "code", "must have 2, 4, 6, 9 or 12 digits"),
        ("areas.csv", "510199,某区,STREET\n", "level", "by its length, code 510199 is a COUNTY"),
        ("areas.csv", "510199,,COUNTY\n", "name", "510199 has no name"),
        ("areas.csv", "510104,某区,COUNTY\n", "code", "510104 stands in line "),
        ("areas.csv", "519904,某区,COUNTY\n", "code", "5199, the parent of 519904, is not in areas.csv"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(city: Changed, file: str, line: str, field: str, says: str) -> None:
    found = problems(city(file, "", line))
    assert len(found) == 1
    assert found[0].startswith(f"{file}:{LAST[file]}: {field}: ")
    assert says in found[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("dispatch.csv", "priority,id", "prio,id", "dispatch.csv:1: prio: 没有这一列"),
        ("dispatch.csv", "priority,id", "prio,id", "dispatch.csv:1: priority: 缺少此列"),
        ("dispatch.csv", "100,KIND-PRAISE,", "100,KIND-PRAISE,,", "15 cells wanted, 16 found"),
        ("areas.csv", "code,name,level", "code,name", "areas.csv:1: code,name: 没有这一列"),
        ("areas.csv", "510104,锦江区,COUNTY", "510104,锦江区", "3 cells wanted, 2 found"),
        ("departments.csv", "JZ,街道", "JX2,街道", "departments.csv:65: code: “JX2”格式不对"),
        ("catalog.toml", 'version = "2026.1"', "", "catalog.toml:1: version: 必须填写"),
        ("catalog.toml", 'version = "2026.1"', "version = 2026-", "catalog.toml: TOML 格式有误"),
        ("reasons.toml", "[guidance.NA01]", "[guidence.NA01]", "guidence: 没有这一项"),
        ("reasons.toml", 'en = "Passed to an emergency line"', "", "reasons.toml:4: guidance.NA01.en: 必须填写"),
        ("reasons.toml", "told_en = \"By law", "note = \"By law", "reasons.toml:14: guidance.NA02.note: 没有这一项"),
        ("reasons.toml", "second_person = true", 'second_person = "perhaps"', "closure.UNREASONABLE.second_person"),
        ("documents.toml", "{facts}", "{truth}", "{truth}: 没有这一项"),
        ("mediation.toml", "[track.PEOPLE]", "[track.FRIENDS]", "track.FRIENDS: 没有这一项"),
        ("mediation.toml", "[track.PEOPLE]", "[track.FRIENDS]", "track.PEOPLE: 必须填写"),
        ("mediation.toml", "[limit.CONFIRM]", "[limit.PERFORM]", "limit.CONFIRM: 必须填写"),
        ("mediation.toml", "[limit.CONFIRM]", "[limit.PERFORM]", "limit.PERFORM: 没有这一项"),
        ("trace.toml", "[MORE]", "[FEWER]", "trace.toml: 缺少“MORE”的语句"),
        ("trace.toml", "[MORE]", "[FEWER]", "FEWER: 没有这一项"),
        ("trace.toml", "还有 {count} 条", "还有 {number} 条", "MORE.zh: 语句不能使用 number"),
        ("trace.toml", "还有 {count} 条", "还有 {count 条", "MORE.zh: 语句不能使用"),
        ("trace.toml", "还有 {count} 条", "还有 {count:d} 条", "MORE.zh: 语句不能使用 count"),
    ],
)  # fmt: skip
def test_a_changed_line_is_named(city: Changed, file: str, old: str, new: str, says: str) -> None:
    assert any(says in problem for problem in problems(city(file, old, new)))


def test_a_reason_without_words_for_the_citizen_is_named(city: Changed) -> None:
    line = '\n[closure.SILENT]\nzh = "无话"\nen = "Silent"\n'
    found = problems(city("reasons.toml", "", line))
    assert len(found) == 1
    assert "closure.SILENT: 引导和办结理由必须有告知诉求人的话" in found[0]


def test_a_city_without_street_departments_is_told_which_it_needs(city: Changed) -> None:
    found = problems(city("departments.csv", "\nSQ,", "\nSQX,"))
    assert "departments.csv: code: 缺少部门 SQ，软件按此代码查找" in found[0]


def test_all_wrong_lines_of_all_files_come_at_once(city: Changed) -> None:
    city("dispatch.csv", "", dispatch_line(department="XX", area="510199") + dispatch_line(id="N2", level="SKY"))
    folder = city("zones.csv", "", "5101Z3,东部新区,510107061\n")
    (folder / "limits.csv").write_text("clock\n", encoding="utf-8")
    found = problems(folder)
    assert [problem.split(":")[0] for problem in found[:4]] == [
        "zones.csv",
        "dispatch.csv",
        "dispatch.csv",
        "dispatch.csv",
    ]
    assert "limits.csv" in {problem.split(":")[0] for problem in found[4:]}


def test_each_message_is_said_in_chinese_and_english(city: Changed) -> None:
    [problem] = problems(city("dispatch.csv", "", dispatch_line(department="XX")))
    assert problem.endswith("部门“XX”不在 departments.csv 中 · department XX is not in departments.csv")


def test_a_file_from_an_old_spreadsheet_is_named_not_guessed_at(tmp_path: Path) -> None:
    (tmp_path / "departments.csv").write_bytes("code,name,kind\nZJ,住建局,GOVERNMENT\n".encode("gbk"))
    assert any(p.startswith("departments.csv: 文件不是 UTF-8 编码") for p in problems(tmp_path))


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "place_types.csv").write_text("# nothing\n", encoding="utf-8")
    assert problems(tmp_path) == ["place_types.csv: 文件没有表头 · the file has no header line"]


def test_a_misspelt_file_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "dispach.csv").write_text("", encoding="utf-8")
    [problem] = problems(tmp_path)
    assert problem.startswith("dispach.csv: 不是目录文件")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    [problem] = problems(tmp_path / "nowhere")
    assert "文件不存在" in problem


def test_comments_and_blank_lines_keep_the_line_numbers(city: Changed) -> None:
    found = problems(city("dispatch.csv", "", "\n# 试点\n" + dispatch_line(department="XX")))
    assert found[0].startswith(f"dispatch.csv:{LAST['dispatch.csv'] + 2}: department: ")


def test_a_retired_category_may_keep_its_rules(city: Changed) -> None:
    line = "0113,01,住房公积金,GJJ,,CITY,N,,,,,,,,,,,"
    folder = city("categories.csv", line, line[:-1] + "yes,")
    assert load(folder).categories["0113"].retired
