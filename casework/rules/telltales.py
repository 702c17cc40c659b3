"""What of a text tells who wrote it 自我暴露: looked for in a report before anybody outside the centre reads it.

"The reporter's data and the report are never passed to the reported" [domain.md §1.8 举报保密: F:S9 art.32, S24 art.30,
S25]. Masked numbers count too: seven digits of a phone and the matter are enough for whoever knows the people. It marks
and never decides: the dispatcher takes the words out, or says that they tell nobody.
"""

import re
from dataclasses import dataclass

from casework.rules.words import Term

SHOWN = 24


class Tells(Term):
    """自我暴露类别: by what a text gives its writer away."""

    NUMBER = "NUMBER", "电话、证件或账号"
    NAME = "NAME", "姓名或称呼"
    SELF = "SELF", "自述身份"
    HOME = "HOME", "本人住址"
    WORK = "WORK", "单位或职务"


@dataclass(frozen=True, slots=True)
class Telltale:
    """What tells it, and the words of the text that do."""

    by: Tells
    words: str


_I = "(?:我们家|我们|我家|我|本人|咱们|俺)"
_PATTERNS: tuple[tuple[Tells, re.Pattern[str]], ...] = (
    (
        Tells.NUMBER,
        re.compile(r"(?<![\d*])(?=[\d*Xx+\- ]*\d)[\d*][\d* \-]{5,}[\dXx*]|\S{1,64}[@＠]\w+|\b[Qq]{2}[:： ]?\d{5,}"),
    ),
    (Tells.NUMBER, re.compile(r"(?:微信|微信号|QQ|电话|手机|身份证)(?:号码?)?[是为:：\s]{0,3}[\w*\-]{4,}")),
    (
        Tells.NAME,
        re.compile(
            r"(?:我叫|我姓|我的名字|本人姓名|举报人|反映人|投诉人|联系人|署名|落款)[是为叫:：\s]{0,3}[^\s，。；,;]{1,12}"
        ),
    ),
    (Tells.SELF, re.compile(r"(?:我是|本人是|本人系|我系|我们是|作为一名|作为(?!一个市)|身为)[^，。；,;\n]{1,20}")),
    (
        Tells.HOME,
        re.compile(
            rf"(?:家住|{_I}(?:家)?(?:就)?(?:住|租住|居住)|住址|家庭地址|我家(?:在|门|楼|的)|{_I}(?:小区|楼|单元|院子|村|组))[^，。；,;\n]{{0,20}}"
        ),
    ),
    (
        Tells.WORK,
        re.compile(
            rf"(?:{_I}(?:的)?(?:单位|公司|厂|厂里|学校|科室|部门|班组|局里|同事|领导|老板)|{_I}在[^，。；,;\n]{{1,16}}(?:工作|上班|任职|就职|打工|实习|当|做)|(?:担任|任职)[^，。；,;\n]{{1,16}})"
        ),
    ),
)


def telltales(text: str, *, name: str | None = None) -> tuple[Telltale, ...]:
    """What tells who wrote it, in the order of the text, each stretch once. `name`: the writer's, where it is known;
    its surname with a form of address tells as much."""
    found: list[tuple[int, Telltale]] = []
    for by, pattern in (*_PATTERNS, *_named(name)):
        for match in pattern.finditer(text):
            found.append((match.start(), Telltale(by, match[0].strip()[:SHOWN])))
    return tuple(dict.fromkeys(one for _, one in sorted(found, key=lambda each: each[0])))


def _named(name: str | None) -> tuple[tuple[Tells, re.Pattern[str]], ...]:
    plain = (name or "").strip()
    if len(plain) < 2:
        return ()
    called = rf"{re.escape(plain)}|{re.escape(plain[0])}(?:\*+|某+|先生|女士|老师|师傅|工)"
    return ((Tells.NAME, re.compile(called)),)
