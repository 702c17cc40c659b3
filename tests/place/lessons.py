"""Labelled texts for the tests, made up here: three matters, each said in thirty ways."""

from casework.place.model import Class
from casework.place.training import Lesson

_WHERE = ["锦江区大慈寺路", "青羊区草堂街", "武侯区桂溪路", "高新区天府大道", "成华区建设路", "金牛区沙湾路"]
_SAID = {
    "0204": ["路灯不亮", "路灯坏了没人修", "晚上没有路灯一片漆黑", "新装的路灯又灭了", "路灯闪个不停"],
    "0401": ["垃圾堆了几天没人清", "暴露垃圾又脏又臭", "路边垃圾成堆", "环卫没有清运垃圾", "垃圾桶满了外溢"],
    "1001": ["老板拖欠工资", "农民工工资三个月没发", "公司欠薪不给结清", "讨要工资被推脱", "工地不发工资"],
}
_MORE = ["，请尽快处理。", "，多次反映无果。", "，居民意见很大。", "，希望有人管。"]
CLASSES = [Class(code, (code,)) for code in _SAID]


def lessons() -> list[Lesson]:
    """All of them, in a fixed order; the lexicon says nothing."""
    nothing = [0.0] * len(CLASSES)
    said = [(code, where, words) for code, ways in _SAID.items() for where in _WHERE for words in ways]
    return [
        Lesson("", f"{where}{words}{_MORE[at % len(_MORE)]}", code, nothing)
        for at, (code, where, words) in enumerate(said)
    ]
