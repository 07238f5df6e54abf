"""SendGrid's Event Webhook: an array of events, signed by ECDSA over a time stamp and the body as it came.

Source: Twilio, "Getting Started with the Event Webhook Security Features" and "Event Webhook Reference".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from newsletter.domain.bounces import Action, Event, EventKind, Finding, Notification, Notified, Refusal
from newsletter.mail.hooks.documents import (
    MOST_EVENTS,
    complaint,
    evidence_of,
    field_of,
    is_timely,
    json_in,
    mapping,
    moment_in,
    report_of,
)
from newsletter.mail.reports import judged_event, service_event

__all__ = ["SIGNATURE", "TIMESTAMP", "SendGrid", "parse", "verify"]

SIGNATURE = "x-twilio-email-event-webhook-signature"
TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
_TOLERANCE = timedelta(hours=25)
"""An hour more than SendGrid tries for: whether it signs anew when it tries again is not documented."""

_DROPPED = {
    "bounced address": Finding(EventKind.HARD, "on the service's list of dead addresses"),
    "invalid": Finding(EventKind.HARD, "address not valid"),
    "invalid smtpapi header": Finding(EventKind.POLICY, "refused by the service"),
    "spam content (if spam checker app is enabled)": Finding(EventKind.POLICY, "refused by the service"),
    "unsubscribed address": Finding(EventKind.UNKNOWN, "unsubscribed at the service"),
    "recipient list over package quota": Finding(EventKind.POLICY, "refused by the service"),
}
_REFUSED = Finding(EventKind.POLICY, "refused by the service")
_BLOCKED = Finding(EventKind.POLICY, "refused by policy")
"""What SendGrid calls blocked is held against the mail and not the address: it mails it again."""


class SendGrid:
    """Implements `domain.ports.NotificationReader`."""

    def __init__(self, public_key: str) -> None:
        """`public_key` is SendGrid's verification key as it shows it: base64 of a DER document.

        Raises:
            ValueError: it is no such key, or none of the curve P-256.
        """
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            msg = "expected a key of the curve P-256"
            raise ValueError(msg)
        self._key = key

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notification | Refusal:
        """What a request tells, or why it is refused."""
        return verify(headers, body, self._key, now) or parse(body, now)


def verify(headers: Mapping[str, str], body: bytes, key: ec.EllipticCurvePublicKey, now: datetime) -> Refusal | None:
    """Why a request is not to be believed; None where it is."""
    stamp = headers.get(TIMESTAMP, "")
    try:
        signature = base64.b64decode(headers.get(SIGNATURE, ""), validate=True)
        key.verify(signature, stamp.encode("latin-1") + body, ec.ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        return Refusal.SIGNATURE
    at = moment_in(stamp)
    return None if at is not None and is_timely(at, now, _TOLERANCE) else Refusal.LATE


def parse(body: bytes, now: datetime) -> Notification | Refusal:
    """The events of a verified body."""
    documents = json_in(body)
    if not isinstance(documents, list) or len(documents) > MOST_EVENTS:
        return Refusal.MUTILATED
    return Notification(tuple(_notified(documents, now)))


def _notified(documents: list[object], now: datetime) -> Iterator[Notified]:
    for value in documents:
        document = mapping(value)
        event, name = _event(document), field_of(document, "sg_event_id")
        if event is not None and name:
            at = moment_in(document.get("timestamp")) or now
            report = report_of(event, message_id=field_of(document, "smtp-id"))
            yield Notified(name, min(at, now), report, evidence_of(document))


def _event(document: Mapping[str, object]) -> Event | None:
    """What a document says; None where it says what is not kept: opened, clicked, on its way."""
    address, said = field_of(document, "email"), field_of(document, "reason") or field_of(document, "response")
    match document.get("event"):
        case "bounce":
            blocked = _BLOCKED if document.get("type") == "blocked" else None
            return service_event(address, Action.FAILED, said, field_of(document, "status"), otherwise=blocked)
        case "dropped" if said.lower() == "spam reporting address":
            return complaint(address)
        case "dropped":
            return judged_event(address, _DROPPED.get(said.lower(), _REFUSED))
        case "deferred":
            return service_event(address, Action.DELAYED, said)
        case "delivered":
            return service_event(address, Action.DELIVERED, said)
        case "spamreport":
            return complaint(address)
        case _:
            return None
