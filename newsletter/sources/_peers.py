"""Whom a source may lead to: hosts of the open internet, and of the inner network only those that the operator named.

A name is resolved once. Every address it has is judged before a byte goes out, and the connection is made to the very
addresses that were judged: a name that is answered differently a moment later (DNS rebinding) leads nowhere else.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import httpx

from newsletter.errors import SourceMalformed, SourceUnavailable

__all__ = ["is_literal", "is_public", "peers_of"]

_MOST = 4
"""Addresses of a host that are tried, one after the other."""

# What Python's `is_global` lets through, or does so in some of its releases, though nobody is to be reached there.
_NOT_PUBLIC_4 = tuple(IPv4Network(network) for network in ("192.0.0.0/24", "192.88.99.0/24"))
_NOT_PUBLIC_6 = tuple(IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_UNICAST = IPv6Network("2000::/3")
"""All of the global unicast addresses that are given out (RFC 4291 §2.4, IANA's IPv6 Global Unicast registry)."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 behind a translator (RFC 6052); `64:ff9b:1::/48` is a network's own (RFC 8215)."""


def is_literal(host: str) -> bool:
    """Whether a host of an address is no name to look up: an IP address as it is usually written, or this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether this IP address is one of the open internet, and what it may wrap as well."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return _is_public_4(ip)
    if ip.scope_id:
        return False
    if ip in _NAT64:
        return _is_public_4(IPv4Address(int(ip) & 0xFFFF_FFFF))
    if ip.ipv4_mapped:
        return _is_public_4(ip.ipv4_mapped)
    if ip.sixtofour:
        return _is_public_4(ip.sixtofour)
    return _is_public_6(ip)


def _is_public_4(ip: IPv4Address) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC_4)


def _is_public_6(ip: IPv6Address) -> bool:
    # Teredo and its kin (2001::/23) wrap IPv4 addresses too; no server is reached by them any more
    return ip in _UNICAST and ip.is_global and not any(ip in network for network in _NOT_PUBLIC_6)


async def peers_of(url: httpx.URL, inner_hosts: Collection[str]) -> tuple[str, ...]:
    """The addresses to connect to for this one, each of them judged.

    Raises:
        SourceMalformed: the host, or one of its addresses, is of the inner network, and not among `inner_hosts`.
        SourceUnavailable: it has no address.
    """
    host = url.raw_host.decode("ascii")
    try:
        entries = await asyncio.get_running_loop().getaddrinfo(host, url.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # a label of more than 63 characters cannot even be asked for
        msg = f"{host[:200]} cannot be resolved: {error}"
        raise SourceUnavailable(msg) from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in entries))
    if host.rstrip(".") not in inner_hosts and not all(map(is_public, addresses)):
        msg = (
            f"{host[:200]} is of the inner network, where no source may lead; "
            "if that is meant, name the host in collect.inner_hosts"
        )
        raise SourceMalformed(msg)
    return addresses[:_MOST]
