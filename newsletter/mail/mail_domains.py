"""Whether a domain takes mail, by DNS: for sign-up forms, where `gmial.com` would cost a mail and a bounce."""

from __future__ import annotations

import dns.exception
import dns.resolver
from email_validator import EmailUndeliverableError, validate_email

from newsletter.domain.subscribers import ascii_domain
from newsletter.errors import AddressInvalid

__all__ = ["MailDomains"]

QUERY_SECONDS = 2
"""For one query of up to four (MX, A, AAAA, SPF); who sent the form waits so long."""


class MailDomains:
    """Asks the resolver of this machine, or the one given. Doubt counts in favour: a mail says more than DNS."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self._resolver = resolver or _own_resolver()
        if self._resolver is not None:
            self._resolver.lifetime = QUERY_SECONDS

    def take_mail(self, domain: str) -> bool:
        """Whether mail for this domain can go anywhere: it has an MX that is not null (RFC 7505), or an address.

        True where that cannot be found out in time.
        """
        if self._resolver is None:
            return True
        try:
            validate_email(f"a@{ascii_domain(domain)}", dns_resolver=self._resolver)
        except EmailUndeliverableError:
            return False
        except (AddressInvalid, ValueError):
            return True  # no name of the internet: the operator has named it
        return True


def _own_resolver() -> dns.resolver.Resolver | None:
    try:
        return dns.resolver.Resolver()
    except dns.exception.DNSException:
        return None  # a machine that has none
