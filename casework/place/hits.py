"""Names found in a text 地名命中: where they stand, which areas they may mean, and how much each says.

`weight` is in natural-logarithm units: how many times likelier the words are where the area is meant than by chance.
The figures are judgements, kept in one table here; what they amount to is measured (bench/place.py).
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extract

from casework.catalog.areas import AreaLevel
from casework.place.alike import alike
from casework.place.gazetteer import Gazetteer, Named
from casework.place.names import MARKS, Form

BETWEEN = " ,，、。.;；:：()（）[]【】·-—的之"
"""Characters that part two names without parting what they mean."""
_BEFORE = frozenset(BETWEEN + "在住到于是从和与及去至由对往省市区县州镇乡道村社办会旗0123456789号我家")
_NO_END = frozenset("路街巷弄道桥站城苑园府寺山河湖江沟湾口场坊厂院校店楼庄铺关门塔宫庙岛")
_BUILDING = re.compile(
    "博物|医院|大学|学院|学校|小学|中学|幼儿|广场|公园|车站|公交|地铁|火车|客运|机场|花园|小区|大厦|商场|商城|市场|超市|酒店|"
    "宾馆|银行|国际|中心|体育|图书|派出|公司|集团|工业|科技|产业|景区|景点|服务区|高速|收费|立交|水库|电站|农贸"
)
_ROADLIKE = re.compile("[路街巷]$")
_MERGED_STREET = re.compile("街道|街办|[镇乡](?!村)")
_MARK = re.compile("街道|街办|社区|居委会|[镇乡村区县市州]")
_FULL = {
    AreaLevel.PROVINCE: 3.0,
    AreaLevel.CITY: 9.0,
    AreaLevel.ZONE: 8.0,
    AreaLevel.COUNTY: 9.0,
    AreaLevel.STREET: 5.5,
    AreaLevel.COMMUNITY: 4.5,
}
_BARE = {
    AreaLevel.PROVINCE: 2.0,
    AreaLevel.CITY: 5.0,
    AreaLevel.ZONE: 2.0,
    AreaLevel.COUNTY: 2.0,
    AreaLevel.STREET: 1.5,
    AreaLevel.COMMUNITY: 1.0,
}
_NEAR = {AreaLevel.CITY: 1.0, AreaLevel.COUNTY: 1.0, AreaLevel.STREET: 0.3, AreaLevel.COMMUNITY: 0.3}
_ALIKE = 1.5
_MERGED = 2.5
_OTHER_LESS = 1.0
_SHORT_LESS = 3.0
_WARD_LESS = 7.5
_PER_CHARACTER = 0.5
_BARE_PER_CHARACTER = 1.0
_UNCLEAN = 0.35
_ROAD = 0.6
_FIRST_MORE = 0.7
_INSIDE = 0.3
_LONGEST_STEM = 6


class Hit(NamedTuple):
    """A name in the text, from `start` to before `end`, as one area's. `joins`: standing beside a name of its chain
    makes it surer."""

    start: int
    end: int
    named: Named
    weight: float
    joins: bool


def exact_hits(gazetteer: Gazetteer, text: str, *, running: bool) -> list[Hit]:
    """Every name as it is written; a bare stem inside a full name is none.

    `running`: in running text, not an address, a bare stem says half as much.
    """
    found = {start: names for start in range(len(text) - 1) if (names := gazetteer.at(text, start))}
    hits: list[Hit] = []
    ends: set[int] = set()
    covered = longest = 0
    for start, names in found.items():
        opens = start == 0 or text[start - 1] in _BEFORE or start in ends or not _is_chinese(text[start - 1])
        for end, areas in names:
            if opens:
                ends.add(end)
            inside = end < covered or (end == covered and end - start < longest)
            closes = end == len(text) or end in found or text[end] not in _NO_END
            alone = not running and start == 0 and _stands_alone(text, end, found)
            for named in areas:
                if named.form is Form.BARE and inside:
                    continue
                if named.form is Form.BARE:
                    hits.append(_bare(text, start, end, named, opens, closes, 0.5 if running else 1.0, alone))
                else:
                    hits.append(_suffixed(text, start, end, named, opens))
                if inside:
                    hits[-1] = hits[-1]._replace(weight=hits[-1].weight * _INSIDE, joins=False)
            if opens and end > covered and any(named.form is Form.FULL for named in areas):
                covered, longest = end, end - start
    return hits


def _is_chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _stands_alone(text: str, end: int, found: Collection[int]) -> bool:
    """Whether what began the text ends as a name of its own does, so that it says where all the rest lies."""
    return end == len(text) or end in found or text[end] in BETWEEN or text.startswith(("县城", "城区"), end)


def _bare(text: str, start: int, end: int, named: Named, opens: bool, closes: bool, share: float, alone: bool) -> Hit:
    """A stem without its suffix. A community's with the suffix of a street is a street or town that was merged into
    the one that has the community now, whose seat mostly kept the name."""
    length = end - start
    merged = _MERGED_STREET.match(text, end) if named.level is AreaLevel.COMMUNITY else None
    if merged and opens:
        street = Named(named.code[:9], AreaLevel.STREET, Form.OTHER, length)
        return Hit(start, merged.end(), street, _MERGED + min(2, length - 2), True)
    weight = (_BARE[named.level] + _BARE_PER_CHARACTER * min(2, length - 2)) * share
    if alone and named.level is AreaLevel.COUNTY:
        weight += _FIRST_MORE
    if _ROADLIKE.search(text[start:end]):
        return Hit(start, end, named, weight * _ROAD, False)
    building = named.level is AreaLevel.COMMUNITY and _BUILDING.match(text, end)
    if not (opens and closes) or building:
        return Hit(start, end, named, weight * _UNCLEAN, False)
    return Hit(start, end, named, weight, share == 1.0)


def _suffixed(text: str, start: int, end: int, named: Named, opens: bool) -> Hit:
    """A name with a suffix; one of two characters (泸县, and above all 东区) may be any other word's end."""
    weight = _FULL[named.level] + _PER_CHARACTER * min(3, max(0, named.stem - 2))
    if named.form is Form.OTHER:
        weight -= _OTHER_LESS
    if end - start == 2:
        weight -= _WARD_LESS if text[start + 1] == "区" else _SHORT_LESS
    return Hit(start, end, named, weight if opens else weight * 0.5, opens)


def near_hits(
    gazetteer: Gazetteer, text: str, hits: Sequence[Hit], taken: Collection[int], counties: Sequence[str]
) -> list[Hit]:
    """Names before a suffix that are not written right. One wrong character: cities, counties and streets of the whole
    catalogue, where no right name ends there. Also one too few or too many: streets and communities of the counties
    that the text may mean, where no name of a likely place ends (`taken`).
    """
    explained = {hit.end for hit in hits if hit.named.form is not Form.BARE and hit.weight > 1}
    found: list[Hit] = []
    for mark in _MARK.finditer(text):
        levels = [level for level, marks in MARKS.items() if mark[0] in marks]
        if mark.end() in taken:
            continue
        for start in _starts(text, mark.start(), explained | set(taken)):
            stem = text[start : mark.start()]
            areas = _within(gazetteer, stem, levels, counties)
            if mark.end() not in explained:
                areas += [(named, slip) for named, slip in gazetteer.nearly(stem) if named.level in levels]
            found += [Hit(start, mark.end(), named, _near_weight(named) + _ALIKE * slip, True) for named, slip in areas]
    return found


def _starts(text: str, end: int, explained: set[int]) -> Iterator[int]:
    """Where a stem that ends here may begin: back to another name, a sign, or six characters."""
    for start in range(end - 1, max(-1, end - 1 - _LONGEST_STEM), -1):
        if not _is_chinese(text[start]):
            return
        if end - start > 1:
            yield start
        if start in explained:
            return


def _within(
    gazetteer: Gazetteer, stem: str, levels: Sequence[AreaLevel], counties: Sequence[str]
) -> list[tuple[Named, bool]]:
    found = []
    for county in counties:
        for level in levels:
            stems, codes = gazetteer.below(county, level)
            for known, edits, place in extract(stem, stems, scorer=Levenshtein.distance, score_cutoff=1, limit=None):
                if edits == 1 and len(known) > 1:
                    found.append((Named(codes[place], level, Form.NEAR, len(known)), alike(stem, known)))
    return found


def _near_weight(named: Named) -> float:
    return _NEAR[named.level] + _BARE_PER_CHARACTER * min(2, max(0, named.stem - 2))
