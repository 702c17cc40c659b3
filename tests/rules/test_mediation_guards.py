"""Who may do what to a dispute, and what must be said: each line reads as a sentence."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from casework.kit.texts import LANGS, TEXTS
from casework.rules import mediation_asks as asks
from casework.rules import mediation_guards as g
from casework.rules.decide import Refused
from casework.rules.facts import Actor
from casework.rules.mediation import allowed_actions, decide
from casework.rules.mediation_facts import DisputeFacts, DisputeState, MediationRules, Party
from casework.rules.mediation_words import DisputeAction, DisputeClock, Form, LinkKind, Risk, Side, Track
from casework.rules.mediation_words import DisputeStatus as Status
from casework.rules.words import Level, Role
from tests.services.dispatch.test_move_refusals import _codes

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MEDIATOR = Actor(frozenset({Role.MEDIATOR}), account_id=7, area="510104017001")
OTHER = replace(MEDIATOR, account_id=8)
COUNTY = Actor(frozenset({Role.DISPATCHER}), account_id=9, area="510104")
STREET = Actor(frozenset({Role.STREET}), account_id=10, area="510104017")
RULES = MediationRules(
    kinds=frozenset({"02"}),
    unsuitable=frozenset({"IN_COURT"}),
    endings=frozenset({"NO_AGREEMENT"}),
    ways=frozenset({"LITIGATION"}),
    objects={LinkKind.POLICE: frozenset({"police_no", "risk"})},
    most_sessions={Track.POLICE: 2},
)
ASKED = (Party(1), Party(2))
WILLING = (Party(1, True), Party(2, True))
TWO = (asks.PartyForm(side=Side.APPLICANT, name="甲"), asks.PartyForm(side=Side.RESPONDENT, name="乙"))
MEDIATED = DisputeState(
    Status.MEDIATING, parties=WILLING, mediator=7, sessions=(NOW,), running=frozenset({DisputeClock.MEDIATE})
)
BINDING = replace(MEDIATED, status=Status.PERFORMING, form=Form.WRITTEN, in_force=True, running=frozenset())
WRITTEN: dict[str, Any] = {
    "form": Form.WRITTEN,
    "facts": "漏水致楼下受损",
    "terms": "甲方赔偿两千元",
    "way": "转账",
    "perform_by": TODAY,
}
APPLIED: dict[str, Any] = {"court": "锦江区人民法院", "joint": True}


def facts(dispute: DisputeState, actor: Actor, ask: asks.Ask, **more: Any) -> DisputeFacts:
    return DisputeFacts(dispute=dispute, actor=actor, ask=ask, now=NOW, today=TODAY, rules=RULES, **more)


def at(status: Status, **more: Any) -> DisputeState:
    return DisputeState(status, **more)


CONFIRMING = at(Status.CONFIRMATION, running=frozenset({DisputeClock.COURT_REVIEW}), form=Form.WRITTEN, in_force=True)
DAY = timedelta(days=1)
WEEK_OVER = {"next_session_by": NOW - 2 * DAY}

REFUSED: list[tuple[str, DisputeState, Actor, asks.Ask, dict[str, Any], str]] = [
    ("another version was seen", at(Status.CLUE), COUNTY, asks.Dismiss(version=3, note="查无此事"), {}, "CHANGED"),
    ("a clue is not mediated", at(Status.CLUE), MEDIATOR, asks.Take(), {}, "NOT_NOW"),
    ("a dispatcher does not mediate", at(Status.ACCEPTED), COUNTY, asks.Take(), {}, "NOT_YOUR_ROLE"),
    ("a kind of the list", at(Status.CLUE), MEDIATOR, asks.Register(kind="77"), {}, "KIND_UNKNOWN"),
    ("a claim", at(Status.CLUE), MEDIATOR, asks.Register(kind="02", claim="吵"), {}, "CLAIM_MISSING"),
    (
        "two sides",
        at(Status.CLUE),
        MEDIATOR,
        asks.Register(kind="02", claim="楼上漏水", parties=TWO[:1]),
        {},
        "PARTIES_MISSING",
    ),
    (
        "the community acts no more once the street has it",
        at(Status.REGISTERED, level=Level.STREET),
        MEDIATOR,
        asks.Screen(),
        {},
        "NOT_YOUR_LEVEL",
    ),
    (
        "the community does not take up what it raised",
        at(Status.RAISED, parties=WILLING),
        MEDIATOR,
        asks.TakeUp(),
        {},
        "NOT_YOUR_LEVEL",
    ),
    (
        "nothing is above the city",
        at(Status.SCREENING, level=Level.CITY),
        replace(COUNTY, area="5101"),
        asks.Raise(note="案情重大"),
        {},
        "NO_LEVEL_ABOVE",
    ),
    (
        "why it is not suitable",
        at(Status.SCREENING),
        MEDIATOR,
        asks.Unsuitable(reason="X", note="已经起诉"),
        {},
        "REASON_UNKNOWN",
    ),
    (
        "in words too",
        at(Status.SCREENING),
        MEDIATOR,
        asks.Unsuitable(reason="IN_COURT", note="诉"),
        {},
        "NOTE_MISSING",
    ),
    (
        "a party of this dispute",
        at(Status.WILLINGNESS, parties=ASKED),
        MEDIATOR,
        asks.RecordWill(party=9, willing=True),
        {},
        "PARTY_UNKNOWN",
    ),
    (
        "silence is no will",
        at(Status.WILLINGNESS, parties=ASKED),
        MEDIATOR,
        asks.RecordWill(party=1),
        {},
        "WILL_MISSING",
    ),
    ("a mediator that exists", at(Status.ACCEPTED), COUNTY, asks.Assign(mediator="nobody"), {}, "MEDIATOR_UNKNOWN"),
    (
        "not one who stood aside",
        at(Status.ACCEPTED, recused=frozenset({7})),
        COUNTY,
        asks.Assign(mediator="m"),
        {"mediator": 7},
        "RECUSED",
    ),
    (
        "nor takes it himself",
        at(Status.ACCEPTED, recused=frozenset({7})),
        MEDIATOR,
        asks.Take(),
        {},
        "RECUSED",
    ),
    ("assigned to another", at(Status.ACCEPTED, mediator=8), MEDIATOR, asks.Take(), {}, "TAKEN_BY_ANOTHER"),
    ("nobody to stand aside", at(Status.ACCEPTED), COUNTY, asks.Recuse(note="是亲属关系"), {}, "NO_MEDIATOR"),
    ("another's session", MEDIATED, OTHER, asks.HoldSession(), {}, "NOT_THE_MEDIATOR"),
    ("after its time", MEDIATED, MEDIATOR, asks.HoldSession(), {"expired": True}, "TIME_OVER"),
    ("when it was held", MEDIATED, MEDIATOR, asks.HoldSession(), {}, "SESSION_TIME_MISSING"),
    (
        "not tomorrow's",
        MEDIATED,
        MEDIATOR,
        asks.HoldSession(held_at=NOW + DAY, present=(1,)),
        {},
        "SESSION_IN_FUTURE",
    ),
    (
        "not before all were willing",
        replace(MEDIATED, accepted_at=NOW),
        MEDIATOR,
        asks.HoldSession(held_at=NOW - DAY, present=(1,)),
        {},
        "SESSION_TOO_EARLY",
    ),
    ("who came", MEDIATED, MEDIATOR, asks.HoldSession(held_at=NOW, present=(3,)), {}, "PARTY_UNKNOWN"),
    (
        "the police mediate twice at most",
        replace(MEDIATED, track=Track.POLICE, sessions=(NOW, NOW)),
        MEDIATOR,
        asks.HoldSession(held_at=NOW, present=(1, 2)),
        {},
        "NO_MORE_SESSIONS",
    ),
    (
        "the second time within seven working days",
        replace(MEDIATED, track=Track.POLICE),
        MEDIATOR,
        asks.HoldSession(held_at=NOW, present=(1, 2)),
        WEEK_OVER,
        "SESSION_TOO_LATE",
    ),
    ("an end to come", MEDIATED, MEDIATOR, asks.Extend(until=NOW, agreed=(1, 2)), {}, "EXTENSION_END_WRONG"),
    (
        "with everybody's consent",
        MEDIATED,
        MEDIATOR,
        asks.Extend(until=NOW + DAY, agreed=(1,)),
        {},
        "EXTENSION_NOT_AGREED",
    ),
    (
        "agreed at a session",
        replace(MEDIATED, sessions=()),
        MEDIATOR,
        asks.Agree(**WRITTEN),
        {},
        "NO_SESSION",
    ),
    ("what is agreed", MEDIATED, MEDIATOR, asks.Agree(form=Form.ORAL), {}, "TERMS_MISSING"),
    (
        "facts and way in writing",
        MEDIATED,
        MEDIATOR,
        asks.Agree(**{**WRITTEN, "facts": ""}),
        {},
        "AGREEMENT_INCOMPLETE",
    ),
    (
        "performed by a day to come",
        MEDIATED,
        MEDIATOR,
        asks.Agree(**{**WRITTEN, "perform_by": TODAY - DAY}),
        {},
        "PERFORM_DAY_WRONG",
    ),
    (
        "a party signs once",
        at(Status.AGREED, parties=(Party(1, True, True), Party(2, True)), form=Form.WRITTEN),
        MEDIATOR,
        asks.SignAgreement(party=1),
        {},
        "SIGNED_ALREADY",
    ),
    ("its time is not over", MEDIATED, Actor(frozenset({Role.SYSTEM})), asks.Expire(), {}, "TIME_NOT_OVER"),
    ("a way of the list", at(Status.FAILED), MEDIATOR, asks.Guide(way="X"), {}, "WAY_UNKNOWN"),
    (
        "with what is undisputed",
        at(Status.FAILED),
        MEDIATOR,
        asks.Guide(way="LITIGATION"),
        {},
        "UNDISPUTED_MISSING",
    ),
    (
        "no court confirms what was only said",
        replace(BINDING, form=Form.ORAL),
        MEDIATOR,
        asks.ApplyConfirmation(**APPLIED),
        {},
        "AGREEMENT_NOT_WRITTEN",
    ),
    (
        "nor a divorce",
        BINDING,
        MEDIATOR,
        asks.ApplyConfirmation(**APPLIED, subject="MARRIAGE"),
        {},
        "NOT_CONFIRMABLE",
    ),
    ("both sides together", BINDING, MEDIATOR, asks.ApplyConfirmation(court="锦江区人民法院"), {}, "NOT_JOINT"),
    (
        "within thirty days",
        BINDING,
        MEDIATOR,
        asks.ApplyConfirmation(**APPLIED),
        {"confirm_until": NOW - DAY},
        "CONFIRMATION_WINDOW_PAST",
    ),
    (
        "once",
        BINDING,
        MEDIATOR,
        asks.ApplyConfirmation(**APPLIED),
        {"confirm_until": None},
        "CONFIRMATION_WINDOW_PAST",
    ),
    (
        "accepted once",
        CONFIRMING,
        MEDIATOR,
        asks.CourtAccepts(court_no="川0104诉调1号"),
        {},
        "COURT_ACCEPTED_ALREADY",
    ),
    (
        "not before it was accepted",
        replace(CONFIRMING, running=frozenset({DisputeClock.COURT_ACCEPT})),
        MEDIATOR,
        asks.CourtConfirms(court_no="x"),
        {},
        "COURT_NOT_ACCEPTED",
    ),
    ("with its number", CONFIRMING, MEDIATOR, asks.CourtConfirms(), {}, "COURT_NUMBER_MISSING"),
    (
        "whether peace lasts",
        at(Status.PERFORMED),
        MEDIATOR,
        asks.FollowUp(note="电话回访"),
        {},
        "FOLLOW_UP_MISSING",
    ),
    (
        "red again is no new grade",
        at(Status.REGISTERED, risk=Risk.RED),
        MEDIATOR,
        asks.Grade(risk=Risk.RED, note="仍有危险"),
        {},
        "GRADE_UNCHANGED",
    ),
    ("which station", at(Status.REGISTERED), MEDIATOR, asks.Warn(note="扬言伤人"), {}, "STATION_MISSING"),
    ("which organ", at(Status.REGISTERED), MEDIATOR, asks.HandOver(link=LinkKind.COURT), {}, "LINK_UNKNOWN"),
    (
        "one at a time",
        at(Status.REGISTERED, open_links=frozenset({LinkKind.POLICE})),
        MEDIATOR,
        asks.HandOver(link=LinkKind.POLICE, organ="水井坊派出所"),
        {},
        "LINK_OPEN",
    ),
    (
        "with all its objects",
        at(Status.REGISTERED),
        MEDIATOR,
        asks.HandOver(link=LinkKind.POLICE, organ="水井坊派出所", objects={"police_no": "110-1"}),
        {},
        "OBJECTS_MISSING",
    ),
    (
        "nothing was handed over",
        at(Status.REGISTERED),
        MEDIATOR,
        asks.AnswerLink(link=LinkKind.COURT, note="法院已回"),
        {},
        "LINK_NOT_OPEN",
    ),
]


@pytest.mark.parametrize(
    ("said", "dispute", "actor", "ask", "more", "code"), REFUSED, ids=[f"{row[5]}: {row[0]}" for row in REFUSED]
)
def test_a_refusal_names_its_reason(
    said: str, dispute: DisputeState, actor: Actor, ask: asks.Ask, more: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as told:
        decide(facts(dispute, actor, ask, **more))
    assert told.value.code == f"DISPUTE.{code}"
    if (field := told.value.params.get("field")) is not None:
        named = type(ask).model_fields
        assert field in named or (code, field) == ("PARTY_UNKNOWN", "party"), f"{ask.action} has no {field}"


GIVEN_BY_DECIDE = {"CHANGED", "NOT_NOW", "NOT_YOUR_ROLE"}


def test_every_reason_is_given_here_and_has_its_sentence_in_both_languages() -> None:
    listed = set(DisputeAction) | {"SYSTEM"}
    codes = {code for code in _codes(g) if code not in listed} | GIVEN_BY_DECIDE | {"RECUSED"}
    assert codes == {row[5] for row in REFUSED}
    for code in codes:
        sentences = [TEXTS.t(f"refused.DISPUTE.{code}", language) for language in LANGS]
        assert len(set(sentences)) == len(LANGS)
        assert not any(code in sentence for sentence in sentences), f"{code} has no sentence"


# who says what at WILLINGNESS, and where the dispute is then
WILLS = [
    ((None, None), 1, True, Status.WILLINGNESS),  # one yes of two: the other is asked
    ((True, None), 2, True, Status.ACCEPTED),  # the last yes
    ((True, None), 1, True, Status.WILLINGNESS),  # the same yes again
    ((True, None), 2, False, Status.FAILED),  # one clear refusal
    ((None, None), 1, False, Status.FAILED),  # though nobody else was asked
]


@pytest.mark.parametrize(("before", "party", "willing", "after"), WILLS)
def test_willingness(before: tuple[bool | None, ...], party: int, willing: bool, after: Status) -> None:
    parties = tuple(Party(no, will) for no, will in enumerate(before, 1))
    row, _ = decide(
        facts(at(Status.WILLINGNESS, parties=parties), MEDIATOR, asks.RecordWill(party=party, willing=willing))
    )
    assert row.target is after


# where a dispute goes on when a warning is lifted
LIFTED = [
    (at(Status.WARNED, parties=ASKED), Status.WILLINGNESS),
    (at(Status.WARNED, parties=WILLING), Status.ACCEPTED),
    (at(Status.WARNED, parties=WILLING, form=Form.ORAL), Status.AGREED),
    (at(Status.WARNED, parties=WILLING, form=Form.WRITTEN, in_force=True), Status.PERFORMING),
]


@pytest.mark.parametrize(("dispute", "after"), LIFTED)
def test_after_a_warning_a_dispute_goes_on_as_far_as_it_had_come(dispute: DisputeState, after: Status) -> None:
    row, role = decide(facts(dispute, STREET, asks.LiftWarning(note="派出所已稳控")))
    assert (row.target, role) == (after, Role.STREET)


def test_the_street_takes_up_what_the_community_raised() -> None:
    row, _ = decide(facts(at(Status.RAISED, parties=WILLING), STREET, asks.TakeUp()))
    assert row.target is Status.ACCEPTED


def test_another_mediator_has_what_is_left_of_the_time() -> None:
    again = at(Status.ACCEPTED, running=frozenset({DisputeClock.ASSIGN, DisputeClock.MEDIATE}), mediator=8)
    row, _ = decide(facts(again, OTHER, asks.Take()))
    assert row.starts == ()
    fresh = replace(again, running=frozenset({DisputeClock.ASSIGN}))
    assert decide(facts(fresh, OTHER, asks.Take()))[0].starts == (DisputeClock.MEDIATE,)


def test_the_buttons_are_those_of_the_reader() -> None:
    shown = allowed_actions(facts(MEDIATED, MEDIATOR, asks.Screen()))
    assert {"HOLD_SESSION", "EXTEND", "AGREE", "TERMINATE", "RECUSE"} <= set(shown)
    others = set(allowed_actions(facts(MEDIATED, OTHER, asks.Screen())))
    assert not others & {"HOLD_SESSION", "EXTEND", "AGREE"}
    assert "AGREE" not in allowed_actions(facts(replace(MEDIATED, sessions=()), MEDIATOR, asks.Screen()))
