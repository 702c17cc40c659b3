"""涉未成年人: what concerns a minor who is harmed or in need is urgent, read by few, and told at once to the organ that
guards them (《未成年人保护法》第四条、第十一条、第一百零三条); names, schools and classes do not leave the house."""

import re
from collections.abc import Sequence

from casework.rules.signs import RANK, Seen, Sign
from casework.rules.words import Role, Urgency

READERS = frozenset(
    {Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP, Role.SUPERVISION, Role.LEADER},
)
"""Of those who see an area's cases, who reads one of a minor; of units only who has it now, and the guardian organ."""

_CALLED = re.compile(
    r"((?:名叫|叫做|叫|姓名[为是:：]?|名字[是叫]?)\s{0,2})(?!我|他|她|人|警|救)[一-鿿㐀-䶿·]{2,4}?(?=[，。、；,;\s（(]|被|在|今年|，|$)"
)
_SCHOOL = re.compile(r"[一-鿿0-9]{1,12}?(小学|中学|学校|幼儿园|初中|高中|职高)")
_CLASS = re.compile(r"[一二三四五六七八九十初高\d]{1,3}(?:年级|年)?[（(]?[一二三四五六七八九十\d]{1,3}[）)]?班")


def is_minors(category_says: bool, seen: Sequence[Seen]) -> bool:
    """Whether it concerns a minor who is harmed or in need: the category says so, or the text tells of abuse or
    bullying. A text that merely mentions a child is marked by its sign, and a person decides."""
    return category_says or any(one.rule.sign is Sign.MINOR and one.rule.urgency is not None for one in seen)


def urgent(urgency: Urgency) -> Urgency:
    """At least E1."""
    return max(urgency, Urgency.E1, key=lambda one: RANK[one])


def veil(text: str) -> str:
    """The text as it may leave the house: 叫王小明 → 叫某某, 东大街小学 → 某小学, 三年级二班 → 某班. A repeat changes
    nothing."""
    veiled = _CLASS.sub("某班", _CALLED.sub(r"\1某某", text))
    return _SCHOOL.sub(r"某\1", veiled)
