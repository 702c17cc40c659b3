"""取数登记: where a city's frozen months are asked for, checked before it is written."""

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.areas import AreaLevel
from casework.db import collected
from casework.db.accounts import note
from casework.db.models import StatisticsCity
from casework.journey.city import City
from casework.kit.errors import FieldFault, Forbidden, Unprocessable
from casework.kit.now import utcnow
from casework.kit.signing import SecretError, sign
from casework.rules.facts import Actor
from services.notify.pulling import SECRET
from services.notify.statistics_schemas import CityForm


async def put_city(session: AsyncSession, city: City, actor: Actor, area: str, form: CityForm) -> StatisticsCity:
    """Write the city; a repeat replaces it. Of another address all months are asked for again, which changes nothing.

    Raises Forbidden: not of the actor's province. Unprocessable: the prefecture, the address or the secret is none.
    """
    if not area.startswith(actor.area):
        raise Forbidden()
    known = city.catalog.areas.get(area)
    faults = [] if known and known.level == AreaLevel.CITY else [FieldFault("area", "statistics.prefecture")]
    if not _is_address(form.url):
        faults.append(FieldFault("url", "statistics.bad_url"))
    if not _is_secret(form.secret):
        faults.append(FieldFault("secret", "statistics.bad_secret"))
    if faults:
        raise Unprocessable(fields=faults)
    row = await collected.city_held(session, area)
    if row is None:
        row = StatisticsCity(area=area, watermark=0)
        session.add(row)
    if row.url != form.url:
        row.watermark = 0
    row.url, row.source, row.problem, row.asked_at = form.url, form.source, None, None
    row.secret_sealed = city.keyring.seal(form.secret, SECRET)
    await session.flush()
    note(session, "statistics.city", account_id=actor.account_id, subject=f"area:{area}", data={"url": form.url})
    return row


def _is_address(url: str) -> bool:
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.host) and not parts.userinfo


def _is_secret(secret: str) -> bool:
    try:
        sign("check", utcnow(), b"", secret)
    except SecretError:
        return False
    return True
