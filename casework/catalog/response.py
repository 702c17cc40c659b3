"""A city's rules for graded response and whistles (data/response.toml), read and checked."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from casework.catalog.entries import Entry, Name
from casework.catalog.faults import Faults
from casework.catalog.read import Toml

_GROUPS = ("whistle",)
_CHECK_IN = "check_in"


class CheckInEntry(Entry):
    """Within how many metres of the spot a department counts as there, and the source."""

    within_m: Annotated[int, Field(ge=10, le=100_000)]
    source: Name


@dataclass(frozen=True)
class Response:
    """The rules. `check_in_within_m`: metres."""

    check_in_within_m: int


def read_response(file: Toml, faults: Faults) -> Response:
    """Nothing may be missing; a table of another name is a fault."""
    for group in file.tables:
        if group not in _GROUPS:
            faults.add("extra", file.name, file.line(group), group)
    check_in = file.entries("whistle", CheckInEntry, faults).get(_CHECK_IN)
    if check_in is None:
        faults.add("missing", file.name, file.line("whistle"), f"whistle.{_CHECK_IN}")
    return Response(check_in.within_m if check_in else 0)
