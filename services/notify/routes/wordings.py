"""通知文案: the words of every notice, as they hold in the reader's area; changed, tried, and put back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from casework.db import wordings as rows
from casework.db.knowledge import now_of, people_of
from casework.journey import wordings as journey
from casework.rules.facts import Actor
from services.notify import wording_drawing as draw
from services.notify import wording_schemas as s
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/wordings", tags=["通知文案 wordings"])
Keeper = Annotated[Actor, Depends(Holding(*journey.KEEPERS))]
Reader = Annotated[Actor, Depends(Holding(*journey.READERS))]
Template = Annotated[str, Query(max_length=100)]


async def public_url(request: Request) -> str:
    """Where the citizen's page is reached."""
    return str(request.app.state.settings.public_url)


PublicUrl = Annotated[str, Depends(public_url)]


@router.get("")
async def list_wordings(actor: Reader, session: Transaction, city: TheCity, url: PublicUrl) -> s.WordingList:
    """Every text in both languages, with its places, and the city's own words where there are any."""
    found = await rows.around(session, actor.area)
    people = await people_of(session, {row.made_by for row in found if row.made_by})
    return draw.listed(city.catalog, actor, found, people, url, await now_of(session))


@router.post("/preview")
async def preview(form: s.WordingPreviewForm, actor: Reader, city: TheCity, url: PublicUrl) -> s.WordingPreview:
    """试看: filled with an example, with its length and parts as a text message. Nothing is written."""
    return draw.checked(city.catalog, form.template, form.lang, form.body, url)


@router.get("/versions")
async def list_versions(
    template: Template, actor: Reader, session: Transaction, city: TheCity
) -> list[s.WordingVersion]:
    """版本: in areas that hold the reader's or lie in it, newest first."""
    draw.shipped(template, "zh-CN")
    found = await rows.versions(session, actor, template)
    people = await people_of(session, {row.made_by for row in found if row.made_by})
    return draw.versions_of(city.catalog, found, people)


@router.post("", status_code=201)
async def change(
    form: s.WordingForm, actor: Keeper, session: Transaction, city: TheCity, url: PublicUrl
) -> s.WordingPreview:
    """改文案: from now on, in the keeper's area, for what becomes owed; in all processes. A repeat changes nothing."""
    told = draw.checked(city.catalog, form.template, form.lang, form.body, url)
    await journey.write(session, actor, form.template, form.lang, form.body, form.why)
    return told


@router.post("/reset")
async def go_back(
    form: s.WordingResetForm, actor: Keeper, session: Transaction, city: TheCity
) -> list[s.WordingVersion]:
    """恢复: the wider area's words hold again, or those that ship."""
    draw.shipped(form.template, form.lang)
    await journey.write(session, actor, form.template, form.lang, None, form.why)
    return await list_versions(form.template, actor, session, city)
