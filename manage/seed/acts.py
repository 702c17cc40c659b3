"""What the simulated townspeople do 模拟操作: they call in, report, and carry one case a step further.

They keep away from a case that a person has moved within the last ten minutes.
"""

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any

import httpx

from casework.kit.now import utcnow
from casework.rules.words import Action, Adoption, Kind, Role, Status
from manage.seed import mending
from manage.seed.arrivals import Arrivals, Message
from manage.seed.desk import Desks
from manage.seed.texts import Words

KEEP_AWAY = timedelta(minutes=10)
_NOBODYS = frozenset({Role.SYSTEM.value, Role.UPSTREAM.value})
_VIEWS = {"CALLED": 8, "TO_DISPATCH": 22, "TO_SIGN": 20, "HANDLING": 28, "TO_REVIEW": 12, "FOLLOW_UP": 10, "RECTIFY": 6}
_NEWS = 0.16


class Townspeople:
    """One act at a time. `act` says who did what to which case, None when there was nothing to do."""

    def __init__(self, desks: Desks, arrivals: Arrivals, words: Words, own: Random) -> None:
        self._desks = desks
        self._arrivals = arrivals
        self._words = words
        self._own = own
        self._mine: dict[str, int] = {}
        self._units: dict[str, str] = {}

    async def act(self) -> tuple[str, str, str] | None:
        """Raises: Busy, Away."""
        if self._own.random() < _NEWS:
            return await self._news()
        for _ in range(4):
            view = self._own.choices(list(_VIEWS), list(_VIEWS.values()))[0]
            if (done := await self._carry_on(view)) is not None:
                return done
        return await self._news()

    async def _news(self) -> tuple[str, str, str] | None:
        """Somebody calls, an agent writes down, or a grid worker reports."""
        message = self._arrivals.message(self._own, self._own.randrange(10**6), utcnow())
        body = _body(message)
        if message.actor is None:
            who, answer = "12345", await self._desks.call_in({**body, "upstream_no": f"ALIVE-{utcnow():%m%d%H%M%S%f}"})
        else:
            who = message.actor.login
            answer = await self._desks.answer(who, "POST", f"/api/intake/{_DOORS[message.door]}", body)
        if answer.status_code != 201:
            return who, f"{answer.status_code}", _code(answer)
        case = answer.json()["cases"][0]
        self.moved(case["case_no"], 1)
        return who, f"{body['title']} -> {case['status_text']}", case["case_no"]

    async def _carry_on(self, view: str) -> tuple[str, str, str] | None:
        if view == "RECTIFY":
            return await self.put_right()
        looker = self._own.choice(self._desks.logins(Role.DISPATCHER))
        rows = (await self._desks.answer(looker, "GET", f"/api/dispatch/cases?view={view}&limit=100")).json()["rows"]
        if not rows:
            return None
        row = self._own.choice(rows)
        who = await self._who(row, looker)
        if who is None or not await self._may_touch(looker, row["case_no"]):
            return None
        page = (await self._desks.answer(who, "GET", f"/api/dispatch/cases/{row['case_no']}")).json()
        ask = self._ask(row, page)
        if ask is None:
            return None
        return await self._move(who, row["case_no"], {**ask, "version": page["version"]})

    def moved(self, case_no: str, version: int) -> None:
        """The case's version that was made by ourselves: it does not keep us away."""
        self._mine[case_no] = version

    async def put_right(self) -> tuple[str, str, str] | None:
        """差评整改, one step further; None: nobody waits, or somebody else is at it. Raises: Busy, Away."""
        task = await mending.one_waiting(self._desks, self._own)
        if task is None:
            return None
        looker = self._own.choice(self._desks.logins(Role.FOLLOW_UP))
        action = mending.next_move(self._own, task)
        who = looker if action in _RULED else await self._clerk_of(task["unit"], looker)
        if who is None or not await self._may_touch(looker, task["case_no"]):
            return None
        page = (await self._desks.answer(who, "GET", f"/api/dispatch/cases/{task['case_no']}")).json()
        if action not in page["allowed_actions"]:
            return None
        row = {**task, "area_name": page["area_name"], "unit_name": task["unit"]}
        said = {"ANSWER_RECTIFICATION": {"text": self._say("RECTIFIED", row)}}
        said["SEND_BACK_RECTIFICATION"] = {"note": self._say("NOT_RECTIFIED", row)}
        return await self._move(
            who, task["case_no"], {"action": action, "version": page["version"], **said.get(action, {})}
        )

    async def _move(self, who: str, case_no: str, said: dict[str, Any]) -> tuple[str, str, str]:
        answer = await self._desks.answer(who, "POST", f"/api/dispatch/cases/{case_no}/moves", said)
        what = Action(said["action"]).zh
        if answer.status_code != 200:
            return who, f"{what}: {answer.status_code} {_code(answer)}", case_no
        moved = answer.json()
        self.moved(case_no, moved["version"])
        return who, f"{what} -> {moved['status_text']}", case_no

    async def _who(self, row: dict[str, Any], looker: str) -> str | None:
        role = _ROLES.get(Status(row["status"]))
        if role is not None:
            return self._own.choice(self._desks.logins(role))
        return await self._clerk_of(row["unit_name"] or "", looker)

    async def _clerk_of(self, unit: str, looker: str) -> str | None:
        """Who works for the unit of that name."""
        if not self._units:
            units = (await self._desks.answer(looker, "GET", "/api/dispatch/units")).json()
            self._units = {unit["name"]: unit["code"] for unit in units}
        code = self._units.get(unit)
        return self._desks.clerk_of(code) if code else None

    async def _may_touch(self, looker: str, case_no: str) -> bool:
        steps = (await self._desks.answer(looker, "GET", f"/api/dispatch/cases/{case_no}/timeline")).json()
        return not touched_by_others(steps, self._mine.get(case_no, 0), utcnow())

    def _ask(self, row: dict[str, Any], page: dict[str, Any]) -> dict[str, Any] | None:
        allowed = set(page["allowed_actions"])
        known = _WISHES.get(Status(row["status"]), {})
        wishes = {Action(name): weight for name, weight in known.items() if name in allowed}
        if Status(row["status"]) in (Status.HANDLING, Status.REWORK) and Action.FILE_RESULT in wishes:
            wishes.pop(Action.CONTACT, None)  # contact is made: now the result
        if any(not survey["solved"] for survey in page["surveys"]) and Action.REWORK in wishes:
            wishes = {Action.REWORK: 2, Action.CLOSE_REASONED: 1}
        elif row["status"] == Status.FOLLOW_UP:
            wishes = {Action.ANSWER_SURVEY: 8, Action.RECORD_ATTEMPT: 2}
        if row["suggested_unit"] is None:
            wishes.pop(Action.DISPATCH, None)
            wishes.pop(Action.FORWARD, None)
        if Action.DISPATCH in allowed:
            wishes.pop(Action.SCREEN, None)  # it was screened
        if not wishes or (row["status"] == Status.RESULT_REVIEW and Action.ACCEPT_RESULT not in wishes):
            return None  # somebody is to look at it on the spot first
        action = self._own.choices(list(wishes), list(wishes.values()))[0]
        return {"action": action.value, **self._said(action, row)}

    def _said(self, action: Action, row: dict[str, Any]) -> dict[str, Any]:
        solved = self._own.random() < 0.9
        fixed: dict[Action, dict[str, Any]] = {
            Action.DISPATCH: {"unit": row["suggested_unit"]},
            Action.FORWARD: {"unit": row["suggested_unit"]},
            Action.SCREEN: {"no_unit": True, "confirmed": True},
            Action.ANSWER: {"answer": self._say("ANSWER", row)},
            Action.CONTACT: {
                "contacted_at": utcnow().isoformat(),
                "way": "PHONE",
                "outcome": "REACHED",
                "note": self._say("CONTACT", row),
            },
            Action.FEEDBACK: {"text": self._say("FEEDBACK", row)},
            Action.FILE_RESULT: {
                "reply_text": self._say("REPLY_SOLVED", row),
                "finding": self._say("FINDING", row),
                "factual": True,
                "solved": "SOLVED",
                "adoption": Adoption.ADOPTED.value if row["kind"] == Kind.SUGGESTION else None,
            },
            Action.ANSWER_SURVEY: {"solved": solved, "satisfaction": mending.grade(self._own, solved=solved).value},
            Action.CLOSE_REASONED: {"reason": "POLICY_EXPLAINED", "note": self._say("CLOSE_REASONED", row)},
        }
        noted = action.value in _NOTED
        return fixed.get(action, {"note": self._say(action.value, row)} if noted else {})

    def _say(self, topic: str, row: dict[str, Any]) -> str:
        return self._words.say(self._own, topic, title=row["title"], at=row["area_name"], unit=row["unit_name"] or "")


def touched_by_others(steps: list[dict[str, Any]], mine: int, now: datetime) -> bool:
    """Whether somebody else moved the case within the last ten minutes. `mine`: the version that our own act made."""
    for step in steps:
        young = now - datetime.fromisoformat(step["at"]) < KEEP_AWAY
        if young and step["role"] not in _NOBODYS and (step["version"] is None or step["version"] > mine):
            return True
    return False


_DOORS = {"agent": "requests", "emergency": "emergencies", "grid": "grid-reports"}
_ROLES = {
    Status.CALLED: Role.DISPATCHER,
    Status.REVIEW: Role.DISPATCHER,
    Status.NEED_INFO: Role.AGENT,
    Status.RESULT_REVIEW: Role.REVIEWER,
    Status.FOLLOW_UP: Role.FOLLOW_UP,
}
_WISHES: dict[Status, dict[str, int]] = {
    Status.CALLED: {"TAKE_ON": 9, "ANSWER": 1},
    Status.REVIEW: {"DISPATCH": 18, "SCREEN": 18, "FORWARD": 18, "ANSWER": 1, "ASK_INFO": 1},
    Status.NEED_INFO: {"SUPPLY_INFO": 1},
    Status.DISPATCHED: {"SIGN": 1},
    Status.HANDLING: {"CONTACT": 6, "FEEDBACK": 1, "FILE_RESULT": 5},
    Status.RESULT_REVIEW: {"ACCEPT_RESULT": 14, "SEND_BACK_RESULT": 1},
    Status.FOLLOW_UP: {"ANSWER_SURVEY": 8, "RECORD_ATTEMPT": 2, "REWORK": 1},
    Status.REWORK: {"CONTACT": 6, "FILE_RESULT": 5},
}
_RULED = frozenset({"ACCEPT_RECTIFICATION", "SEND_BACK_RECTIFICATION"})
_NOTED = frozenset({"TAKE_ON", "ASK_INFO", "SUPPLY_INFO", "SEND_BACK_RESULT", "RECORD_ATTEMPT", "REWORK"})


def _body(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(message.body)
    return found


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("code") or answer.json().get("detail"))
    except ValueError:
        return ""
