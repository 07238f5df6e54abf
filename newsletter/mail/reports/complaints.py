"""Complaints: feedback reports (RFC 5965), and the forms of those who do not keep to it.

A report may have its recipient redacted (RFC 6590); the mail that it returns then says whose it is, to whoever made it.
"""

from __future__ import annotations

from newsletter.domain.bounces import Event, EventKind, KnownBy
from newsletter.mail.reports.headers import Header, addresses_in, fields_of
from newsletter.mail.reports.limits import MOST_RECIPIENTS
from newsletter.mail.reports.parts import Part

__all__ = ["complaints_in"]

_FEEDBACK = "message/feedback-report"
_RECIPIENTS = ("original-rcpt-to", "removal-recipient")
# Microsoft's feedback loop (JMRP) returns the mail alone, with these in the header around it or in the mail's own
_MICROSOFT = ("x-hmxmroriginalrecipient", "x-hmxmoriginalrecipient")


def complaints_in(header: Header, parts: list[Part], returned: Header | None) -> list[Event]:
    """One event a recipient that somebody complained for; none where this is no complaint."""
    for part in parts:
        if part.type == _FEEDBACK:
            fields = list(fields_of(part.text()))
            kind = next((value for name, value in fields if name == "feedback-type"), "abuse")
            named = [address for name, value in fields if name in _RECIPIENTS for address in addresses_in(value)]
            return _events(kind.split(";")[0].strip().lower()[:40], named)
    for source in (header, returned):
        named = [
            a for name in _MICROSOFT for value in (source.all(name) if source else ()) for a in addresses_in(value)
        ]
        if named:
            return _events("abuse", named)
    if header.first("x-apple-unsubscribe").strip().lower() == "true":
        # Apple Mail's button: it answers to the address of List-Unsubscribe or to the sender, in a mail of its own
        return _events("opt-out", addresses_in(header.first("from")), KnownBy.SENDER)
    # the part that should say more may be missing
    return _events("abuse", []) if header.parameter("report-type").lower() == "feedback-report" else []


def _events(feedback: str, recipients: list[str], known_by: KnownBy = KnownBy.FIELD) -> list[Event]:
    reason = "complaint" if feedback in {"", "abuse"} else f"complaint ({feedback})"
    if not recipients:
        return [Event(EventKind.COMPLAINT, reason=reason, feedback=feedback)]
    return [
        Event(EventKind.COMPLAINT, recipient, known_by, reason=reason, feedback=feedback)
        for recipient in dict.fromkeys(recipients[:MOST_RECIPIENTS])
    ]
