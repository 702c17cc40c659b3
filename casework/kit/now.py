"""Time 时间: UTC inside, Asia/Shanghai for people. Official moments are the database's `now()`, not these."""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from casework.kit.texts import Lang, t

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def utcnow() -> datetime:
    """This process's clock, in UTC with its zone: for log lines, signatures and sessions."""
    return datetime.now(UTC)


def in_shanghai(moment: datetime) -> datetime:
    """The same instant as Asia/Shanghai reads it. Raises: ValueError: the moment has no zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone says nothing")
    return moment.astimezone(SHANGHAI)


def shanghai_day(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai on which the instant lies. Raises: ValueError: no zone."""
    return in_shanghai(moment).date()


def show_minute(moment: datetime, lang: Lang) -> str:
    """As people read it in Asia/Shanghai: `2026年2月25日 17:00`, in English `25 February 2026 17:00`.

    Seconds are cut, never rounded up: a deadline is not shown later than it is. Raises: ValueError: no zone.
    """
    local = in_shanghai(moment)
    return f"{show_day(local.date(), lang)} {local:%H:%M}"


def show_day(day: date, lang: Lang) -> str:
    """`2026年2月25日`, in English `25 February 2026`."""
    return t("time.day", lang, year=day.year, month=day.month, day=day.day, month_name=t(f"month.{day.month}", lang))
