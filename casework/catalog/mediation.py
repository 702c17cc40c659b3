"""What a city says of mediation (data/mediation.toml): kinds, tracks, limits, reasons, handovers; read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from casework.catalog.entries import Entry, Name
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.catalog.turns import Choice, keyed
from casework.rules.limits import Limit
from casework.rules.mediation_facts import MediationRules
from casework.rules.mediation_words import DisputeClock, LinkKind, Track

LimitText = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}(m|h|d|wm|wd)$")]
_CHOICES = ("kind", "unsuitable", "ending", "way")
_OTHER_LIMITS = frozenset(DisputeClock) - {DisputeClock.MEDIATE, DisputeClock.PERFORM}
"""Clocks whose length is here; the time for mediation hangs on the track, performance ends when the parties agreed."""


class Sourced(Entry):
    """A limit and its source."""

    limit: LimitText
    source: Name

    @property
    def length(self) -> Limit:
        """The limit, read."""
        return Limit.parse(self.limit)


class TrackEntry(Sourced):
    """A track: how long, and where they are counted how many sessions and within what time of the first."""

    sessions: Annotated[int, Field(ge=1, le=99)] | None = None
    within: LimitText | None = None


class Link(Sourced):
    """A link: until when the other side answers, and the objects that are handed over, by code."""

    objects: Annotated[dict[str, Choice], Field(min_length=1)]


@dataclass(frozen=True)
class Mediation:
    """The rules, and all that people read or choose from, by code."""

    rules: MediationRules
    kinds: Mapping[str, Choice]
    unsuitable: Mapping[str, Choice]
    endings: Mapping[str, Choice]
    ways: Mapping[str, Choice]
    tracks: Mapping[Track, TrackEntry]
    limits: Mapping[DisputeClock, Sourced]
    links: Mapping[LinkKind, Link]


def read_mediation(file: Toml, faults: Faults) -> Mediation:
    """Every track, every limit and every link has its entry; a table of another name is a fault."""
    for group in file.tables:
        if group not in (*_CHOICES, "track", "limit", "link"):
            faults.add("extra", file.name, file.line(group), group)
    kinds, unsuitable, endings, ways = (file.entries(group, Choice, faults) for group in _CHOICES)
    tracks = keyed(file, "track", Track, TrackEntry, faults)
    limits = keyed(file, "limit", DisputeClock, Sourced, faults)
    links = keyed(file, "link", LinkKind, Link, faults)
    wanted: list[tuple[str, frozenset[str], frozenset[str]]] = [
        ("track", frozenset(Track), frozenset(tracks)),
        ("limit", frozenset(_OTHER_LIMITS), frozenset(limits)),
        ("link", frozenset(LinkKind), frozenset(links)),
    ]
    for group, keys, found in wanted:
        for key in sorted(keys - found):
            faults.add("missing", file.name, file.line(group), f"{group}.{key}")
        for key in sorted(found - keys):
            faults.add("extra", file.name, file.line(group, key), f"{group}.{key}")
    rules = MediationRules(
        kinds=frozenset(kinds),
        unsuitable=frozenset(unsuitable),
        endings=frozenset(endings),
        ways=frozenset(ways),
        objects={kind: frozenset(link.objects) for kind, link in links.items()},
        most_sessions={track: entry.sessions for track, entry in tracks.items() if entry.sessions is not None},
    )
    return Mediation(rules, kinds, unsuitable, endings, ways, tracks, limits, links)
