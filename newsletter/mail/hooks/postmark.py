"""Postmark's webhooks: one event a request, whose address has a name and a password; nothing is signed.

Source: Postmark, "Webhooks overview", "Bounce webhook", "Spam complaint webhook", "Delivery webhook".
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime

from newsletter.domain.bounces import Action, Event, EventKind, Finding, Notification, Notified, Refusal
from newsletter.mail.hooks.documents import complaint, evidence_of, field_of, json_in, moment_in, report_of
from newsletter.mail.reports import judged_event, service_event

__all__ = ["Postmark", "parse", "verify"]

_REFUSED = Finding(EventKind.POLICY, "refused by policy")
_NAMED = {
    "AutoResponder": Finding(EventKind.VACATION, "automatic answer"),
    "ChallengeVerification": Finding(EventKind.CHALLENGE, "asks the sender to prove something"),
    "SpamNotification": _REFUSED,
    "Blocked": _REFUSED,
    "DMARCPolicy": Finding(EventKind.POLICY, "the sender is refused"),
    "VirusNotification": Finding(EventKind.POLICY, "the message's content"),
    "SMTPApiError": Finding(EventKind.POLICY, "refused by the service"),
    "TemplateRenderingFailed": Finding(EventKind.POLICY, "refused by the service"),
    "BadEmailAddress": Finding(EventKind.HARD, "address not valid"),
    "Subscribe": Finding(EventKind.UNKNOWN, "asks to subscribe"),
    "Unsubscribe": Finding(EventKind.UNKNOWN, "asks to unsubscribe"),
    "AddressChange": Finding(EventKind.UNKNOWN, "tells of a new address"),
    "ManuallyDeactivated": Finding(EventKind.UNKNOWN, "deactivated at the service"),
    "Unconfirmed": Finding(EventKind.UNKNOWN, "no known reason"),
    "InboundError": Finding(EventKind.UNKNOWN, "no known reason"),
}
"""Types of bounces that say by their name what they are."""
_OTHERWISE = {
    "HardBounce": Finding(EventKind.HARD, "dead, as the service says"),
    "SoftBounce": Finding(EventKind.SOFT, "refused for now"),
    "DnsError": Finding(EventKind.SOFT, "the domain cannot be looked up"),
}
"""Types that say so where the answer of the server tells nothing."""


class Postmark:
    """Implements `domain.ports.NotificationReader`."""

    def __init__(self, username: str, password: str) -> None:
        """What stands in the webhook's address: `https://username:password@…`."""
        self._credentials = f"{username}:{password}".encode()

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notification | Refusal:
        """What a request tells, or why it is refused."""
        return verify(headers, self._credentials) or parse(body, now)


def verify(headers: Mapping[str, str], credentials: bytes) -> Refusal | None:
    """Why a request is not to be believed (RFC 7617); None where it is. The time it takes tells nothing."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        return Refusal.CREDENTIALS
    right = hmac.compare_digest(given, credentials)
    return None if right and scheme.lower() == "basic" else Refusal.CREDENTIALS


def parse(body: bytes, now: datetime) -> Notification | Refusal:
    """The event of a verified body."""
    document = json_in(body)
    if not isinstance(document, dict):
        return Refusal.MUTILATED
    record = field_of(document, "RecordType")
    event = _event(record, document)
    # a delivery has no id of its own, and a message is delivered to an address once
    number = field_of(document, "ID") or field_of(document, "MessageID")
    if event is None or not number:
        return Notification()
    at = moment_in(document.get("BouncedAt") or document.get("DeliveredAt")) or now
    # Postmark's MessageID is its own name of the mail, and none of ours
    return Notification((Notified(f"{record} {number}", min(at, now), report_of(event), evidence_of(document)),))


def _event(record: str, document: Mapping[str, object]) -> Event | None:
    """What a document says; None where it says what is not kept: opened, clicked."""
    said = field_of(document, "Details")
    kind = field_of(document, "Type")
    match record:
        case "SpamComplaint":
            return complaint(field_of(document, "Email"))
        case "Delivery":
            return service_event(field_of(document, "Recipient"), Action.DELIVERED, said)
        case "Bounce" if kind == "SpamComplaint":
            return complaint(field_of(document, "Email"))
        case "Bounce" if kind in _NAMED:
            return judged_event(field_of(document, "Email"), _NAMED[kind])
        case "Bounce":
            action = Action.DELAYED if kind == "Transient" else Action.FAILED
            return service_event(field_of(document, "Email"), action, said, otherwise=_OTHERWISE.get(kind))
        case _:
            return None
