"""The crew of the demo 演示班底: its people and its words, as the habits use them."""

from dataclasses import dataclass
from datetime import datetime

from casework.rules import asks
from casework.rules.words import Role
from manage.seed.life import Life, Step
from manage.seed.people import People
from manage.seed.texts import Words


@dataclass(frozen=True, slots=True)
class Crew:
    """People and words."""

    people: People
    words: Words

    def say(self, life: Life, topic: str) -> str:
        """A sentence about this case."""
        unit = life.world.names.get(life.case.lead_unit_id or 0, "")
        return self.words.say(life.chance, topic, title=life.case.title, at=life.message.place.at, unit=unit)

    def by(self, life: Life, role: Role, at: datetime, ask: asks.Ask) -> Step:
        """Somebody of that role asks for it."""
        return Step(at, self.people.one(life.chance, role), ask)

    def by_unit(self, life: Life, at: datetime, ask: asks.Ask) -> Step:
        """The unit that has the case asks for it."""
        return Step(at, self.people.of_unit(life), ask)
