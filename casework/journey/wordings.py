"""The wording of notices is kept here 通知文案维护: written by who answers for the area, at once for all processes.

A notice is told in the words that held when it became owed (0035), however late or often it is sent or read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import wordings as rows
from casework.db.accounts import note
from casework.db.models import NoticeWording
from casework.kit.errors import Conflict, FieldFault, Unprocessable
from casework.kit.masking import mask_text
from casework.rules.facts import Actor
from casework.rules.said_why import says_why
from casework.rules.words import Role

KEEPERS = (Role.SUPERVISION, Role.LEADER)
"""Who writes what citizens are told: those who answer for the area, as for its calendars (0030)."""
READERS = (*KEEPERS, Role.DISPATCHER, Role.ANALYST)


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it is asked for: holds from `since` (UTC) on; without a body the wider area's do, or the file's."""

    area: str
    since: datetime
    body: str | None


@dataclass
class OwnWordings:
    """All versions, read again whenever one was added."""

    _version: int = -1
    _known: dict[tuple[str, str], list[Version]] = field(default_factory=dict)

    async def fresh(self, db: asyncpg.Pool) -> "OwnWordings":
        """What is written up to now. One row is read where nothing was added."""
        if await rows.book_version(db) != self._version:
            version, found = await rows.all_versions(db)
            self._version, self._known = version, by_text(map(dict, found))
        return self

    def find(self, template: str, lang: str, area: str, at: datetime) -> str | None:
        """The own words that held at a moment in an area: the narrowest area's that has any; None: the file's."""
        version = held(self._known.get((template, lang), ()), area, at)
        return version.body if version else None


def by_text(found: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], list[Version]]:
    """Stored versions by template and language, newest first as they came."""
    known: dict[tuple[str, str], list[Version]] = {}
    for row in found:
        version = Version(row["area_code"], row["made_at"], row["body"])
        known.setdefault((row["template"], row["lang"]), []).append(version)
    return known


def held(versions: Sequence[Version], area: str, at: datetime) -> Version | None:
    """Of versions, newest first: the one with words that held at `at`, of the narrowest area around `area`."""
    last: dict[str, Version] = {}
    for version in versions:
        if version.since <= at and area.startswith(version.area):
            last.setdefault(version.area, version)
    narrowest = sorted(last.values(), key=lambda version: len(version.area), reverse=True)
    return next((version for version in narrowest if version.body is not None), None)


async def write(
    session: AsyncSession, actor: Actor, template: str, lang: str, body: str | None, why: str
) -> NoticeWording:
    """改文案: the words hold from now on in the actor's area; None: the file's again. A repeat changes nothing.

    Raises: Unprocessable: no reason. Conflict: the file's words hold already.
    """
    if not says_why(why):
        raise Unprocessable(fields=[FieldFault("why", "wording.why_missing")])
    await rows.take_turn(session)
    before = await rows.newest(session, template, lang, actor.area)
    if before is not None and before.body == body and body is not None:
        return before
    if body is None and (before is None or before.body is None):
        raise Conflict("wording.is_the_files")
    row = NoticeWording(
        template=template,
        lang=lang,
        area_code=actor.area,
        version=before.version + 1 if before else 1,
        body=body,
        why=mask_text(why),
        made_by=actor.account_id,
    )
    await rows.add(session, row)
    subject = f"wording:{template}:{lang}:{actor.area}:{row.version}"
    act = "NOTICE_WORDING_CHANGED" if body is not None else "NOTICE_WORDING_RESET"
    note(session, act, account_id=actor.account_id, subject=subject, data={"why": row.why})
    return row
