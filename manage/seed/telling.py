"""What became of the past's notices 已发通知: each was tried once, within seconds, as the notify worker would.

A demo without gateways tells its console; a hotline without a write-back address has nobody to tell (SKIPPED).
"""

from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from casework.db.models import Base, Event, Notice, NoticeAttempt
from casework.rules.words import Action
from manage.seed.pen import Notebook
from services.notify.channels.message import Outcome, Result
from services.notify.patience import judge
from services.notify.wording import template_of
from services.notify.writeback import TYPES

_ADAPTER = {"sms": "console", "staff": "console", "upstream": "webhook"}


class Link(NamedTuple):
    """A citizen's link that went out with a result: for which case and handling, and when (UTC)."""

    case_id: int
    cycle: int
    at: datetime


def tell(pen: Notebook, chance: Random, now: datetime) -> list[Link]:
    """Settle the notices of the case at hand; those of the last seconds before `now` stay owed. The links sent."""
    links: list[Link] = []
    reworks = [row["at"] for row in _rows(pen, Event) if row["action"] == Action.REWORK]
    for notice in _rows(pen, Notice):
        owed: datetime = notice["created_at"]
        at = owed + timedelta(milliseconds=chance.randint(40, 1900))
        notice["next_at"] = owed
        if at >= now:
            continue
        _settle(pen, notice, at)
        if (notice["state"], notice["channel"], notice["topic"]) == ("SENT", "sms", Action.ACCEPT_RESULT):
            links.append(Link(notice["case_id"], 1 + sum(rework <= owed for rework in reworks), at))
    return links


def _settle(pen: Notebook, notice: dict[str, Any], at: datetime) -> None:
    channel: str = notice["channel"]
    outcome = _outcome(channel, notice["topic"], notice["audience"])
    state = judge(channel, outcome, 1, 0.0).state
    detail = outcome.detail or None
    sent = state == "SENT"
    notice.update(state=state, tries=1, next_at=at, sent_at=at if sent else None, last_error=None if sent else detail)
    told = {"adapter": _ADAPTER[channel], "outcome": outcome.result.value, "detail": detail}
    pen.put(NoticeAttempt, {"notice_id": notice["id"], "at": at, **told})


def _rows(pen: Notebook, wanted: type[Base]) -> list[dict[str, Any]]:
    return [values for model, values in pen.written if model is wanted]


@lru_cache
def _outcome(channel: str, topic: str, audience: str) -> Outcome:
    if channel == "upstream":
        known = topic in TYPES
        return Outcome(Result.SKIPPED, "no_callback") if known else Outcome(Result.REFUSED, "no_wording")
    known = template_of(topic, audience) is not None
    return Outcome(Result.SENT) if known else Outcome(Result.REFUSED, "no_wording")
