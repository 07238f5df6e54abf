"""Mail addresses: checked once where they come in, and compared in one form."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

import idna
from email_validator import EmailNotValidError, validate_email

from newsletter.errors import AddressInvalid

__all__ = ["MAX_ADDRESS", "address_key", "check_address"]

MAX_ADDRESS = 254
"""Octets of an address that fits a forward-path (RFC 5321 §4.5.3.1.3)."""

_MAX_TEXT = 1000
"""Characters that are looked at: what is longer is no address, and checking a megabyte takes half a second."""

_LOCAL = re.compile(r"[@.](?:localhost|local)\s*$", re.IGNORECASE)


def check_address(text: str) -> str:
    """The address in the form it is mailed to: domain in lower case and in its Unicode form, no display name.

    Internal domains (`lab.internal`, `lab.local`, `localhost`) are allowed: a digest may never leave the building.

    Raises:
        AddressInvalid: it is no address; the message says what is wrong with it.
    """
    if len(text) > _MAX_TEXT:
        msg = f"{text[:80]!r}… is not a mail address (it has {len(text)} characters); expected at most {MAX_ADDRESS}"
        raise AddressInvalid(msg)
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        msg = f"{text[:80]!r} holds a control character; expected an address such as ada@example.org"
        raise AddressInvalid(msg)
    # the library takes no name that is reserved for local use; below another name it is checked like any
    below = ".example" if _LOCAL.search(text) else ""
    try:
        found = validate_email(text.strip() + below, check_deliverability=False, globally_deliverable=False)
        return found.normalized.removesuffix(below)
    except EmailNotValidError as error:
        msg = f"{text[:80]!r} is not a mail address ({str(error).rstrip('.')}); expected for example ada@example.org"
        raise AddressInvalid(msg) from None


def address_key(address: str) -> str:
    """Two addresses with the same key are one subscriber: nobody runs two mailboxes that differ in case alone.

    A domain has one key in its Unicode and in its ASCII form (RFC 5891), a letter with an accent in both of Unicode's.
    It is not case folding, which would make `straße.example` and `strasse.example` one domain.
    """
    key = unicodedata.normalize("NFC", address.strip()).lower()
    local, at, domain = key.rpartition("@")
    if "xn--" not in domain:
        return key
    with suppress(UnicodeError):
        domain = idna.decode(domain, uts46=True)
    return f"{local}{at}{domain}"
