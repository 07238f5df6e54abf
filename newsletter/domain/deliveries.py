"""Deliveries: one issue to one subscriber, and the states it may be in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter.domain.issues import IssueKey
from newsletter.domain.subscriptions import Cadence

__all__ = ["Delivery", "DeliveryStatus", "OutgoingMessage", "Recipient", "SkipReason"]


class DeliveryStatus(StrEnum):
    """`sent` means that the relay accepted it (250 after DATA), not that it was delivered."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    BOUNCED = "bounced"
    SKIPPED = "skipped"
    UNCERTAIN = "uncertain"


class SkipReason(StrEnum):
    """Why a subscriber gets no message of an issue."""

    NO_MATCH = "no match"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    OTHER_CADENCE = "other cadence"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A subscriber as frozen when the delivery was planned: all that their message depends on besides the issue."""

    subscriber_id: int
    email: str
    name: str = ""
    language: str
    interests: tuple[str, ...] = ()
    max_papers: int | None = None
    cadence: Cadence = Cadence.DAILY


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One issue to one subscriber; unique by (issue, address).

    `reason` explains `skipped`, `failed`, `deferred` and `uncertain`. `reply` is the server's last answer (code and
    text, shortened), `attempts` counts how often DATA was begun, `due_at` (UTC) says when a deferred one is due again.
    """

    id: int
    issue: IssueKey
    revision: int
    recipient: Recipient
    status: DeliveryStatus
    reason: str = ""
    attempts: int = 0
    reply: str = ""
    message_id: str = ""
    due_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """One message as it goes over the wire (RFC 5322): CRLF line ends, no dot-stuffing yet.

    `header` holds the header fields, each ending in CRLF, without the empty line; `body` is in parts that joined are
    the body, so that parts shared by all recipients need not be copied. `sender` is the envelope's (RFC 5321).
    """

    sender: str
    recipient: str
    message_id: str
    header: bytes
    body: tuple[bytes, ...]

    def __bytes__(self) -> bytes:
        return b"".join((self.header, b"\r\n", *self.body))
