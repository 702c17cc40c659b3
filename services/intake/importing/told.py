"""What a cell tells 单元格释读: times in the forms people write them, numbers that a spreadsheet has bent.

Pure. What cannot be read stays as it is: the reader then leaves a flag.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from casework.kit.now import SHANGHAI

_PLAIN = str.maketrans("０１２３４５６７８９：／－．", "0123456789:/-.")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?\s*(?:星期.|周.)?")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+|(?=$))")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T\s]+|(?=$))")
_CLOCK = re.compile(
    r"(?P<half>上午|下午|中午|凌晨|早上|晚上|AM|PM)?\s*(?P<h>\d{1,2})\s*(?:[:时点])\s*(?P<m>\d{1,2})?\s*分?"
    r"(?:\s*:?\s*(?P<s>\d{1,2})(?:\.\d+)?\s*秒?)?\s*(?P<after>AM|PM)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_LATER = frozenset({"下午", "晚上", "PM"})
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_BENT = re.compile(r"[+-]?\d+(?:\.\d+)?E[+-]?\d+|\d+\.0+", re.IGNORECASE)
_SERIALS = (20_000, 80_000)  # October 1954 to January 2119
_EPOCH = datetime(1899, 12, 30)


def told_time(text: str) -> str:
    """The ISO form of a time, in Asia/Shanghai where it names no zone; the text itself where it is none.

    2026年1月2日 下午3:04, 2026/1/2 15:04, 20260102, 1/13/2026, 46024.628 (a spreadsheet's day number), 1767337440
    (seconds since 1970). 1/2/2026 may be either of two days and is not guessed.
    """
    said = text.strip().translate(_PLAIN)
    if _NUMBER.fullmatch(said):
        found = _of_number(said)
        return found.isoformat() if found else text
    for form, order in ((_CHINESE, "ymd"), (_YEAR_FIRST, "ymd"), (_YEAR_LAST, "?")):
        match = form.match(said)
        if match:
            return _with_clock(match, order, said[match.end() :].strip()) or text
    return text


def _of_number(said: str) -> datetime | None:
    if len(said) in (8, 12, 14) and said.startswith(("19", "20")):
        form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}[len(said)]
        try:
            return datetime.strptime(said, form)
        except ValueError:
            return None
    number = float(said)
    if _SERIALS[0] <= number < _SERIALS[1]:
        return _EPOCH + timedelta(seconds=round(number * 86_400))
    whole = said.partition(".")[0]
    if len(whole) in (10, 13):
        seconds = number if len(whole) == 10 else number / 1000
        return datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI)
    return None


def _with_clock(day: re.Match[str], order: str, rest: str) -> str | None:
    first, second, third = (int(part) for part in day.groups())
    if order == "?":
        if first != second and max(first, second) <= 12:
            return None
        month, date = (second, first) if first > 12 else (first, second)
        first, second, third = third, month, date
    try:
        at = datetime(first, second, third)
    except ValueError:
        return None
    if not rest:
        return at.isoformat()
    clock = _CLOCK.fullmatch(rest)
    return _at(at, clock) if clock else None


def _at(day: datetime, clock: re.Match[str]) -> str | None:
    hour = int(clock["h"])
    half = (clock["half"] or clock["after"] or "").upper()
    if half in _LATER and hour < 12:
        hour += 12
    elif half in ("AM", "凌晨", "上午") and hour == 12:
        hour = 0
    try:
        at = day.replace(hour=hour, minute=int(clock["m"] or 0), second=int(clock["s"] or 0))
    except ValueError:
        return None
    zone = clock["zone"] or ""
    if zone and zone not in "Zz" and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return at.isoformat() + zone.upper()


def told_digits(text: str) -> str | None:
    """A number's digits: 13812345678.0 and 1.3812345678E+10 are 13812345678. None: digits are lost for good (1.38E+10).

    A text that is no bent number comes back as it is.
    """
    said = text.strip().lstrip("'")
    if not _BENT.fullmatch(said):
        return said
    try:
        number = Decimal(said)
    except InvalidOperation:
        return said
    exponent = number.as_tuple().exponent
    if "e" in said.lower() and (not isinstance(exponent, int) or exponent > 0):
        return None
    return str(int(number)) if number == int(number) else None
