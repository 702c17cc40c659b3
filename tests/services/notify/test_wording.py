"""Every line that the table can make owed has its words, for every reader, and no gap in them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from casework.catalog.load import Catalog
from casework.db.bulletins import TOPIC as BULLETIN
from casework.db.cadres import TOPIC as SERIOUS
from casework.db.disputes import LINK_LATE
from casework.db.knowledge_mending import TOPIC as MEND
from casework.db.notices import Owed
from casework.journey.alarms import TOPIC as ALARM
from casework.journey.citizen import _SHOWN
from casework.journey.notices import Listeners, owed
from casework.journey.rectifying import TOPIC as RECTIFY
from casework.journey.workers import LEFT
from casework.kit.texts import LANGS, TEXTS, Lang
from casework.rules.knowledge import Stale
from casework.rules.mediation import TURNS
from casework.rules.transitions import TRANSITIONS
from casework.rules.words import Action, ClockName, Record, Role, Stage, Status
from services.notify import app
from services.notify.wording import TEMPLATES, template_of, wording
from services.notify.writeback import TYPES, write_back

EVERYBODY = Listeners(citizen=True, upstream=True, lead_unit_id=1, reporter_id=1)
OWED = sorted(
    {
        (line.channel, line.topic, line.audience)
        for row in TRANSITIONS
        for line in owed(row.tells, row.action.value, EVERYBODY)
    }
)
FOLLOWERS = [(Record.MAIN_ANSWERED.value, Role.CITIZEN.value)]
BESIDE_THE_LEAD = (
    *(Action.ADD_CO_UNIT, Action.DELEGATE, Action.WHISTLE, Action.END_WHISTLE),
    *(Action.RATE_UNIT, Action.RATE_WHISTLE),
)
RECTIFIED = [(RECTIFY, Role.UNIT.value)]
CALLED_IN = [(action.value, Role.UNIT.value) for action in BESIDE_THE_LEAD]
GRID_AFFAIRS = [
    *((LEFT, Role.COMMUNITY.value), (SERIOUS, Role.LEADER.value), (Action.ASK_VERIFY.value, Role.GRID_WORKER.value)),
    *((Record.HANDED_OVER.value, role.value) for role in (Role.GRID_WORKER, Role.COMMUNITY)),
]
CHECKED = [(Action.FILE_RESULT.value, role.value) for role in (Role.UNIT, Role.GRID_WORKER)]
TOLD = [
    *GRID_AFFAIRS,
    *((topic, audience) for channel, topic, audience in OWED if channel != "upstream"),
    *CALLED_IN,
    *RECTIFIED,
    *CHECKED,
    (Record.SPLIT_OFF.value, Role.DISPATCHER.value),
    (Record.COPIED.value, Role.UNIT.value),
    *FOLLOWERS,
]
CLOCKS = [(f"CLOCK_{stage.value}", role.value) for stage in Stage for role in Role if role is not Role.CITIZEN]
SUPPLEMENTS = [(Record.SUPPLEMENT.value, role.value) for role in (Role.UNIT, Role.DISPATCHER)]
MINORS = [(Record.MINOR.value, Role.UNIT.value)]
DISPUTES = [
    (LINK_LATE, Role.MEDIATOR.value),
    *((f"DISPUTE_{row.action.value}", role.value) for row in TURNS for role in row.tells),
]
LINKS = {"code": "12345678", "track": "http://t/c", "link": "http://t/c/abc"}


def line(topic: str, audience: str, **given: object) -> Owed:
    bare = Owed(
        id=9,
        audience=audience,
        channel="sms",
        topic=topic,
        params={"clock": "SIGN", "due_at": "2026-02-25T09:00:00+00:00"},
        tries=1,
        created_at=datetime(2026, 2, 25, 1, 30, tzinfo=UTC),
        case_id=1,
        case_no="5101042026022501000000118",
        request_no="5101042026022501000000118",
        source="hotline",
        upstream_no="UP-1",
        phone_sealed=None,
        guarded=False,
        minor=False,
        unit_code="510104-CG",
        unit_name="锦江区城市管理局",
        login=None,
        area="510104017001",
        status="HANDLING",
        said={},
        filed={},
        seq=1,
        cycle=1,
    )
    return replace(bare, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("topic", "audience"), [*TOLD, *CLOCKS, *SUPPLEMENTS, *MINORS])
def test_every_notice_has_its_words(topic: str, audience: str, lang: Lang, catalog: Catalog) -> None:
    template = template_of(topic, audience)
    assert template is not None
    text = wording(catalog, line(topic, audience), template, lang, **(LINKS if audience == "CITIZEN" else {}))
    assert "{" not in text
    assert "5101042026022501000000118" in text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("topic", "audience"), sorted(set(DISPUTES)))
def test_every_notice_of_a_dispute_has_its_words(topic: str, audience: str, lang: Lang, catalog: Catalog) -> None:
    template = template_of(topic, audience)
    assert template is not None
    text = wording(catalog, line(topic, audience, params={"item": "5101042026112300001"}), template, lang)
    assert "{" not in text
    assert "5101042026112300001" in text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("audience", [Role.DISPATCHER.value, Role.COMMUNITY.value])
def test_a_call_for_help_says_who_and_where(audience: str, lang: Lang, catalog: Catalog) -> None:
    template = template_of(ALARM, audience)
    assert template is not None
    told = line(ALARM, audience, params={"who": "网格员甲", "place": "104.08000, 30.65000 ±12 m"})
    text = wording(catalog, told, template, lang)
    assert "网格员甲" in text
    assert "104.08000, 30.65000 ±12 m" in text


@pytest.mark.parametrize("lang", LANGS)
def test_a_bulletin_that_is_out_is_called_by_its_title(lang: Lang, catalog: Catalog) -> None:
    template = template_of(BULLETIN, Role.ANALYST.value)
    assert template is not None
    text = wording(catalog, line(BULLETIN, "ANALYST", params={"item": "7", "title": "锦江区月报"}), template, lang)
    assert "锦江区月报" in text
    assert "7" in text


@pytest.mark.parametrize("topic", [topic for channel, topic, _ in OWED if channel == "upstream"])
def test_every_write_back_has_its_message(topic: str) -> None:
    said = write_back(line(topic, "UPSTREAM"))
    assert said is not None
    assert said["type"] == TYPES[topic]


def test_a_topic_that_nobody_wrote_words_for_has_none() -> None:
    assert template_of("NEW_TOPIC", "UNIT") is None
    assert template_of("CLOCK_BREACH", "CITIZEN") is None
    assert write_back(line("FILE_RESULT", "UPSTREAM")) is None


def test_no_template_is_left_over() -> None:
    wanted = {
        template_of(topic, audience)
        for topic, audience in [
            *TOLD,
            *CLOCKS,
            *SUPPLEMENTS,
            (MEND, "UNIT"),
            (ALARM, "COMMUNITY"),
            (BULLETIN, "ANALYST"),
            *MINORS,
        ]
    }
    wanted |= {template_of(topic, audience) for topic, audience in DISPUTES}
    words = {code for code in TEMPLATES.codes() if code.startswith(("word.", "clock.", "stale."))}
    assert TEMPLATES.codes() - words == wanted
    assert {f"clock.{clock.value}" for clock in ClockName} | {f"stale.{why.value}" for why in Stale} <= words


def test_every_status_and_step_has_its_words_for_citizens() -> None:
    assert app.TITLE
    for status in Status:
        assert TEXTS.has(f"citizen.status.{status.value}"), status
    for step in _SHOWN:
        assert TEXTS.has(f"citizen.step.{step.value}"), step


@pytest.mark.parametrize(
    ("topic", "said", "words"),
    [
        ("GUIDE", {"told": "请向市场监管部门反映"}, "请向市场监管部门反映。"),  # a full stop is added
        ("ANSWER", {"answer": "已查明！"}, "已查明！凭"),  # or not
        ("ANSWER", {"knowledge_item": "K1"}, "已有答复。凭"),  # nothing said -> nothing there
        ("FEEDBACK", {"text": "一\n 二"}, "一 二。"),  # one line
        ("FEEDBACK", {"text": "长" * 500}, "长" * 120 + "…"),  # cut
        ("FEEDBACK", {"text": "用{link}"}, "用{link}。"),  # braces in words stay words
    ],
)
def test_what_the_case_said_is_told_as_a_sentence(
    topic: str, said: dict[str, str], words: str, catalog: Catalog
) -> None:
    assert words in wording(catalog, line(topic, "CITIZEN", said=said), f"{topic}.CITIZEN", "zh-CN", **LINKS)


def test_a_reasoned_closure_tells_the_citizen_the_catalogues_words_not_the_officers(catalog: Catalog) -> None:
    code, reason = next(iter(catalog.reasons.closure.items()))
    told = line("CLOSE_REASONED", "CITIZEN", said={"reason": code, "note": "内部说明"})
    text = wording(catalog, told, "CLOSE_REASONED.CITIZEN", "zh-CN", **LINKS)
    assert reason.told_zh in text
    assert "内部说明" not in text


def test_a_write_back_tells_the_reply_and_never_the_finding() -> None:
    filed = {"reply_text": "路灯已修复", "finding": "内部结论", "factual": True, "solved": "SOLVED"}
    said = write_back(line("ACCEPT_RESULT", "UPSTREAM", filed=filed, seq=4, status="FOLLOW_UP"))
    assert said == {
        "spec_version": "1.0",
        "type": "ORDER_RESULT",
        "source": "hotline",
        "upstream_no": "UP-1",
        "request_no": "5101042026022501000000118",
        "case_no": "5101042026022501000000118",
        "seq": 4,
        "at": "2026-02-25T09:30:00+08:00",
        "step": "ACCEPT_RESULT",
        "status": "FOLLOW_UP",
        "status_text": "待回访",
        "data": {
            "public_reply": "路灯已修复",
            "factual": True,
            "solved": "SOLVED",
            "unit": {"code": "510104-CG", "name": "锦江区城市管理局"},
        },
    }


@pytest.mark.parametrize(
    ("topic", "said", "data"),
    [
        ("ANSWER_SURVEY", {"solved": True, "satisfaction": "GOOD"}, {"solved": True, "satisfaction": "GOOD"}),
        ("CLOSE_UNREACHED", {}, {"reached": False}),
        ("CLOSE_REASONED", {"reason": "CR01", "note": "已说明"}, {"reason": "CR01", "text": "已说明"}),
        ("VOID", {"note": "内部"}, {}),
    ],
)
def test_follow_up_is_told_with_its_own_words(topic: str, said: dict[str, object], data: dict[str, object]) -> None:
    message = write_back(line(topic, "UPSTREAM", said=said))
    assert message is not None
    assert data.items() <= message["data"].items()
    assert "内部" not in str(message)
