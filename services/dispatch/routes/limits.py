"""时限: which clocks run for a category, urgency and kind, how long, by which source, and the most the law allows."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from casework.db.knowledge import now_of
from casework.journey.dispatch_rules import READERS
from casework.journey.limit_trial import Shorter, try_out
from casework.kit.errors import FieldFault, Unprocessable
from casework.rules.facts import Actor
from casework.rules.limits import Limit
from casework.rules.words import Kind, Urgency
from services.dispatch import limit_drawing as draw
from services.dispatch import limit_schemas as s
from services.dispatch.rule_drawing import month_of
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/limits", tags=["时限 limits"])
Reader = Annotated[Actor, Depends(Holding(*READERS))]
Words = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]


@router.get("")
async def list_limits(
    actor: Reader,
    session: Transaction,
    city: TheCity,
    urgency: Urgency = Urgency.N,
    kind: Kind | None = None,
    words: Words = "",
    cursor: Annotated[int, Query(ge=0, lt=100_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> s.CategoryLimits:
    """办结时限 of every category at an urgency and kind, its statutory ceiling, and the city's own rules in force. No
    kind: unknown, as 求助. `words` stand in the category, its path, the source or a rule."""
    rules = (await city.rule_book()).rules
    found = draw.found_limits(city.catalog, actor, rules, (urgency, kind), words, await now_of(session))
    following = cursor + limit if len(found) > cursor + limit else None
    page = found[cursor : cursor + limit]
    return s.CategoryLimits(version=city.catalog.limits.version, limits=page, total=len(found), next=following)


@router.get("/clocks")
async def show_clocks(
    actor: Reader,
    session: Transaction,
    city: TheCity,
    category: Annotated[str, Query(max_length=8)] = "",
    kind: Kind | None = None,
) -> s.LimitsOf:
    """Every clock at every urgency for a category and kind, each with its end had it started now. No category: of a
    case that has none yet."""
    found = city.catalog.categories.get(category) if category else None
    if category and found is None:
        raise Unprocessable(fields=[FieldFault("category", "dispatch_rule.unknown_category", {"value": category})])
    return draw.limits_of(city.catalog, actor, found, kind, await now_of(session))


@router.post("/dry-run")
async def dry_run(form: s.LimitTrialForm, actor: Reader, session: Transaction, city: TheCity) -> s.LimitTrialView:
    """试算: how many more of a past month's cases would have been late with a shorter limit. Nothing is written. One
    that is longer than the law's or the table's is refused."""
    now = await now_of(session)
    named, period = month_of(form.month, now)
    said = Shorter(form.category, form.kind, Limit.parse(form.limit), period.start, period.end)
    trial = await try_out(session, city.catalog, actor, said, now, after=form.after, limit=form.most)
    return draw.trial_view(named, trial)
