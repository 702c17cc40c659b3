"""`source`: an upstream hotline or platform 来源系统 is registered, or given a further signing secret.

The secret is shown once. Several are valid at once: register, tell the hotline, then drop the older ones.
"""

import asyncio
from typing import Annotated, Literal

import typer

from casework.catalog.load import load
from casework.db import sources
from casework.db.session import Database
from casework.kit.crypto import Keyring
from casework.kit.settings import Settings, SettingsError, get_settings
from casework.kit.signing import new_secret
from casework.rules.words import Channel
from manage.texts import text

Crs = Literal["WGS84", "CGCS2000", "GCJ02", "BD09"]
Name = Annotated[str, typer.Argument(help=text("help.source_name"))]
Area = Annotated[str | None, typer.Option("--area", help=text("help.source_area"))]
ChannelName = Annotated[Channel, typer.Option("--channel", help=text("help.source_channel"))]
Callback = Annotated[str | None, typer.Option("--callback", help=text("help.source_callback"))]
System = Annotated[Crs | None, typer.Option("--crs", help=text("help.source_crs"))]
Drop = Annotated[bool, typer.Option("--drop-older", help=text("help.source_drop"))]


class SourceRefused(Exception):
    """The source cannot be written; the text is one sentence for the operator."""


def source(
    name: Name,
    area: Area = None,
    channel: ChannelName = Channel.HOTLINE,
    callback: Callback = None,
    crs: System = None,
    drop_older: Drop = False,
) -> None:
    try:
        secret = asyncio.run(register(get_settings(), name, area, channel, callback, crs=crs, drop_older=drop_older))
    except (SourceRefused, SettingsError) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    typer.echo(text("source.dropped" if secret is None else "source.made", name=name))
    if secret is not None:
        typer.echo(secret)


async def register(
    settings: Settings,
    name: str,
    area: str | None,
    channel: Channel,
    callback: str | None,
    *,
    crs: str | None = None,
    drop_older: bool,
) -> str | None:
    """Write the source; its new secret, or None where only the older ones were dropped.

    What is left out stays as it was; a new source needs its area. Raises SourceRefused.
    """
    if area is not None and not load(settings.catalog).areas.valid(area):
        raise SourceRefused(text("source.area", area=area))
    database, keyring = Database(settings.database_url), Keyring.load(settings.keys_file)
    try:
        async with database.transaction() as session:
            known = await sources.find_row(session, keyring, name)
            if known is None and (area is None or drop_older):
                raise SourceRefused(text("source.unknown", name=name))
            before = list(known.secrets) if known else []
            secret = None if drop_older else new_secret()
            await sources.put(
                session,
                keyring,
                name=name,
                channel=known.channel if known else channel.value,
                area_code=area or (known.area_code if known else ""),
                secrets=before[:1] if secret is None else [secret, *before],
                callback_url=callback or (known.callback_url if known else None),
                crs=crs or (known.crs if known else None),
            )
            return secret
    finally:
        await database.close()


def main() -> None:
    app = typer.Typer(add_completion=False)
    app.command(help=text("help.source"))(source)
    app(prog_name="./gridcall source")


if __name__ == "__main__":
    main()
