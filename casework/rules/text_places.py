"""常用语的变量: the places that a standard text may have, and what is left for the writer to type.

A place that begins with 填 (填写, 填报 …) or "fill" is left to be typed over; any other must be a known one, or a
citizen would be told it in braces.
"""

import re
from enum import StrEnum

_PLACE = re.compile(r"\{([^{}]+)\}")
_TYPED = re.compile(r"\s*(?:填|fill\b)", re.IGNORECASE)


class TextPlace(StrEnum):
    """What the page fills from the case; the name stands in the text itself."""

    CASE_NO = "工单编号"
    TITLE = "标题"
    UNIT = "单位"
    DUE = "截止时间"
    ADDRESS = "地点"
    ME = "我"


def unknown_places(body: str) -> list[str]:
    """The names in braces that nobody fills, each once, in the order of the text."""
    named = dict.fromkeys(match[1] for match in _PLACE.finditer(body))
    return [name for name in named if name not in set(TextPlace) and not _TYPED.match(name)]
