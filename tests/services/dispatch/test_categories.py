"""A case that came without a category: what is suggested, what a person makes of it, what is learned from that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from casework.db import classifying as rows
from casework.db.models import Case, CategoryModel, CategorySuggestion, Event
from casework.journey.city import City
from casework.journey.training import Labelled, label_of, teach
from casework.place.model_file import to_bytes
from casework.place.suggester import LEXICON
from casework.rules.words import Role, Status
from manage.texts import Sorry
from manage.train import _of_corrections, _of_file, _train
from services.dispatch.worker import suggest_once
from tests.place.lessons import lessons
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ
from tests.services.intake.hotline import Hotline, said

LAMP = "水井坊社区的路灯坏了三天，晚上一片漆黑，路灯不亮。"
WAGES = "老板拖欠工资，农民工工资三个月没发。"
DAY = datetime(2026, 11, 23, tzinfo=UTC).date()


@pytest.fixture
async def clean(city: City) -> None:
    """No model, no suggestion; what the process knows is asked for again."""
    async with city.database.transaction() as session:
        await session.execute(delete(CategorySuggestion))
        await session.execute(delete(CategoryModel))
    await city.classifier.look()


async def _unsorted(desk: Desk, text: str = LAMP, **more: Any) -> str:
    return await desk.receive(title="", text=text, category=None, **more)


async def _suggest(city: City) -> None:
    while await suggest_once(city):
        pass


async def _page(desk: Desk, case_no: str, login: str = "dispatcher1") -> dict[str, Any]:
    answer = await (await desk.of(login)).get(f"/cases/{case_no}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _in_force(city: City, **card: Any) -> str:
    """A model of the tests' lessons answers."""
    texts = [Labelled(one.title, one.text, one.label) for one in lessons()]
    model = teach(city.catalog, texts, None, {"file": "lessons"}, DAY)
    version = str(model.card["version"])
    async with city.database.transaction() as session:
        await rows.keep_model(session, version, dict(model.card) | card, to_bytes(model))
        await rows.put_in_force(session, version, datetime.now(UTC))
    await city.classifier.look()
    return version


@pytest.mark.usefixtures("clean")
async def test_a_worker_suggests_behind_the_commit_and_the_page_shows_it(desk: Desk, city: City) -> None:
    case_no = await _unsorted(desk)
    assert (await _page(desk, case_no))["suggestion"] is None
    await _suggest(city)
    shown = (await _page(desk, case_no))["suggestion"]
    assert shown["source"] == LEXICON
    assert shown["calibrated"] is False
    first = shown["categories"][0]
    assert (first["category"], first["name"]) == ("0204", "路灯与景观照明")
    assert any("路灯" in word for word in first["words"])
    assert 0 < first["confidence"] < 1
    assert shown["settled"] is None
    case = await desk.case(case_no)
    assert (case.category, case.status) == (None, Status.REVIEW)  # nothing is done by itself


@pytest.mark.usefixtures("clean")
async def test_a_case_that_came_with_a_category_is_not_asked_about(desk: Desk, city: City) -> None:
    case_no = await desk.receive()
    await _suggest(city)
    assert (await _page(desk, case_no))["suggestion"] is None


@pytest.mark.usefixtures("clean")
async def test_a_suggestion_is_made_once_however_often_the_worker_comes(desk: Desk, city: City) -> None:
    case_no = await _unsorted(desk)
    await _suggest(city)
    before = (await _page(desk, case_no))["suggestion"]
    await _in_force(city)
    assert await suggest_once(city) == 0
    assert (await _page(desk, case_no))["suggestion"] == before


@pytest.mark.usefixtures("clean")
async def test_what_a_person_gives_is_kept_beside_what_was_suggested(desk: Desk, city: City) -> None:
    case_no = await _unsorted(desk)
    await _suggest(city)
    await desk.move("dispatcher1", case_no, "CLASSIFY", category="0209")
    await desk.move("dispatcher1", case_no, "CLASSIFY", category="0203")  # the last one counts
    shown = (await _page(desk, case_no))["suggestion"]
    assert shown["categories"][0]["category"] == "0204"
    assert (shown["settled"], shown["settled_name"], shown["automatic"]) == ("0203", "井盖缺失或破损", False)
    async with city.database.transaction() as session:
        title, text, category = (await rows.corrections(session))[-1]
    assert category == "0203"
    assert "路灯" in f"{title}{text}"


@pytest.mark.usefixtures("clean")
async def test_a_correction_of_a_given_category_is_kept_too(desk: Desk, city: City) -> None:
    case_no = await desk.receive()  # came as 0204
    await desk.move("dispatcher1", case_no, "CLASSIFY", category="0209")
    async with city.database.transaction() as session:
        row = await rows.of_case(session, (await desk.case(case_no)).id)
    assert row is not None
    assert (row.source, row.first, row.given, row.settled) == (None, None, "0204", "0209")


@pytest.mark.usefixtures("clean")
async def test_nothing_personal_is_kept_with_a_suggestion(desk: Desk, city: City) -> None:
    await _unsorted(desk, text=f"{LAMP}我叫张三丰，电话13812345678，身份证510104199001011234。")
    await _suggest(city)
    async with city.database.transaction() as session:
        kept = str([vars(row) for row in await session.scalars(select(CategorySuggestion))])
        learned = str(await rows.corrections(session))
    for word in ("13812345678", "510104199001011234", "张三丰"):
        assert word not in kept + learned


@pytest.mark.usefixtures("clean")
async def test_units_see_the_signs_but_not_what_was_suggested(desk: Desk, city: City) -> None:
    case_no = await _unsorted(desk, text="路中间的井盖不见了，很危险。")
    await _suggest(city)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit="510104-CG")
    shown = await _page(desk, case_no, "unit-cg")
    assert shown["suggestion"] is None
    assert [one["rule"] for one in shown["signs"]] == ["COVER-GONE"]


# the text, how urgent it comes in, its flag, whom to call
SIGNED = [
    ("厨房闻到很浓的煤气味，快来人。", "E0", "SIGN_FIRE", ["119", "GAS"]),
    ("老公打我，家暴不是第一次了。", "E0", "SIGN_VIOLENCE", ["110"]),
    ("有老人被困电梯半小时出不来。", "E0", "SIGN_LIFE", ["96333", "119"]),
    ("孩子在学校遭遇校园欺凌。", "E1", "SIGN_MINOR", []),
]


@pytest.mark.parametrize(("text", "urgency", "flag", "lines"), SIGNED)
async def test_a_sign_of_danger_makes_a_case_urgent_at_the_door(
    desk: Desk, text: str, urgency: str, flag: str, lines: list[str]
) -> None:
    case_no = await _unsorted(desk, text=text)
    shown = await _page(desk, case_no)
    assert shown["urgency"] == urgency
    assert flag in shown["flags"]
    assert [line["code"] for line in shown["signs"][0]["lines"]] == lines
    assert shown["signs"][0]["words"]


async def test_a_text_is_sorted_while_it_is_typed(desk: Desk) -> None:
    client = await desk.of("agent1")
    answer = await client.get("/categories/suggest", params={"text": "电梯里有人被困电梯，打不开门"})
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["categories"][0]["category"] == "0909"
    assert shown["categories"][0]["urgency"] == "E0"
    assert shown["signs"][0]["lines"][0] == {"code": "96333", "number": "96333", "name": "电梯应急救援"}
    english = await client.get("/categories/suggest", params={"text": "被困电梯"}, headers={"accept-language": "en"})
    assert english.json()["signs"][0]["lines"][0]["name"] == "Lift rescue"


@pytest.mark.parametrize("text", ["", "x" * 2001])
async def test_a_text_must_be_there_and_not_endless(desk: Desk, text: str) -> None:
    answer = await (await desk.of("agent1")).get("/categories/suggest", params={"text": text})
    assert answer.status_code == 422
    assert "text" in answer.json()["errors"][0]["field"]


async def test_the_drift_report_counts_what_people_made_of_suggestions(desk: Desk, city: City, clean: None) -> None:
    for text, category in ((LAMP, "0204"), (LAMP, "0209"), (WAGES, "1001")):
        case_no = await _unsorted(desk, text=text)
        await _suggest(city)
        await desk.move("dispatcher1", case_no, "CLASSIFY", category=category)
    client = await desk.of("dispatcher1")
    shown = (await client.get("/categories/drift")).json()
    [fared] = shown["fared"]
    assert (fared["source"], fared["settled"], fared["few"]) == (LEXICON, 3, True)
    assert fared["first_right"] == pytest.approx(2 / 3, abs=1e-3)
    assert [(one["suggested"], one["settled"], one["cases"]) for one in shown["mixed_up"]] == [("0204", "0209", 1)]
    assert (shown["stability"], shown["moved"]) == (None, False)  # there was nothing before
    async with city.database.transaction() as session:
        earlier = datetime.now(UTC) - timedelta(days=40)
        await session.execute(
            update(CategorySuggestion).where(CategorySuggestion.settled == "1001").values(settled_at=earlier)
        )
    shown = (await client.get("/categories/drift")).json()
    assert shown["fared"][0]["settled"] == 2
    assert shown["moved"] is True


@pytest.mark.parametrize(("begin", "end"), [("2026-03-02", "2026-03-01"), ("2020-01-01", "2026-01-01"), ("x", "y")])
async def test_a_period_that_is_none_is_refused(desk: Desk, begin: str, end: str) -> None:
    answer = await (await desk.of("dispatcher1")).get("/categories/drift", params={"begin": begin, "end": end})
    assert answer.status_code == 422
    assert "begin" in answer.text


@pytest.mark.usefixtures("clean")
async def test_a_model_answers_without_a_restart_and_goes_again(desk: Desk, city: City) -> None:
    version = await _in_force(city)
    case_no = await _unsorted(desk)
    await _suggest(city)
    shown = (await _page(desk, case_no))["suggestion"]
    assert (shown["source"], shown["calibrated"]) == (version, True)
    assert shown["categories"][0]["category"] == "0204"
    async with city.database.transaction() as session:
        assert not await rows.put_in_force(session, "no-such", datetime.now(UTC))
        assert await rows.put_in_force(session, None, datetime.now(UTC))
    await city.classifier.look()
    assert (await city.classifier.suggester()).source == LEXICON


@pytest.mark.usefixtures("clean")
async def test_a_damaged_model_leaves_the_lexicon_answering(city: City) -> None:
    version = await _in_force(city)
    async with city.database.transaction() as session:
        held = await session.scalar(select(CategoryModel).where(CategoryModel.version == version))
        assert held is not None
        session.add(CategoryModel(version="broken", card=held.card, file=held.file[:-200] + bytes(200)))
        await session.flush()
        await rows.put_in_force(session, "broken", datetime.now(UTC))
    await city.classifier.look()
    answers = await city.classifier.suggester()
    assert answers.source == LEXICON
    assert answers.suggest("", LAMP).best[0].code == "0204"


async def _daring(city: City, threshold: float | None) -> City:
    deciding = replace(city.catalog.classifying, automatic_from=threshold)
    catalog = replace(city.catalog, classifying=deciding)
    return City(catalog, city.keyring, city.database)


# what comes in, the city's threshold, where it stands after
BY_ITSELF: list[tuple[dict[str, Any], float | None, Status]] = [
    ({}, None, Status.REVIEW),  # off by default
    ({}, 0.9, Status.DISPATCHED),
    ({"kind": "投诉"}, 0.9, Status.DISPATCHED),
    ({"kind": "咨询"}, 0.9, Status.REVIEW),
    ({"kind": "举报"}, 0.9, Status.REVIEW),
    ({"urgency": "E1"}, 0.9, Status.REVIEW),
    ({"text": f"{LAMP}有个留守儿童摔了。"}, 0.9, Status.REVIEW),  # a sign
    ({"text": "有点事想反映，具体的见面说。"}, 0.9, Status.REVIEW),  # not sure enough
]


@pytest.mark.parametrize(("more", "threshold", "stands"), BY_ITSELF)
async def test_only_ordinary_sure_cases_go_by_themselves_and_only_when_the_city_says_so(
    desk: Desk, city: City, clean: None, more: dict[str, Any], threshold: float | None, stands: Status
) -> None:
    await _in_force(city)
    daring = await _daring(city, threshold)
    case_no = await _unsorted(desk, **{"text": LAMP * 3, **more})
    await _suggest(daring)
    case = await desk.case(case_no)
    assert case.status == stands
    if stands is Status.DISPATCHED:
        assert case.category == "0204"
        assert case.lead_unit_id is not None
        async with city.database.transaction() as session:
            made = select(Event.role).where(Event.case_id == case.id, Event.action.in_(["CLASSIFY", "DISPATCH"]))
            assert list(await session.scalars(made)) == ["SYSTEM", "SYSTEM"]
            row = await rows.of_case(session, case.id)
            assert row is not None
            assert row.automatic
            assert await rows.corrections(session) == []  # the machine does not learn from itself


@pytest.mark.usefixtures("clean")
async def test_the_lexicon_alone_never_dispatches(desk: Desk, city: City) -> None:
    daring = await _daring(city, 0.9)
    case_no = await _unsorted(desk, text=LAMP * 5)
    await _suggest(daring)
    assert (await desk.case(case_no)).status == Status.REVIEW


async def test_a_retired_category_is_given_to_no_case_and_keeps_those_it_has(
    desk: Desk, city: City, clean: None
) -> None:
    app = desk.town.apps["dispatch"]
    kept, old = await desk.receive(), app.state.city.catalog
    fresh = await _unsorted(desk)
    lamp = old.categories["0204"].model_copy(update={"retired": True, "replaced_by": "0201"})
    app.state.city.catalog = replace(old, categories={**old.categories, "0204": lamp})
    try:
        answer = await desk.ask("dispatcher1", fresh, "CLASSIFY", category="0204")
        assert (answer.status_code, answer.json()["code"]) == (422, "refused.CATEGORY_RETIRED")
        await desk.move("dispatcher1", kept, "CLASSIFY", category="0204", kind="COMPLAINT")
        await desk.move("dispatcher1", kept, "DISPATCH")
        assert (await desk.case(kept)).category == "0204"
    finally:
        app.state.city.catalog = old


async def test_a_retired_category_from_upstream_becomes_the_one_that_took_its_place(desk: Desk) -> None:
    app = desk.town.apps["intake"]
    old = app.state.city.catalog
    lamp = old.categories["0204"].model_copy(update={"retired": True, "replaced_by": "0201"})
    app.state.city.catalog = replace(old, categories={**old.categories, "0204": lamp})
    try:
        answer = await Hotline(desk.town, desk.town.template.hotline_secret).send(said(category="0204"))
        assert answer.status_code == 201
        assert "CATEGORY_RETIRED" in answer.json()["flags"]
    finally:
        app.state.city.catalog = old
    assert (await desk.case(answer.json()["request_no"])).category == "0201"


COLUMNS = ("label", "title", "body")


def _csv(path: Path, *lines: str, coding: str = "utf-8") -> Path:
    path.write_bytes("\n".join(("label,title,body", *lines)).encode(coding))
    return path


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_model_is_trained_from_a_file_and_answers(city: City, tmp_path: Path, coding: str, clean: None) -> None:
    file = _csv(tmp_path / "lessons.csv", *(f"{one.label},,{one.text}" for one in lessons()), coding=coding)
    card = tmp_path / "card.md"
    await _train(city, file, COLUMNS, None, False, card)
    assert "macro-F1" in card.read_text(encoding="utf-8")
    await city.classifier.look()
    found = (await city.classifier.suggester()).suggest("", LAMP)
    assert found.best[0].code == "0204"
    assert found.calibrated
    await _train(city, file, COLUMNS, None, False, None)  # the same again changes nothing
    async with city.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(CategoryModel)) == 1


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"a,b\n1,2\n", "train.no_column"),
        (b"", "train.no_column"),
        ("label,title,body\n路灯类,,路灯不亮\n".encode(), "train.unknown_label"),
        (b"label,title,body\n01,,x\n", "train.unknown_label"),  # a first level names no matter
        ("label,title,body\n0204,,路灯不亮\n".encode(), "train.too_few"),
        (b"\xff\xfe\x00\xff\x81", "train.not_text"),
    ],
)
async def test_a_file_that_cannot_be_learned_from_is_told_and_nothing_changes(
    city: City, tmp_path: Path, content: bytes, key: str, clean: None
) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    with pytest.raises(Sorry) as caught:
        await _train(city, file, COLUMNS, None, False, None)
    assert caught.value.key == key
    if key == "train.unknown_label":
        assert "2: " in str(caught.value)
    async with city.database.transaction() as session:
        assert await rows.models(session) == []


def test_labels_of_another_scheme_are_learned_as_their_classes(city: City, tmp_path: Path) -> None:
    scheme = city.catalog.classifying.schemes["labels-7"]
    file = _csv(tmp_path / "seven.csv", "环境保护,,厂里冒黑烟", "交通运输,,公交太少")
    texts, source = _of_file(city.catalog, file, COLUMNS, scheme)
    assert [one.label for one in texts] == ["环境保护", "交通运输"]
    assert len(source["sha256"]) == 64
    assert label_of(city.catalog, None, "路灯与景观照明") == "0204"
    assert label_of(city.catalog, scheme, "0204") is None


@pytest.mark.usefixtures("clean")
async def test_corrections_are_lessons(desk: Desk, city: City) -> None:
    case_no = await _unsorted(desk)
    await desk.move("dispatcher1", case_no, "CLASSIFY", category="0204")
    texts, source = await _of_corrections(city, None)
    assert [one.label for one in texts] == ["0204"]
    assert source == {"corrections": 1}
    async with city.database.transaction() as session:
        assert await session.scalar(select(Case.category).where(Case.case_no == case_no)) == "0204"


@pytest.mark.usefixtures("clean")
async def test_a_supervisor_reads_the_drift_of_the_own_area_alone(desk: Desk, city: City) -> None:
    case_no = await _unsorted(desk)
    await _suggest(city)
    await desk.move("dispatcher1", case_no, "CLASSIFY", category="0204")
    for login, area, settled in (("drift-there", "510105", 0), ("drift-here", "510104", 1), ("drift-all", "51", 1)):
        await employ(city, login, [Role.ANALYST], area)
        shown = (await (await desk.of(login)).get("/categories/drift")).json()
        assert sum(one["settled"] for one in shown["fared"]) == settled


async def test_the_catalogue_in_force_is_read_whole(desk: Desk, city: City) -> None:
    """Departments by name, the law's own limit, retired ones too; guidance in the reader's language."""
    told = (await (await desk.of("dispatcher1")).get("/categories/catalogue")).json()
    by_code = {one["code"]: one for one in told["entries"]}
    assert (told["version"], by_code.keys()) == (city.catalog.version, city.catalog.categories.keys())
    lamp = by_code["0204"]
    assert (lamp["parent"], lamp["lead"], lamp["urgency_note"]) == ("02", ["城市管理局"], "单灯 48 小时内修复")
    for code, one in city.catalog.categories.items():
        demanded = [rule for rule in city.catalog.evidence if code.startswith(rule.category)]
        assert len(by_code[code]["evidence"]) == len(demanded)
        assert (by_code[code]["limit"], by_code[code]["retired"]) == (one.limit, one.retired)
