"""派单目录: the city's own rules with their versions, the base beneath, trials on a past month, 首派准确率."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from casework.db import dispatch_rules as rows
from casework.db.knowledge import now_of, people_of
from casework.db.reads import first_dispatch
from casework.db.units import names_of
from casework.journey import dispatch_rules as journey
from casework.journey.rule_trial import Change, try_out
from casework.kit.errors import NotFound
from casework.kit.language import language
from casework.rules.facts import Actor
from services.dispatch import rule_drawing as draw
from services.dispatch import rule_schemas as s
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/dispatch-rules", tags=["派单目录 dispatch rules"])
Keeper = Annotated[Actor, Depends(Holding(*journey.KEEPERS))]
Reader = Annotated[Actor, Depends(Holding(*journey.READERS))]
Code = Annotated[str, Path(max_length=40)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[int, Query(ge=0, lt=2**63)]
Month = Annotated[str | None, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
Area = Annotated[str | None, Query(max_length=20, pattern=r"^[0-9A-Z]+$")]
State = Annotated[str | None, Query(pattern="^(DRAFT|IN_FORCE|REPLACED|ENDED)$")]


@router.get("")
async def list_rules(
    request: Request,
    actor: Reader,
    session: Transaction,
    city: TheCity,
    state: State = None,
    cursor: Cursor = 0,
    limit: Limit = 50,
) -> s.RulePage:
    """自有规则: those that apply in the reader's area or in a part of it, newest first, with today's faults."""
    found = await rows.page(session, actor, state=state, after=cursor, limit=limit + 1)
    rules = await journey.shown(session, city, found[:limit])
    people = await people_of(session, draw.who_did(found))
    following = str(found[limit - 1].id) if len(found) > limit else None
    return s.RulePage(rules=[draw.rule_view(rule, people, language(request)) for rule in rules], next=following)


@router.get("/base")
async def list_base(actor: Reader, city: TheCity, cursor: Cursor = 0, limit: Limit = 50) -> s.RulePage:
    """The catalogue beneath, in the order it is asked."""
    rules = city.catalog.rule_book.rules
    following = str(cursor + limit) if len(rules) > cursor + limit else None
    return s.RulePage(rules=[draw.base_view(rule) for rule in rules[cursor : cursor + limit]], next=following)


@router.get("/choices")
async def list_choices(actor: Reader, request: Request, city: TheCity) -> s.RuleChoices:
    """可选项: areas, categories, place types, owners 权属 and departments for a rule's form."""
    return draw.choices(city.catalog, actor.area, language(request))


@router.get("/tallies")
async def tally(
    actor: Reader,
    session: Transaction,
    city: TheCity,
    by: first_dispatch.Of = first_dispatch.Of.RULE,
    month: Month = None,
    area: Area = None,
) -> s.Tallies:
    """首派准确率 of a month's cases, by rule, unit or category: how often a rule decided, or a dispatcher."""
    named, period = draw.month_of(month, await now_of(session))
    found = await first_dispatch.tallies(session, actor, by, period.start, period.end, area)
    categories = {code: category.name for code, category in city.catalog.categories.items()}
    names = {"unit": await names_of(session), "category": categories}.get(by.value, {})
    return draw.tallies(named, by, found, names)


@router.post("", status_code=201)
async def draft_rules(
    form: s.RulesForm, request: Request, actor: Keeper, session: Transaction, city: TheCity
) -> s.RulePage:
    """起草: new rules, or new versions, all or none; every fault is named by its rule and field."""
    written = await journey.save(session, city, actor, draw.lines_of(form.rules), form.why)
    rules = await journey.shown(session, city, written)
    people = await people_of(session, draw.who_did(written))
    return s.RulePage(rules=[draw.rule_view(rule, people, language(request)) for rule in rules], next=None)


@router.post("/dry-run")
async def dry_run(form: s.TrialForm, actor: Keeper, session: Transaction, city: TheCity) -> s.TrialView:
    """试算: which of a past month's cases would go elsewhere with these rules. Nothing is written."""
    named, period = draw.month_of(form.month, await now_of(session))
    change = Change(draw.lines_of(form.rules), form.without, period.start, period.end)
    trial = await try_out(session, city, actor, change, after=form.after, limit=form.limit)
    return draw.trial_view(city.catalog, named, trial)


@router.get("/{code}")
async def show_rule(code: Code, request: Request, actor: Reader, session: Transaction, city: TheCity) -> s.RulePage:
    """All versions of a rule, newest first."""
    found = await rows.versions(session, actor, code)
    if not found:
        raise NotFound("dispatch_rule.not_found")
    rules = await journey.shown(session, city, found)
    people = await people_of(session, draw.who_did(found))
    return s.RulePage(rules=[draw.rule_view(rule, people, language(request)) for rule in rules], next=None)


@router.post("/{code}/in-force", status_code=204)
async def put_in_force(code: Code, form: s.VersionForm, actor: Keeper, session: Transaction, city: TheCity) -> None:
    """启用: from here on it is asked, in every process within one poll."""
    await journey.put_in_force(session, city, actor, code, form.version)


@router.post("/{code}/end", status_code=204)
async def end_rule(code: Code, form: s.EndForm, actor: Keeper, session: Transaction) -> None:
    """停用: the rule is not asked any more."""
    await journey.end(session, actor, code, form.version, form.why)
