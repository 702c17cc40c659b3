"""Settings 设置: everything a process is told from outside, read once from the environment.

A secret may stand in a file instead: `DATABASE_URL_FILE`, `REDIS_URL_FILE`, `GRIDCALL_STORAGE_FILE`,
`GRIDCALL_SMS_SECRET_FILE` and `GRIDCALL_STAFF_SECRET_FILE` name the file.
"""

import os
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

SECRETS = ("DATABASE_URL", "REDIS_URL", "GRIDCALL_STORAGE", "GRIDCALL_SMS_SECRET", "GRIDCALL_STAFF_SECRET")


class SettingsError(Exception):
    """The environment cannot be used as it stands; the text is one sentence for the operator, without values."""


class Mode(StrEnum):
    """运行方式: what the process is for. Only DEMO and TEST open the API pages."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


def _async_driver(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    if not mark or scheme not in {"postgresql+asyncpg", "postgresql", "postgres"}:
        raise ValueError("must begin with postgresql+asyncpg://")
    return f"postgresql+asyncpg://{rest}"


def _redis_scheme(url: str) -> str:
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return url


def _store(where: str) -> str:
    parts = urlsplit(where)
    whole = parts.username and parts.password and parts.hostname and parts.path.strip("/")
    if where != "folder" and not (parts.scheme == "s3" and whole):
        raise ValueError("must be folder, or look like s3://KEY:SECRET@host/bucket")
    return where


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as https://gridcall.example.cn")
    return url.rstrip("/")


def _listed(networks: Any) -> Any:
    return [part for part in networks.replace(",", " ").split() if part] if isinstance(networks, str) else networks


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Settings(BaseSettings):
    """What one process needs to know. Frozen; secrets stay out of repr() and of error texts.

    `staff_url`: a signed webhook that brings notices to staff (a bot's bridge); without it they are log lines.
    `identity_keys_file`: the keys of those who report wrongdoing (举报人身份), apart from all others.
    `storage`: where attachments are kept, `folder` (media in the data folder) or a bucket's s3:// address.
    `geocoder_url`: a bridge to the city's own address service (casework/place/geocoder.py); without it nobody is asked.
    `outbound_networks`: private networks (10.1.0.0/16, …) in which a source's write-back address may lie.
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True, env_ignore_empty=True
    )

    database_url: Annotated[str, AfterValidator(_async_driver)] = Field(alias="DATABASE_URL", repr=False)
    redis_url: Annotated[str, AfterValidator(_redis_scheme)] = Field(
        default="redis://127.0.0.1:6379/0", alias="REDIS_URL", repr=False
    )
    data: Path = Field(default=Path("var"), alias="GRIDCALL_DATA")
    keys_file: Path = Field(default_factory=lambda known: known["data"] / "keys.json", alias="GRIDCALL_KEYS_FILE")
    identity_keys_file: Path = Field(
        default_factory=lambda known: known["keys_file"].with_name("identity-keys.json"),
        alias="GRIDCALL_IDENTITY_KEYS_FILE",
    )
    storage: Annotated[str, AfterValidator(_store)] = Field(default="folder", alias="GRIDCALL_STORAGE", repr=False)
    public_url: Annotated[str, AfterValidator(_web_address)] = Field(
        default="http://localhost:8000", alias="GRIDCALL_PUBLIC_URL"
    )
    mode: Mode = Field(default=Mode.PRODUCTION, alias="GRIDCALL_MODE")
    catalog: Path | None = Field(default=None, alias="GRIDCALL_CATALOG")
    sms_url: Annotated[str, AfterValidator(_web_address)] | None = Field(default=None, alias="GRIDCALL_SMS_URL")
    sms_secret: str | None = Field(default=None, alias="GRIDCALL_SMS_SECRET", repr=False)
    staff_url: Annotated[str, AfterValidator(_web_address)] | None = Field(default=None, alias="GRIDCALL_STAFF_URL")
    staff_secret: str | None = Field(default=None, alias="GRIDCALL_STAFF_SECRET", repr=False)
    geocoder_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        default=None, alias="GRIDCALL_GEOCODER_URL"
    )
    outbound_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(), alias="GRIDCALL_OUTBOUND_NETWORKS"
    )

    @model_validator(mode="after")
    def _passwords_never_travel_in_clear(self) -> "Settings":
        if self.mode is Mode.PRODUCTION and not self.secure and not _is_loopback(self.public_url):
            raise ValueError("GRIDCALL_PUBLIC_URL must be https:// in production")
        return self

    @property
    def secure(self) -> bool:
        """True when browsers reach us by HTTPS: cookies are Secure and HSTS may be sent."""
        return self.public_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """Name of the session cookie: `__Host-` wherever HTTPS allows it, plain on http://localhost."""
        return "__Host-gridcall" if self.secure else "gridcall"

    @property
    def open_docs(self) -> bool:
        """Whether the OpenAPI pages are open (words.md §6: demo and tests only)."""
        return self.mode is not Mode.PRODUCTION

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the files that `NAME_FILE` points at; no dotenv."""
        return init_settings, env_settings, _SecretFiles(settings_cls)


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads `NAME_FILE` for every secret; a trailing line end is not part of the secret."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        return {name: _read_secret(name, path) for name in SECRETS if (path := os.environ.get(f"{name}_FILE"))}


def _read_secret(name: str, path: str) -> str:
    if os.environ.get(name):
        raise SettingsError(f"{name} and {name}_FILE are both set; keep one.")
    try:
        return Path(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE cannot be read ({type(error).__name__}).") from error


def read_settings(**given: Any) -> Settings:
    """Read the environment now; `given` (by field name or environment name) wins over it.

    Raises: SettingsError: naming each wrong variable and why, never its value.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))} {fault['msg']}".strip() for fault in error.errors())
        raise SettingsError("; ".join(faults) + ".") from None


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings, read once; a test clears them by `get_settings.cache_clear()`.

    Raises: SettingsError: naming each wrong variable and why.
    """
    return read_settings()
