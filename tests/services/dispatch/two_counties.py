"""Two counties of one city with everybody at work: A is the seeded 锦江区, B is 青羊区 with units of its own."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update

from casework.db import bulletins, case_exports, sources
from casework.db.models import (
    Account,
    BulletinSchedule,
    Case,
    DutyLeave,
    DutyShift,
    GroupLeader,
    HotSpot,
    Notice,
    ServiceAnswer,
    Unit,
)
from casework.journey.citizen import survey_token
from casework.journey.service_rating import Given, rate
from casework.kit.signing import new_secret
from casework.rules.facts import Actor
from casework.rules.words import OUTSIDE_ROLES, UNIT_ROLES, Role, Satisfaction
from tests.kit.files import picture
from tests.services.dispatch.cases import Desk, now
from tests.services.dispatch.staff import employ
from tests.services.intake.hotline import Hotline, said
from tests.services.intake.uploading import Uploader

ROLES = sorted(set(Role) - OUTSIDE_ROLES)


@dataclass
class County:
    """One county: its people (a login for each role), its cases by where they stand, and what must stay inside it."""

    letter: str
    area: str
    street: str
    community: str
    mark: str
    phone: str
    hotline: Hotline
    cases: dict[str, str] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    def login(self, role: Role) -> str:
        return f"{role.value.lower().replace('_', '-')}.{self.letter}"

    @property
    def secrets(self) -> list[str]:
        """What nobody of another county may read."""
        return [self.mark, f"{self.area}-CG", *self.cases.values()]

    def item(self) -> dict[str, Any]:
        """A knowledge item of the county."""
        return {
            "title": f"{self.mark}办证",
            "area_code": self.area,
            "unit": f"{self.area}-CG",
            "valid_from": "2026-01-01",
            "answer": f"{self.mark}窗口办理，需要身份证原件。",
            "source_document": "办事指南",
        }

    def rule(self, name: str) -> dict[str, Any]:
        """A dispatch rule of the county."""
        unit = f"{self.area}-ZJ"
        return {"id": f"{name}-{self.area}", "priority": 10, "area": self.community, "category": "0101", "unit": unit}

    @property
    def spot(self) -> dict[str, float]:
        """A place in the county's own grid."""
        return {"lon": 104.08 if self.letter == "a" else 104.05, "lat": 30.65}

    def grid(self) -> dict[str, Any]:
        """Another grid of the county's community."""
        west = self.spot["lon"] + 0.01
        ring = [[west, 30.64], [west + 0.001, 30.64], [west + 0.001, 30.641], [west, 30.641], [west, 30.64]]
        polygon = {"type": "Polygon", "coordinates": [ring]}
        return {"community": self.community, "name": f"{self.mark}二格", "polygon": polygon, "crs": "CGCS2000"}

    def borders(self) -> dict[str, Any]:
        """The same, to be looked at only."""
        told = self.grid()
        del told["name"]
        return told

    def grid_file(self) -> dict[str, Any]:
        """The same as a file."""
        told = self.grid()
        feature = {"type": "Feature", "properties": told, "geometry": told.pop("polygon")}
        return {"type": "FeatureCollection", "features": [feature]}


def _unit(county: County, role: Role) -> str | None:
    if role is Role.STREET:
        return f"{county.street}-JZ"
    if role in (Role.COMMUNITY, Role.GRID_WORKER):
        return f"{county.community}-SQ"
    return f"{county.area}-CG" if role in UNIT_ROLES else None


def _area(county: County, role: Role) -> str:
    return {
        Role.STREET: county.street,
        Role.COMMUNITY: county.community,
        Role.GRID_WORKER: f"{county.community}001",
    }.get(role, county.area)


async def _build(desk: Desk) -> None:
    """The second county's units: the same offices as the first has."""
    async with desk.city.database.transaction() as session:
        for code, name, department, level, area in (
            ("510105-CG", "青羊区城市管理局", "CG", "COUNTY", "510105"),
            ("510105-ZJ", "青羊区住房和城乡建设局", "ZJ", "COUNTY", "510105"),
            ("510105002-JZ", "草市街街道", "JZ", "STREET", "510105002"),
            ("510105002002-SQ", "八宝街社区", "SQ", "COMMUNITY", "510105002002"),
        ):
            session.add(Unit(code=code, name=name, department=department, level=level, area_code=area))


async def _staff(desk: Desk, county: County) -> None:
    for role in ROLES:
        await employ(desk.city, county.login(role), [role], _area(county, role), _unit(county, role))
    await employ(desk.city, f"unit2.{county.letter}", [Role.UNIT], county.area, f"{county.area}-ZJ")
    await employ(
        desk.city, f"grid2.{county.letter}", [Role.GRID_WORKER], f"{county.community}002", f"{county.community}-SQ"
    )
    await employ(desk.city, f"street-desk.{county.letter}", [Role.DISPATCHER], county.street)


async def _receive(county: County) -> str:
    answer = await county.hotline.send(
        said(
            text=f"{county.mark}的路灯不亮",
            kind="求助",
            category="0204",
            person={"name": f"{county.mark}人", "phone": county.phone},
            place={"area_code": county.community},
        )
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["request_no"])


async def _cases(desk: Desk, county: County) -> None:
    """A case in each of the standings that the routes ask for."""
    dispatcher, unit = county.login(Role.DISPATCHER), county.login(Role.UNIT)
    county.cases["fresh"] = await _receive(county)
    for name in ("handled", "judged"):
        case_no = county.cases[name] = await _receive(county)
        await desk.move(dispatcher, case_no, "DISPATCH", unit=f"{county.area}-CG")
        await desk.move(unit, case_no, "SIGN")
    await desk.move(unit, case_no, "CONTACT", contacted_at=now(), way="PHONE")
    await desk.move(unit, case_no, "FILE_RESULT", reply_text=f"{county.mark}已修复", factual=True, solved="SOLVED")
    await desk.move(county.login(Role.REVIEWER), case_no, "ACCEPT_RESULT")
    grid = await desk.of(county.login(Role.GRID_WORKER), "intake")
    called = await grid.post(
        "/grid-reports",
        json={"entry": "CALL", "text": f"{county.mark}路面塌陷"},
        headers={"Idempotency-Key": f"two-counties-{county.letter}"},
    )
    assert called.status_code == 201, called.text
    county.cases["called"] = called.json()["request_no"]


_YEARS = {"valid_from": "2026-01-01", "valid_to": "2028-01-01"}


async def _bulletin(desk: Desk, county: County) -> None:
    """A schedule of the county's, an issue of it to its leader, and a list of cases that the leader exports."""
    async with desk.city.database.transaction() as session:
        reader = await session.scalar(select(Account.id).where(Account.login == county.login(Role.LEADER)))
        assert reader is not None
        told = {"name": f"{county.mark}月报", "area_code": county.area, "pace": "MONTH", "formats": ["csv"]}
        plan = await bulletins.add_schedule(
            session, BulletinSchedule(**told, lang="zh-CN", recipients=[reader], made_by=reader)
        )
        assert plan is not None
        files = [bulletins.Made("csv", county.mark.encode(), "0")]
        issue = await bulletins.send(session, plan, "2026-06", f"{county.mark}月报", files, frozen=False)
        county.ids |= {"schedule_id": plan.id, "issue_id": issue.id}
        owner = Actor(frozenset({Role.LEADER}), account_id=reader, area=county.area)
        export = await case_exports.add(session, owner, "csv", "zh-CN", {})
        assert export is not None
        county.ids["export_id"] = export.id


async def _handles(desk: Desk, county: County) -> None:
    """The other names by which the county's things are asked for: a link, a code, a dead notice, an import."""
    async with desk.city.database.transaction() as session:
        case = (await session.scalars(select(Case).where(Case.case_no == county.cases["judged"]))).one()
        notice = select(Notice.id).where(Notice.case_id == case.id).order_by(Notice.id).limit(1).scalar_subquery()
        dead = update(Notice).where(Notice.id == notice).values(state="DEAD").returning(Notice.id)
        county.ids["notice_id"] = await session.scalar(dead)
    county.ids["token"] = await survey_token(desk.city, case.id, 1)
    agent = await desk.of(county.login(Role.AGENT), "intake")
    listed = f"编号,内容,区划\nL-{county.letter}-1,{county.mark}的清单,{county.area}\n".encode()
    job = await agent.post("/imports", params={"source": f"list-{county.letter}"}, files={"file": ("list.csv", listed)})
    assert job.status_code == 201, job.text
    county.ids["job_id"] = job.json()["id"]
    unit = Uploader(await desk.of(county.login(Role.UNIT), "intake"))
    shown_file = await unit.upload(picture(), purpose="CONTACT", case_no=county.cases["handled"])
    shown = {"contacted_at": now(), "way": "VISIT", "attachments": [shown_file["id"]]}
    await desk.move(county.login(Role.UNIT), county.cases["handled"], "CONTACT", **shown)
    county.ids["attachment_id"] = shown_file["id"]
    keeper = await desk.of(county.login(Role.KNOWLEDGE))
    written = await keeper.post("/knowledge/items", json=county.item())
    assert written.status_code == 201, written.text
    county.ids["number"] = written.json()["item_no"]
    async with desk.city.database.transaction() as session:
        spot = HotSpot(
            day=date(2026, 6, 1),
            area_code=county.street,
            category="0204",
            days=7,
            cases=9,
            expected=1,
            score=8,
            history=[1],
        )
        shift = DutyShift(
            unit_id=select(Unit.id).where(Unit.code == f"{county.area}-CG").scalar_subquery(),
            account_id=select(Account.id).where(Account.login == county.login(Role.UNIT)).scalar_subquery(),
            starts_at=datetime.now(UTC),
            ends_at=datetime.now(UTC) + timedelta(days=1),
        )
        leave = DutyLeave(
            account_id=select(Account.id).where(Account.login == f"grid2.{county.letter}").scalar_subquery(),
            starts_at=datetime.now(UTC),
            ends_at=datetime.now(UTC) + timedelta(days=1),
            reason=f"{county.mark}年休假",
            entered_by=select(Account.id).where(Account.login == county.login(Role.COMMUNITY)).scalar_subquery(),
        )
        seal = desk.city.keyring.seal
        leader = GroupLeader(
            area_code=county.community,
            group_name=f"{county.mark}一组",
            name_sealed=seal(f"{county.mark}组长", "group_leader.name"),
            phone_sealed=seal(county.phone, "group_leader.phone"),
            entered_by=select(Account.id).where(Account.login == county.login(Role.COMMUNITY)).scalar_subquery(),
        )
        session.add_all([spot, shift, leave, leader])
        await session.flush()
        county.ids |= {"leader_id": leader.id, "login": f"grid2.{county.letter}"}
        county.ids["leave_id"] = leave.id
        county.ids |= {"shift_id": shift.id, "unit_code": f"{county.area}-CG"}
        county.ids["spot_id"] = spot.id
    dispatcher = await desk.of(county.login(Role.DISPATCHER))
    rule = county.rule("OWN") | {"keywords": [f"{county.mark}专用"]}
    drafted = await dispatcher.post("/dispatch-rules", json={"rules": [rule], "why": "本区做法"})
    assert drafted.status_code == 201, drafted.text
    county.ids["code"] = rule["id"]
    lon, lat = county.spot["lon"], county.spot["lat"]
    ring = [[lon - 1e-3, lat - 1e-3], [lon + 1e-3, lat - 1e-3], [lon, lat + 1e-3], [lon - 1e-3, lat - 1e-3]]
    drawn = {"polygon": {"type": "Polygon", "coordinates": [ring]}, "name": f"{county.mark}一格"}
    made = await (await desk.of(county.login(Role.DISPATCHER))).post("/grids", json={**county.grid(), **drawn})
    assert made.status_code == 201, made.text
    county.ids["grid_code"] = made.json()["code"]
    item = {"category": "0204", "area": county.area, "source": f"{county.mark}网格办文", **_YEARS}
    asked = await dispatcher.post("/grid-items", json=item)
    assert asked.status_code == 201, asked.text
    street = await desk.of(county.login(Role.STREET))
    packaged = {"login": county.login(Role.STREET), "note": f"{county.mark}包联"}
    made = await street.post(f"/grids/{county.ids['grid_code']}/cadres", json=packaged)
    assert made.status_code == 201, made.text
    county.ids |= {"item_id": asked.json()["id"], "cadre_id": made.json()["id"]}
    walker = await desk.of(county.login(Role.GRID_WORKER))
    key = {"Idempotency-Key": f"{county.letter}-needs-help"}
    alarm = await walker.post("/alarms", json={"note": f"{county.mark}被围"}, headers=key)
    assert alarm.status_code == 201, alarm.text
    county.ids["alarm_id"] = alarm.json()["id"]
    left_out = {"case_no": county.cases["handled"], "reason": "FORCE_MAJEURE", "evidence": f"{county.mark}洪水断路"}
    found = await (await desk.of(county.login(Role.DISPATCHER), "notify")).post("/findings", json=left_out)
    assert found.status_code == 201, found.text
    county.ids |= {"finding_id": found.json()["id"], "freeze_id": 1, "year": 2025, "area": "5101"}
    await _bulletin(desk, county)
    mediator = await desk.of(county.login(Role.MEDIATOR))
    clue = {"text": f"{county.mark}楼上漏水起争执", "origin": "INSPECTION", "area_code": county.community}
    reported = await mediator.post("/disputes", json=clue)
    assert reported.status_code == 201, reported.text
    county.ids["dispute_no"] = reported.json()["dispute_no"]
    block = await agent.post("/callers/blocks", json={"phone": county.phone, "reason": f"{county.mark}来电辱骂"})
    assert block.status_code == 200, block.text
    county.ids["block_id"] = block.json()["id"]
    await _kept_at_the_desk(desk, county)
    await _service_point(desk, county)


async def _service_point(desk: Desk, county: County) -> None:
    """A service point of the county's, and a bad grade of it."""
    told = {"community": county.community, "name": f"{county.mark}服务站", "services": [f"{county.mark}老年证"]}
    point = await (await desk.of(county.login(Role.STREET))).post("/service-points", json=told)
    assert point.status_code == 201, point.text
    county.ids["point_id"] = point.json()["id"]
    given = Given(f"a-form-of-county-{county.letter}", Satisfaction.BAD, words=f"{county.mark}窗口没人")
    async with desk.city.database.transaction() as session:
        await rate(session, desk.city, point.json()["address"].rpartition("/")[2], given, "203.0.113.7")
        mine = select(ServiceAnswer.id).where(ServiceAnswer.point_id == point.json()["id"])
        county.ids["answer_id"] = await session.scalar(mine)


async def _kept_at_the_desk(desk: Desk, county: County) -> None:
    """A text, a view and a batch of the county's dispatcher."""
    dispatcher = await desk.of(county.login(Role.DISPATCHER))
    text_form = {"title": "催办", "body": f"{county.mark}请尽快", "shared": True}
    view_form = {"name": "街面", "query": {"words": county.mark}, "shared": True}
    ask = {"action": "URGE", "note": f"{county.mark}请尽快"}
    batch = await dispatcher.post("/held-moves", json={"case_nos": [county.cases["called"]], "ask": ask})
    county.ids["text_id"] = (await dispatcher.post("/standard-texts", json=text_form)).json()["id"]
    county.ids["view_id"] = (await dispatcher.post("/saved-views", json=view_form)).json()["id"]
    county.ids["batch"] = batch.json()["batch"]


async def settle(desk: Desk) -> tuple[County, County]:
    """Both counties, ready to be walked."""
    await _build(desk)
    async with desk.city.database.transaction() as session:
        secret = new_secret()
        await sources.put(
            session, desk.city.keyring, name="hotline-b", channel="HOTLINE", area_code="510105", secrets=[secret]
        )
    town = desk.town
    a = County(
        *("a", "510104", "510104017", "510104017001", "锦江甲", "13800005104"),
        Hotline(town, town.template.hotline_secret),
    )
    b = County(
        *("b", "510105", "510105002", "510105002002", "青羊乙", "13900005105"),
        Hotline(town, secret, source="hotline-b"),
    )
    for county in (a, b):
        await _staff(desk, county)
        await _cases(desk, county)
        await _handles(desk, county)
    return a, b


_STANDING = text(
    """
    SELECT c.case_no, c.status, c.version, c.area_code, c.lead_unit_id,
        (SELECT count(*) FROM event WHERE case_id = c.id),
        (SELECT count(*) FROM assignment WHERE case_id = c.id),
        (SELECT count(*) FROM survey WHERE case_id = c.id),
        (SELECT string_agg(state || tries, ',' ORDER BY id) FROM notice WHERE case_id = c.id),
        (SELECT string_agg(state, ',' ORDER BY id) FROM clock WHERE case_id = c.id),
        (SELECT count(*) FROM whistle WHERE case_id = c.id),
        (SELECT count(*) FROM audit_log WHERE subject = c.case_no AND act = 'REVEALED'),
        (SELECT count(*) FROM attachment WHERE case_id = c.id),
        (SELECT string_agg(state, ',' ORDER BY id) FROM import_job WHERE area_code = :area),
        (SELECT string_agg(state || version, ',' ORDER BY item_id) FROM knowledge_version WHERE area_code = :area),
        (SELECT string_agg(state, ',' ORDER BY id) FROM caller_block WHERE area_code = :area),
        (SELECT string_agg(code || state, ',' ORDER BY id) FROM dispatch_rule WHERE area_code LIKE :area || '%'),
        (SELECT string_agg(code || version, ',' ORDER BY id) FROM grid WHERE area_code LIKE :area || '%'),
        (SELECT string_agg(id || state, ',' ORDER BY id) FROM grid_item WHERE area_code LIKE :area || '%'),
        (SELECT string_agg(p.id || coalesce(p.valid_to::text, ''), ',' ORDER BY p.id) FROM grid_cadre p
            JOIN grid g ON g.id = p.grid_id WHERE g.area_code LIKE :area || '%'),
        (SELECT string_agg(e.id || e.step, ',' ORDER BY e.id) FROM worker_event e JOIN account a
            ON a.id = e.account_id WHERE a.area_code LIKE :area || '%'),
        (SELECT string_agg(id || coalesce(valid_to::text, ''), ',' ORDER BY id) FROM group_leader
            WHERE area_code LIKE :area || '%'),
        (SELECT string_agg(l.id || l.reason || l.ends_at, ',' ORDER BY l.id) FROM duty_leave l JOIN account a
            ON a.id = l.account_id WHERE a.area_code LIKE :area || '%'),
        (SELECT string_agg(code || version, ',' ORDER BY id) FROM service_point WHERE area_code LIKE :area || '%'),
        (SELECT count(*) FROM service_look l JOIN service_answer a ON a.id = l.answer_id
            WHERE a.area_code LIKE :area || '%'),
        (SELECT string_agg(status || version, ',' ORDER BY id) FROM dispute WHERE area_code LIKE :area || '%')
    FROM cases c WHERE c.area_code LIKE :area || '%' ORDER BY c.id
    """
)


async def standing(desk: Desk, county: County) -> list[tuple[Any, ...]]:
    """All of a county that somebody could have changed."""
    async with desk.city.database.transaction() as session:
        return [tuple(row) for row in await session.execute(_STANDING, {"area": county.area})]
