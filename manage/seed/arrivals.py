"""What comes in and when 来件: the messages of 30 days, as each door gets them, in the order of their coming.

More comes on working mornings, less at night and on days of rest. The same seed and the same `now` give the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from casework.kit.now import in_shanghai
from casework.rules.calendars import WorkCalendar
from casework.rules.facts import Actor
from casework.rules.words import Channel, Kind, Role
from manage.seed.grids import Box
from manage.seed.texts import Matter, Place, Words

DAYS = 30
_BY_HOUR = (3, 2, 1, 1, 1, 2, 5, 14, 30, 62, 66, 50, 24, 26, 46, 45, 40, 32, 22, 20, 19, 15, 10, 6)
_REST_DAY = 0.55
_MONDAY = 1.2
_GRID_SHARE = 0.22
_STUDIOS = (Channel.PARTY_STUDIO, Channel.CONGRESS_STUDIO, Channel.CPPCC_STUDIO)
_OF_THE_OUTAGE = 0.15
_EMERGENCIES = (("120", "老人突然晕倒"), ("119", "阳台冒烟"), ("110", "楼下有人打斗"), ("122", "路口车辆碰撞"))


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its door gets it. `actor`: who wrote it down, None for the hotline's webhook.

    `category`: what it is about, said or not.
    """

    at: datetime
    door: str
    message_id: str
    body: bytes
    actor: Actor | None
    place: Place
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A community: its code and name, and where its grids lie."""

    area: str
    name: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Outage:
    """停水: it hits one neighbourhood, many there speak of it while it lasts, and the next day it is a hot spot."""

    area: str
    category: str
    begins: datetime
    ends: datetime

    @classmethod
    def yesterday(cls, now: datetime, area: str) -> "Outage":
        """The water is off there from 07:00 to 22:00 of the day before, Asia/Shanghai."""
        day = in_shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        return cls(area, "0301", day + timedelta(hours=7), day + timedelta(hours=22))

    def told_by(self, message: "Message") -> bool:
        """Whether a message is about it."""
        here = message.place.area.startswith(self.area) and message.category == self.category
        return here and self.begins <= message.at < self.ends


def moments(chance: Random, now: datetime, count: int, calendar: WorkCalendar) -> list[datetime]:
    """When they come: `count` instants of the 30 days before `now`, in order."""
    start = now - timedelta(days=DAYS)
    hours = [start + timedelta(hours=hour) for hour in range(DAYS * 24)]
    found = chance.choices(hours, [_weight(hour, calendar) for hour in hours], k=count)
    return sorted(hour + timedelta(milliseconds=chance.randrange(3_600_000)) for hour in found)


def _weight(hour: datetime, calendar: WorkCalendar) -> float:
    local = in_shanghai(hour)
    day = 1.0 if calendar.is_workday(local.date()) else _REST_DAY
    return _BY_HOUR[local.hour] * day * (_MONDAY if local.weekday() == 0 else 1.0)


class Arrivals:
    """Makes the messages."""

    def __init__(
        self,
        words: Words,
        matters: Sequence[Matter],
        actors: Sequence[Actor],
        places: Sequence[Neighbourhood],
        outage: Outage | None = None,
    ) -> None:
        self._outage = outage
        self._words = words
        self._said = [matter for matter in matters if not matter.from_grid]
        self._found = [matter for matter in matters if matter.from_grid]
        self._agents = [actor for actor in actors if Role.AGENT in actor.roles]
        self._walkers = [actor for actor in actors if Role.GRID_WORKER in actor.roles]
        self._places = {place.area: place for place in places}
        # some communities speak up more than others
        self._loud = [1 + (int(place.area[-3:]) * 7 + int(place.area[6:9]) * 3) % 5 for place in places]

    def message(self, chance: Random, number: int, at: datetime) -> Message:
        """The `number`-th message."""
        message_id = f"demo-{number:05d}"
        draw = chance.random()
        if draw < _GRID_SHARE:
            return self._from_grid(chance, message_id, at)
        if draw < _GRID_SHARE + 0.006:
            return self._emergency(chance, message_id, at)
        if draw < _GRID_SHARE + 0.2:
            return self._by_agent(chance, message_id, at)
        return self._by_hotline(chance, message_id, number, at)

    def _by_hotline(self, chance: Random, message_id: str, number: int, at: datetime) -> Message:
        body, place = self._statement(chance, at)
        category = body["category"]
        body["upstream_no"] = f"DEMO{number:06d}"
        body["channel"] = chance.choices(
            [Channel.HOTLINE, Channel.WECHAT, Channel.APP, Channel.WEB, Channel.PROVINCE, Channel.POLICE_110],
            [60, 18, 9, 6, 4, 3],
        )[0].value
        if chance.random() < 0.05:
            del body["category"]  # the hotline left it to us: it stands unrouted until somebody classifies it
        if chance.random() < 0.06:
            due = at + timedelta(days=chance.randint(5, 12))
            body["upstream_due"] = in_shanghai(due).replace(microsecond=0).isoformat()
        return Message(at, "hotline", message_id, _json(body), None, place, category)

    def _by_agent(self, chance: Random, message_id: str, at: datetime) -> Message:
        body, place = self._statement(chance, at)
        channels = [Channel.AGENT, Channel.LETTER, Channel.MEDIA, *_STUDIOS]
        body["channel"] = chance.choices(channels, [82, 11, 3, 1, 2, 1])[0].value
        return Message(at, "agent", message_id, _json(body), chance.choice(self._agents), place, body["category"])

    def _emergency(self, chance: Random, message_id: str, at: datetime) -> Message:
        place = self._anywhere(chance)
        line, title = chance.choice(_EMERGENCIES)
        name, phone = self._words.person(chance)
        body = {
            "line": line,
            "title": title,
            "text": f"{place.address}，{title}，已转{line}并保持通话。",
            "person": {"name": name, "phone": phone},
            "place": {"area_code": place.area, "address": place.address},
        }
        return Message(at, "emergency", message_id, _json(body), chance.choice(self._agents), place)

    def _from_grid(self, chance: Random, message_id: str, at: datetime) -> Message:
        walker = chance.choice(self._walkers)
        home = self._places[walker.area[:12]]
        place = self._words.place(chance, walker.area, home.name)
        matter = _pick(chance, self._found)
        entry = chance.choices(["SETTLED", "COMMUNITY", "CALL"], [45, 25, 30])[0]
        if matter.kind in (Kind.GRID_EVENT, Kind.GRID_PART) and entry == "SETTLED":
            entry = "CALL"  # settled on the spot, these need a photo (证据要求)
        body = self._said_of(chance, matter, place, home)
        body["entry"] = entry
        if entry == "SETTLED":
            body["evidence"] = self._words.say(chance, "SETTLE")
        if chance.random() < 0.05:
            acted = at - timedelta(minutes=chance.randint(4, 90))  # tapped offline, sent later
            body["acted_at"] = acted.isoformat()
        return Message(at, "grid", message_id, _json(body), walker, place, matter.category)

    def _statement(self, chance: Random, at: datetime) -> tuple[dict[str, Any], Place]:
        home, matter = self._home(chance), _pick(chance, self._said)
        out = self._outage
        if out is not None and out.begins <= at < out.ends and chance.random() < _OF_THE_OUTAGE:
            home, matter = self._places[out.area], next(m for m in self._said if m.category == out.category)
        place = self._words.place(chance, home.area, home.name)
        body = self._said_of(chance, matter, place, home)
        body["person"] = self._person(chance)
        if chance.random() < 0.3:
            happened = at - timedelta(minutes=chance.randint(10, 2000))
            body["occurred_at"] = in_shanghai(happened).replace(microsecond=0).isoformat()
        if chance.random() < 0.35:
            body["call"] = {"call_id": f"DEMO-CALL-{chance.randrange(10**6):06d}"}
        return body, place

    def _said_of(self, chance: Random, matter: Matter, place: Place, home: Neighbourhood) -> dict[str, Any]:
        body: dict[str, Any] = {
            "title": matter.title,
            "text": self._words.fill(chance, matter.text, place),
            "kind": matter.kind.value,
            "category": matter.category,
            "place": {"area_code": place.area, "address": place.address},
        }
        if chance.random() < 0.7:
            own = home.boxes[int(place.area[12:]) - 1 :][:1] if len(place.area) > 12 else home.boxes
            lon, lat = chance.choice(own).point(chance)
            body["place"].update(lon=lon, lat=lat, crs="CGCS2000")
        return body

    def _person(self, chance: Random) -> dict[str, Any]:
        if chance.random() < 0.04:
            return {"anonymous": True}
        name, phone = self._words.person(chance)
        person: dict[str, Any] = {"name": name, "phone": phone}
        for field, share in (("secret", 0.02), ("dialect", 0.03), ("proxy_for", 0.04)):
            if chance.random() < share:
                person[field] = True if field == "secret" else self._words.one(chance, _LISTS[field])
        if chance.random() < 0.03:
            person["reply_wanted"] = False
        return person

    def _home(self, chance: Random) -> Neighbourhood:
        return chance.choices(list(self._places.values()), self._loud)[0]

    def _anywhere(self, chance: Random) -> Place:
        home = self._home(chance)
        return self._words.place(chance, home.area, home.name)


_LISTS = {"dialect": "dialects", "proxy_for": "proxies"}


def _pick(chance: Random, matters: Sequence[Matter]) -> Matter:
    return chance.choices(matters, [matter.weight for matter in matters])[0]


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
