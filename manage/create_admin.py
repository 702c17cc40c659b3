"""`create-admin`: the first account of a system that has none by default 建立管理员; others are made in the system.

The random password is shown once and kept nowhere. The database is the running one's, or DATABASE_URL's.
"""

from typing import Annotated

import typer

from casework.kit.settings import SettingsError
from manage.accounts import AccountRefused, create_account_now
from manage.texts import text

Login = Annotated[str, typer.Argument(help=text("help.login"))]
Roles = Annotated[list[str], typer.Option("--role", help=text("help.roles"))]
Area = Annotated[str, typer.Option("--area", help=text("help.area"))]


def create_admin(login: Login = "admin", roles: Roles = ["SYS_ADMIN"], area: Area = "51") -> None:  # noqa: B006
    try:
        password = create_account_now(login, roles, area, None)
    except (AccountRefused, SettingsError) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    if password is None:
        typer.echo(text("admin.taken", login=login), err=True)
        raise typer.Exit(1)
    typer.echo(text("admin.made", login=login))
    typer.echo(password)


def main() -> None:
    app = typer.Typer(add_completion=False)
    app.command(help=text("help.create_admin"))(create_admin)
    app(prog_name="./gridcall create-admin")


if __name__ == "__main__":
    main()
