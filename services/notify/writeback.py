"""回写: what an upstream is told of its order, as domain.md §5.5 names the messages. Pure.

One JSON object each: `type`, the upstream's own number `upstream_no`, our `request_no` and `case_no`, `seq` (from 1 for
a case, growing; a receiver ignores a number at or below the last it took), `at` (ISO 8601, +08:00), `step` (the
action), `status` where it left the case, and `data`. The internal finding and the acting person are never in it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from casework.db.notices import Owed
from casework.kit.now import in_shanghai
from casework.rules.minors import veil
from casework.rules.words import Action, Record, Status

SPEC_VERSION = "1.0"

TYPES: Mapping[str, str] = MappingProxyType(
    {
        Action.DISPATCH: "ORDER_PROGRESS",
        Action.SIGN: "ORDER_SIGN",
        Action.CONTACT: "ORDER_PROGRESS",
        Action.FEEDBACK: "ORDER_PROGRESS",
        Action.ASK_INFO: "ORDER_PROGRESS",
        Action.ANSWER: "ORDER_RESULT",
        Action.FORWARD: "ORDER_RESULT",
        Action.GUIDE: "ORDER_RESULT",
        Action.TRANSFER: "ORDER_RESULT",
        Action.ACCEPT_RESULT: "ORDER_RESULT",
        Action.ANSWER_SURVEY: "VISIT_RESULT",
        Action.CLOSE_UNREACHED: "VISIT_RESULT",
        Action.CLOSE_SAMPLED_OUT: "VISIT_RESULT",
        Action.CLOSE_REASONED: "VISIT_RESULT",
        Action.REWORK: "ORDER_REWORK",
        Action.REOPEN: "ORDER_REWORK",
        Action.MERGE: "ORDER_PROGRESS",
        Action.RECLASSIFY: "ORDER_PROGRESS",
        Record.MAIN_ANSWERED: "ORDER_RESULT",
        Action.GRANT_RETURN: "ORDER_PROGRESS",
        Action.DESIGNATE: "ORDER_PROGRESS",
        Action.GRANT_EXTENSION: "ORDER_PROGRESS",
        Action.GRANT_SUSPENSION: "ORDER_PROGRESS",
        Record.SPLIT_OFF: "ORDER_PROGRESS",
        Action.GRANT_LEDGER: "ORDER_PROGRESS",
        Action.TAKE_OFF_LEDGER: "ORDER_PROGRESS",
        Action.RESUME: "ORDER_PROGRESS",
        Action.WITHDRAW: "ORDER_WITHDRAW",
        Action.VOID: "ORDER_CANCEL",
    }
)

_TOLD: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        Action.CONTACT: {"contacted_at": "contacted_at", "way": "way"},
        Action.FEEDBACK: {"text": "text", "planned_for": "planned_for"},
        Action.ASK_INFO: {"note": "text"},
        Action.ANSWER: {"answer": "public_reply", "knowledge_item": "knowledge_item"},
        Action.GUIDE: {"reason": "reason", "told": "public_reply"},
        Action.TRANSFER: {"line": "line"},
        Action.ANSWER_SURVEY: {"solved": "solved", "satisfaction": "satisfaction", "comment": "comment"},
        Action.CLOSE_REASONED: {"reason": "reason", "note": "text"},
        Action.REWORK: {"note": "text"},
        Action.REOPEN: {"note": "text"},
        Record.MAIN_ANSWERED: {"reply_text": "public_reply"},
        Action.WITHDRAW: {"note": "text"},
    }
)
"""Which words of an event go out, and under which name."""

_RESULT = {
    "reply_text": "public_reply",
    "factual": "factual",
    "solved": "solved",
    "unsolved_reason": "unsolved_reason",
    "planned_for": "planned_for",
    "adoption": "adoption",
}


def write_back(owed: Owed) -> dict[str, Any] | None:
    """The message for an upstream; None when this topic has none."""
    kind = TYPES.get(owed.topic)
    if kind is None:
        return None
    told = _data(owed)
    if owed.minor:
        told = {name: veil(value) if isinstance(value, str) else value for name, value in told.items()}
    said = _guarded(told) if owed.guarded else told
    return {
        "spec_version": SPEC_VERSION,
        "type": kind,
        "source": owed.source,
        "upstream_no": owed.upstream_no,
        "request_no": owed.request_no,
        "case_no": owed.case_no,
        "seq": owed.seq,
        "at": in_shanghai(owed.created_at).isoformat(timespec="seconds"),
        "step": owed.topic,
        "status": owed.status,
        "status_text": Status(owed.status).zh,
        "data": said,
    }


def _data(owed: Owed) -> dict[str, Any]:
    told = _picked(owed.said, _TOLD.get(owed.topic, {}))
    if owed.topic == Action.ACCEPT_RESULT:
        told = _picked(owed.filed, _RESULT)
    if owed.topic in {Action.ANSWER_SURVEY, Action.CLOSE_UNREACHED}:
        told["reached"] = owed.topic == Action.ANSWER_SURVEY
    if owed.unit_code is not None:
        told["unit"] = {"code": owed.unit_code, "name": owed.unit_name}
    return told


_FOR_THE_REPORTER = frozenset(
    {"public_reply", "factual", "solved", "unsolved_reason", "planned_for", "adoption", "reason", "reached"}
)


def _guarded(told: Mapping[str, Any]) -> dict[str, Any]:
    """Of a report the upstream gets what it must tell the reporter, marked as not to be shown to others: not who looks
    into it, nor what was said and written on the way (domain.md §1.8 举报保密)."""
    return {"confidential": True, **{name: value for name, value in told.items() if name in _FOR_THE_REPORTER}}


def _picked(words: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {name: words[key] for key, name in names.items() if key in words}
