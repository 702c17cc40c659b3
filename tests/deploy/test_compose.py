"""docker-compose.yml and its companions: of the right form, locked down, and every name in them explained."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from casework.kit.crypto import Keyring
from casework.kit.settings import SECRETS, Mode, Settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
OVERLAYS = sorted((ROOT / "deploy").glob("compose.*.yml"))
ENV_EXAMPLE = ROOT / "deploy" / "env.example"
OURS = ("migrate", *(f"{name}-{part}" for name in ("intake", "dispatch", "notify") for part in ("api", "worker")))
VARIABLE = re.compile(r"\$\{([A-Z_]+)")


def compose() -> dict:
    return yaml.safe_load(COMPOSE.read_text("utf-8"))


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deploy") / "secrets"
    subprocess.run(["sh", ROOT / "deploy" / "new-secrets.sh", folder], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("path", [COMPOSE, *OVERLAYS], ids=lambda path: path.name)
def test_file_is_of_the_form_that_compose_reads(path: Path) -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    ran = subprocess.run([checker, "--builtin-schema", "vendor.compose-spec", path], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "version" not in yaml.safe_load(path.read_text("utf-8"))


def test_house_has_its_stores_its_three_apis_its_three_workers_and_the_web() -> None:
    assert set(compose()["services"]) == {"postgres", "valkey", "web", *OURS}


@pytest.mark.parametrize("name", ["postgres", "valkey", "web", *OURS])
def test_container_can_do_no_more_than_it_must(name: str) -> None:
    service = compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0


def test_only_the_web_can_be_reached_from_outside() -> None:
    services = compose()["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["web"]
    assert services["web"]["ports"] == ["${GRIDCALL_BIND:-127.0.0.1}:${GRIDCALL_HTTP_PORT:-8080}:8080"]


def test_only_the_web_and_the_sender_are_on_a_network_that_leads_outside() -> None:
    whole = compose()
    inner = {name for name, network in whole["networks"].items() if network.get("internal")}
    leads_out = {name for name, service in whole["services"].items() if set(service["networks"]) - inner}
    assert leads_out == {"web", "notify-worker"}
    assert "data" not in whole["services"]["web"]["networks"]


@pytest.mark.parametrize("name", [name for name in OURS if name != "migrate"])
def test_nothing_of_ours_starts_before_the_migration_is_through(name: str) -> None:
    assert compose()["services"][name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_apis_are_healthy_when_they_can_serve_and_the_web_waits_for_them() -> None:
    services = compose()["services"]
    for name in ("intake-api", "dispatch-api", "notify-api"):
        assert "http://127.0.0.1:8000/readyz" in services[name]["healthcheck"]["test"][-1]
        assert services["web"]["depends_on"][name] == {"condition": "service_healthy"}


def test_database_keeps_its_data_where_postgres_18_puts_it_and_sorts_chinese() -> None:
    postgres = compose()["services"]["postgres"]
    assert postgres["volumes"] == ["database:/var/lib/postgresql"]
    assert "--locale=C.UTF-8" in postgres["environment"]["POSTGRES_INITDB_ARGS"]


def test_secrets_are_files_of_their_own_service_and_never_values(secrets: Path) -> None:
    whole = compose()
    assert {entry["file"] for entry in whole["secrets"].values()} == {
        f"deploy/secrets/{p.name}" for p in secrets.iterdir()
    }
    for service in whole["services"].values():
        named = {value for key, value in service.get("environment", {}).items() if key.endswith("_FILE")}
        assert named <= {f"/run/secrets/{secret}" for secret in service.get("secrets", [])}
        assert not any(
            "PASSWORD" in key or "SECRET" in key for key in service.get("environment", {}) if not key.endswith("_FILE")
        )


@pytest.mark.parametrize("name", OURS)
def test_settings_read_what_compose_gives(name: str, secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for given, value in compose()["services"][name]["environment"].items():
        default = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", value)
        monkeypatch.setenv(given, default.replace("/run/secrets", str(secrets)))
    for directly in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(directly, raising=False)
    settings = read_settings()
    assert settings.mode is Mode.PRODUCTION
    assert "@postgres:5432/gridcall" in settings.database_url
    assert "@valkey:6379/0" in settings.redis_url
    assert settings.data == Path("/data")


def test_new_keys_open_what_they_seal(secrets: Path) -> None:
    keys = Keyring.load(secrets / "gridcall_keys")
    assert keys.open(keys.seal("张三", "request.name"), "request.name") == "张三"
    both = Keyring.load(secrets / "gridcall_keys", secrets / "identity_keys")
    assert both.identity.open(both.identity.seal("李四", "request.name"), "request.name") == "李四"


def test_new_secrets_are_closed_to_others_and_never_written_over(secrets: Path) -> None:
    assert secrets.stat().st_mode & 0o777 == 0o700
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}
    again = subprocess.run(["sh", ROOT / "deploy" / "new-secrets.sh", secrets], capture_output=True, text=True)
    assert again.returncode == 1
    assert "left as it is" in again.stderr
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before


def test_modules_that_compose_starts_are_there() -> None:
    started = [compose()["services"][name]["command"] for name in OURS]
    modules = [command[1].split(":")[0] if command[0] == "uvicorn" else command[2] for command in started]
    files = [ROOT.joinpath(*module.split(".")) for module in modules]
    assert [str(file) for file in files if not file.with_suffix(".py").is_file() and not file.is_dir()] == []


def explained() -> dict[str, str]:
    """Every name in env.example with the comment that stands above it."""
    told: dict[str, str] = {}
    comment: list[str] = []
    for line in ENV_EXAMPLE.read_text("utf-8").splitlines():
        if setting := re.match(r"#?([A-Z][A-Z_]+)=", line):
            told[setting.group(1)] = " ".join(comment)
        else:
            comment = [*comment, line.removeprefix("# ")] if line else []
    return told


def used() -> set[str]:
    names: set[str] = set()
    for path in (COMPOSE, *OVERLAYS):
        content = path.read_text("utf-8")
        names |= set(VARIABLE.findall(content))
        for service in yaml.safe_load(content)["services"].values():
            names |= set(service.get("environment", {}))
    return names


def test_every_name_that_compose_uses_is_explained_and_no_other() -> None:
    told = explained()
    assert sorted(used() - set(told)) == []
    assert sorted(set(told) - used()) == []
    assert [name for name, sentence in told.items() if not sentence.endswith((".", "…"))] == []


def test_every_setting_of_the_processes_is_explained() -> None:
    names = {str(field.alias) for field in Settings.model_fields.values()}
    as_given = {f"{name}_FILE" if name in SECRETS else name for name in names}
    assert sorted(as_given - set(explained())) == []
