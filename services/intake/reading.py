"""Reading a message kindly 宽容读取: what is well formed is used, what is not leaves a flag."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from casework.catalog.areas import significant
from casework.catalog.load import Catalog
from casework.journey.report import Incoming
from casework.kit.masking import normal_phone
from casework.kit.now import SHANGHAI
from casework.rules.words import Channel, Kind, Term, Urgency
from services.intake.schemas import Person, Place, Statement

SYSTEMS = {name: name for name in ("WGS84", "GCJ02", "BD09", "CGCS2000")}
YES_NO = dict.fromkeys(("1", "true", "yes", "y", "是"), True) | dict.fromkeys(("0", "false", "no", "n", "否"), False)
T = TypeVar("T")
W = TypeVar("W", bound=Term)


class Reader:
    """Reads one message's fields one by one and collects the flags."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.flags: list[str] = []

    def _try(self, flag: str, read: Callable[[Any], T], value: Any) -> T | None:
        if value is None or value == "":
            return None
        try:
            return read(value)
        except (ValueError, TypeError, KeyError, OverflowError):
            self.flags.append(flag)
            return None

    def text(self, value: Any, flag: str, limit: int = 200) -> str | None:
        """A short text; numbers are taken as their digits."""

        def read(given: Any) -> str:
            if not isinstance(given, (str, int)) or isinstance(given, bool):
                raise TypeError
            words = str(given).replace("\x00", "").strip()
            if len(words) > limit:
                self.flags.append(flag)
            return words[:limit]

        return self._try(flag, read, value) or None

    def term(self, kind: type[W], value: Any, flag: str) -> W | None:
        """A field's term by its code or its 中文."""
        return self._try(flag, lambda given: _by_name(kind)[str(given).strip()], value)

    def time(self, value: Any, flag: str) -> datetime | None:
        """An ISO time; without a zone it is Shanghai's. UTC comes back."""

        def read(given: Any) -> datetime:
            at = datetime.fromisoformat(str(given).strip().replace("/", "-"))
            return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)

        return self._try(flag, read, value)

    def yes(self, value: Any, default: bool) -> bool:
        """A yes or no, as people and systems write them; the default, with a flag, for what is neither."""
        found = self._try("YES_NO_UNUSABLE", lambda given: YES_NO[str(given).strip().lower()], value)
        return default if found is None else found

    def category(self, value: Any) -> str | None:
        """A category of the tree, or a flag; for a retired one, with a flag, the one that took its place."""
        found = self._try("CATEGORY_UNKNOWN", lambda given: self._catalog.categories[str(given).strip()], value)
        if found is not None and found.retired:
            self.flags.append("CATEGORY_RETIRED")
            return found.replaced_by or None
        return found.code if found is not None else None

    def area(self, value: Any) -> str | None:
        """A known area; an unknown part below a known one is cut off, with a flag."""
        code = self.text(value, "AREA_UNKNOWN", 20)
        if code is None:
            return None
        code = self._catalog.areas.today(significant(f"{code:0<12}"))
        known = self._catalog.areas.longest_known(code)
        if known is None or len(known.code) < min(len(code), 12):
            self.flags.append("AREA_UNKNOWN")
        return known.code if known else None

    def number(self, value: Any, least: float, most: float) -> float | None:
        """A number within bounds, or a flag."""

        def read(given: Any) -> float:
            found = float(given)
            if not least <= found <= most:
                raise ValueError
            return found

        return self._try("POINT_UNUSABLE", read, value)

    def system(self, value: Any) -> str | None:
        """The coordinate system that the source declares (坐标系)."""
        return self._try("CRS_UNKNOWN", lambda given: SYSTEMS[str(given).upper().replace("-", "")], value)

    def phone(self, value: Any) -> str | None:
        """The number as it was said; a flag when it is not one that can be called."""
        said = self.text(value, "PHONE_UNUSABLE", 40)
        if said is not None and normal_phone(said) is None:
            self.flags.append("PHONE_UNUSABLE")
        return said


@lru_cache
def _by_name(kind: type[W]) -> dict[str, W]:
    return {member.value: member for member in kind} | {member.zh: member for member in kind}


def read_statement(
    catalog: Catalog,
    said: Statement,
    *,
    source: str,
    channel: Channel,
    region: str,
    upstream_no: str | None = None,
    upstream_due: Any = None,
    crs: str | None = None,
) -> Incoming:
    """The message as the door takes it. `crs`: the source's coordinate system, where the message names none."""
    r = Reader(catalog)
    person, place = said.person, said.place
    return Incoming(
        source=source,
        channel=channel,
        region=region,
        title=_clean(said.title),
        text=_clean(said.text),
        upstream_no=upstream_no,
        upstream_due=r.time(upstream_due, "UPSTREAM_DUE_UNUSABLE"),
        occurred_at=r.time(said.occurred_at, "TIME_UNUSABLE"),
        kind=r.term(Kind, said.kind, "KIND_UNKNOWN"),
        category=r.category(said.category),
        urgency=r.term(Urgency, said.urgency, "URGENCY_UNKNOWN"),
        **_person(r, person),
        **_place(r, place, crs),
        call_id=r.text(said.call.call_id, "CALL_UNUSABLE"),
        recording=r.text(said.call.recording, "CALL_UNUSABLE", 500),
        flags=tuple(dict.fromkeys(r.flags)),
    )


def _clean(words: str) -> str:
    return words.replace("\x00", "")


def _person(r: Reader, person: Person) -> dict[str, Any]:
    return {
        "name": r.text(person.name, "NAME_UNUSABLE", 80),
        "phone": r.phone(person.phone),
        "anonymous": r.yes(person.anonymous, False),
        "secret": r.yes(person.secret, False),
        "reply_wanted": r.yes(person.reply_wanted, True),
        "proxy_for": r.text(person.proxy_for, "PROXY_UNUSABLE", 80),
        "dialect": r.text(person.dialect, "DIALECT_UNUSABLE", 40),
    }


def _place(r: Reader, place: Place, crs: str | None) -> dict[str, Any]:
    lon, lat = r.number(place.lon, -180, 180), r.number(place.lat, -90, 90)
    whole = lon is not None and lat is not None
    return {
        "area_code": r.area(place.area_code),
        "address": r.text(place.address, "ADDRESS_UNUSABLE", 500),
        "lon": lon if whole else None,
        "lat": lat if whole else None,
        "crs": r.system(place.crs) if place.crs else crs if whole else None,
    }
