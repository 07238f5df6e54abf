"""Mail addresses: checked once where they come in, and compared in one form.

A domain outside ASCII is read by IDNA 2008 (RFC 5891) after the mapping of UTS 46, non-transitional: `straße.example`
is a domain of its own, not `strasse.example` as IDNA 2003 had it, and so is one with a Greek final sigma, or with the
joiners of Indic and Arabic script. A name that IDNA 2008 refuses (one with an emoji) is refused rather than guessed.
"""

from __future__ import annotations

import re
import unicodedata

import idna
from email_validator import EmailNotValidError, validate_email

from newsletter.errors import AddressInvalid

__all__ = ["MAX_ADDRESS", "address_key", "ascii_domain", "check_address", "domain_of", "mailbox_key"]

MAX_ADDRESS = 254
"""Octets of an address that fits a forward-path (RFC 5321 §4.5.3.1.3)."""

_MAX_TEXT = 1000
"""Characters that are looked at: what is longer is no address, and checking a megabyte takes half a second."""

_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
"""Domains where a dot in the local part means nothing, each with the domain that has the same mailboxes."""

_LOCAL = re.compile(r"[@.](?:localhost|local)\s*$", re.IGNORECASE)


def check_address(text: str) -> str:
    """The address in the form in which it is kept: domain in lower case and in its Unicode form, no display name.

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
    local, at, domain = text.strip().rpartition("@")
    try:
        host = ascii_domain(domain) if at else domain
        shown = idna.decode(host) if "xn--" in host else host
        # the library takes no name that is reserved for local use; below another name it is checked like any
        below = ".example" if _LOCAL.search(f"{at}{host}") else ""
        # nor a joiner, even where a word needs one: what A-labels stand for has been checked, so it is shown none
        plain = f"{local}{at}{host.replace('xn--', 'xn0-')}{below}"
        checked = validate_email(plain, check_deliverability=False, globally_deliverable=False)
    except (EmailNotValidError, AddressInvalid, UnicodeError) as error:
        msg = f"{text[:80]!r} is not a mail address ({str(error).rstrip('.')}); expected for example ada@example.org"
        raise AddressInvalid(msg) from None
    return f"{checked.normalized.rpartition('@')[0]}@{shown}"


def ascii_domain(domain: str) -> str:
    """The domain as DNS and SMTP know it: A-labels (RFC 5890 §2.3.2.1), lower case.

    What is in ASCII already stays as it is written, an underscore or a label that is none of IDNA 2008 included: such
    names are in use, and nothing about them is to be guessed.

    Raises:
        AddressInvalid: IDNA 2008 has no such name.
    """
    if domain.isascii():
        return domain.lower()
    try:
        if len(domain) > _MAX_TEXT:
            raise idna.IDNAError("it is too long")
        return idna.encode(domain, uts46=True, transitional=False, std3_rules=False).decode("ascii")
    except UnicodeError as error:
        msg = f"there is no domain {domain[:80]!r}: {error}"
        raise AddressInvalid(msg) from None


def domain_of(address: str) -> str:
    """The domain of an address, the same whether it was written in Unicode or in ASCII; in its Unicode form."""
    domain = address.rpartition("@")[2]
    if domain.isascii() and "xn--" not in (key := domain.lower()):
        return key
    return _unicode_domain(domain)


def address_key(address: str) -> str:
    """Two addresses with the same key are one subscriber: nobody runs two mailboxes that differ in case alone.

    A domain has one key in its Unicode and in its ASCII form, a letter with an accent in both of Unicode's. Neither is
    case folding, which would make `straße.example` and `strasse.example` one domain.
    """
    text = address.strip()
    if text.isascii() and "xn--" not in (key := text.lower()):
        return key
    local, at, domain = text.rpartition("@")
    return f"{unicodedata.normalize('NFC', local).lower()}{at}{_unicode_domain(domain)}"


def mailbox_key(address: str) -> str:
    """One text for the addresses that most probably lead to one mailbox: what limits count by, and nothing else.

    What stands behind a plus sign is a tag almost everywhere (RFC 5233), and Gmail reads no dots. Where that is not so
    two people share what their mailbox may ask for, which is little harm; the other way round `victim+1@…`,
    `victim+2@…` would be as many mails as anybody likes. Two subscribers are still told apart by `address_key`.
    """
    local, at, domain = address_key(address).rpartition("@")
    local = local.partition("+")[0] or local
    if same := _DOTLESS.get(domain):
        local, domain = local.replace(".", "") or local, same
    return f"{local}{at}{domain}"


def _unicode_domain(domain: str) -> str:
    """The U-labels of a domain; what is no domain, in lower case."""
    try:
        return idna.decode(ascii_domain(domain))
    except (AddressInvalid, UnicodeError):
        return unicodedata.normalize("NFC", domain).lower()
