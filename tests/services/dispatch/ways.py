"""Every route of the three APIs, who may pass it, and how it is asked about a county's things: the scope walk's table.

A route that is not here fails tests/services/test_scope_walk.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, UNIT_ROLES, Role
from tests.services.dispatch.two_counties import County

Said = Callable[[County], Any]
EVERYBODY = frozenset(Role) - OUTSIDE_ROLES
BUSINESS = EVERYBODY - ADMIN_ROLES
CENTRE = frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP})
SORTERS = frozenset({Role.AGENT, Role.DISPATCHER, Role.REVIEWER})
SUPERVISORS = frozenset({Role.ANALYST, Role.LEADER, Role.SUPERVISION})
READERS_OF_NOTICES = frozenset({Role.DISPATCHER, Role.SUPERVISION, Role.ANALYST, Role.SYS_ADMIN})
REPLAYERS = frozenset({Role.DISPATCHER, Role.SYS_ADMIN})
IMPORTERS = CALLED = frozenset({Role.AGENT, Role.DISPATCHER})
BLOCK_DECIDERS = frozenset({Role.DISPATCHER, Role.REVIEWER, Role.SUPERVISION, Role.LEADER})
BLOCK_READERS = BLOCK_DECIDERS | {Role.AGENT}
KNOWLEDGE_WRITERS = UNIT_ROLES | {Role.KNOWLEDGE}
GRID_WRITERS = frozenset({Role.DISPATCHER, Role.STREET, Role.SUPERVISION})

WHISTLE_JUDGES = UNIT_ROLES | {Role.DISPATCHER, Role.SUPERVISION, Role.LEADER, Role.ANALYST}
DISPUTE_FINDERS = frozenset({Role.GRID_WORKER, Role.COMMUNITY, Role.STREET, Role.MEDIATOR, Role.AGENT, Role.DISPATCHER})
DISPUTE_READERS = DISPUTE_FINDERS | {Role.LEADER, Role.SUPERVISION, Role.ANALYST}
RULE_KEEPERS = frozenset({Role.DISPATCHER, Role.SUPERVISION, Role.LEADER})
CALENDAR_KEEPERS = frozenset({Role.SUPERVISION, Role.LEADER})
WATCHERS = RULE_KEEPERS | {Role.ANALYST}
ROSTER_KEEPERS = RULE_KEEPERS | {Role.UNIT_LEAD, Role.STREET, Role.COMMUNITY}
GRID_KEEPERS = RULE_KEEPERS | {Role.STREET, Role.COMMUNITY}
CALLERS_FOR_HELP = UNIT_ROLES | {Role.GRID_WORKER, Role.MEDIATOR}
SENDERS_OF_HELP = RULE_KEEPERS | {Role.STREET, Role.COMMUNITY}
EMPLOYERS = frozenset({Role.STREET, Role.SUPERVISION})
ITEM_ASKERS = EMPLOYERS | {Role.UNIT_LEAD, Role.DISPATCHER}
PACKAGERS = EMPLOYERS | {Role.LEADER}
SERVICE_READERS = SUPERVISORS | {Role.STREET, Role.COMMUNITY, Role.DISPATCHER}
POINT_READERS = GRID_WRITERS | {Role.COMMUNITY, Role.LEADER}
RULE_READERS = RULE_KEEPERS | {Role.REVIEWER, Role.ANALYST}

HOLIDAYS = {"area": "5101", "year": 2026, "source": "市政府办公厅通知", "rest": ["2026-08-08"]}
WORDING = {"template": "CALL.DISPATCHER", "lang": "en", "body": "Call {case_no} waits."}
MONTHS_HEAD = "month,area,code,numerator,denominator"
FINDING_READERS = SUPERVISORS | {Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP}


@dataclass(frozen=True)
class Way:
    """`who`: the roles that may pass; None: nobody need be signed in. `about`: which of the county's cases is asked
    for. The rest is how to ask."""

    who: frozenset[Role] | None
    about: str = "handled"
    params: Said = field(default=lambda county: {})
    json: Said | None = None
    files: Said | None = None
    key: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    inward: bool = False
    """Whether the words, not the path, name a thing of the county: then asking it of another county is refused."""


OPEN = Way(None)

WAYS: dict[tuple[str, str, str], Way] = {
    **{
        (service, "GET", path): OPEN
        for service in ("intake", "dispatch", "notify")
        for path in ("/livez", "/readyz", "/openapi.json", "/docs")
    },
    # 受理
    ("intake", "POST", "/hotline/requests"): OPEN,  # signed: tests/services/intake/test_hotline_forged.py
    ("intake", "POST", "/requests"): Way(frozenset({Role.AGENT}), json=lambda c: {"text": "自己的话"}, key=True),
    ("intake", "POST", "/emergencies"): Way(frozenset({Role.AGENT}), json=lambda c: {}, key=True),
    ("intake", "POST", "/grid-reports"): Way(
        frozenset({Role.GRID_WORKER}), json=lambda c: {"entry": "CALL", "text": "自己的话"}, key=True
    ),
    ("intake", "POST", "/matters"): Way(
        frozenset({Role.STREET, Role.COMMUNITY}), json=lambda c: {"text": "自己的话"}, key=True
    ),
    ("intake", "GET", "/privacy-notice"): OPEN,
    ("intake", "POST", "/callers/check"): Way(CALLED, json=lambda c: {"phone": c.phone}),
    ("intake", "GET", "/callers/blocks"): Way(BLOCK_READERS),
    ("intake", "POST", "/callers/blocks"): Way(
        CALLED,
        json=lambda c: {"phone": "13700001111", "reason": "反复辱骂", "case_no": c.cases["fresh"]},
        inward=True,
    ),
    ("intake", "POST", "/callers/blocks/{block_id}/decision"): Way(
        BLOCK_DECIDERS, json=lambda c: {"approve": True, "days": 3, "note": "情况属实"}
    ),
    ("intake", "POST", "/callers/blocks/{block_id}/lift"): Way(BLOCK_DECIDERS, json=lambda c: {"note": "查为误判"}),
    ("intake", "POST", "/attachments"): Way(
        EVERYBODY, json=lambda c: {"size": 9, "purpose": "CONTACT", "case_no": c.cases["handled"]}, inward=True
    ),
    ("intake", "GET", "/attachments"): Way(EVERYBODY, params=lambda c: {"case_no": c.cases["handled"]}, inward=True),
    ("intake", "GET", "/attachments/demands"): Way(EVERYBODY, params=lambda c: {"action": "CONTACT"}),
    ("intake", "HEAD", "/attachments/{attachment_id}"): Way(EVERYBODY),
    ("intake", "PATCH", "/attachments/{attachment_id}"): Way(
        EVERYBODY, headers={"Upload-Offset": "0", "content-type": "application/offset+octet-stream"}, content=b"x"
    ),
    ("intake", "POST", "/attachments/{attachment_id}/finish"): Way(EVERYBODY),
    ("intake", "GET", "/attachments/{attachment_id}"): Way(EVERYBODY),
    ("intake", "GET", "/attachments/{attachment_id}/content"): Way(EVERYBODY),
    ("intake", "GET", "/attachments/{attachment_id}/thumbnail"): Way(EVERYBODY),
    ("intake", "POST", "/attachments/{attachment_id}/original"): Way(EVERYBODY, json=lambda c: {"purpose": "核实"}),
    ("intake", "GET", "/imports"): Way(IMPORTERS),
    ("intake", "POST", "/imports"): Way(
        IMPORTERS,
        params=lambda c: {"source": f"list-{c.letter}"},
        files=lambda c: {"file": ("list.csv", "编号,内容\n1,自己的话\n".encode())},
    ),
    ("intake", "GET", "/imports/{job_id}"): Way(IMPORTERS),
    ("intake", "PUT", "/imports/{job_id}/mapping"): Way(
        IMPORTERS, json=lambda c: {"header_row": 1, "columns": {"1": "text"}}
    ),
    ("intake", "POST", "/imports/{job_id}/start"): Way(IMPORTERS),
    ("intake", "DELETE", "/imports/{job_id}"): Way(IMPORTERS),
    ("intake", "GET", "/imports/{job_id}/errors.{kind}"): Way(IMPORTERS),
    # 派单处置
    ("dispatch", "POST", "/session"): OPEN,
    ("dispatch", "POST", "/session/password"): OPEN,
    ("dispatch", "GET", "/session"): Way(EVERYBODY),
    ("dispatch", "DELETE", "/session"): Way(EVERYBODY),
    ("dispatch", "GET", "/cases"): Way(EVERYBODY, params=lambda c: {"area": c.area}),
    ("dispatch", "GET", "/queue/counts"): Way(EVERYBODY),
    ("dispatch", "POST", "/search/phone"): Way(CENTRE, json=lambda c: {"phone": c.phone}),
    ("dispatch", "GET", "/units"): Way(CENTRE | UNIT_ROLES | SUPERVISORS),
    ("dispatch", "GET", "/choices"): Way(EVERYBODY),
    ("dispatch", "GET", "/accounts"): Way(frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN})),
    ("dispatch", "POST", "/accounts"): Way(
        frozenset({Role.SYS_ADMIN}),
        json=lambda c: {"login": f"made-{c.letter}", "name": c.mark, "area": c.area},
        inward=True,
    ),
    ("dispatch", "PUT", "/accounts/{login}/rights"): Way(
        frozenset({Role.SEC_ADMIN}), json=lambda c: {"roles": [], "area": c.area, "why": "岗位调整"}
    ),
    ("dispatch", "POST", "/accounts/{login}/acts"): Way(
        frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN}), json=lambda c: {"act": "SIGN_OUT", "why": "设备遗失"}
    ),
    ("dispatch", "GET", "/unit-register"): Way(frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN})),
    ("dispatch", "GET", "/unit-register/departments"): Way(frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN})),
    ("dispatch", "POST", "/unit-register"): Way(
        frozenset({Role.SYS_ADMIN}),
        json=lambda c: {"code": f"{c.area}-W{c.letter.upper()}", "name": c.mark, "department": "CG", "area": c.area},
        inward=True,
    ),
    ("dispatch", "GET", "/unit-register/{unit_code}"): Way(frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN})),
    ("dispatch", "PUT", "/unit-register/{unit_code}"): Way(
        frozenset({Role.SYS_ADMIN}), json=lambda c: {"name": c.mark, "department": "CG"}
    ),
    ("dispatch", "POST", "/unit-register/{unit_code}/retire"): Way(
        frozenset({Role.SYS_ADMIN}), json=lambda c: {"why": "机构改革并入他局"}
    ),
    ("dispatch", "GET", "/audit"): Way(frozenset({Role.AUDIT_ADMIN})),
    ("dispatch", "GET", "/cases/{case_no}"): Way(EVERYBODY),
    ("dispatch", "GET", "/cases/{case_no}/holding"): Way(EVERYBODY),
    ("dispatch", "GET", "/cases/{case_no}/timeline"): Way(EVERYBODY),
    ("dispatch", "POST", "/cases/{case_no}/moves"): Way(
        EVERYBODY, about="fresh", json=lambda c: {"action": "TRANSFER"}
    ),
    ("dispatch", "POST", "/cases/{case_no}/reveal"): Way(
        EVERYBODY, json=lambda c: {"what": "phone", "purpose": "回电核实"}
    ),
    ("dispatch", "GET", "/cases/{case_no}/repeats"): Way(EVERYBODY),
    ("dispatch", "POST", "/cases/{case_no}/supplements"): Way(
        frozenset({Role.AGENT, Role.DISPATCHER}), json=lambda c: {"text": "来电人补充：昨晚又停了一次电。"}
    ),
    ("dispatch", "GET", "/categories"): Way(BUSINESS),
    ("dispatch", "GET", "/categories/catalogue"): Way(BUSINESS),
    ("dispatch", "GET", "/categories/suggest"): Way(
        SORTERS | {Role.GRID_WORKER, Role.COMMUNITY, Role.STREET}, params=lambda c: {"text": "路灯不亮"}
    ),
    ("dispatch", "GET", "/categories/drift"): Way(SUPERVISORS | {Role.DISPATCHER}),
    ("dispatch", "GET", "/cases/{case_no}/similar"): Way(EVERYBODY),
    ("dispatch", "GET", "/cases/{case_no}/around"): Way(EVERYBODY),
    ("dispatch", "POST", "/similar"): Way(
        CENTRE, json=lambda c: {"text": f"{c.mark}的路灯不亮", "area_code": c.community, "category": "0204"}
    ),
    # 派单台
    ("dispatch", "POST", "/cases/{case_no}/claim"): Way(EVERYBODY),
    ("dispatch", "DELETE", "/cases/{case_no}/claim"): Way(EVERYBODY),
    ("dispatch", "POST", "/cases/{case_no}/presence"): Way(EVERYBODY, json=lambda c: {"doing": "VIEWING"}),
    ("dispatch", "POST", "/held-moves"): Way(
        EVERYBODY,
        json=lambda c: {"case_nos": [c.cases["handled"]], "ask": {"action": "URGE", "note": "请尽快"}},
        inward=True,
    ),
    ("dispatch", "GET", "/held-moves/{batch}"): Way(EVERYBODY),
    ("dispatch", "DELETE", "/held-moves/{batch}"): Way(EVERYBODY),
    ("dispatch", "GET", "/standard-texts"): Way(BUSINESS),
    ("dispatch", "GET", "/standard-texts/places"): Way(BUSINESS),
    ("dispatch", "GET", "/standard-texts/found"): Way(BUSINESS, params=lambda c: {"limit": 200}),
    ("dispatch", "POST", "/standard-texts"): Way(BUSINESS, json=lambda c: {"title": "常用", "body": "自己的话"}),
    ("dispatch", "PUT", "/standard-texts/{text_id}"): Way(BUSINESS, json=lambda c: {"title": "改", "body": "改"}),
    ("dispatch", "DELETE", "/standard-texts/{text_id}"): Way(BUSINESS),
    ("dispatch", "GET", "/saved-views"): Way(BUSINESS),
    ("dispatch", "GET", "/saved-views/counts"): Way(BUSINESS),
    ("dispatch", "POST", "/saved-views"): Way(BUSINESS, json=lambda c: {"name": "常看", "query": {"view": "OPEN"}}),
    ("dispatch", "DELETE", "/saved-views/{view_id}"): Way(BUSINESS),
    ("dispatch", "GET", "/stream"): Way(EVERYBODY, params=lambda c: {"once": True}),
    # 街道吹哨
    ("dispatch", "GET", "/whistles"): Way(EVERYBODY),
    ("dispatch", "GET", "/whistles/tallies"): Way(WHISTLE_JUDGES, params=lambda c: {"area": c.area}),
    ("dispatch", "GET", "/cases/{case_no}/whistles"): Way(EVERYBODY),
    ("dispatch", "GET", "/checks"): Way(EVERYBODY),
    ("dispatch", "GET", "/rectifications"): Way(EVERYBODY),
    ("dispatch", "GET", "/cases/{case_no}/rectifications"): Way(EVERYBODY),
    ("dispatch", "GET", "/verifications"): Way(EVERYBODY),
    ("dispatch", "GET", "/ledger"): Way(EVERYBODY),
    ("dispatch", "GET", "/urban-classes"): Way(BUSINESS, params=lambda c: {"area": c.community}),
    ("dispatch", "GET", "/copies"): Way(EVERYBODY),
    # 现场
    ("dispatch", "GET", "/field/lists"): Way(BUSINESS),
    ("dispatch", "POST", "/cases/{case_no}/arrivals"): Way(
        UNIT_ROLES | {Role.GRID_WORKER}, json=lambda c: {"reason": "到场"}, key=True
    ),
    ("dispatch", "POST", "/alarms"): Way(CALLERS_FOR_HELP, json=lambda c: {}, key=True),
    ("dispatch", "GET", "/alarms"): Way(CALLERS_FOR_HELP | SENDERS_OF_HELP),
    ("dispatch", "POST", "/alarms/{alarm_id}/answer"): Way(SENDERS_OF_HELP, json=lambda c: {"note": "已派人前往"}),
    # 知识库
    ("dispatch", "GET", "/knowledge/suggest"): Way(BUSINESS, params=lambda c: {"text": f"{c.mark}办证"}),
    ("dispatch", "GET", "/knowledge/search"): Way(BUSINESS, params=lambda c: {"text": "办证需要什么"}),
    ("dispatch", "GET", "/knowledge/items"): Way(BUSINESS),
    ("dispatch", "POST", "/knowledge/items"): Way(KNOWLEDGE_WRITERS, json=County.item, inward=True),
    ("dispatch", "GET", "/knowledge/items/{number}"): Way(BUSINESS),
    ("dispatch", "PUT", "/knowledge/items/{number}"): Way(KNOWLEDGE_WRITERS, json=lambda c: {**c.item(), "version": 1}),
    ("dispatch", "GET", "/knowledge/items/{number}/versions"): Way(BUSINESS),
    ("dispatch", "POST", "/knowledge/items/{number}/submit"): Way(KNOWLEDGE_WRITERS, json=lambda c: {"version": 1}),
    ("dispatch", "POST", "/knowledge/items/{number}/review"): Way(
        UNIT_ROLES, json=lambda c: {"version": 1, "publish": True}
    ),
    ("dispatch", "POST", "/knowledge/items/{number}/retire"): Way(
        KNOWLEDGE_WRITERS, json=lambda c: {"version": 1, "note": "作废"}
    ),
    ("dispatch", "POST", "/knowledge/items/{number}/complaints"): Way(BUSINESS, json=lambda c: {"note": "内容过时"}),
    ("dispatch", "GET", "/knowledge/report"): Way(SUPERVISORS | UNIT_ROLES | {Role.KNOWLEDGE}),
    # 值班
    ("dispatch", "GET", "/cases/{case_no}/duty"): Way(EVERYBODY),
    ("dispatch", "GET", "/units/{unit_code}/duty"): Way(RULE_KEEPERS | UNIT_ROLES),
    ("dispatch", "POST", "/units/{unit_code}/duty"): Way(
        ROSTER_KEEPERS,
        json=lambda c: {"login": "x", "starts_at": "2026-11-23T00:00:00Z", "ends_at": "2026-11-24T00:00:00Z"},
    ),
    ("dispatch", "POST", "/units/{unit_code}/duty/rows"): Way(
        ROSTER_KEEPERS,
        json=lambda c: {"logins": ["x"], "starts_at": "2026-11-23T00:00:00Z", "ends_at": "2026-11-24T00:00:00Z"},
    ),
    ("dispatch", "GET", "/duty/units"): Way(RULE_KEEPERS | UNIT_ROLES),
    ("dispatch", "GET", "/duty/people"): Way(ROSTER_KEEPERS, params=lambda c: {"unit": f"{c.area}-CG"}),
    ("dispatch", "PUT", "/duty/{shift_id}/substitute"): Way(ROSTER_KEEPERS, json=lambda c: {"login": None}),
    ("dispatch", "DELETE", "/duty/{shift_id}"): Way(ROSTER_KEEPERS),
    ("dispatch", "GET", "/grids/{grid_code}/duty"): Way(BUSINESS),
    ("dispatch", "POST", "/grids/{grid_code}/duty"): Way(
        GRID_KEEPERS,
        json=lambda c: {"login": "x", "starts_at": "2026-11-23T00:00:00Z", "ends_at": "2026-11-24T00:00:00Z"},
    ),
    ("dispatch", "POST", "/grids/{grid_code}/duty/rows"): Way(
        GRID_KEEPERS,
        json=lambda c: {"logins": ["x"], "starts_at": "2026-11-23T00:00:00Z", "ends_at": "2026-11-24T00:00:00Z"},
    ),
    ("dispatch", "GET", "/duty/gaps"): Way(GRID_KEEPERS, params=lambda c: {"area": c.area}),
    ("dispatch", "GET", "/leaves"): Way(ROSTER_KEEPERS),
    ("dispatch", "POST", "/leaves"): Way(
        ROSTER_KEEPERS,
        json=lambda c: {
            "login": c.login(Role.GRID_WORKER),
            "starts_at": "2026-11-23T00:00:00Z",
            "ends_at": "2027-01-24T00:00:00Z",
            "reason": "年休假",
        },
        inward=True,
    ),
    ("dispatch", "DELETE", "/leaves/{leave_id}"): Way(ROSTER_KEEPERS),
    # 网格事务
    ("dispatch", "GET", "/duty-list"): Way(BUSINESS, params=lambda c: {"area": c.area}),
    ("dispatch", "GET", "/grid-items"): Way(BUSINESS, params=lambda c: {"area": c.area}),
    ("dispatch", "POST", "/grid-items"): Way(
        ITEM_ASKERS,
        json=lambda c: {
            "category": "0101",
            "area": c.community,
            "source": "区网格办〔2026〕1号",
            "valid_from": "2026-01-01",
            "valid_to": "2028-01-01",
        },
        inward=True,
    ),
    ("dispatch", "POST", "/grid-items/{item_id}/decision"): Way(
        frozenset({Role.LEADER}), json=lambda c: {"admit": True, "note": "同意准入"}
    ),
    ("dispatch", "POST", "/grid-items/{item_id}/end"): Way(
        frozenset({Role.LEADER}), json=lambda c: {"note": "不再准入"}
    ),
    ("dispatch", "GET", "/grids/{grid_code}/cadres"): Way(GRID_KEEPERS),
    ("dispatch", "POST", "/grids/{grid_code}/cadres"): Way(
        PACKAGERS, json=lambda c: {"login": c.login(Role.STREET), "note": "结对包联"}
    ),
    ("dispatch", "POST", "/grid-cadres/{cadre_id}/end"): Way(PACKAGERS, json=lambda c: {"note": "岗位调整"}),
    # 网格员
    ("dispatch", "GET", "/grid-workers"): Way(GRID_KEEPERS | {Role.ANALYST}, params=lambda c: {"area": c.area}),
    ("dispatch", "POST", "/grid-workers"): Way(
        EMPLOYERS,
        json=lambda c: {"login": f"new.{c.letter}", "name": "新人", "grid": c.ids["grid_code"], "note": "公开招录"},
        inward=True,
    ),
    ("dispatch", "GET", "/grid-workers/left-open"): Way(
        GRID_KEEPERS | {Role.ANALYST}, params=lambda c: {"area": c.area}
    ),
    ("dispatch", "GET", "/grid-workers/{login}"): Way(GRID_KEEPERS | {Role.ANALYST}),
    ("dispatch", "POST", "/grid-workers/{login}/steps"): Way(
        EMPLOYERS | {Role.COMMUNITY}, json=lambda c: {"step": "ASSESS", "note": "季度考核", "passed": True}
    ),
    ("dispatch", "GET", "/group-leaders"): Way(GRID_KEEPERS | {Role.AGENT}, params=lambda c: {"area": c.area}),
    ("dispatch", "POST", "/group-leaders"): Way(
        EMPLOYERS | {Role.COMMUNITY},
        json=lambda c: {"community": c.community, "group": "一组", "name": "赵一", "phone": "13800138000"},
        inward=True,
    ),
    ("dispatch", "POST", "/group-leaders/{leader_id}/end"): Way(
        EMPLOYERS | {Role.COMMUNITY}, json=lambda c: {"note": "换届卸任"}
    ),
    ("dispatch", "POST", "/group-leaders/{leader_id}/reveal"): Way(
        EMPLOYERS | {Role.COMMUNITY}, json=lambda c: {"what": "phone", "purpose": "联系"}
    ),
    # 热点
    ("dispatch", "GET", "/hot-spots"): Way(WATCHERS),
    ("dispatch", "GET", "/hot-spots/{spot_id}/cases"): Way(WATCHERS),
    ("dispatch", "GET", "/repeat-callers"): Way(WATCHERS, params=lambda c: {"least": 2}),
    # 派单目录
    ("dispatch", "GET", "/dispatch-rules"): Way(RULE_READERS),
    ("dispatch", "POST", "/dispatch-rules"): Way(
        RULE_KEEPERS, json=lambda c: {"rules": [c.rule("LATER")], "why": "试一试"}, inward=True
    ),
    ("dispatch", "GET", "/dispatch-rules/base"): Way(RULE_READERS),
    ("dispatch", "GET", "/dispatch-rules/choices"): Way(RULE_READERS),
    ("dispatch", "GET", "/dispatch-rules/tallies"): Way(RULE_READERS, params=lambda c: {"by": "unit", "area": c.area}),
    ("dispatch", "POST", "/dispatch-rules/dry-run"): Way(
        RULE_KEEPERS, json=lambda c: {"rules": [c.rule("TRIED")]}, inward=True
    ),
    ("dispatch", "GET", "/dispatch-rules/{code}"): Way(RULE_READERS),
    ("dispatch", "POST", "/dispatch-rules/{code}/in-force"): Way(RULE_KEEPERS, json=lambda c: {"version": 1}),
    ("dispatch", "POST", "/dispatch-rules/{code}/end"): Way(
        RULE_KEEPERS, json=lambda c: {"version": 1, "why": "不再需要"}
    ),
    ("notify", "GET", "/wordings"): Way(WATCHERS),
    ("notify", "GET", "/wordings/versions"): Way(WATCHERS, params=lambda c: {"template": "ACCEPT.CITIZEN"}),
    ("notify", "POST", "/wordings/preview"): Way(WATCHERS, json=lambda c: WORDING),
    ("notify", "POST", "/wordings"): Way(CALENDAR_KEEPERS, json=lambda c: {**WORDING, "why": "按本区口径改写"}),
    ("notify", "POST", "/wordings/reset"): Way(
        CALENDAR_KEEPERS, json=lambda c: {"template": "CALL.DISPATCHER", "lang": "en", "why": "恢复自带文案"}
    ),
    ("dispatch", "GET", "/limits"): Way(RULE_READERS),
    ("dispatch", "GET", "/limits/clocks"): Way(RULE_READERS),
    ("dispatch", "POST", "/limits/dry-run"): Way(RULE_READERS, json=lambda c: {"kind": "HELP", "limit": "3wd"}),
    ("dispatch", "GET", "/calendars"): Way(RULE_READERS),
    ("dispatch", "GET", "/calendars/year"): Way(RULE_READERS, params=lambda c: {"area": c.area[:4], "year": 2026}),
    # a county keeps no calendar: who passes is told so at the field (test_calendars.py)
    ("dispatch", "POST", "/calendars/dry-run"): Way(CALENDAR_KEEPERS, json=lambda c: HOLIDAYS, inward=True),
    ("dispatch", "POST", "/calendars/notices"): Way(
        CALENDAR_KEEPERS, json=lambda c: {**HOLIDAYS, "why": "国务院办公厅通知"}, inward=True
    ),
    # 网格与定位
    ("dispatch", "GET", "/grids"): Way(BUSINESS, params=lambda c: {"area": c.area}),
    ("dispatch", "POST", "/grids"): Way(GRID_WRITERS, json=County.grid, inward=True),
    ("dispatch", "GET", "/areas"): Way(EVERYBODY, params=lambda c: {"parent": c.area}),
    ("dispatch", "GET", "/areas/outline"): Way(EVERYBODY, params=lambda c: {"code": c.area}),
    ("dispatch", "GET", "/grids/shapes"): Way(BUSINESS, params=lambda c: {"area": c.area}),
    ("dispatch", "POST", "/grids/check"): Way(GRID_WRITERS, json=County.borders, inward=True),
    ("dispatch", "GET", "/grids/people"): Way(GRID_WRITERS, params=lambda c: {"place": c.ids["grid_code"]}),
    ("dispatch", "GET", "/grids/at"): Way(BUSINESS, params=lambda c: {**c.spot, "crs": "CGCS2000"}),
    ("dispatch", "POST", "/grids/imports"): Way(
        GRID_WRITERS, params=lambda c: {"crs": "CGCS2000", "source": "甲", "apply": True}, json=County.grid_file
    ),
    ("dispatch", "GET", "/grids/{grid_code}"): Way(BUSINESS),
    ("dispatch", "PUT", "/grids/{grid_code}"): Way(GRID_WRITERS, json=lambda c: {"name": "改名", "version": 1}),
    ("dispatch", "POST", "/grids/{grid_code}/borders"): Way(
        GRID_WRITERS, json=lambda c: {"version": 1, "polygon": c.grid()["polygon"], "crs": "CGCS2000"}
    ),
    ("dispatch", "POST", "/grids/{grid_code}/retire"): Way(GRID_WRITERS, json=lambda c: {"version": 1}),
    ("dispatch", "GET", "/places/match"): Way(BUSINESS, params=lambda c: {"text": "草市街街道", "area": c.area}),
    # 社区服务点
    ("dispatch", "GET", "/service-points"): Way(POINT_READERS, params=lambda c: {"area": c.area}),
    ("dispatch", "POST", "/service-points"): Way(
        GRID_WRITERS, json=lambda c: {"community": c.community, "name": f"{c.mark}便民站"}, inward=True
    ),
    ("dispatch", "GET", "/service-points/{point_id}"): Way(POINT_READERS),
    ("dispatch", "PUT", "/service-points/{point_id}"): Way(
        GRID_WRITERS, json=lambda c: {"name": "改名的站", "version": 1}
    ),
    ("dispatch", "POST", "/service-points/{point_id}/code"): Way(
        GRID_WRITERS, json=lambda c: {"why": "海报被冒用", "version": 1}
    ),
    ("dispatch", "POST", "/service-points/{point_id}/close"): Way(
        GRID_WRITERS, json=lambda c: {"why": "站点搬迁", "version": 1}
    ),
    ("dispatch", "GET", "/service-points/{point_id}/qr.svg"): Way(POINT_READERS),
    ("dispatch", "GET", "/service-points/{point_id}/poster"): Way(POINT_READERS),
    # 矛盾纠纷
    ("dispatch", "GET", "/disputes"): Way(DISPUTE_READERS),
    ("dispatch", "POST", "/disputes"): Way(
        DISPUTE_FINDERS,
        json=lambda c: {"text": "自己的话", "origin": "INSPECTION", "area_code": c.community},
        inward=True,
    ),
    ("dispatch", "GET", "/disputes/choices"): Way(DISPUTE_READERS),
    ("dispatch", "GET", "/disputes/indicators"): Way(
        DISPUTE_READERS - {Role.GRID_WORKER, Role.AGENT}, params=lambda c: {"area": c.area}
    ),
    ("dispatch", "GET", "/disputes/{dispute_no}"): Way(DISPUTE_READERS),
    ("dispatch", "GET", "/disputes/{dispute_no}/timeline"): Way(DISPUTE_READERS),
    ("dispatch", "POST", "/disputes/{dispute_no}/moves"): Way(
        DISPUTE_READERS, json=lambda c: {"action": "DISMISS", "note": "查无此事"}
    ),
    ("dispatch", "POST", "/disputes/{dispute_no}/reveal"): Way(
        DISPUTE_READERS, json=lambda c: {"what": "claim", "purpose": "核实情况"}
    ),
    ("dispatch", "GET", "/disputes/{dispute_no}/documents"): Way(DISPUTE_READERS),
    ("dispatch", "POST", "/disputes/{dispute_no}/documents"): Way(
        DISPUTE_READERS, json=lambda c: {"document": "REGISTER", "purpose": "装订卷宗"}
    ),
    # 通知回访
    ("notify", "GET", "/citizen/links/{token}"): OPEN,
    ("notify", "POST", "/citizen/links/{token}/survey"): OPEN,
    ("notify", "POST", "/citizen/links/{token}/withdraw"): OPEN,
    ("notify", "POST", "/citizen/track"): OPEN,
    **{("notify", method, path): OPEN for method in ("GET", "POST") for path in ("/t", "/t/{token}")},
    **{("notify", method, "/p/{token}"): OPEN for method in ("GET", "POST")},
    ("notify", "GET", "/citizen/links/{token}/pictures"): OPEN,
    ("notify", "GET", "/citizen/links/{token}/pictures/{attachment_id}"): OPEN,
    ("notify", "GET", "/citizen/links/{token}/pictures/{attachment_id}/thumbnail"): OPEN,
    ("notify", "GET", "/followups"): Way(frozenset({Role.FOLLOW_UP}), params=lambda c: {"area": c.area}),
    ("notify", "GET", "/notices"): Way(READERS_OF_NOTICES, params=lambda c: {"case_no": c.cases["judged"]}),
    ("notify", "GET", "/notices/mine"): Way(BUSINESS),
    ("notify", "POST", "/notices/{notice_id}/replay"): Way(REPLAYERS, about="judged"),
    ("notify", "GET", "/cases/{case_no}/notices"): Way(EVERYBODY, about="judged"),
    ("notify", "GET", "/reports/completion"): Way(SUPERVISORS, params=lambda c: {"by": "unit", "area": c.area}),
    ("notify", "GET", "/reports/completion/views"): Way(SUPERVISORS, params=lambda c: {"area": c.area}),
    ("notify", "GET", "/reports/completion/cases"): Way(
        SUPERVISORS, params=lambda c: {"view": "D", "part": "denominator"}
    ),
    ("notify", "GET", "/reports/map"): Way(SUPERVISORS, params=lambda c: {"by": "grid", "area": c.area}),
    ("notify", "GET", "/reports/figures"): Way(SUPERVISORS, params=lambda c: {"by": "grid", "area": c.area}),
    ("notify", "GET", "/reports/figures/definitions"): Way(SUPERVISORS),
    ("notify", "GET", "/reports/figures/cases"): Way(
        SUPERVISORS, params=lambda c: {"figure": "COMPLETION", "area": c.area}
    ),
    ("notify", "GET", "/reports/services"): Way(SERVICE_READERS, params=lambda c: {"by": "point", "area": c.area}),
    ("notify", "GET", "/reports/services/definition"): Way(SERVICE_READERS),
    ("notify", "GET", "/reports/services/answers"): Way(SERVICE_READERS, params=lambda c: {"area": c.area}),
    ("notify", "POST", "/reports/services/answers/{answer_id}/looks"): Way(
        frozenset({Role.STREET, Role.SUPERVISION}), json=lambda c: {"note": "已请社区道歉并加开窗口"}
    ),
    ("notify", "GET", "/reports/scores"): Way(SUPERVISORS, params=lambda c: {"scheme": "COUNTY", "area": c.area}),
    ("notify", "GET", "/reports/checks"): Way(SUPERVISORS, params=lambda c: {"area": c.area}),
    ("notify", "GET", "/reports/checks/cases"): Way(SUPERVISORS, params=lambda c: {"check": "QUICK", "area": c.area}),
    ("notify", "GET", "/reports/frozen"): Way(SUPERVISORS, params=lambda c: {"from": "2026-06"}),
    ("notify", "POST", "/reports/frozen"): Way(
        frozenset({Role.ANALYST, Role.LEADER}), json=lambda c: {"month": "2026-06"}
    ),
    ("notify", "GET", "/reports/frozen/{freeze_id}/verification"): Way(SUPERVISORS),
    ("notify", "GET", "/statistics/definitions"): Way(SUPERVISORS),
    ("notify", "GET", "/statistics/months"): Way(SUPERVISORS, params=lambda c: {"from": "2026-06", "area": c.area}),
    ("notify", "GET", "/statistics/years/{year}"): Way(SUPERVISORS),
    ("notify", "GET", "/statistics/years/{year}/frozen"): Way(SUPERVISORS),
    ("notify", "POST", "/statistics/years"): Way(frozenset({Role.ANALYST, Role.LEADER}), json=lambda c: {"year": 2025}),
    ("notify", "GET", "/statistics/frozen-years/{freeze_id}/verification"): Way(SUPERVISORS),
    ("notify", "POST", "/statistics/feed"): OPEN,  # signed: tests/services/notify/test_pulling.py
    ("notify", "GET", "/statistics/cities"): Way(frozenset({Role.ANALYST, Role.LEADER})),
    ("notify", "PUT", "/statistics/cities/{area}"): Way(
        frozenset({Role.ANALYST, Role.LEADER}),
        json=lambda c: {"url": "https://example.org/feed", "source": "province", "secret": "whsec_"},
    ),
    ("intake", "POST", "/statistics/months"): Way(
        frozenset({Role.ANALYST, Role.LEADER}),
        files=lambda c: {"file": ("months.csv", f"{MONTHS_HEAD}\n2024-06,{c.area},A,1,2".encode(), "text/csv")},
        inward=True,
    ),
    ("notify", "GET", "/followups/{case_no}"): Way(frozenset({Role.FOLLOW_UP})),
    ("notify", "GET", "/findings"): Way(FINDING_READERS, params=lambda c: {"area": c.area}),
    ("notify", "GET", "/findings/counts"): Way(FINDING_READERS, params=lambda c: {"area": c.area}),
    ("notify", "POST", "/findings"): Way(
        FINDING_READERS - {Role.LEADER},
        json=lambda c: {"case_no": c.cases["fresh"], "reason": "FORCE_MAJEURE", "evidence": "洪水断路"},
        inward=True,
    ),
    ("notify", "POST", "/findings/{finding_id}/ruling"): Way(
        frozenset({Role.SUPERVISION, Role.LEADER}), json=lambda c: {"grant": True, "note": "情况属实"}
    ),
    ("notify", "POST", "/findings/{finding_id}/revocation"): Way(
        frozenset({Role.SUPERVISION, Role.LEADER}), json=lambda c: {"note": "依据不足"}
    ),
    ("notify", "GET", "/reports/bulletins"): Way(
        SUPERVISORS, params=lambda c: {"period": "2026-06", "area": c.area, "format": "csv"}
    ),
    ("notify", "GET", "/reports/bulletins/schedules"): Way(frozenset({Role.ANALYST, Role.SYS_ADMIN})),
    ("notify", "GET", "/reports/bulletins/recipients"): Way(
        frozenset({Role.ANALYST, Role.SYS_ADMIN}), params=lambda c: {"area": c.area}
    ),
    ("notify", "POST", "/reports/bulletins/schedules"): Way(
        frozenset({Role.ANALYST, Role.SYS_ADMIN}),
        json=lambda c: {
            "name": "每周通报",
            "pace": "WEEK",
            "area": c.area,
            "formats": ["csv"],
            "recipients": [c.login(Role.ANALYST)],
        },
        inward=True,
    ),
    ("notify", "DELETE", "/reports/bulletins/schedules/{schedule_id}"): Way(frozenset({Role.ANALYST, Role.SYS_ADMIN})),
    ("notify", "GET", "/reports/bulletins/issues"): Way(EVERYBODY),
    ("notify", "GET", "/reports/bulletins/issues/{issue_id}/files/{kind}"): Way(EVERYBODY),
    ("notify", "POST", "/reports/exports"): Way(SUPERVISORS, json=lambda c: {"format": "csv", "area": c.area}),
    ("notify", "GET", "/reports/exports"): Way(SUPERVISORS),
    ("notify", "GET", "/reports/exports/{export_id}"): Way(SUPERVISORS),
    ("notify", "GET", "/reports/exports/{export_id}/file"): Way(SUPERVISORS),
    ("notify", "GET", "/reports/punctuality"): Way(SUPERVISORS, params=lambda c: {"area": c.area}),
}
