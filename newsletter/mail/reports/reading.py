"""From the bytes of a message to what it reports: the door of everything that comes back.

The order in which a message is tried, the surest first:

1. a complaint (RFC 5965);
2. the fields of a delivery report (RFC 3464, RFC 6533), wherever they stand; the words beside them where they say
   too little;
3. the notification of a sending service;
4. an automatic answer of a person or of their filter, unless it comes from a mail system;
5. the words of a mail system that writes no fields; what our reading does not know, flufl.bounce may;
6. a message that carries such a report within it.

Anything else is no report: it has no events.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from newsletter.domain.bounces import Event, EventKind, KnownBy, Report
from newsletter.mail.reports import amazon_ses
from newsletter.mail.reports.automatic import (
    is_by_machine,
    is_challenge,
    is_from_a_mail_system,
    is_titled_as_a_report,
    is_vacation,
    may_be_from_a_mail_system,
)
from newsletter.mail.reports.complaints import complaints_in
from newsletter.mail.reports.delivery_status import envelope_id, recipient_statuses
from newsletter.mail.reports.evidence import Evidence
from newsletter.mail.reports.fallback import recipients_of_known_forms
from newsletter.mail.reports.headers import Header, addresses_in, message_id_in
from newsletter.mail.reports.limits import MOST_RECIPIENTS
from newsletter.mail.reports.notices import Notice, addresses_named_in, read_notice
from newsletter.mail.reports.parts import Part, split_message

__all__ = ["read_report"]

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_TYPES = frozenset(
    {
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "text/rfc822-header",
        "message/rfc822-headers",
        "message/global-headers",
    }
)
_ENVELOPE_FIELDS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")
_ID_IN_TEXT = re.compile(r"^[\s>]{0,8}message-id[ \t]*:\s*(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_TO_IN_TEXT = re.compile(r"^[\s>]{0,8}to[ \t]*:[ \t]*([^\n]{3,300})", re.IGNORECASE | re.MULTILINE)
_NESTED = 2


def read_report(raw: bytes) -> Report:
    """What a message reports; without events where it is no report. Never fails, whatever the bytes are.

    Args:
        raw: the message as it came, with line ends LF, CRLF or CR; what exceeds `LONGEST_MESSAGE` is not looked at.
    """
    return _read(raw, _NESTED)


def _read(raw: bytes, nested: int) -> Report:
    header, parts = split_message(raw)
    message = _Message(header, parts)
    events = message.events()
    if not events and nested:
        for part in parts:
            if part.type == "message/rfc822" and b"multipart/report" in part.body[:20_000].lower():
                inner = _read(
                    part.octets() if part.header.first("content-transfer-encoding") else part.body, nested - 1
                )
                if inner.events:
                    return replace(inner, delivered_to=message.delivered_to(), by_machine=is_by_machine(header))
    by_machine = is_by_machine(header)
    if not events:
        return Report(delivered_to=message.delivered_to(), by_machine=by_machine)
    return Report(tuple(events), message.original_id(), message.envelope_id(), message.delivered_to(), by_machine)


class _Message:
    """A message that was split: what each of its parts is for."""

    def __init__(self, header: Header, parts: list[Part]) -> None:
        self.header = header
        self.parts = parts
        self.returned = next((_inner_header(part) for part in parts if part.type in _RETURNED_TYPES), None)
        self.status_text = "\n\n".join(part.text() for part in parts if part.type in _STATUS_TYPES)
        self.text = self._text()

    def _text(self) -> str:
        """The words for a person: the first part that has any."""
        for kind in ("text/plain", "text/html"):
            found = (part.text() for part in self.parts if part.type == kind)
            words = next((text for text in found if text.strip()), "")
            if words:
                return words
        return next((part.text() for part in self.parts if not part.header.fields or part.type.startswith("text/")), "")

    def events(self) -> list[Event]:
        complaints = complaints_in(self.header, self.parts, self.returned)
        if complaints:
            return self._named_otherwise(complaints, self._returned_to)
        statuses = recipient_statuses(self.status_text)
        certain = is_from_a_mail_system(self.header)
        possible = certain or may_be_from_a_mail_system(self.header)
        if not statuses and possible and _has_status_fields(self.text):
            statuses = recipient_statuses(self.text)
        if statuses:
            notice = read_notice(self.text)
            return self._named_otherwise(Evidence(notice).by_fields(statuses), lambda: self._named(notice))
        notification = amazon_ses.notification_in(self.text)
        if notification is not None:
            return amazon_ses.events_of_notification(notification)
        if certain or self.status_text:
            return self._by_words()
        answer = self._answer()
        if answer or not possible:
            return answer
        # one sign alone may be anybody's: a report is what repeats the numbers that a server answered
        return [event for event in self._by_words() if event.reply[:1] in {"4", "5"} or event.status]

    def _answer(self) -> list[Event]:
        kind = None
        if is_challenge(self.header, self.text):
            kind = EventKind.CHALLENGE
        elif is_vacation(self.header, self.text):
            kind = EventKind.VACATION
        if kind is None:
            return []
        sender = next(iter(addresses_in(self.header.first("from"))), "")
        return [Event(kind, sender, KnownBy.SENDER if sender else KnownBy.NOTHING, reason="automatic answer")]

    def _by_words(self) -> list[Event]:
        notice = read_notice(self.text)
        known_by, recipients = self._named(notice)
        events = Evidence(notice).by_words(recipients, known_by)
        sure = known_by is KnownBy.HEADER or self.status_text or is_titled_as_a_report(self.header)
        if sure and (recipients or self.status_text):
            return events
        return events if any(event.kind is not EventKind.UNKNOWN for event in events) else []

    def _named(self, notice: Notice) -> tuple[KnownBy, list[str]]:
        """Whom the words are about, from where that is surest."""
        named = [a for value in self.header.all("x-failed-recipients") for a in addresses_in(value)]
        if named:
            return KnownBy.HEADER, named[:MOST_RECIPIENTS]
        own = self.delivered_to()
        in_text = _others(addresses_named_in(notice), own) or recipients_of_known_forms(self.header, self.text)
        if in_text:
            return KnownBy.TEXT, in_text
        return self._returned_to()

    def _returned_to(self) -> tuple[KnownBy, list[str]]:
        """Whom the returned mail was to, if that was one."""
        match = _TO_IN_TEXT.search(self.text)
        to = self.returned.first("to") if self.returned else match[1] if match else ""
        addresses = [address for address in addresses_in(to) if address not in self.delivered_to()]
        return (KnownBy.RETURNED, addresses) if len(addresses) == 1 else (KnownBy.NOTHING, [])

    @staticmethod
    def _named_otherwise(events: list[Event], names: Callable[[], tuple[KnownBy, list[str]]]) -> list[Event]:
        """The only event of a report, with the only address that is known otherwise where it names none itself."""
        if len(events) == 1 and not events[0].recipient:
            known_by, addresses = names()
            if len(addresses) == 1:
                return [replace(events[0], recipient=addresses[0], known_by=known_by)]
        return events

    def original_id(self) -> str:
        """The Message-ID of the mail that this is about."""
        returned = message_id_in(self.returned.first("message-id")) if self.returned else ""
        if returned:
            return returned
        match = _ID_IN_TEXT.search(self.text)
        if match:
            return match[1]
        answered = (message_id_in(self.header.first(name)) for name in ("in-reply-to", "x-failed-message-id"))
        return next(filter(None, answered), "")

    def envelope_id(self) -> str:
        return envelope_id(self.status_text) if self.status_text else ""

    def delivered_to(self) -> tuple[str, ...]:
        """To whom this message itself came: our own address, with whatever we put into it."""
        found = [a for name in _ENVELOPE_FIELDS for value in self.header.all(name)[:10] for a in addresses_in(value)]
        return tuple(dict.fromkeys(found))[:20]


def _others(addresses: list[str], own: tuple[str, ...]) -> list[str]:
    """The addresses that the report did not come to, once each in either case; all of them where that leaves none."""
    known = {address.lower() for address in own}
    unique = list({address.lower(): address for address in reversed(addresses)}.values())[::-1]
    return [address for address in unique if address.lower() not in known] or unique


def _inner_header(part: Part) -> Header:
    inner, _ = split_message(part.octets() if part.header.first("content-transfer-encoding") else part.body[:70_000])
    return inner


def _has_status_fields(text: str) -> bool:
    lowered = text.lower()
    return "final-recipient:" in lowered and ("status:" in lowered or "action:" in lowered)
