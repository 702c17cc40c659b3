"""Names of areas as people write them 地名的写法: with their suffix, without, with that of another time.

水井坊社区居民委员会 is said as 水井坊社区, 水井坊居委会 or 水井坊; 华阳街道 was 华阳镇 until it became a street.
"""

import re
from collections.abc import Iterator, Mapping
from enum import IntEnum

from casework.catalog.areas import Area, AreaLevel, short_name


class Form(IntEnum):
    """写法: how much a name in a text says, from the surest to the least sure."""

    FULL = 0
    """全称: with its own suffix, or another name by which the area is known."""
    OTHER = 1
    """异后缀: with a suffix that it had once or that people mistake for its own."""
    NEAR = 2
    """近似: one character is wrong, missing or too many."""
    BARE = 3
    """无后缀: the stem alone."""


_PEOPLES = "藏族羌族彝族苗族回族土家族傈僳族蒙古族满族纳西族布依族白族傣族壮族侗族"
_OF_PEOPLES = re.compile(
    "(?:" + "|".join(sorted(set(re.findall("[^族]+族", _PEOPLES)), key=len, reverse=True)) + ")+(?=自治州$|自治县$|乡$)"
)
_SUFFIX = {
    AreaLevel.PROVINCE: re.compile("省$"),
    AreaLevel.CITY: re.compile("(?:自治州|州|市)$"),
    AreaLevel.COUNTY: re.compile("(?:自治县|县|区|市)$"),
    AreaLevel.STREET: re.compile("(?:街道办事处|街道|民族乡|镇|乡)$"),
    AreaLevel.COMMUNITY: re.compile("(?:社区|村|居民委员会|居委会|管理区)$"),
    AreaLevel.ZONE: re.compile("$"),
}
_OWN: Mapping[AreaLevel, Mapping[str, tuple[str, ...]]] = {
    AreaLevel.CITY: {"自治州": ("州",)},
    AreaLevel.COUNTY: {"自治县": ("县",)},
    AreaLevel.STREET: {"街道": ("街道", "街道办", "街办"), "民族乡": ("乡",)},
    AreaLevel.COMMUNITY: {
        "社区": ("社区", "居委会"),
        "村": ("村", "村委会"),
        "居民委员会": ("居委会", "社区"),
        "居委会": ("居委会", "社区"),
    },
}
_OTHERS: Mapping[AreaLevel, tuple[str, ...]] = {
    AreaLevel.COUNTY: ("县", "区", "市"),
    AreaLevel.STREET: ("街道", "镇", "乡"),
    AreaLevel.COMMUNITY: ("社区", "村"),
}
MARKS = {
    AreaLevel.CITY: ("市", "州"),
    AreaLevel.COUNTY: ("区", "县", "市"),
    AreaLevel.STREET: ("街道", "镇", "乡", "街办"),
    AreaLevel.COMMUNITY: ("社区", "村", "居委会"),
}
"""后缀: which level a suffix in a text may speak of."""


def stem_of(area: Area) -> str:
    """The name without its suffix and without the peoples in it: 北川羌族自治县 -> 北川, 湾丘彝族乡 -> 湾丘."""
    name = short_name(area.name) if area.level == AreaLevel.COMMUNITY else area.name
    return _SUFFIX[area.level].sub("", _OF_PEOPLES.sub("", name))


def forms_of(area: Area) -> Iterator[tuple[str, Form]]:
    """Every way to write it, each once, the surest first. A stem of one character is never used alone."""
    seen: set[str] = set()
    for name, form in _written(area):
        if len(name) > 1 and name not in seen:
            seen.add(name)
            yield name, form


def _written(area: Area) -> Iterator[tuple[str, Form]]:
    name = short_name(area.name) if area.level == AreaLevel.COMMUNITY else area.name
    stem = stem_of(area)
    yield name, Form.FULL
    own = next((own for suffix, own in _OWN.get(area.level, {}).items() if name.endswith(suffix)), ())
    if area.level == AreaLevel.STREET and not own and name.endswith("族乡"):
        own = ("乡",)
    for suffix in own:
        yield stem + suffix, Form.FULL
    if name.endswith("街街道"):
        yield stem + "道", Form.FULL
    if len(stem) > 1:
        for suffix in _OTHERS.get(area.level, ()):
            yield stem + suffix, Form.OTHER
    yield stem, Form.BARE
