"""A new version of the areas 区划换版: what it would change, and the file that keeps both the new and the past.

An area that is gone is 撤销 retired, or 变更代码 moved where another of its name came in its county at the same time;
one whose name alone changed is 更名 renamed. What a retired one was merged into the new file may say (merged_into).
"""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from casework.catalog.areas import LENGTHS, PastArea, short_name
from casework.catalog.read_areas import DATED, AreaLines


class Became(StrEnum):
    """What becomes of an area: 新增 撤销 更名 变更代码."""

    ADDED = "ADDED"
    RETIRED = "RETIRED"
    RENAMED = "RENAMED"
    MOVED = "MOVED"


@dataclass(frozen=True, slots=True)
class AreaChange:
    """One area's change; `now` its code and name after it, "" for one that is retired and nobody said into what."""

    became: Became
    code: str
    name: str
    now: str = ""
    now_name: str = ""


def changes(old: AreaLines, new: AreaLines) -> list[AreaChange]:
    """Every difference of today's areas, by code."""
    gone = {code: name for code, name in old.names.items() if code not in new.names}
    came = {code: name for code, name in new.names.items() if code not in old.names}
    merged = {one.code: one.merged_into for one in new.past if one.merged_into}
    moved = _moved(gone, came)
    found = [
        AreaChange(Became.RENAMED, code, old.names[code], code, name)
        for code, name in new.names.items()
        if code in old.names and old.names[code] != name
    ]
    for code, name in gone.items():
        now = merged.get(code) or moved.get(code, "")
        became = Became.MOVED if code in moved and now == moved[code] else Became.RETIRED
        found.append(AreaChange(became, code, name, now, new.names.get(now, "")))
    taken = set(moved.values())
    found += [AreaChange(Became.ADDED, code, name, code, name) for code, name in came.items() if code not in taken]
    return sorted(found, key=lambda one: (one.code, one.became))


def _moved(gone: dict[str, str], came: dict[str, str]) -> dict[str, str]:
    """Old code to new one, where an area of the same level and name left and came in the same county, once each."""
    left, arrived = _by_place(gone), _by_place(came)
    return {
        codes[0]: arrived[place][0]
        for place, codes in left.items()
        if len(codes) == 1 and len(arrived.get(place, ())) == 1
    }


def _by_place(names: dict[str, str]) -> dict[tuple[str, int, str], list[str]]:
    found: defaultdict[tuple[str, int, str], list[str]] = defaultdict(list)
    for code, name in names.items():
        found[code[:6] if len(code) > 6 else code[:4], len(code), short_name(name)].append(code)
    return found


def as_file(old: AreaLines, new: AreaLines, changed: Sequence[AreaChange], on: date, source: str) -> str:
    """The areas.csv that holds from the day `on` (Asia/Shanghai): today's lines with their dates, then the past."""
    differs = {one.now for one in changed if one.became is not Became.RETIRED}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(DATED)
    for code in sorted(new.names):
        since = on if code in differs else new.since.get(code) or old.since.get(code)
        told = source if code in differs else new.source.get(code) or old.source.get(code, "")
        writer.writerow([code, new.names[code], LENGTHS[len(code)].value, since or "", "", "", told])
    for one in _past(old, new, changed, on):
        level = LENGTHS[len(one.code)].value
        days = one.valid_from or "", one.valid_to
        writer.writerow([one.code, one.name, level, *days, one.merged_into, one.source])
    return out.getvalue()


def _past(old: AreaLines, new: AreaLines, changed: Sequence[AreaChange], on: date) -> list[PastArea]:
    """What was past before, and what the new version makes past."""
    fresh = [
        PastArea(
            one.code,
            one.name,
            old.since.get(one.code),
            _after(old, one.code, on),
            one.now,
            old.source.get(one.code, ""),
        )
        for one in changed
        if one.became is not Became.ADDED
    ]
    known = {(one.code, one.valid_to) for one in old.past}
    gone = {one.code for one in fresh}
    told = [one for one in new.past if (one.code, one.valid_to) not in known and one.code not in gone]
    return sorted([*old.past, *told, *fresh], key=lambda one: (one.code, one.valid_to))


def _after(old: AreaLines, code: str, on: date) -> date:
    """An area that was made on the same day lasted a day at least."""
    since = old.since.get(code)
    return on if since is None or since < on else since + timedelta(days=1)
