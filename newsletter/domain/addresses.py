"""Mail addresses: checked once where they come in, and compared in one form."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from newsletter.errors import AddressInvalid

__all__ = ["MAX_ADDRESS", "address_key", "check_address"]

MAX_ADDRESS = 254
"""Octets of an address that fits a forward-path (RFC 5321 §4.5.3.1.3)."""


def check_address(text: str) -> str:
    """The address in the form it is mailed to: domain in lower case and in its Unicode form, no display name.

    Internal domains (`lab.internal`, `localhost`) are allowed: a digest may never leave the building.

    Raises:
        AddressInvalid: it is no address; the message says what is wrong with it.
    """
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        msg = f"{text[:80]!r} holds a control character; expected an address such as ada@example.org"
        raise AddressInvalid(msg)
    try:
        return validate_email(text.strip(), check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError as error:
        msg = f"{text[:80]!r} is not a mail address ({str(error).rstrip('.')}); expected for example ada@example.org"
        raise AddressInvalid(msg) from None


def address_key(address: str) -> str:
    """Two addresses with the same key are one subscriber: nobody runs two mailboxes that differ in case alone."""
    return address.strip().casefold()
