"""Notifications of Amazon SES: a document (JSON) that comes by mail through SNS, or by a webhook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from newsletter.domain.bounces import Action, Event, EventKind, KnownBy, Statement, classify, codes_in, most_telling
from newsletter.mail.reports.headers import addresses_in
from newsletter.mail.reports.limits import MOST_RECIPIENTS

__all__ = ["events_of_notification", "notification_in"]


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
                _event(address, Action.DELIVERED, "", said) for address, _ in _recipients(delivery.get("recipients"))
            ]
        case "Bounce":
            return [
                _event(address, Action.FAILED, str(fields.get("status") or ""), str(fields.get("diagnosticCode") or ""))
                for address, fields in _recipients(_mapping(document.get("bounce")).get("bouncedRecipients"))
            ]
        case _:
            return []


def _event(address: str, action: Action, status: str, said: str) -> Event:
    text = said.removeprefix("smtp;").strip()
    in_text, code = codes_in(text)
    in_field, _ = codes_in(status)
    statement = Statement(most_telling(in_text, in_field), code, text, action)
    finding = classify(statement)
    return Event(
        *(
            finding.kind,
            address,
            KnownBy.SERVICE,
            statement.status,
            str(code or ""),
            finding.reason,
            action,
            text[:1000],
        )
    )


def _recipients(values: object) -> Iterator[tuple[str, dict[str, Any]]]:
    for value in values[:MOST_RECIPIENTS] if isinstance(values, list) else ():
        fields = _mapping(value)
        named = addresses_in(str(fields.get("emailAddress", "") if fields else value))
        if named:
            yield named[0], fields


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
