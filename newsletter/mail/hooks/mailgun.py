"""Mailgun's webhooks: one event a request, and beside it a token that is signed by HMAC.

The signature stands in the body, so the body is read as JSON before it is verified, and no more is done with it. And it
covers the token and a time stamp but not the event: who has seen one could put another event beside it. So a token is
good for the event that it first came with (`Ticket`), which all processes that answer know together.

Source: Mailgun, "Securing Webhooks", "Automatic Retries", "Event structure".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from newsletter.domain.bounces import Action, Event, EventKind, Finding, Notification, Notified, Refusal, Ticket
from newsletter.mail.hooks.documents import (
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

__all__ = ["Mailgun", "parse", "verify"]

_TOLERANCE = timedelta(hours=9)
"""Mailgun tries for eight hours."""
_SIGNED = ("signature", "parent-signature")
"""Events of a subaccount are signed by its own key and by that of the account above it."""

_BY_REASON = {
    "suppress-bounce": Finding(EventKind.HARD, "on the service's list of dead addresses"),
    "suppress-unsubscribe": Finding(EventKind.UNKNOWN, "unsubscribed at the service"),
    "espblock": Finding(EventKind.POLICY, "refused by policy"),
    "old": Finding(EventKind.SOFT, "tried for too long"),
}


class Mailgun:
    """Implements `domain.ports.NotificationReader`."""

    def __init__(self, signing_key: str) -> None:
        """`signing_key` is the HTTP webhook signing key of the account."""
        self._key = signing_key.encode()

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notification | Refusal:  # noqa: ARG002  # the port's
        """What a request tells, or why it is refused."""
        document = json_in(body)
        if not isinstance(document, dict):
            return Refusal.MUTILATED
        return verify(document, self._key, now) or parse(document, now)


def verify(document: Mapping[str, object], key: bytes, now: datetime) -> Refusal | None:
    """Why a request is not to be believed; None where it is."""
    signature = mapping(document.get("signature"))
    stamp, token = field_of(signature, "timestamp"), field_of(signature, "token")
    expected = hmac.digest(key, f"{stamp}{token}".encode(errors="replace"), "sha256").hex().encode()
    given = [field_of(signature, name).encode(errors="replace") for name in _SIGNED]
    if not token or not any(hmac.compare_digest(expected, one) for one in given):
        return Refusal.SIGNATURE
    at = moment_in(stamp)
    return None if at is not None and is_timely(at, now, _TOLERANCE) else Refusal.LATE


def parse(document: Mapping[str, object], now: datetime) -> Notification | Refusal:
    """The event of a verified document."""
    data = document.get("event-data")
    if not isinstance(data, dict):
        return Refusal.MUTILATED
    content = json.dumps(data, sort_keys=True).encode()
    signature = mapping(document.get("signature"))
    # as they are signed: with nothing between them, so that none can be moved from one to the other
    token = field_of(signature, "timestamp") + field_of(signature, "token")
    ticket = Ticket(
        hashlib.sha256(f"mailgun\0{token}".encode(errors="replace")).hexdigest(),
        hashlib.sha256(content).hexdigest(),
        now + 2 * _TOLERANCE,
    )
    event, number = _event(data), field_of(data, "id")
    if event is None or not number:
        return Notification(ticket=ticket)
    at = moment_in(data.get("timestamp"))
    headers = mapping(mapping(data.get("message")).get("headers"))
    report = report_of(
        event,
        message_id=field_of(headers, "message-id"),
        sender=field_of(mapping(data.get("envelope")), "sender"),
    )
    # its ids are the only ones of a day ("Event structure")
    name = f"{number} {field_of(data, 'timestamp')}"
    return Notification((Notified(name, min(at or now, now), report, evidence_of(data)),), ticket)


def _event(data: Mapping[str, object]) -> Event | None:
    """What a document says; None where it says what is not kept: accepted, opened, clicked."""
    address, reason = field_of(data, "recipient"), field_of(data, "reason")
    match data.get("event"):
        case "failed" if reason == "suppress-complaint":
            return complaint(address)
        case "failed" if reason.startswith("suppress-"):
            return judged_event(address, _BY_REASON.get(reason, Finding(EventKind.UNKNOWN, "no known reason")))
        case "failed":
            permanent = data.get("severity") == "permanent"
            return _answered(data, Action.FAILED if permanent else Action.DELAYED, _BY_REASON.get(reason))
        case "rejected":  # Mailgun itself refused
            return judged_event(address, Finding(EventKind.POLICY, "refused by the service"))
        case "delivered":
            return _answered(data, Action.DELIVERED)
        case "complained":
            return complaint(address)
        case _:
            return None


def _answered(data: Mapping[str, object], action: Action, otherwise: Finding | None = None) -> Event:
    status = mapping(data.get("delivery-status"))
    code = status.get("code")
    return service_event(
        field_of(data, "recipient"),
        action,
        # `message` is what the server said; the other is Mailgun's own where it said nothing
        field_of(status, "message") or field_of(status, "description"),
        field_of(status, "enhanced-code"),
        code if isinstance(code, int) else 0,
        otherwise=otherwise,
    )
