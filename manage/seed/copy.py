"""The notebook goes into the database by COPY 批量写入, in the caller's transaction.

Rows are put in the order of their time, table by table, and get ids from their sequences in that order, as they would
have had; what points at them is changed along.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from sqlalchemy.sql.ddl import sort_tables

from casework.db.citizens import LINK_LASTS
from casework.db.models import Base
from casework.kit.crypto import Keyring, digest
from manage.seed.pen import Row, columns_of
from manage.seed.telling import Link

_TIMES = ("received_at", "created_at", "opened_at", "started_at", "fired_at", "at")
_POINTS = {"inbox_id": "inbox", "assignment_id": "assignment"}
"""Columns that point at a table without a foreign key."""
_MODELS = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
Ids = dict[str, dict[int, int]]


async def copy_all(connection: asyncpg.Connection, tables: Mapping[str, list[Row]]) -> Ids:
    """Write every table, those that others point at first; which id each of the notebook's became."""
    ids: Ids = {}
    for table in _those_pointed_at_first():
        if rows := tables.get(table):
            await _copy(connection, _MODELS[table], rows, ids)
    return ids


def _those_pointed_at_first() -> list[str]:
    """The tables' names, in an order in which every id is known before it is pointed at."""
    tables = Base.metadata.tables
    beside_keys = [
        (tables[target], table) for table in tables.values() for column, target in _POINTS.items() if column in table.c
    ]
    return [table.name for table in sort_tables(tables.values(), extra_dependencies=beside_keys)]


async def _copy(connection: asyncpg.Connection, model: type[Base], rows: list[Row], ids: Ids) -> None:
    table, columns = model.__tablename__, columns_of(model)
    own = columns.index("id") if "id" in columns else None
    order = [columns.index(name) for name in _TIMES if name in columns][:1] + ([] if own is None else [own])
    rows.sort(key=lambda row: [row[place] for place in order])
    if own is not None:
        fresh = await take_ids(connection, table, len(rows))
        ids[table] = {row[own]: new for row, new in zip(rows, fresh, strict=True)}
    changes = {columns.index(name): ids[target] for name, target in _points(model).items() if target in ids}
    if own is not None:
        changes[own] = ids[table]
    records = [_changed(row, changes) for row in rows]
    await connection.copy_records_to_table(table, records=records, columns=columns, timeout=120)


def _points(model: type[Base]) -> dict[str, str]:
    """Which columns point at which table's ids."""
    keys = {key.parent.name: key.column.table.name for key in model.__table__.foreign_keys}
    return keys | {name: table for name, table in _POINTS.items() if name in model.__table__.c}


def _changed(row: Row, changes: Mapping[int, Mapping[int, int]]) -> Row:
    held: list[Any] = list(row)
    for place, ids in changes.items():
        if held[place] is not None:
            held[place] = ids[held[place]]
    return tuple(held)


async def take_ids(connection: asyncpg.Connection, table: str, count: int) -> list[int]:
    """So many ids of a table's sequence, in order."""
    rows = await connection.fetch(
        "SELECT nextval(pg_get_serial_sequence($1, 'id')) AS id FROM generate_series(1, $2)", table, count
    )
    return sorted(row["id"] for row in rows)


async def copy_links(
    connection: asyncpg.Connection, keyring: Keyring, links: Sequence[Link], cases: Mapping[int, int]
) -> None:
    """The links that went out with results (journey/citizen.py derives the same token again)."""
    records = []
    for link in links:
        case_id = cases[link.case_id]
        token = keyring.link_token(f"case:{case_id}:{link.cycle}")
        records.append((digest(token), case_id, link.cycle, link.at, link.at + LINK_LASTS))
    columns = ["token_digest", "case_id", "cycle", "created_at", "expires_at"]
    await connection.copy_records_to_table("citizen_link", records=records, columns=columns)


async def copy_rows(connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Rows that are ready as they are."""
    await connection.copy_records_to_table(table, records=rows, columns=list(columns))
