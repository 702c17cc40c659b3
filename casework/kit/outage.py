"""Outage 数据库离线: which exceptions mean that the database is away or too busy just now, so that a retry may help.

reliability.md §1.4 F02: such errors answer 503 with Retry-After, never 500, and end no process.
"""

import errno
import socket

import asyncpg
from sqlalchemy import exc

from casework.kit.logs import chain

_SQLSTATE_CLASSES = ("08", "53", "57P", "58")
_SQLSTATES = frozenset({"25006", "25P03", "40001", "40P01", "55P03", "57014"})
_ERRNOS = frozenset({errno.EADDRNOTAVAIL, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.ETIMEDOUT})


def is_outage(error: BaseException) -> bool:
    """Whether the database (or the way to it) is away, starting, stopping, full or locked; anything else is a fault.

    SQLSTATE classes 08 connection, 53 resources, 57P shutdown and start, 58 system; read-only after a failover;
    serialization, deadlock, lock and statement time-outs.
    """
    return any(_is_away(part) for part in chain(error))


def _is_away(error: BaseException) -> bool:
    sqlstate = getattr(error, "sqlstate", None)
    if isinstance(sqlstate, str):
        return sqlstate.startswith(_SQLSTATE_CLASSES) or sqlstate in _SQLSTATES
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, (exc.InterfaceError, exc.OperationalError, exc.TimeoutError, exc.DisconnectionError)):
        return True
    if isinstance(error, (ConnectionError, TimeoutError, socket.gaierror)):
        return True
    if isinstance(error, asyncpg.InternalClientError):
        return True  # the server was killed in the middle of an answer
    if isinstance(error, OSError):
        return error.errno in _ERRNOS or (error.errno in {None, errno.ENOENT} and error.filename is None)
    return type(error).__module__.startswith("asyncpg") and "closed" in str(error)
