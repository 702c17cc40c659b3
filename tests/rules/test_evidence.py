"""What evidence a move needs, and the sentence that says what is missing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from casework.catalog.load import Catalog
from casework.kit.texts import Texts
from casework.rules import asks
from casework.rules.decide import Refused, decide
from casework.rules.evidence import NOTHING_DEMANDED, Demand, EvidenceRule, Shown, demanded, missing
from casework.rules.facts import Actor, CaseState, Facts
from casework.rules.points import Point, distance_m, gcj02, wgs84
from casework.rules.words import Action, CallOutcome, Direction, Kind, Media, Moment, Role, Status, Urgency
from services.assembly import TEXTS

SPOT = Point(104.0817, 30.6571)
AT_IT = Point(104.0818, 30.6572)
FAR = Point(104.0917, 30.6571)  # almost a kilometre to the east
PHOTO = Shown(Media.IMAGE)
BEFORE, AFTER = Shown(Media.IMAGE, Moment.BEFORE), Shown(Media.IMAGE, Moment.AFTER)


def at(point: Point | None, photo: Shown = PHOTO) -> Shown:
    return replace(photo, point=point)


@pytest.mark.parametrize(
    ("demand", "shown", "spot", "answer"),
    [
        # nothing demanded -> nothing missing
        (NOTHING_DEMANDED, (), None, None),
        # one photo demanded, none shown -> missing
        (Demand(photos=1), (), None, "PHOTO_MISSING"),
        # a recording or a PDF is no photo
        (Demand(photos=1), (Shown(Media.AUDIO), Shown(Media.PDF)), None, "PHOTO_MISSING"),
        (Demand(photos=1), (PHOTO,), None, None),
        (Demand(photos=2), (PHOTO,), None, "PHOTO_MISSING"),
        # before and after: each is asked for by name
        (Demand(before_after=True), (), None, "PHOTO_BEFORE_MISSING"),
        (Demand(before_after=True), (AFTER, PHOTO), None, "PHOTO_BEFORE_MISSING"),
        (Demand(before_after=True), (BEFORE, PHOTO), None, "PHOTO_AFTER_MISSING"),
        (Demand(before_after=True), (BEFORE, AFTER), None, None),
        (Demand(before_after=True), (replace(BEFORE, media=Media.PDF), AFTER), None, "PHOTO_BEFORE_MISSING"),
        # taken at the spot -> enough; a kilometre away -> too far
        (Demand(1, within_m=200), (at(AT_IT),), SPOT, None),
        (Demand(1, within_m=200), (at(FAR),), SPOT, "PHOTO_TOO_FAR"),
        (Demand(1, within_m=2000), (at(FAR),), SPOT, None),
        # one of two at the spot is enough for one
        (Demand(1, within_m=200), (at(FAR), at(AT_IT)), SPOT, None),
        (Demand(2, within_m=200), (at(FAR), at(AT_IT)), SPOT, "PHOTO_TOO_FAR"),
        # a photo without a place proves nothing where the spot is known
        (Demand(1, within_m=200), (at(None),), SPOT, "PHOTO_PLACE_MISSING"),
        # the spot is not surely known -> the distance is not judged, the photo is still demanded
        (Demand(1, within_m=200), (at(None),), None, None),
        (Demand(1, within_m=200), (), None, "PHOTO_MISSING"),
        # before at the spot, after elsewhere -> too far
        (Demand(before_after=True, within_m=200), (at(AT_IT, BEFORE), at(FAR, AFTER)), SPOT, "PHOTO_TOO_FAR"),
        (Demand(before_after=True, within_m=200), (at(AT_IT, BEFORE), at(AT_IT, AFTER)), SPOT, None),
    ],
)
def test_what_is_missing(demand: Demand, shown: tuple[Shown, ...], spot: Point | None, answer: str | None) -> None:
    assert missing(demand, shown, spot) == answer


RULES = (
    EvidenceRule(Action.FILE_RESULT, Demand(photos=1), category="02"),
    EvidenceRule(Action.FILE_RESULT, Demand(before_after=True, within_m=500), category="0203"),
    EvidenceRule(Action.FILE_RESULT, Demand(within_m=200), urgency=Urgency.E0),
    EvidenceRule(Action.CONTACT, Demand(photos=1), way="VISIT"),
    EvidenceRule(Action.SETTLE, Demand(photos=2), kind=Kind.GRID_PART),
)


@pytest.mark.parametrize(
    ("action", "category", "urgency", "kind", "way", "demand"),
    [
        (Action.FILE_RESULT, "0301", Urgency.N, None, None, NOTHING_DEMANDED),
        (Action.FILE_RESULT, "0204", Urgency.N, None, None, Demand(1)),
        # all lines that fit add up, the shorter distance holds
        (Action.FILE_RESULT, "0203", Urgency.N, None, None, Demand(1, True, 500)),
        (Action.FILE_RESULT, "0203", Urgency.E0, None, None, Demand(1, True, 200)),
        (Action.FILE_RESULT, None, Urgency.N, None, None, NOTHING_DEMANDED),
        (Action.CONTACT, "0203", Urgency.N, None, "VISIT", Demand(1)),
        (Action.CONTACT, "0203", Urgency.N, None, "PHONE", NOTHING_DEMANDED),
        (Action.SETTLE, None, Urgency.N, Kind.GRID_PART, None, Demand(2)),
        (Action.SETTLE, None, Urgency.N, Kind.HELP, None, NOTHING_DEMANDED),
    ],
)
def test_what_is_demanded(
    action: Action, category: str | None, urgency: Urgency, kind: Kind | None, way: str | None, demand: Demand
) -> None:
    for rules in (RULES, RULES[::-1]):
        assert demanded(rules, action, category=category, urgency=urgency, kind=kind, way=way) == demand


def test_the_shipped_catalogue_demands_little_and_only_what_a_phone_can_show(catalog: Catalog) -> None:
    def asked(action: Action, **about: object) -> Demand:
        facts: dict[str, object] = {"category": None, "urgency": Urgency.N, "kind": None, **about}
        return demanded(catalog.evidence, action, **facts)  # type: ignore[arg-type]

    assert asked(Action.FILE_RESULT, category="0204") == NOTHING_DEMANDED
    assert asked(Action.FILE_RESULT, category="0203") == Demand(before_after=True)
    assert asked(Action.CONTACT, way="PHONE") == NOTHING_DEMANDED
    assert asked(Action.CONTACT, way="PHONE", urgency=Urgency.E0) == Demand(call_outcome=True)
    assert asked(Action.SETTLE, kind=Kind.GRID_HAZARD) == NOTHING_DEMANDED
    for kind in (Kind.GRID_PART, Kind.GRID_EVENT):  # whoever was on the spot shows it by a photo from there
        assert asked(Action.SETTLE, kind=kind) == Demand(photos=1, within_m=200)
        assert asked(Action.CONTACT, kind=kind, way="VISIT") == Demand(photos=1, within_m=200)
        assert asked(Action.CONTACT, kind=kind, way="PHONE") == NOTHING_DEMANDED
    assert asked(Action.CONTACT, kind=Kind.HELP, way="VISIT") == NOTHING_DEMANDED  # at a citizen's home: no photo


NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
UNIT = Actor(frozenset({Role.UNIT}), 7, "510104", 3, frozenset({3}))
HANDLING = CaseState(Status.HANDLING, lead_unit=3, contact_made=True)
RESULT = asks.FileResult(reply_text="井盖已更换。", factual=True, solved="SOLVED")
SETTLING = CaseState(Status.DRAFT, Direction.GRID)
WORKER = Actor(frozenset({Role.GRID_WORKER}), 8, "510104017001001")


@pytest.mark.parametrize(
    ("case", "actor", "ask"),
    [
        (HANDLING, UNIT, RESULT),
        (replace(HANDLING, status=Status.REWORK, in_rework=True), UNIT, RESULT),
        (HANDLING, UNIT, asks.Contact(contacted_at=NOW, way="VISIT")),
        (HANDLING, UNIT, asks.Contact(contacted_at=NOW, way="VISIT", reached=False)),
        (SETTLING, WORKER, asks.Settle(evidence="已清理干净")),
    ],
)
def test_a_move_is_refused_till_it_shows_what_is_demanded(case: CaseState, actor: Actor, ask: asks.Ask) -> None:
    demanding = Facts(case=case, actor=actor, ask=ask, now=NOW, demand=Demand(photos=1))
    with pytest.raises(Refused, match="PHOTO_MISSING"):
        decide(demanding)
    one = ask.model_copy(update={"attachments": ("a" * 32,)})
    with pytest.raises(Refused, match="ATTACHMENT_UNUSABLE"):  # named, but not the actor's to use
        decide(replace(demanding, ask=one))
    assert decide(replace(demanding, ask=one, shown=(PHOTO,)))


@pytest.mark.parametrize(
    ("demand", "contact", "answer"),
    [
        # demanded: a phone contact says how the call ended
        (Demand(call_outcome=True), {"way": "PHONE"}, "CALL_OUTCOME_MISSING"),
        (Demand(call_outcome=True), {"way": "PHONE", "reached": False}, "CALL_OUTCOME_MISSING"),
        (Demand(call_outcome=True), {"way": "PHONE", "outcome": CallOutcome.REACHED}, None),
        (Demand(call_outcome=True), {"way": "PHONE", "reached": False, "outcome": CallOutcome.BUSY}, None),
        # a visit has no call
        (Demand(call_outcome=True), {"way": "VISIT"}, None),
        # not demanded: may be left out, but must not contradict
        (NOTHING_DEMANDED, {"way": "PHONE"}, None),
        (NOTHING_DEMANDED, {"way": "PHONE", "outcome": CallOutcome.NO_ANSWER}, "CALL_OUTCOME_CONTRADICTS"),
        (
            NOTHING_DEMANDED,
            {"way": "PHONE", "reached": False, "outcome": CallOutcome.REACHED},
            "CALL_OUTCOME_CONTRADICTS",
        ),
    ],
)
def test_how_a_call_ended(demand: Demand, contact: dict[str, object], answer: str | None) -> None:
    ask = asks.Contact.model_validate({"contacted_at": NOW, **contact})
    facts = Facts(case=HANDLING, actor=UNIT, ask=ask, now=NOW, demand=demand)
    if answer is None:
        assert decide(facts)
    else:
        with pytest.raises(Refused, match=answer):
            decide(facts)


def test_every_code_of_missing_evidence_has_its_sentence() -> None:
    texts: Texts = TEXTS
    found = {
        missing(demand, shown, SPOT)
        for demand in (Demand(1), Demand(before_after=True), Demand(1, within_m=10))
        for shown in ((), (BEFORE,), (at(FAR),))
    }
    for code in (found - {None}) | {"ATTACHMENT_UNUSABLE", "CALL_OUTCOME_MISSING", "CALL_OUTCOME_CONTRADICTS"}:
        assert texts.has(f"refused.{code}"), code


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (SPOT, SPOT, 0),
        (Point(0, 0), Point(1, 0), 111_195),  # one degree along the equator
        (Point(104, 30), Point(104, 31), 111_195),
        (Point(104, 60), Point(105, 60), 55_597),  # half as long at 60 degrees north
        (Point(179.9, 0), Point(-179.9, 0), 22_239),  # across the date line
    ],
)
def test_distance(one: Point, other: Point, metres: float) -> None:
    assert distance_m(one, other) == pytest.approx(metres, abs=1)
    assert distance_m(other, one) == pytest.approx(metres, abs=1)


def test_declared_systems_are_brought_to_wgs84_within_a_metre() -> None:
    drawn = gcj02(SPOT)
    assert 300 < distance_m(SPOT, drawn) < 700  # mixing them up is hundreds of metres (domain.md §5.3)
    back = wgs84(drawn, "GCJ02")
    assert back is not None
    assert distance_m(back, SPOT) < 0.01
    # published pairs of the two transformations
    assert gcj02(Point(116.404, 39.915)) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    baidu, plain = wgs84(Point(116.404, 39.915), "BD09"), wgs84(Point(116.39762729119315, 39.90865673957631), "GCJ02")
    assert baidu == pytest.approx(plain, abs=1e-9)
    assert wgs84(SPOT, "CGCS2000") == wgs84(SPOT, "WGS84") == SPOT


@pytest.mark.parametrize("system", [None, "", "BEIJING54"])
def test_a_point_of_an_unknown_system_is_not_compared(system: str | None) -> None:
    assert wgs84(SPOT, system) is None


def test_abroad_is_not_shifted() -> None:
    assert gcj02(Point(2.35, 48.85)) == (2.35, 48.85)
