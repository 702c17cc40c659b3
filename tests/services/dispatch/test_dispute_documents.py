"""调解文书: which a dispute has when, what is on them, who may print them, and that a citizen's words are no markup."""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from casework.db.models import AuditLog
from casework.journey.city import City
from casework.journey.dispute_documents import print_document
from casework.kit.errors import Conflict
from casework.kit.sheets import Sheet, as_pdf, paragraph, rows, table
from casework.rules.facts import Actor
from casework.rules.words import Role
from tests.conftest import Town
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.mediating import COMMUNITY, Centre

FIRST = {"APPLICATION", "REGISTER", "RIGHTS", "CATALOGUE"}
MEDIATOR = Actor(frozenset({Role.MEDIATOR}), area=COMMUNITY)


@pytest.fixture(scope="module")
async def centre(town: Town, city: City) -> Centre:
    found = Centre(Desk(town, city))
    await found.staff()
    return found


async def _listed(centre: Centre, no: str) -> set[str]:
    answer = await (await centre.desk.of("tiao1")).get(f"/disputes/{no}/documents")
    return {document["code"] for document in answer.json()}


async def _shown(centre: Centre, no: str, code: str) -> str:
    """All that is on the sheet."""
    async with centre.desk.city.database.transaction() as session:
        sheet = await print_document(session, centre.desk.city, no, MEDIATOR, code, "归档", datetime.now(UTC))
    return json.dumps([sheet.title, *sheet.blocks, *sheet.signs], ensure_ascii=False)


async def test_a_document_is_there_when_what_it_tells_has_happened(centre: Centre) -> None:
    clue = await centre.report()
    assert await _listed(centre, clue) == set()
    no = await centre.accepted()
    assert await _listed(centre, no) == FIRST
    written, oral = await centre.binding(), await centre.binding("ORAL")
    assert await _listed(centre, written) == FIRST | {"RECORD", "AGREEMENT", "CONFIRMATION"}
    assert await _listed(centre, oral) == FIRST | {"RECORD", "ORAL"}
    with pytest.raises(Conflict, match="document_not_yet"):
        await _shown(centre, no, "AGREEMENT")


async def test_an_agreement_names_parties_facts_terms_way_and_day(centre: Centre) -> None:
    no = await centre.binding()
    sheet = await _shown(centre, no, "AGREEMENT")
    for part in (
        "人民调解协议书",
        "张三丰",
        "510104198001010017",
        "水管老化漏水",
        "赔偿张三丰两千元",
        "转账",
        "印章",
        no,
    ):
        assert part in sheet, part
    assert not re.search(r"\{[a-z_]+\}", sheet), "nothing is left to fill in"
    assert "张三丰电话13812340001" in await _shown(centre, no, "RECORD"), "the record is whole, not masked"
    assert "人民调解协议书" in await _shown(centre, no, "CATALOGUE")


async def test_an_ending_names_its_reason_and_the_undisputed_facts(centre: Centre) -> None:
    no = await centre.mediated()
    await centre.move("tiao1", no, "TERMINATE", reason="NO_AGREEMENT", note="分歧过大")
    await centre.move("tiao1", no, "GUIDE", way="LITIGATION", undisputed="双方认可漏水事实")
    sheet = await _shown(centre, no, "TERMINATION")
    assert all(part in sheet for part in ("未能达成协议", "诉讼", "双方认可漏水事实"))


async def test_printing_is_a_logged_reveal_for_those_who_mediate(centre: Centre) -> None:
    no = await centre.accepted()
    asked = {"document": "REGISTER", "purpose": "装订张三丰卷宗"}
    answer = await (await centre.desk.of("tiao1")).post(f"/disputes/{no}/documents", json=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["cache-control"] == "no-store"
    async with centre.desk.city.database.transaction() as session:
        query = select(AuditLog.data).where(AuditLog.subject == no, AuditLog.act == "REVEALED")
        assert list(await session.scalars(query)) == [
            {"what": "document", "document": "REGISTER", "purpose": "装订张*卷宗"}
        ]
    path = f"/disputes/{no}/documents"
    assert (await (await centre.desk.of("leader1")).post(path, json=asked)).status_code == 403
    unknown = await (await centre.desk.of("tiao1")).post(path, json={**asked, "document": "PASSPORT"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "dispute.no_document")


async def test_what_people_said_is_set_as_text_and_never_read_as_markup() -> None:
    said = '#panic("x") $a$ *b* #read("/etc/hosts") @ref <label> \\ ` 𠮷'
    sheet = Sheet(said, [rows([(said, said)]), table([said], [[said]]), paragraph(said)], [said])
    assert (await as_pdf(sheet)).startswith(b"%PDF-")
