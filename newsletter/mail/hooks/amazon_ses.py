"""Amazon SES by SNS: the envelope is verified by Amazon's certificate, a subscription confirmed, the message read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from cryptography import x509

from newsletter.domain.bounces import Notification, Notified, Refusal, Report
from newsletter.mail.hooks.amazon_sns import (
    CONFIRMATION,
    NOTIFICATION,
    is_certificate_of,
    is_confirmation_of,
    is_signed,
)
from newsletter.mail.hooks.documents import evidence_of, field_of, is_timely, json_in, mapping, moment_in
from newsletter.mail.reports import addresses_in, events_of_notification, message_id_in

__all__ = ["Amazon", "AmazonSes", "parse"]

_TOLERANCE = timedelta(hours=2)
"""SNS tries for an hour at most ("Amazon SNS message delivery retries"), with the moment at which it was published."""


class Amazon(Protocol):
    """What is asked of Amazon's hosts."""

    def certificate(self, url: str, now: datetime) -> x509.Certificate | None:
        """The certificate at an address; None where it cannot be had now."""
        ...

    def confirm(self, url: str) -> bool:
        """Ask for an address that confirms a subscription; whether that was answered."""
        ...


class AmazonSes:
    """Implements `domain.ports.NotificationReader`."""

    def __init__(self, topics: Collection[str], amazon: Amazon) -> None:
        """`topics` are the SNS topics (ARN) that notifications are taken from."""
        self._topics = frozenset(topics)
        self._amazon = amazon

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notification | Refusal:  # noqa: ARG002  # the port's
        """What a request tells, or why it is refused; a subscription of a topic that is set is confirmed."""
        envelope = json_in(body)
        if not isinstance(envelope, dict):
            return Refusal.MUTILATED
        refusal = self._verify(envelope, now)
        if refusal is not None:
            return refusal
        if envelope["Type"] == CONFIRMATION:
            url = field_of(envelope, "SubscribeURL")
            if not is_confirmation_of(envelope["TopicArn"], url):
                return Refusal.MUTILATED
            return Notification() if self._amazon.confirm(url) else Refusal.UNVERIFIABLE
        return parse(envelope, now) if envelope["Type"] == NOTIFICATION else Notification()

    def _verify(self, envelope: Mapping[str, object], now: datetime) -> Refusal | None:
        """Why an envelope is not to be believed; what costs least is looked at first, and Amazon is asked last."""
        topic, url = field_of(envelope, "TopicArn"), field_of(envelope, "SigningCertURL")
        if topic not in self._topics:
            return Refusal.TOPIC
        at = moment_in(envelope.get("Timestamp"))
        if at is None or not is_timely(at, now, _TOLERANCE):
            return Refusal.LATE
        if not is_certificate_of(topic, url):
            return Refusal.SIGNATURE
        certificate = self._amazon.certificate(url, now)
        if certificate is None:
            return Refusal.UNVERIFIABLE
        return None if is_signed(envelope, certificate, now) else Refusal.SIGNATURE


def parse(envelope: Mapping[str, object], now: datetime) -> Notification | Refusal:
    """The events of a verified envelope."""
    message = envelope.get("Message")
    document = json_in(message.encode(errors="replace")) if isinstance(message, str) else None
    if not isinstance(document, dict):
        # what SES says when a topic is chosen: "Successfully validated SNS topic for Amazon SES event publishing."
        said = isinstance(message, str) and message.startswith("Successfully validated")
        return Notification() if said else Refusal.MUTILATED
    mail = mapping(document.get("mail"))
    events = tuple(events_of_notification(document))
    if not events:
        return Notification()
    report = Report(events, _message_id(mail), "", tuple(addresses_in(field_of(mail, "source"))[:1]))
    detail = next((mapping(document.get(name)) for name in ("bounce", "complaint", "delivery") if name in document), {})
    at = moment_in(detail.get("timestamp")) or now
    return Notification((Notified(field_of(envelope, "MessageId"), min(at, now), report, evidence_of(document)),))


def _message_id(mail: Mapping[str, object]) -> str:
    """Our own Message-ID: SES writes another into the mail, and tells what it was where that is switched on."""
    headers = mail.get("headers")
    for value in headers[:400] if isinstance(headers, list) else ():
        header = mapping(value)
        if field_of(header, "name").lower() == "message-id":
            return message_id_in(field_of(header, "value"))
    return message_id_in(field_of(mapping(mail.get("commonHeaders")), "messageId"))
