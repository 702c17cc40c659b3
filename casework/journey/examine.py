"""Examining a file that has come whole 附件检验: what it is by its bytes, where and when made, the copies to serve."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes

from casework.db.models import Attachment
from casework.kit.pictures import Picture, PictureFault, develop
from casework.kit.sniff import PDF, sniff
from casework.rules.points import Point, wgs84
from casework.rules.words import KnownFrom, Media

PLACE_UNSURE, SEEN_BEFORE = "PLACE_UNSURE", "SEEN_BEFORE"


class Refusal(Exception):
    """The file cannot be taken: the field at fault and the code of the sentence."""

    def __init__(self, field: str, code: str, **params: Any) -> None:
        super().__init__(code)
        self.field, self.code, self.params = field, code, params


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found out, as columns of the row; `copies`: the one to serve and the thumbnail, of a picture only."""

    columns: dict[str, Any]
    copies: tuple[bytes, ...] = ()

    @property
    def digest(self) -> bytes:
        """SHA-256 of the file as it came."""
        found: bytes = self.columns["digest"]
        return found


async def examine(content: bytes, row: Attachment) -> Seen:
    """Find out all of it. Raises: Refusal: not what was declared, not a kind that is taken, a picture that is none."""
    digest, sm3 = await asyncio.to_thread(_digests, content)
    if row.declared_digest is not None and row.declared_digest != digest:
        raise Refusal("sha256", "attachment.wrong_digest")
    kind = sniff(content)
    if kind is None:
        raise Refusal("content", "attachment.unknown_type")
    columns: dict[str, Any] = {"media_type": kind, "digest": digest, "digest_sm3": sm3}
    if not kind.startswith("image/"):
        media = Media.PDF if kind == PDF else Media.AUDIO
        return Seen({**columns, "media": media.value, **_as_declared(row)})
    try:
        picture = await develop(content)
    except PictureFault as fault:
        raise Refusal("content", fault.code, **fault.params) from None
    columns |= {"media": Media.IMAGE.value, "width": picture.width, "height": picture.height}
    return Seen({**columns, **_as_declared(row), **_as_the_picture_says(picture)}, (picture.served, picture.thumbnail))


def _digests(content: bytes) -> tuple[bytes, bytes]:
    """SHA-256, and SM3 for 国密 (domain.md §5.2)."""
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(content)
    return hashlib.sha256(content).digest(), sm3.finalize()


def _as_the_picture_says(picture: Picture) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if picture.lon is not None and picture.lat is not None:
        found |= {"lon": picture.lon, "lat": picture.lat, "place_from": KnownFrom.EXIF.value, "flags": []}
    if picture.taken is not None:
        found |= {"taken_at": picture.taken, "taken_from": KnownFrom.EXIF.value}
    return found


def _as_declared(row: Attachment) -> dict[str, Any]:
    """Place and time as the client declared them; a place in a system that is not known is kept as said, no more."""
    said: dict[str, Any] = row.declared
    found: dict[str, Any] = {}
    if (place := said.get("place")) is not None:
        point = wgs84(Point(place["lon"], place["lat"]), place.get("crs"))
        found["flags"] = [] if point else [PLACE_UNSURE]
        if point:
            found |= {"lon": point.lon, "lat": point.lat, "place_from": place["known_from"]}
    if (taken := said.get("taken_at")) is not None:
        known_from = said.get("taken_from", KnownFrom.DEVICE.value)
        found |= {"taken_at": datetime.fromisoformat(taken).astimezone(UTC), "taken_from": known_from}
    return found
