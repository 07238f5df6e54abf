"""Which addresses the public door takes.

The answer depends on the address as it is written alone, never on who has one here: it would tell strangers who reads.

1. what is no address is refused, and so is one whose domain has no dot, unless the operator names that domain;
2. where the operator names the domains that are taken, all others are refused;
3. the operator's blocked domains are refused, with all names below them; so can be those of disposable addresses;
4. addresses of a function that must read whatever comes (RFC 2142: abuse, postmaster, …), and those that nobody reads,
   are refused: a confirmation there is a nuisance. `info@` or `group@` may well want papers, and are taken.

An operator who wants one of them adds it on the command line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from newsletter.domain.subscribers import check_address, domain_of
from newsletter.errors import AddressInvalid

__all__ = ["AddressFault", "AddressPolicy", "read_address"]

_FUNCTIONS = frozenset(
    "abuse bounce bounces daemon hostmaster mailer-daemon nobody no-reply noc noreply postmaster root security"
    " undisclosed-recipients unsubscribe webmaster".split()
)


class AddressFault(StrEnum):
    """Why an address is not taken; pages word it in the reader's language."""

    MISSING = "address-missing"
    UNREADABLE = "address-unreadable"
    DOMAIN_REFUSED = "domain-refused"
    FUNCTION = "address-of-a-function"
    NO_MAIL = "domain-takes-no-mail"
    SAME = "address-same"


def read_address(text: str) -> tuple[str, AddressFault | None]:
    """The address in the form in which it is kept, whoever may have it; or an empty text and why it is none."""
    if not text.strip():
        return "", AddressFault.MISSING
    try:
        return check_address(text), None
    except AddressInvalid:
        return "", AddressFault.UNREADABLE


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """What the operator has set. Domains are in the form of `domain_of`; each stands for all names below it, too."""

    allowed: Collection[str] = frozenset()
    blocked: Collection[str] = frozenset()

    def check(self, text: str) -> tuple[str, AddressFault | None]:
        """The address in the form in which it is kept, or an empty text and why it is not taken."""
        address, fault = read_address(text)
        if fault is not None:
            return "", fault
        names = set(_with_parents(domain_of(address)))
        allowed = not names.isdisjoint(self.allowed)
        if not allowed and len(names) == 1:
            return "", AddressFault.UNREADABLE  # `ada@localhost`: no address of the internet
        if (self.allowed and not allowed) or not names.isdisjoint(self.blocked):
            return "", AddressFault.DOMAIN_REFUSED
        if address.partition("@")[0].partition("+")[0].lower() in _FUNCTIONS:
            return "", AddressFault.FUNCTION
        return address, None


def _with_parents(domain: str) -> Iterator[str]:
    """`a.b.org`, `b.org`, `org`."""
    while domain:
        yield domain
        domain = domain.partition(".")[2]
