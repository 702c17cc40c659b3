"""Evidence 证据: what the catalogue demands of a move, and what is missing of it.

Demands are the city's data (catalog/data/evidence.csv); all lines that fit add up, so their order means nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casework.rules.points import Point, distance_m
from casework.rules.words import Action, Kind, Media, Moment, Urgency


@dataclass(frozen=True, slots=True)
class Demand:
    """What has to be shown: so many photos, one before and one after, taken within so many metres of the spot, and
    how a call ended. `within_m` None: anywhere."""

    photos: int = 0
    before_after: bool = False
    within_m: int | None = None
    call_outcome: bool = False

    def __or__(self, other: "Demand") -> "Demand":
        radii = [radius for radius in (self.within_m, other.within_m) if radius is not None]
        return Demand(
            max(self.photos, other.photos),
            self.before_after or other.before_after,
            min(radii, default=None),
            self.call_outcome or other.call_outcome,
        )


NOTHING_DEMANDED = Demand()


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """One line of the catalogue. `category` is a prefix; empty or None fits all. `way` is that of a first contact."""

    action: Action
    demand: Demand
    category: str = ""
    urgency: Urgency | None = None
    kind: Kind | None = None
    way: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An attachment as evidence. `point`: where it was taken in WGS-84, as the photo or the device says."""

    media: Media
    moment: Moment | None = None
    point: Point | None = None


def demanded(
    rules: Iterable[EvidenceRule],
    action: Action,
    *,
    category: str | None,
    urgency: Urgency,
    kind: Kind | None,
    way: str | None = None,
) -> Demand:
    """All that the catalogue demands of this action on such a case."""
    total = NOTHING_DEMANDED
    for rule in rules:
        if (
            rule.action is action
            and (category or "").startswith(rule.category)
            and rule.urgency in (None, urgency)
            and rule.kind in (None, kind)
            and rule.way in (None, way)
        ):
            total = total | rule.demand
    return total


def missing(demand: Demand, shown: Sequence[Shown], spot: Point | None) -> str | None:
    """The code of what is missing, or None.

    A distance is judged only where the spot is surely known; a photo without a place of its own then proves nothing.
    """
    photos = [one for one in shown if one.media is Media.IMAGE]
    lacking = _lacking(demand, photos)
    if lacking is not None or demand.within_m is None or spot is None:
        return lacking
    near = [one for one in photos if one.point and distance_m(one.point, spot) <= demand.within_m]
    if _lacking(demand, near) is None:
        return None
    return "PHOTO_PLACE_MISSING" if any(one.point is None for one in photos) else "PHOTO_TOO_FAR"


def _lacking(demand: Demand, photos: Sequence[Shown]) -> str | None:
    moments = {one.moment for one in photos}
    if demand.before_after and Moment.BEFORE not in moments:
        return "PHOTO_BEFORE_MISSING"
    if demand.before_after and Moment.AFTER not in moments:
        return "PHOTO_AFTER_MISSING"
    return "PHOTO_MISSING" if len(photos) < demand.photos else None
