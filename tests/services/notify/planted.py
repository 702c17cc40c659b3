"""Cases planted as rows, for reports over many: each with the event that the database asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Event, Request
from casework.db.rollups import add
from casework.rules.queue_rank import queue_rank
from casework.rules.rates import CaseFacts
from casework.rules.words import Channel, Urgency


@dataclass(frozen=True)
class Planted:
    """One case: what the rate looks at, and what the report groups by."""

    facts: CaseFacts
    area: str = "510104017001"
    unit_id: int | None = None
    category: str | None = None
    channel: Channel = field(default=Channel.HOTLINE)


async def plant(session: AsyncSession, rows: Sequence[Planted]) -> list[str]:
    """Put the cases in; their numbers in order."""
    before = await session.scalar(select(func.count(Case.id))) or 0
    request = Request(
        request_no=f"R{before}",
        inbox_id=-1 - before,
        source="test",
        channel="HOTLINE",
        content_digest=b"",
        title_sealed=b"",
        text_sealed=b"",
        working_title="",
        working_text="",
    )
    session.add(request)
    await session.flush()
    columns = [_columns(f"R{before + n:06d}", request.id, row) for n, row in enumerate(rows)]
    await session.execute(insert(Case), columns)
    made = select(Case.id, text("'SEED'"), text("'SYSTEM'"), Case.status, Case.version)
    made = made.where(Case.request_id == request.id)
    await session.execute(insert(Event).from_select(["case_id", "action", "role", "to_status", "version"], made))
    await add(session, list(await session.scalars(select(Case.id).where(Case.request_id == request.id))))
    return [str(column["case_no"]) for column in columns]


def _columns(case_no: str, request_id: int, row: Planted) -> dict[str, object]:
    kept = {name: getattr(row.facts, name) for name in CaseFacts.__slots__}
    return {
        **{name: value.value if hasattr(value, "zh") else value for name, value in kept.items()},
        "request_id": request_id,
        "case_no": case_no,
        "level": "COUNTY",
        "urgency": "N",
        "queue_rank": queue_rank(row.facts.status, Urgency.N, None),
        "title": "",
        "area_code": row.area,
        "lead_unit_id": row.unit_id,
        "category": row.category,
        "channel": row.channel.value,
    }
