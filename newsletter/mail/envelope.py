"""Addresses as they go into envelopes."""

from __future__ import annotations

import re

from newsletter.domain.subscribers import ascii_domain
from newsletter.errors import AddressInvalid

__all__ = ["plain_address"]

_UNSAFE = re.compile(r"[\s\0<>]")


def plain_address(address: str) -> str:
    """The address with its domain in ASCII (IDNA 2008), fit for an envelope.

    Raises:
        AddressInvalid: no local part, no domain or none that there can be, or characters that could end a header or a
            command.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or _UNSAFE.search(address):
        msg = f"not an address that can be mailed: {address[:80]!r} (expected for example ada@example.org)"
        raise AddressInvalid(msg)
    if not domain:
        msg = f"not an address that can be mailed: {address[:80]!r} (its domain is empty)"
        raise AddressInvalid(msg)
    return f"{local}@{ascii_domain(domain)}"
