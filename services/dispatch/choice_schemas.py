"""What a form offers to choose from 可选理由."""

from pydantic import BaseModel


class Choice(BaseModel):
    """One of a list: its code, and how it reads."""

    code: str
    text: str


class LongestChoice(Choice):
    """挂起、挂账理由; `most`: how long at the longest, written as in the catalogue (90d, 15wd)."""

    most: str


class ToldChoice(Choice):
    """引导、说明理由办结; `told`: what the citizen is told. `second_person`: somebody else has to agree (会审)."""

    told: str
    second_person: bool


class Choices(BaseModel):
    """All lists at once: they are short, and change with the catalogue only."""

    returns: list[Choice]
    suspensions: list[LongestChoice]
    listings: list[LongestChoice]
    closures: list[ToldChoice]
    guidances: list[ToldChoice]
    lines: list[Choice]
