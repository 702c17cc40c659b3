"""Requests 诉求 as they are answered: number, query code, cases with their due times."""

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import asyncpg

from casework.kit.crypto import Keyring
from casework.rules.words import Status


def query_code(keyring: Keyring, request_no: str) -> str:
    """The 8 digits that go with a number (查询码): derived, never stored, the same each time (words.md §1)."""
    mac = urlsafe_b64decode(keyring.link_token(f"query:{request_no}") + "==")
    return f"{int.from_bytes(mac) % 100_000_000:08d}"


@dataclass(frozen=True, slots=True)
class CaseReceipt:
    """A case as the sender is told of it. `due`: clock name to due time (UTC) of the clocks that run."""

    case_no: str
    status: Status
    due: dict[str, datetime]
    provisional: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a message. `repeated`: it was known. `supplemented`: its words were added to a known request."""

    request_no: str
    query_code: str
    cases: tuple[CaseReceipt, ...]
    flags: tuple[str, ...] = ()
    repeated: bool = False
    supplemented: bool = False


_RECEIPT = """
SELECT r.request_no, r.flags, i.outcome, c.case_no, c.status, c.provisional, k.name, k.due_at
FROM inbox i
JOIN request r ON r.id = coalesce(i.request_id, (SELECT id FROM request WHERE inbox_id = i.id))
JOIN cases c ON c.request_id = r.id
LEFT JOIN clock k ON k.case_id = c.id AND k.state = 'RUNNING'
WHERE i.id = $1
ORDER BY c.id, k.id
"""


async def receipt_of(db: asyncpg.Pool, keyring: Keyring, inbox_id: int) -> Receipt:
    """The receipt of a message that was dealt with, as its cases stand now."""
    rows = await db.fetch(_RECEIPT, inbox_id)
    first = rows[0]
    cases = []
    for case_no, group in groupby(rows, key=lambda row: row["case_no"]):
        clocks = list(group)
        due = {row["name"]: row["due_at"] for row in clocks if row["name"] is not None}
        cases.append(CaseReceipt(case_no, Status(clocks[0]["status"]), due, clocks[0]["provisional"]))
    supplemented = first["outcome"] == "SUPPLEMENTED"
    request_no = first["request_no"]
    return Receipt(
        request_no, query_code(keyring, request_no), tuple(cases), tuple(first["flags"]), supplemented=supplemented
    )
