"""From the cells of a row to what was said 行转诉求; what is wrong is told by row and field.

A row is refused only where it cannot be used or would be mistaken for another; all else is taken, with a flag, as at
every door.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from typing import Any, NamedTuple

from pydantic import ValidationError

from casework.catalog.load import Catalog
from casework.journey.report import Incoming
from casework.rules.words import Channel, Direction
from services.intake.importing.schemas import ImportedRow
from services.intake.importing.told import told_digits, told_time
from services.intake.reading import Reader, read_statement

PART_OF = {
    **dict.fromkeys(("name", "phone", "anonymous", "secret", "reply_wanted", "proxy_for", "dialect"), "person"),
    **dict.fromkeys(("area_code", "address", "lon", "lat", "crs"), "place"),
    **dict.fromkeys(("call_id", "recording"), "call"),
}
TIMES = ("occurred_at", "upstream_due")
DIGITS = ("phone", "area_code", "category", "call_id", "upstream_no")
MENDED = frozenset({*TIMES, *DIGITS})
_TO_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_PARTS: Mapping[str, Any] = {"person": {}, "place": {}, "call": {}}
_LEVELS = str.maketrans("／>＞→-—|", "///////")
_FROM_GRID = frozenset({Channel.GRID, Channel.COMMUNITY})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a row: a code of the locale files under `import.row`, or of the fields' own."""

    field: str | None
    code: str
    params: Mapping[str, Any] = part(default_factory=dict)


class BadRow(Exception):
    """The row is not taken; nothing of it was written."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__(faults[0].code)


class Column(NamedTuple):
    """Where a field's value is found: its place in the row (none: it is only fixed), their values to ours, and what it
    is where the row says nothing."""

    field: str
    place: int | None
    values: Mapping[str, str]
    fixed: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one file are read. `width`: columns of the head, where a longer row is a broken one."""

    columns: tuple[Column, ...]
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from. `source`: the request's; `scope`: the area in which they may lie, where they come in."""

    source: str
    channel: Channel
    scope: str


class Names:
    """Categories by their Chinese name, as lists write them: 占道经营, or 市容环境/占道经营."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        found: dict[str, str | None] = {}
        for category in catalog.categories.values():
            found[category.name] = None if category.name in found else category.code
        self._codes = {name: code for name, code in found.items() if code is not None}

    def category(self, said: str) -> str:
        """The code; a code whose leading zero a spreadsheet dropped gets it back; else what was said."""
        if said in self._catalog.categories:
            return said
        if said.isdigit() and f"0{said}" in self._catalog.categories:
            return f"0{said}"
        last = said.translate(_LEVELS).rsplit("/", 1)[-1].strip()
        return self._codes.get(said) or self._codes.get(last) or said


def body_of(plan: Plan, names: Names, cells: Sequence[str]) -> dict[str, Any]:
    """The row as a message. Raises BadRow: the row is longer than the head, or its number has lost digits."""
    if plan.width is not None and len(cells) > plan.width:
        raise BadRow(Fault(None, "import.row.too_many_cells", {"count": len(cells), "limit": plan.width}))
    body: dict[str, Any] = {}
    for name, value in _values(plan, names, cells):
        whole = PART_OF.get(name)
        if whole is None:
            body[name] = value
        else:
            body.setdefault(whole, {})[name] = value
    return body


def _values(plan: Plan, names: Names, cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    length = len(cells)
    for name, place, values, fixed in plan.columns:
        value = cells[place] if place is not None and place < length else ""
        value = values.get(value, value) or fixed
        if value:
            yield name, _mended(name, value, names) if name in MENDED else value


def _mended(name: str, value: str, names: Names) -> str:
    if name in TIMES:
        return told_time(value)
    if name in DIGITS:
        digits = told_digits(value)
        if digits is None and name == "upstream_no":
            raise BadRow(Fault(name, "import.row.digits_lost", {"value": value}))
        value = value if digits is None else digits
    return names.category(value) if name == "category" else value


def as_bytes(body: Mapping[str, Any]) -> bytes:
    """The message as it is stored: the same content has the same bytes."""
    return _TO_JSON.encode(body).encode("utf-8", "replace")


def checked(body: Mapping[str, Any]) -> ImportedRow:
    """The message in its shape. Raises BadRow: a field is too long, or there are no words."""
    try:
        row = ImportedRow.model_validate({**_PARTS, **body})
    except ValidationError as error:
        raise BadRow(*(_fault(fault) for fault in error.errors(include_url=False, include_input=False))) from None
    if not row.title and not row.text:
        raise BadRow(Fault("text", "import.row.no_words"))
    return row


def _fault(fault: Any) -> Fault:
    name = str(fault["loc"][-1])
    limit = fault.get("ctx", {}).get("max_length")
    if limit is None:
        return Fault(name, "import.row.unreadable")
    return Fault(name, "import.row.too_long", {"limit": limit})


def read(catalog: Catalog, origin: Origin, row: ImportedRow) -> tuple[Incoming, Direction]:
    """The row as the door takes it. Raises BadRow: its place lies outside the importer's area."""
    reader = Reader(catalog)
    channel = reader.term(Channel, row.channel, "CHANNEL_UNKNOWN") or origin.channel
    direction = reader.term(Direction, row.direction, "DIRECTION_UNKNOWN")
    incoming = read_statement(
        catalog,
        row,
        source=origin.source,
        channel=channel,
        region=origin.scope[:12],
        upstream_no=row.upstream_no,
        upstream_due=row.upstream_due,
    )
    area = incoming.area_code
    if area is not None and not area.startswith(origin.scope):
        if not origin.scope.startswith(area):
            raise BadRow(Fault("area_code", "import.row.out_of_scope", {"area": area}))
        area = None  # a wider area says less than where the row comes in
    incoming = incoming._replace(area_code=area, flags=(*incoming.flags, *reader.flags))
    return incoming, direction or (Direction.GRID if channel in _FROM_GRID else Direction.CENTRE)
