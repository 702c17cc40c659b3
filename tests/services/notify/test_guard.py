"""Where write-backs may go (security.md §2.5): partners' data never lead a message into our own networks."""

import asyncio
import socket
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from services.notify.channels.guard import Guard, NotAllowed, Unreachable, is_public
from services.notify.channels.message import Endpoint, Message, Result
from services.notify.channels.post import Poster
from services.notify.channels.webhook import Webhook
from tests.services.notify.gateway import SECRET, Gateway


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2400:3200::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),  # carrier's own
        ("169.254.169.254", False),  # a cloud's metadata
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),  # an inner IPv4 address counts
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::a00:1", False),  # NAT64 of 10.0.0.1
        ("2002:a00:1::", False),  # 6to4 of 10.0.0.1
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1/hook", "address_not_public"),
        ("https://[::1]/hook", "address_not_public"),
        ("https://localhost/hook", "address_not_public"),
        ("https://2130706433/hook", "address_not_public"),  # 127.0.0.1 as one number
        ("https://0x7f.1/hook", "address_not_public"),
        ("http://8.8.8.8/hook", "https_needed"),
        ("ftp://8.8.8.8/hook", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("https://", "bad_address"),
        ("no address", "bad_address"),
    ],
)
async def test_addresses_that_are_refused(url: str, code: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        await Guard().pin(url)
    assert refused.value.code == code


async def test_networks_that_the_operator_names_are_open() -> None:
    guard = Guard(networks=[ip_network("10.0.0.0/8")])
    url, host = await guard.pin("http://10.2.3.4:8080/hook")
    assert (str(url), host) == ("http://10.2.3.4:8080/hook", "10.2.3.4")
    with pytest.raises(NotAllowed):
        await guard.pin("http://192.168.0.1/")


def names(monkeypatch: pytest.MonkeyPatch, **known: list[str]) -> None:
    """The names that the resolver knows."""

    async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        if host.replace(".", "_") not in known:
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in known[host.replace(".", "_")]]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo, raising=False)


async def test_one_inner_address_among_a_names_addresses_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, two_faced=["8.8.8.8", "10.0.0.1"])
    with pytest.raises(NotAllowed):
        await Guard().pin("https://two.faced/")
    with pytest.raises(Unreachable):
        await Guard().pin("https://un.known/")


async def test_the_connection_goes_to_the_address_that_was_looked_at(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, partner_example=["127.0.0.1"])
    webhook = Webhook(Poster(Guard(networks=[ip_network("127.0.0.0/8")])))
    url = f"http://partner.example:{gateway.port}/hook"
    outcome = await webhook.send(Message("5", "SIGN", body={}, endpoint=Endpoint(url, SECRET)))
    assert outcome.result is Result.SENT
    assert gateway.received[0].headers["host"] == f"partner.example:{gateway.port}"
    assert gateway.received[0].path == "/hook"
    await webhook.close()


async def test_a_write_back_into_the_inside_never_leaves(gateway: Gateway) -> None:
    webhook = Webhook(Poster(Guard()))
    outcome = await webhook.send(Message("5", "SIGN", body={}, endpoint=Endpoint(gateway.url, SECRET)))
    assert (outcome.result, outcome.detail) == (Result.REFUSED, "address_not_public")
    assert gateway.received == []
    await webhook.close()
