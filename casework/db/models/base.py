"""What every table shares: names of constraints, column types, ids and times.

All times are timestamptz in UTC. Areas are significant digits of the administrative code (words.md §5), so that a
scope is a prefix. Columns named `*_sealed` hold AES-GCM bytes (kit/crypto.py); `working_*` texts have phones, ids,
plates and cards masked.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, Identity, LargeBinary, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
        list[int]: ARRAY(BigInteger),
        list[datetime]: ARRAY(DateTime(timezone=True)),
    }


def new_id() -> Mapped[int]:
    """A generated primary key."""
    return mapped_column(BigInteger, Identity(always=False), primary_key=True)


def time_now() -> Mapped[datetime]:
    """The database's time when the row is written."""
    return mapped_column(server_default=func.now())
