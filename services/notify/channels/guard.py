"""Outbound guard 出站防护 (security.md §2.5, §2.6 line 13): an address that a partner's data names may not lead inside.

The name is resolved here, every address it has is looked at, and the connection goes to the one that was looked at.
"""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

RESOLVE_SECONDS = 5.0
_NAT64 = ip_network("64:ff9b::/96")


class Unreachable(Exception):
    """The name has no address just now."""


class NotAllowed(Exception):
    """The address is none that may be written to; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets public addresses through by https, and those of `networks` by http too; `open_to_all` in demo and tests,
    and for addresses that the operator set."""

    networks: Sequence[IPv4Network | IPv6Network] = ()
    open_to_all: bool = False

    async def pin(self, url: str) -> tuple[httpx.URL, str]:
        """The address to connect to as a URL, and the host's own name for the Host header and the certificate.

        Raises: NotAllowed, Unreachable.
        """
        try:
            parts = httpx.URL(url)
        except (httpx.InvalidURL, TypeError):
            raise NotAllowed("bad_address") from None
        host = parts.raw_host.decode("ascii").strip("[]")
        if parts.scheme not in {"http", "https"} or not host:
            raise NotAllowed("bad_address")
        addresses = await _resolve(host, parts.port or {"http": 80, "https": 443}[parts.scheme])
        if not self.open_to_all:
            self._check(parts.scheme, addresses)
        return parts.copy_with(host=str(addresses[0])), host

    def _check(self, scheme: str, addresses: Sequence[IPv4Address | IPv6Address]) -> None:
        for address in addresses:
            if any(address in network for network in self.networks if network.version == address.version):
                continue
            if not is_public(address):
                raise NotAllowed("address_not_public")
            if scheme != "https":
                raise NotAllowed("https_needed")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is on the open Internet; one that wraps an IPv4 address is judged by it."""
    if isinstance(address, IPv6Address) and (inner := _inner(address)) is not None:
        return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.teredo[1] if address.teredo else address.ipv4_mapped or address.sixtofour


async def _resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        raise Unreachable from None
    return [ip_address(str(info[4][0]).partition("%")[0]) for info in found]
