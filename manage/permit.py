"""`permit`: one account gets a permission beside its roles, or loses it 授权: who may know who reported wrongdoing.

The act is in the audit log. Given and taken by whoever runs the system, on the security administrator's written word.
"""

import asyncio
from typing import Annotated

import typer

from casework.db.accounts import by_login, note
from casework.db.session import Database
from casework.kit.settings import SettingsError, get_settings
from casework.rules.words import ADMIN_ROLES, UNIT_ROLES, Permission, Role
from manage.texts import text

Login = Annotated[str, typer.Argument(help=text("help.permit_login"))]
Which = Annotated[Permission, typer.Argument(help=text("help.permit_which"))]
Withdraw = Annotated[bool, typer.Option("--withdraw", help=text("help.permit_withdraw"))]
NEVER = ADMIN_ROLES | UNIT_ROLES | {Role.GRID_WORKER}
"""Roles whose accounts never hold one: who administers, and who may be the reported or stand near them."""


class PermitRefused(Exception):
    """The permission cannot be given; the text is one sentence for the operator."""


def permit(login: Login, which: Which = Permission.REPORTER_IDENTITY, withdraw: Withdraw = False) -> None:
    try:
        asyncio.run(_permit_now(login, which, withdraw))
    except (PermitRefused, SettingsError) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    typer.echo(text("permit.taken" if withdraw else "permit.given", login=login, which=which.zh))


async def _permit_now(login: str, which: Permission, withdraw: bool) -> None:
    database = Database(get_settings().database_url)
    try:
        await change(database, login, which, withdraw=withdraw)
    finally:
        await database.close()


async def change(database: Database, login: str, which: Permission, *, withdraw: bool = False) -> None:
    """Give or take the permission; a repeat changes nothing but the log. Holds from the account's next request on.

    Raises PermitRefused: no such account, or one that may never hold it.
    """
    async with database.transaction() as session:
        found = await by_login(session, login)
        if found is None:
            raise PermitRefused(text("permit.unknown", login=login))
        account = found.account
        if not withdraw and NEVER & {Role(role) for role in account.roles}:
            raise PermitRefused(text("permit.never", login=login))
        held = set(account.permissions) - {which.value}
        account.permissions = sorted(held if withdraw else held | {which.value})
        act = "PERMISSION_WITHDRAWN" if withdraw else "PERMISSION_GIVEN"
        note(session, act, account_id=account.id, data={"permission": which.value})


def main() -> None:
    app = typer.Typer(add_completion=False)
    app.command(help=text("help.permit"))(permit)
    app(prog_name="./gridcall permit")


if __name__ == "__main__":
    main()
