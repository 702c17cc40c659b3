"""What a process is told from outside, and how it says that it was told wrongly."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from casework.kit.settings import SECRETS, Mode, SettingsError, read_settings

NAMES = (*SECRETS, "GRIDCALL_DATA", "GRIDCALL_KEYS_FILE", "GRIDCALL_PUBLIC_URL", "GRIDCALL_MODE", "GRIDCALL_CATALOG")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*NAMES, "GRIDCALL_SMS_URL", *(f"{secret}_FILE" for secret in SECRETS)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://u:hidden@db/gridcall")
    return monkeypatch


def test_only_the_database_must_be_named(environment: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    assert settings.mode is Mode.PRODUCTION
    assert settings.keys_file == Path("var/keys.json")
    assert settings.redis_url == "redis://127.0.0.1:6379/0"
    assert (settings.catalog, settings.sms_url, settings.sms_secret) == (None, None, None)
    environment.delenv("DATABASE_URL")
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        read_settings()


def test_the_environment_is_read(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GRIDCALL_DATA", "/data")
    environment.setenv("GRIDCALL_MODE", "demo")
    environment.setenv("GRIDCALL_PUBLIC_URL", "https://gridcall.example.cn/")
    environment.setenv("GRIDCALL_SMS_URL", "")
    settings = read_settings()
    assert settings.keys_file == Path("/data/keys.json")
    assert settings.public_url == "https://gridcall.example.cn"
    assert settings.mode is Mode.DEMO
    assert settings.sms_url is None  # empty is not set


@pytest.mark.parametrize("given", ["postgresql://u@db/x", "postgres://u@db/x", "postgresql+asyncpg://u@db/x"])
def test_a_plain_postgres_address_gets_the_async_driver(environment: pytest.MonkeyPatch, given: str) -> None:
    environment.setenv("DATABASE_URL", given)
    assert read_settings().database_url == "postgresql+asyncpg://u@db/x"


def test_a_secret_may_stand_in_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("postgresql://u:fromfile@db/x\n")
    environment.delenv("DATABASE_URL")
    environment.setenv("DATABASE_URL_FILE", str(file))
    assert read_settings().database_url == "postgresql+asyncpg://u:fromfile@db/x"


def test_a_secret_given_twice_or_in_a_missing_file_is_said(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("DATABASE_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="both set"):
        read_settings()
    environment.delenv("DATABASE_URL")
    with pytest.raises(SettingsError, match="DATABASE_URL_FILE cannot be read"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u:hidden@db/x"),
        ("REDIS_URL", "http://:hidden@cache"),
        ("GRIDCALL_MODE", "staging"),
        ("GRIDCALL_PUBLIC_URL", "no-address"),
        ("GRIDCALL_SMS_URL", "ftp://sms"),
    ],
)
def test_a_wrong_value_is_named_and_never_repeated(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsError) as fault:
        read_settings()
    assert name in str(fault.value)
    assert "hidden" not in str(fault.value)
    assert value not in str(fault.value)


def test_secrets_stay_out_of_the_printed_settings(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GRIDCALL_SMS_SECRET", "hidden")
    environment.setenv("REDIS_URL", "redis://:hidden@cache/0")
    assert "hidden" not in repr(read_settings())


@pytest.mark.parametrize(
    ("mode", "url", "cookie"),
    [
        ("production", "https://gridcall.example.cn", "__Host-gridcall"),
        ("production", "http://localhost:8000", "gridcall"),
        ("production", "http://127.0.0.1:8000", "gridcall"),
        ("demo", "http://192.168.1.5:8000", "gridcall"),
        ("production", "http://192.168.1.5:8000", None),  # passwords would travel in clear
    ],
)
def test_the_cookie_is_host_bound_wherever_https_allows(
    environment: pytest.MonkeyPatch, mode: str, url: str, cookie: str | None
) -> None:
    if cookie is None:
        with pytest.raises(SettingsError, match="https"):
            read_settings(mode=mode, public_url=url)
    else:
        assert read_settings(mode=mode, public_url=url).session_cookie == cookie


def test_settings_do_not_change(environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError):
        read_settings().mode = Mode.DEMO
