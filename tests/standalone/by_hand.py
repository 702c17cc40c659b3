"""The rates counted by hand 手工重算: from the cases' histories (events, tasks, motions, clocks, answers), with nothing
of the product's own counting, to be compared with what it reports."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from casework.rules.calendars import Calendars
from casework.rules.rates import BOUNDS

BEIJING = timedelta(hours=8)
NO_TALLY = {"VOID", "GUIDED", "TRANSFERRED", "MERGED"}


@dataclass
class Life:
    """A case's row and all that hangs on it, oldest first."""

    case: asyncpg.Record
    events: list[asyncpg.Record] = field(default_factory=list)
    leads: list[asyncpg.Record] = field(default_factory=list)
    motions: list[asyncpg.Record] = field(default_factory=list)
    clocks: list[asyncpg.Record] = field(default_factory=list)
    surveys: list[asyncpg.Record] = field(default_factory=list)
    supervisions: list[asyncpg.Record] = field(default_factory=list)
    mended: list[asyncpg.Record] = field(default_factory=list)
    on_the_spot: list[asyncpg.Record] = field(default_factory=list)

    def did(self, action: str) -> list[asyncpg.Record]:
        return [event for event in self.events if event["action"] == action]

    @property
    def ended_as(self) -> str:
        return self.case["ended_as"] if self.case["status"] == "ARCHIVED" else self.case["status"]

    @property
    def withdrawn(self) -> bool:
        case = self.case
        late = case["finish_due"] is not None and (case["ended_at"] is None or case["ended_at"] >= case["finish_due"])
        return self.ended_as == "TERMINATED" and not late

    @property
    def left_out(self) -> bool:
        case = self.case
        return bool(
            self.ended_as in NO_TALLY
            or self.withdrawn
            or case["kind"] == "PRAISE"
            or case["accepted_at"] is None
            or self.ended_as == "ANSWERED"
            or case["on_ledger"]
        )

    @property
    def completions(self) -> list[tuple[datetime, datetime | None]]:
        """Each completion that the review let through, and when it was revoked."""
        found: list[tuple[datetime, datetime | None]] = []
        filed = None
        for event in self.events:
            if event["action"] == "FILE_RESULT":
                filed = event["at"]
            elif event["action"] == "ACCEPT_RESULT" and filed is not None:
                found.append((filed, None))
            elif event["action"] in ("ANSWER", "SETTLE"):
                found.append((event["at"], None))
            elif event["action"] in ("REWORK", "REOPEN") and found:
                found[-1] = (found[-1][0], event["at"])
        return found

    @property
    def mended_in_time(self) -> bool:
        """Whether the last rectification was answered by its limit, and accepted."""
        last = self.mended[-1] if self.mended else None
        timed = [k for k in self.clocks if last is not None and k["assignment_id"] == last["id"]]
        accepted = [e for e in self.did("ACCEPT_RECTIFICATION") if last is not None and e["at"] > last["opened_at"]]
        return bool(accepted) and timed[0]["stopped_at"] <= timed[0]["due_at"]

    def looked(self, kind: str) -> list[bool]:
        """Whether each verifying (or check) that somebody owed was answered by its limit."""
        found = []
        for task in (one for one in self.on_the_spot if one["kind"] == kind and one["closed_at"] is not None):
            [due] = [k["due_at"] for k in self.clocks if k["assignment_id"] == task["id"]]
            if task["signed_at"] is not None or task["closed_at"] > due:
                found.append(task["closed_at"] <= due)
        return found

    @property
    def completed_at(self) -> datetime | None:
        standing = [at for at, revoked in self.completions[-1:] if revoked is None]
        return standing[0] if standing else None

    def kept(self, clock: str) -> bool | None:
        """Whether the first of that clock was stopped in time; None where it never was."""
        stopped = [k for k in self.clocks if k["name"] == clock and k["state"] == "STOPPED"]
        return stopped[0]["stopped_at"] <= stopped[0]["due_at"] if stopped else None


async def lives(db: asyncpg.Pool) -> list[Life]:
    found = {row["id"]: Life(row) for row in await db.fetch("SELECT * FROM cases")}
    hangs = {
        "events": "event",
        "motions": "motion",
        "clocks": "clock",
        "surveys": "survey",
        "supervisions": "supervision",
    }
    for name, table in hangs.items():
        for row in await db.fetch(f"SELECT * FROM {table} ORDER BY id"):
            getattr(found[row["case_id"]], name).append(row)
    for row in await db.fetch("SELECT * FROM assignment WHERE kind = 'LEAD' ORDER BY id"):
        found[row["case_id"]].leads.append(row)
    for row in await db.fetch("SELECT * FROM assignment WHERE kind IN ('VERIFY', 'CHECK') ORDER BY id"):
        found[row["case_id"]].on_the_spot.append(row)
    for row in await db.fetch("SELECT * FROM assignment WHERE kind = 'RECTIFY' ORDER BY id"):
        if row["outcome"] != "DROPPED":
            found[row["case_id"]].mended.append(row)
    return list(found.values())


def _rates(life: Life) -> dict[str, tuple[bool, bool]]:
    """By code: whether the rate is over the case, and whether it counts."""
    case, enters = life.case, not life.left_out
    sent = bool(life.did("DISPATCH"))
    done_once, redone = bool(life.completions), len(life.did("REWORK")) + len(life.did("REOPEN"))
    finish = life.completed_at
    in_time = finish is not None and finish <= case["finish_due"] if case["finish_due"] else finish is not None
    responded = case["signed_in_time"] is True and (case["contacted_in_time"] is True or case["contact_exempt"])
    granted = Counter(m["kind"] for m in life.motions if m["ruling"] == "GRANTED")
    first = [lead["unit_id"] for lead in life.leads if sent and lead["opened_at"] >= life.did("DISPATCH")[0]["at"]]
    wrong = len(set(first)) > 1 or bool(life.did("GRANT_RETURN"))
    answers = life.surveys[-1:]
    rated = [s["satisfaction"] for s in life.surveys if s["satisfaction"]]
    closed_unreached = bool(life.did("CLOSE_UNREACHED"))
    unreached = closed_unreached and not case["contact_exempt"]
    spared = closed_unreached and not unreached and not answers
    grid, void = case["direction"] == "GRID", life.ended_as == "VOID"
    taken_on, merged = case["accepted_at"] is not None, life.ended_as == "MERGED"
    settled = grid and not taken_on and life.ended_as == "CLOSED"
    gone_on = taken_on or settled or life.ended_as in ("TRANSFERRED", "MERGED") or case["kind"] == "PRAISE"
    valid = gone_on and not void and not life.withdrawn and life.ended_as != "GUIDED"
    passed_on, called = life.kept("DISPATCH"), life.kept("RESPOND")
    followed = bool(answers) or unreached
    verified, checked = life.looked("VERIFY"), life.looked("CHECK")
    found = any(task["outcome"] == "FOUND" for task in life.on_the_spot)
    first_in_time = done_once and (case["finish_due"] is None or life.completions[0][0] <= case["finish_due"])
    return {
        "COMPLETION": (enters, responded and in_time),
        "SIGN": (enters and sent, case["signed_in_time"] is True),
        "CONTACT": (enters and sent and not case["contact_exempt"], case["contacted_in_time"] is True),
        "FINISH": (enters, in_time),
        "FIRST_DONE": (enters and done_once, redone == 0),
        "REWORK": (enters and done_once, redone > 0),
        "EXTENSION": (enters, granted["EXTENSION"] > 0),
        "SUSPENSION": (enters, granted["SUSPENSION"] > 0),
        "SUPERVISION": (enters, bool(life.supervisions)),
        "COVERED": (enters and done_once and not spared, followed),
        "REACHED": (enters and followed, bool(answers)),
        "SOLVED": (enters and bool(answers), bool(answers) and answers[0]["solved"]),
        "SATISFIED": (enters and bool(rated), bool(rated) and rated[-1] in ("VERY_GOOD", "GOOD", "FAIR")),
        "RECTIFIED": (enters and bool(life.mended), life.mended_in_time),
        "RETURN": (enters and sent, bool(life.did("ASK_RETURN"))),
        "FIRST_RIGHT": (enters and sent, not wrong),
        "DISPATCH": (enters and passed_on is not None, passed_on is True),
        "REPEAT": (taken_on and not void, any('"repeat_of"' in e["data"] for e in life.did("GUIDE"))),
        "LISTED": (taken_on and not void, case["on_ledger"]),
        "SELF_SETTLED": (grid and not void and not merged, settled),
        "MISSED": (taken_on and not void, False),
        "PUBLIC_FOUND": (taken_on and not void, not grid and found),
        "VERIFIED_IN_TIME": (bool(verified) and not void, all(verified)),
        "CHECKED_IN_TIME": (bool(checked) and not void, all(checked)),
        "GRID_VALID": (grid, valid),
        "GRID_FILED_IN_TIME": (grid and called is not None, called is True),
        "GRID_FILED_RIGHT": (grid and taken_on, not void),
        "GRID_DISPATCH": (grid and not void and passed_on is not None, passed_on is True),
        "GRID_DISPATCH_RIGHT": (grid and not void and sent, not wrong),
        "GRID_HANDLED": (grid and enters, done_once),
        "GRID_HANDLED_IN_TIME": (grid and enters, first_in_time),
        "GRID_CLOSED": (grid and enters, finish is not None),
        "GRID_CLOSED_IN_TIME": (grid and enters, in_time),
        "GRID_CLOSED_LATE": (grid and enters, finish is not None and not in_time),
        "GRID_REWORK": (grid and enters and done_once, redone > 0),
        "GRID_EXTENSION": (grid and enters, granted["EXTENSION"] > 0),
        "GRID_SUSPENSION": (grid and enters, granted["SUSPENSION"] > 0),
    }


BY_ACCEPTANCE = {
    *(
        "RETURN",
        "FIRST_RIGHT",
        "DISPATCH",
        "REPEAT",
        "LISTED",
        "SELF_SETTLED",
        "MISSED",
        *("PUBLIC_FOUND", "VERIFIED_IN_TIME", "CHECKED_IN_TIME"),
        "GRID_VALID",
        "GRID_FILED_IN_TIME",
    ),
    *("GRID_FILED_RIGHT", "GRID_DISPATCH", "GRID_DISPATCH_RIGHT"),
}
Sums = dict[tuple[str, str], Counter[str]]


def _month(at: datetime) -> str:
    return f"{at + BEIJING:%Y-%m}"


def add_up(found: list[Life], digits: int, calendars: Calendars) -> Sums:
    """By area and month: `CODE:d`, `CODE:n`, and the times' sums and buckets."""
    sums: Sums = defaultdict(Counter)
    for life in found:
        case, area = life.case, life.case["area_code"][:digits]
        due = case["finish_due"] or (case["created_at"] if life.left_out else None)
        for code, (over, counts) in _rates(life).items():
            at = (case["accepted_at"] or case["created_at"]) if code in BY_ACCEPTANCE else due
            if at is not None and over:
                sums[area, _month(at)][f"{code}:d"] += 1
                sums[area, _month(at)][f"{code}:n"] += bool(counts)
        if life.completed_at is not None and not life.left_out:
            _times(sums[area, _month(life.completed_at)], life, calendars)
    return sums


def _times(sums: Counter[str], life: Life, calendars: Calendars) -> None:
    begun, done = life.case["accepted_at"], life.completed_at
    assert done is not None
    natural = int((done - begun).total_seconds() // 60)
    working = calendars.for_area(life.case["area_code"]).working_minutes_between(begun, done)
    for name, minutes in (("NATURAL", natural), ("WORKING", working)):
        place = sum(1 for bound in BOUNDS if bound <= minutes)
        sums[f"{name}:sum"] += minutes
        sums[f"{name}:{place}"] += 1


def tasks_add_up(found: list[Life], units: dict[int, str]) -> Sums:
    """The units' own leads, by unit and month of the deadline (a demo has no helpers)."""
    sums: Sums = defaultdict(Counter)
    for life in found:
        last = {lead["unit_id"]: lead for lead in life.leads}
        for unit_id, lead in last.items():
            if life.case["finish_due"] is None or life.left_out:
                continue
            for code, (over, counts) in _task(life, lead).items():
                if over:
                    node = sums[units[unit_id], _month(life.case["finish_due"])]
                    node[f"{code}:d"] += 1
                    node[f"{code}:n"] += bool(counts)
    return sums


def _task(life: Life, lead: asyncpg.Record) -> dict[str, tuple[bool, bool]]:
    unit, case = lead["unit_id"], life.case
    own = {
        k["name"]: k for k in reversed(life.clocks) if k["assignment_id"] == lead["id"] and k["state"] != "CANCELLED"
    }
    kept = {name: k["stopped_at"] is not None and k["stopped_at"] <= k["due_at"] for name, k in own.items()}
    asked = Counter(m["kind"] for m in life.motions if m["unit_id"] == unit)
    granted = Counter(m["kind"] for m in life.motions if m["unit_id"] == unit and m["ruling"] == "GRANTED")
    owed = lead["outcome"] not in ("RETURNED", "DISPUTED", "RAISED", "CALLED", "MERGED")
    done = lead["outcome"] == "DONE" and life.completed_at is not None
    redone = len(life.did("REWORK")) + len(life.did("REOPEN"))
    sent = life.did("DISPATCH")
    first = [one["unit_id"] for one in life.leads if sent and one["opened_at"] >= sent[0]["at"]]
    wrong = len(set(first)) > 1 or bool(life.did("GRANT_RETURN"))
    is_last = case["lead_unit_id"] == unit
    answers = life.surveys[-1:] if is_last else []
    rated = [s["satisfaction"] for s in life.surveys if s["satisfaction"]] if is_last else []
    followed = bool(answers) or (is_last and not case["contact_exempt"] and bool(life.did("CLOSE_UNREACHED")))
    return {
        "SIGN": ("SIGN" in own, kept.get("SIGN", False)),
        "CONTACT": ("CONTACT" in own, kept.get("CONTACT", False)),
        "FINISH": (owed, done and life.completed_at <= case["finish_due"]),  # type: ignore[operator]
        "FIRST_DONE": (done, redone == 0),
        "REWORK": (done, redone > 0),
        "RETURN": (True, asked["RETURN"] > 0),
        "FIRST_RIGHT": (bool(first) and first[0] == unit, not wrong),
        "EXTENSION": (owed, granted["EXTENSION"] > 0),
        "SUPERVISION": (True, any(s["unit_id"] == unit for s in life.supervisions)),
        "REACHED": (followed, bool(answers)),
        "SOLVED": (bool(answers), bool(answers) and answers[0]["solved"]),
        "SATISFIED": (bool(rated), bool(rated) and rated[-1] in ("VERY_GOOD", "GOOD", "FAIR")),
        "RECTIFIED": (is_last and bool(life.mended), is_last and life.mended_in_time),
    }


def differences(told: dict[tuple[str | None, str | None], dict[str, int]], sums: Sums) -> dict[Any, Any]:
    """Where the two do not say the same."""
    mine = {key: {name: n for name, n in one.items() if n} for key, one in sums.items()}
    mine = {key: one for key, one in mine.items() if one}
    wrong = {}
    for key in {*told, *mine}:
        one, other = told.get(key, {}), mine.get(key, {})  # type: ignore[arg-type]
        unlike = {name: (one.get(name, 0), other.get(name, 0)) for name in {*one, *other}}
        unlike = {name: pair for name, pair in unlike.items() if pair[0] != pair[1]}
        if unlike:
            wrong[key] = unlike
    return wrong
