"""Who asks: the address behind a request, when proxies that the operator names stand between.

What a request says of its own way can be made up by whoever sends it, but for what a proxy of one's own has added. The
rules, in the order in which they are applied:

1. the address of the connection counts, unless it is one of `web.trusted_proxies`;
2. a trusted proxy is asked for the hop before it: the last one of X-Forwarded-For, or of Forwarded (RFC 7239) where
   `web.forwarded_by` says so; never both, because a proxy hands on what it does not know as it came;
3. hops are taken from the right, as long as each is itself a trusted proxy; the first that is not is who asks;
4. a hop that is no address ends the way: then the proxy that named it counts as who asks.

What is limited is limited for a network: an IPv4 address, or the /64 of an IPv6 address, which is the least that a
household or a rented server has (RFC 6177, RFC 7934).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from starlette.types import Scope

__all__ = ["Address", "Client", "Proxies", "client_of"]

Address = IPv4Address | IPv6Address
_ROUTED = 64
"""Bits of an IPv6 address that a network is handed out by; who has it has all addresses behind them."""


@dataclass(frozen=True)
class Client:
    """Who asks. `address` is None where the connection has none, as over a socket of the file system."""

    address: Address | None

    @cached_property
    def network(self) -> str:
        """What limits count by: `192.0.2.7`, `2001:db8:1:2::/64`; empty where there is no address."""
        if self.address is None:
            return ""
        if isinstance(self.address, IPv4Address):
            return str(self.address)
        return str(IPv6Network((int(self.address) >> _ROUTED << _ROUTED, _ROUTED)))


@dataclass(frozen=True)
class Proxies:
    """The operator's proxies, and by which header they tell whom they asked for."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    header: Literal["x-forwarded-for", "forwarded"] = "x-forwarded-for"

    @classmethod
    def named(cls, networks: Iterable[str], header: Literal["x-forwarded-for", "forwarded"]) -> Proxies:
        """Proxies by the addresses and networks of the settings (`127.0.0.1`, `10.0.0.0/8`).

        Raises:
            ValueError: one is neither.
        """
        return cls(tuple(map(ip_network, networks)), header)

    def __contains__(self, address: Address | None) -> bool:
        """Whether this is the address of one of them."""
        return address is not None and any(address in network for network in self.networks)


def client_of(scope: Scope, proxies: Proxies) -> Client:
    """Who sent a request, as far as it can be known without believing a stranger.

    Args:
        scope: of an HTTP request (ASGI); a Starlette request has it as `request.scope`.
        proxies: who is believed.
    """
    peer = scope.get("client")
    address = _address(peer[0]) if peer else None
    if address in proxies:
        for hop in _hops(scope, proxies.header):
            before = _address(hop)
            if before is None:
                break
            address = before
            if address not in proxies:
                break
    return Client(address)


def _hops(scope: Scope, header: str) -> Iterator[str]:
    """The addresses that the header names, the nearest first, as they are written."""
    name = header.encode("ascii")
    lines = [value.decode("latin-1") for field, value in scope["headers"] if field == name]
    for element in reversed(",".join(lines).split(",")):
        if header == "forwarded":
            pairs = (pair.partition("=") for pair in element.split(";"))
            yield next((value for key, _, value in pairs if key.strip().lower() == "for"), "")
        else:
            yield element


# with a port, as some proxies write it; an IPv6 address has brackets then. RFC 7239 §6 has both in quotation marks
_BRACKETED = re.compile(r"\[([^\]]*)\](?::\d{1,5})?")
_IPV4_PORT = re.compile(r"([\d.]+):\d{1,5}")


def _address(text: str) -> Address | None:
    """An address as connections and headers write it; None for anything else (`unknown`, `_hidden`, nonsense)."""
    text = text.strip().strip('"')
    match = _BRACKETED.fullmatch(text) or _IPV4_PORT.fullmatch(text)
    try:
        address = ip_address(match[1] if match else text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        # an IPv4 client of a socket that listens for both; and `fe80::1%eth0` without the name of the link
        return address.ipv4_mapped or IPv6Address(int(address))
    return address
