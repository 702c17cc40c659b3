"""登录: one session for the three APIs, in a cookie that no script can read."""

from fastapi import APIRouter, Request, Response

from casework.db.models import Account
from casework.journey import sign_in as door
from casework.kit.errors import Unauthenticated
from casework.kit.ratelimit import RateLimit
from casework.rules.facts import Actor
from services.dispatch.schemas import ChoosePassword, Me, SignIn
from services.who import SignedIn, TheCity, Transaction

router = APIRouter(tags=["登录 session"])
limiter = RateLimit()
RATE = "300/minute"
"""Tries from one address: a whole command centre signs in behind one. An account locks by itself after five."""


@router.post("/session", response_model=Me)
async def sign_in(asked: SignIn, request: Request, response: Response, city: TheCity) -> Me:
    """Sign in. Unknown, wrong and locked answer alike (401); five wrong tries lock the account for 30 minutes.

    403 `sign_in.one_time`: the password was handed out; choose one's own with it.
    """
    _not_too_often(request)
    async with city.database.transaction() as session:
        found = await door.sign_in(session, asked.login, asked.password)
        me = await door.actor_of(session, found[1]) if found else None
    return _entered(city, request, response, found, me)


@router.post("/session/password", response_model=Me)
async def choose_password(asked: ChoosePassword, request: Request, response: Response, city: TheCity) -> Me:
    """设置新口令: with the present or one-time password; signs in, and out everywhere else. Refused as signing in."""
    _not_too_often(request)
    async with city.database.transaction() as session:
        found = await door.choose_password(session, asked.login, asked.password, asked.chosen)
        me = await door.actor_of(session, found[1]) if found else None
    return _entered(city, request, response, found, me)


@router.get("/session", response_model=Me)
async def who_am_i(actor: SignedIn, city: TheCity) -> Me:
    """Who is signed in."""
    return _me(city, actor)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response, actor: SignedIn, session: Transaction) -> None:
    """Sign out; the session is gone at once."""
    settings = request.app.state.settings
    await door.sign_out(session, request.cookies[settings.session_cookie])
    response.delete_cookie(settings.session_cookie, path="/", secure=settings.secure, httponly=True, samesite="lax")


def _not_too_often(request: Request) -> None:
    limiter.check(request.client.host if request.client else "-", RATE)


def _entered(
    city: TheCity, request: Request, response: Response, found: tuple[str, Account] | None, me: Actor | None
) -> Me:
    if found is None or me is None:
        raise Unauthenticated("sign_in.refused")
    settings = request.app.state.settings
    response.set_cookie(
        settings.session_cookie, found[0], httponly=True, secure=settings.secure, samesite="lax", path="/"
    )
    return _me(city, me)


def _me(city: TheCity, actor: Actor) -> Me:
    return Me(
        login=actor.login,
        roles=sorted(actor.roles),
        area=actor.area,
        area_name=city.catalog.areas.name_path(actor.area),
        unit_id=actor.unit_id,
    )
