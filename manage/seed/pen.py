"""The demo's pen 笔: rows are written into memory, as tuples in the order of their tables' columns.

Ids are counted here, table by table; when all is written they are exchanged for real ones (copy.py).
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import Column, Insert
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from casework.db.models import Base

Row = tuple[Any, ...]
Written = tuple[type[Base], dict[str, Any]]
"""A row's model, and its values as they stand."""


class Notebook:
    """A journey.writing.Pen that keeps what is added. `put_away` ends a case: its rows become tuples.

    Notebooks that are written beside one another begin at ids far apart, and are then put together.
    """

    def __init__(self, first_id: int = 1) -> None:
        self.tables: dict[str, list[Row]] = defaultdict(list)
        self.written: list[Written] = []
        self._ids: dict[str, count[int]] = defaultdict(lambda: count(first_id))

    def next_id(self, table: str) -> int:
        """The next id of a table, within this notebook."""
        return next(self._ids[table])

    def add(self, instance: Base) -> None:
        if _has_id(type(instance)) and instance.__dict__.get("id") is None:
            instance.id = self.next_id(instance.__tablename__)  # type: ignore[attr-defined]
        self.written.append((type(instance), instance.__dict__))

    def put(self, model: type[Base], values: dict[str, Any]) -> None:
        """As `add`, for a row that nothing changes as an object any more."""
        if _has_id(model):
            values["id"] = self.next_id(model.__tablename__)
        self.written.append((model, values))

    async def flush(self) -> None:
        """Ids were given when the rows were added."""

    async def execute(self, statement: Insert, rows: list[dict[str, Any]], /) -> None:
        for values in rows:
            self.put(_model_of(statement.table.name), values)

    def lay_aside(self) -> list[Written]:
        """The rows of the case at hand, to be put away later."""
        aside, self.written = self.written, []
        return aside

    def put_away(self, now: datetime, aside: Sequence[Written] = ()) -> None:
        """Keep the rows of the case at hand, and those that lay aside; `now` stands where the database would have put
        its own time."""
        for model, values in (*self.written, *aside):
            self.tables[model.__tablename__].append(
                tuple(
                    value if (value := values.get(name)) is not None and not as_json else read(value, now)
                    for name, as_json, read in _columns(model)
                )
            )
        self.written = []


@lru_cache
def _model_of(table: str) -> type[Base]:
    return next(each.class_ for each in Base.registry.mappers if each.class_.__tablename__ == table)


@lru_cache
def _has_id(model: type[Base]) -> bool:
    return "id" in model.__table__.c


@lru_cache
def _columns(model: type[Base]) -> list[tuple[str, bool, Callable[[Any, datetime], Any]]]:
    """Each column's name, whether it is JSON, and how a value that is JSON or missing is copied."""
    return [(column.name, isinstance(column.type, JSONB), _reader(column)) for column in model.__table__.columns]


def columns_of(model: type[Base]) -> list[str]:
    """The columns of a row."""
    return [name for name, _, _ in _columns(model)]


def _reader(column: Column[Any]) -> Callable[[Any, datetime], Any]:
    default = _default(column)
    as_json = isinstance(column.type, JSONB)

    def read(value: Any, now: datetime) -> Any:
        if value is None:
            return now if default is _NOW else default
        return json.dumps(value, ensure_ascii=False) if as_json else value

    return read


_NOW = object()
_WORDS: dict[str, Any] = {"true": True, "false": False}


def _default(column: Column[Any]) -> Any:
    """What the database would write where nothing is given."""
    if column.server_default is None or column.identity is not None:
        return None
    said = str(column.server_default.arg.text) if hasattr(column.server_default.arg, "text") else "now()"  # type: ignore[attr-defined]
    if said == "now()":
        return _NOW
    if said == "'{}'" and isinstance(column.type, ARRAY):
        return []
    plain = said.strip("'")
    return _WORDS.get(plain, int(plain) if plain.isdecimal() and not said.startswith("'") else plain)
