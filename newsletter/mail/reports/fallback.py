"""What flufl.bounce knows of systems that our own reading does not: whom a report in plain text is about.

Given only what we read of a message, within our limits, as one text: its detectors see no parts, no charset, no size
that a stranger chose. It tells addresses, not reasons: "permanent" means to it that no detector calls it temporary.
"""

from __future__ import annotations

from email.message import Message

from flufl.bounce import all_failures

from newsletter.mail.reports.headers import Header, addresses_in

__all__ = ["recipients_of_known_forms"]

_LOOKED_THROUGH = 8000
"""Characters; its detectors try some sixty patterns on every line, and each finds its form near the beginning."""
_FIELDS = ("subject", "to", "x-failed-recipients", "x-mailer")


def recipients_of_known_forms(header: Header, text: str) -> list[str]:
    """The addresses that a form known to flufl.bounce names, in order; none where it knows none."""
    message = Message()
    # one of its detectors fails where From holds no address
    message["From"] = next(iter(addresses_in(header.first("from"))), "nobody@invalid")
    for name in _FIELDS:
        value = header.first(name)
        if value:
            message[name] = " ".join(value.split())[:500]
    message["Content-Type"] = "text/plain"
    message.set_payload(text[:_LOOKED_THROUGH].encode("ascii", "replace").decode())
    temporary, permanent = all_failures(message)
    found = (address.decode("ascii", "replace") for address in sorted(temporary | permanent))
    return [address for named in found for address in addresses_in(named)[:1]]
