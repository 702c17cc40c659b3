"""Makes a database ready: migrated, catalogue recorded, and on the demo's first run one county's units, accounts and
hotline source. Every run may be repeated; a run that finds nothing to do is quick."""

import asyncio
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.load import Catalog, load
from casework.catalog.problems import CatalogError
from casework.catalog.seed import AccountLine, UnitLine, load_seed
from casework.catalog.sources import Sources
from casework.db import sources
from casework.db.models import CatalogVersion, Unit
from casework.db.months import make_ahead
from casework.db.session import Database
from casework.kit.crypto import IDENTITY, Keyring
from casework.kit.passwords import new_password
from casework.kit.settings import Mode, Settings, get_settings
from casework.kit.signing import new_secret
from casework.rules.words import Channel
from manage.accounts import make_account, write_private
from manage.standalone.folder import COUNTY_ACCOUNTS

ROOT = Path(__file__).resolve().parents[1]
HOTLINE_FILE = "demo-hotline.json"


def migrations() -> Config:
    """Alembic's settings, from pyproject.toml."""
    return Config(toml_file=ROOT / "pyproject.toml")


def head() -> str:
    """The newest revision in the tree."""
    found = ScriptDirectory.from_config(migrations()).get_current_head()
    assert found is not None
    return found


async def revision(url: str) -> str | None:
    """The database's revision; None when it was never migrated."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return found
    finally:
        await connection.close()


def migrate(url: str) -> None:
    """Bring the database to the newest revision."""
    config = migrations()
    config.attributes["url"] = url
    command.upgrade(config, "head")


async def record_catalog(session: AsyncSession, catalog: Catalog, folder: Path | None) -> None:
    """Keep this version of the timing and dispatch files, so that a deadline made under it stays explained."""
    kept = {
        "limits.csv": {catalog.limits.version},
        "calendars.toml": set(catalog.calendars.versions),
        "dispatch.csv": {catalog.version},
    }
    for part, versions in kept.items():
        content = Sources(folder).path(part).read_text("utf-8")
        for version in versions:
            row = insert(CatalogVersion).values(part=part, version=version, content=content)
            await session.execute(row.on_conflict_do_nothing())


async def seed(session: AsyncSession, keyring: Keyring, catalog: Catalog, folder: Path) -> None:
    """One county's units, accounts with random passwords, and a hotline source with a random secret."""
    county = load_seed(catalog)
    await _seed_units(session, county.units)
    made = [await _seed_account(session, account) for account in county.accounts]
    write_private(folder / COUNTY_ACCOUNTS, made)
    secret, area = new_secret(), county.units[0].area
    await sources.put(session, keyring, name="hotline", channel=Channel.HOTLINE.value, area_code=area, secrets=[secret])
    write_private(folder / HOTLINE_FILE, {"source": "hotline", "secret": secret, "area": area})


async def _seed_units(session: AsyncSession, lines: Sequence[UnitLine]) -> None:
    rows = {
        line.code: Unit(
            code=line.code,
            name=line.name,
            department=line.department,
            level=line.level.value,
            area_code=line.area,
        )
        for line in lines
    }
    session.add_all(rows.values())
    await session.flush()
    for line in lines:
        if line.parent:
            rows[line.code].parent_id = rows[line.parent].id


async def _seed_account(session: AsyncSession, account: AccountLine) -> dict[str, object]:
    password = new_password()
    await make_account(
        session,
        login=account.login,
        password=password,
        display_name=account.name,
        roles=list(account.roles),
        area_code=account.area,
        unit=account.unit or None,
    )
    return {
        "login": account.login,
        "password": password,
        "name": account.name,
        "roles": list(account.roles),
        "area": account.area,
        "unit": account.unit,
    }


async def _fill(settings: Settings, keyring: Keyring, catalog: Catalog) -> None:
    database = Database(settings.database_url)
    try:
        async with (await database.pool()).acquire() as connection:
            await make_ahead(connection)
        async with database.transaction() as session:
            await record_catalog(session, catalog, settings.catalog)
            if settings.mode is Mode.DEMO and await session.scalar(select(Unit.id).limit(1)) is None:
                await seed(session, keyring, catalog, settings.data)
    finally:
        await database.close()


def _stamp(settings: Settings) -> str:
    """What the last run was made of: code, catalogue and database; the same again means nothing to do."""
    digest = hashlib.sha256(settings.database_url.encode())
    folders = [ROOT / "migrations", ROOT / "casework" / "catalog" / "data"]
    if settings.catalog is not None:
        folders.append(settings.catalog)
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"):
            digest.update(f"{path}{path.stat().st_mtime_ns}{path.stat().st_size}".encode())
    return digest.hexdigest()


def prepare(settings: Settings) -> None:
    """All of it. Raises CatalogError with every fault of the city's files."""
    settings.data.mkdir(parents=True, exist_ok=True)
    if not settings.keys_file.exists():
        Keyring.create_file(settings.keys_file)
    if not settings.identity_keys_file.exists():
        Keyring.create_file(settings.identity_keys_file, IDENTITY)
    migrate(settings.database_url)
    catalog = load(settings.catalog)
    asyncio.run(_fill(settings, Keyring.load(settings.keys_file, settings.identity_keys_file), catalog))


def main() -> int:
    """`--check`: say whether the database is at the newest revision. Otherwise make it ready."""
    settings = get_settings()
    current = asyncio.run(revision(settings.database_url))
    if "--check" in sys.argv:
        print(f"{current or 'none'} -> {head()}")
        return 0 if current == head() else 1
    stamp_file = settings.data / "prepared"
    stamp = _stamp(settings)
    if current is not None and stamp_file.exists() and stamp_file.read_text("ascii") == f"{current} {stamp}":
        return 0
    try:
        prepare(settings)
    except CatalogError as error:
        print("\n".join(error.problems), file=sys.stderr)
        return 1
    stamp_file.write_text(f"{asyncio.run(revision(settings.database_url))} {stamp}", "ascii")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
