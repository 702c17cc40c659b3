"""Cells as text 单元格: what a spreadsheet stored, as the person who typed it would write it down."""

from datetime import date, datetime, time, timedelta
from typing import Any

FORMULA = ("=", "+", "-", "@")
"""A text that begins so is written with a quote before it (error files); read again, the quote goes."""
EXACT = 10**15
"""A spreadsheet keeps 15 digits of a number; a longer one has lost its last digits and is written with an exponent."""


def text_of(value: Any) -> str:
    """The cell's text: numbers without a needless ".0", days and times as ISO, yes and no as 是 and 否."""
    if isinstance(value, str):
        said = value.replace("\x00", "").replace("_x000D_", "").strip()
        return said[1:] if said[:1] == "'" and said[1:2] in FORMULA else said
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return ""


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value == int(value) and abs(value) < EXACT:
        return str(int(value))
    return f"{value:.15g}".upper()
