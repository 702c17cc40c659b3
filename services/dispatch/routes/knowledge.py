"""知识库: search and suggestions while a call is answered, items and their versions, the report of what to mend."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from casework.db import knowledge as rows
from casework.db.reads import knowledge_report as reports
from casework.db.reads.knowledge_search import LIKELY, RANKED, search
from casework.journey import knowledge as journey
from casework.kit.errors import NotFound
from casework.kit.language import language
from casework.rules.facts import Actor
from casework.rules.knowledge import READERS, ItemState, item_id, item_no
from casework.rules.words import UNIT_ROLES, Role
from services.dispatch import knowledge_drawing as draw
from services.dispatch import knowledge_schemas as s
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/knowledge", tags=["知识库 knowledge"])
Reader = Annotated[Actor, Depends(Holding(*READERS))]
Writer = Annotated[Actor, Depends(Holding(Role.KNOWLEDGE, *UNIT_ROLES))]
Reviewer = Annotated[Actor, Depends(Holding(*UNIT_ROLES))]
Reported = Annotated[Actor, Depends(Holding(*reports.OF_AREA, *UNIT_ROLES))]
Said = Annotated[str, Query(min_length=1, max_length=2000)]
Area = Annotated[str | None, Query(max_length=20, pattern=r"^[0-9A-Z]+$")]
Category = Annotated[str | None, Query(max_length=8, pattern=r"^[0-9]+$")]
Limit = Annotated[int, Query(ge=1, le=200)]
Number = Annotated[str, Path(max_length=24)]
SUGGESTED = 5


@router.get("/suggest")
async def suggest(
    text: Said,
    request: Request,
    actor: Reader,
    session: Transaction,
    city: TheCity,
    category: Category = None,
    area: Area = None,
) -> s.Suggestions:
    """推荐: the five items that fit best what has been typed so far; category and area of the case help to choose."""
    now = await rows.now_of(session)
    hits = await search(session, actor, text, now=now, area=area, category=category)
    return s.Suggestions(items=[draw.hit_view(city.catalog, hit, language(request)) for hit in hits[:SUGGESTED]])


@router.get("/search")
async def find(
    text: Said,
    request: Request,
    actor: Reader,
    session: Transaction,
    city: TheCity,
    category: Category = None,
    area: Area = None,
    cursor: Annotated[int, Query(ge=0, le=RANKED)] = 0,
    limit: Limit = 20,
) -> s.HitPage:
    """检索: items in force that answer these words, best first. What nothing is found for is counted, masked."""
    now = await rows.now_of(session)
    hits = await search(session, actor, text, now=now, area=area, category=category, only_category=True)
    if (not hits or hits[0].fit < LIKELY) and category is None and area is None:
        await journey.not_found(session, actor, text)
    shown = [draw.hit_view(city.catalog, hit, language(request)) for hit in hits[cursor : cursor + limit]]
    following = str(cursor + limit) if len(hits) > cursor + limit else None
    return s.HitPage(items=shown, next=following, at_most=RANKED)


@router.get("/items")
async def list_items(
    request: Request,
    actor: Reader,
    session: Transaction,
    city: TheCity,
    state: ItemState | None = None,
    unit: Annotated[str | None, Query(pattern=r"^[0-9A-Z-]{1,40}$")] = None,
    category: Category = None,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Limit = 50,
) -> s.ItemPage:
    """Items, newest first. `state=IN_REVIEW` is what waits for the unit's review."""
    now = await rows.now_of(session)
    found = await rows.page(session, actor, state=state, unit=unit, category=category, before=cursor, limit=limit + 1)
    following = str(found[limit - 1].version.item_id) if len(found) > limit else None
    shown = [draw.item_row(city.catalog, row, now, language(request)) for row in found[:limit]]
    return s.ItemPage(items=shown, next=following)


@router.post("/items", status_code=201)
async def make_item(form: s.ItemForm, actor: Writer, session: Transaction, city: TheCity) -> s.Written:
    """新建条目: a draft."""
    return draw.written(await journey.create(session, city, actor, draw.as_words(form)))


@router.get("/items/{number}")
async def show_item(number: Number, request: Request, actor: Reader, session: Transaction, city: TheCity) -> s.ItemView:
    """The version in force, else the newest that the reader may see. `unusable` says when it is past its validity."""
    found = item_id(number)
    row = await rows.shown(session, actor, found) if found is not None else None
    if row is None:
        raise NotFound("knowledge.not_found")
    return draw.item_view(city.catalog, row, actor, await rows.now_of(session), language(request))


@router.put("/items/{number}")
async def change_item(
    number: Number, form: s.ChangeForm, actor: Writer, session: Transaction, city: TheCity
) -> s.Written:
    """修改条目: a new version, a draft; the one in force stays."""
    return draw.written(await journey.change(session, city, actor, number, draw.as_words(form), seen=form.version))


@router.get("/items/{number}/versions")
async def show_versions(number: Number, actor: Reader, session: Transaction) -> s.History:
    """版本记录: all that the reader may see, newest first."""
    found = item_id(number)
    versions = await rows.versions(session, actor, found) if found is not None else []
    if found is None or not versions:
        raise NotFound("knowledge.not_found")
    people = {who for row in versions for who in (row.version.author_id, row.version.reviewer_id) if who}
    names = await rows.people_of(session, people)
    said = await reports.complaints_of(session, found, versions[0].version.version)
    return s.History(
        versions=[draw.version_view(row.version, names) for row in versions],
        complaints=[s.ComplaintView(version=one.version, note=one.note, at=one.at) for one in said],
    )


@router.post("/items/{number}/submit", status_code=204)
async def submit_item(number: Number, form: s.SeenForm, actor: Writer, session: Transaction) -> None:
    """送审."""
    await journey.submit(session, actor, number, seen=form.version)


@router.post("/items/{number}/review", status_code=204)
async def review_item(number: Number, form: s.ReviewForm, actor: Reviewer, session: Transaction) -> None:
    """审核: by the owning unit, not by the author."""
    await journey.review(session, actor, number, seen=form.version, publish=form.publish, said=form.note)


@router.post("/items/{number}/retire", status_code=204)
async def retire_item(number: Number, form: s.RetireForm, actor: Writer, session: Transaction) -> None:
    """停用, for good."""
    await journey.retire(session, actor, number, seen=form.version, said=form.note)


@router.post("/items/{number}/complaints", status_code=204)
async def complain_of(number: Number, form: s.ComplaintForm, actor: Reader, session: Transaction) -> None:
    """纠错: what is wrong with the version in force; its unit is told."""
    await journey.complain(session, actor, number, said=form.note)


@router.get("/report")
async def report(
    request: Request,
    actor: Reported,
    session: Transaction,
    city: TheCity,
    cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Limit = 50,
) -> s.KnowledgeReport:
    """知识库报告: what needs its unit, what is missing, what is used most, within the scope."""
    now, lang = await rows.now_of(session), language(request)
    found = await reports.stale_page(session, actor, now=now, after=cursor, limit=limit + 1)
    lacks = await reports.missing(session, actor, now=now)
    used = await reports.most_used(session, actor, now=now)
    return s.KnowledgeReport(
        stale=[draw.stale_view(city.catalog, row, now, lang) for row in found[:limit]],
        next=str(found[limit - 1].row.version.item_id) if len(found) > limit else None,
        missing=draw.missing_view(city.catalog, lacks) if lacks is not None else None,
        most_used=[
            s.UseView(item_no=item_no(row.version.item_id), title=row.version.title, times=times) for row, times in used
        ],
    )
