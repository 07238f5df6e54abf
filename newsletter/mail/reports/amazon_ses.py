"""Notifications of Amazon SES: a document (JSON) that comes by mail through SNS, or by a webhook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from newsletter.domain.bounces import Action, Event, EventKind, Finding, KnownBy
from newsletter.mail.reports.headers import addresses_in
from newsletter.mail.reports.limits import MOST_RECIPIENTS
from newsletter.mail.reports.services import service_event

__all__ = ["events_of_notification", "notification_in"]

_LISTED = Finding(EventKind.HARD, "on the service's list of dead addresses")
_BY_NAME = {
    "NoEmail": Finding(EventKind.HARD, "no such mailbox"),
    "Suppressed": _LISTED,
    "OnAccountSuppressionList": _LISTED,
    "MailboxFull": Finding(EventKind.SOFT, "mailbox full"),
    "MessageTooLarge": Finding(EventKind.POLICY, "message too large"),
    "ContentRejected": Finding(EventKind.POLICY, "the message's content"),
    "AttachmentRejected": Finding(EventKind.POLICY, "the message's content"),
}
"""By `bounceSubType`, where the recipient's server is not quoted ("Bounce types")."""


def notification_in(text: str) -> dict[str, Any] | None:
    """The notification that a text begins with; None where it begins with none.

    A mail may break its one long line: a `!` at the end of a line is what some gateways leave there.
    """
    text = text.lstrip()
    if not text.startswith("{") or '"mail"' not in text or '"notificationType"' not in text:
        return None
    text = text.split("\n\n--\n", 1)[0].replace("!\n ", "").replace("\n", "")
    if text.count("{") + text.count("[") > 500:  # a real one has about thirty; deeper ones exhaust the parser
        return None
    try:
        document, _ = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def events_of_notification(document: dict[str, Any]) -> list[Event]:
    """What a notification says, a recipient each (Amazon SES, "Notification contents")."""
    match document.get("notificationType") or document.get("eventType"):
        case "Complaint":
            complaint = _mapping(document.get("complaint"))
            kind = str(complaint.get("complaintFeedbackType") or "abuse")[:40]
            return [
                Event(EventKind.COMPLAINT, address, KnownBy.SERVICE, reason="complaint", feedback=kind)
                for address, _ in _recipients(complaint.get("complainedRecipients"))
            ]
        case "Delivery":
            delivery = _mapping(document.get("delivery"))
            said = str(delivery.get("smtpResponse") or "")
            return [
                service_event(address, Action.DELIVERED, said) for address, _ in _recipients(delivery.get("recipients"))
            ]
        case "DeliveryDelay":
            delayed = _mapping(document.get("deliveryDelay")).get("delayedRecipients")
            return [_answered(address, Action.DELAYED, fields) for address, fields in _recipients(delayed)]
        case "Bounce":
            bounce = _mapping(document.get("bounce"))
            named = _BY_NAME.get(str(bounce.get("bounceSubType") or ""))
            return [
                _answered(address, Action.FAILED, fields, named)
                for address, fields in _recipients(bounce.get("bouncedRecipients"))
            ]
        case "Reject":  # Amazon itself found a virus
            mail = _mapping(document.get("mail"))
            said = str(_mapping(document.get("reject")).get("reason") or "")
            named = Finding(EventKind.POLICY, "refused by the service")
            return [
                service_event(address, Action.FAILED, said, otherwise=named)
                for address, _ in _recipients(mail.get("destination"))
            ]
        case _:
            return []


def _answered(address: str, action: Action, fields: dict[str, Any], named: Finding | None = None) -> Event:
    said, status = str(fields.get("diagnosticCode") or ""), str(fields.get("status") or "")
    return service_event(address, action, said, status, otherwise=named)


def _recipients(values: object) -> Iterator[tuple[str, dict[str, Any]]]:
    for value in values[:MOST_RECIPIENTS] if isinstance(values, list) else ():
        fields = _mapping(value)
        named = addresses_in(str(fields.get("emailAddress", "") if fields else value))
        if named:
            yield named[0], fields


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
