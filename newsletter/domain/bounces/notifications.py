"""What a sending service tells by a request to us, once it is verified; and why a request is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from newsletter.domain.bounces.events import Report

__all__ = ["Notification", "Notified", "Refusal", "Ticket"]


class Refusal(StrEnum):
    """Why a request to a webhook was refused; nothing follows from one."""

    CREDENTIALS = "wrong credentials"
    SIGNATURE = "wrong signature"
    TOPIC = "a topic that is not set"
    LATE = "too old, or of the future"
    REPLAYED = "signature used for something else"
    MUTILATED = "cannot be read"
    TOO_LARGE = "too large"
    CUT_OFF = "cut off, or too slow"
    UNVERIFIABLE = "certificate could not be had"
    """It may be right: the service is asked to come again."""


@dataclass(frozen=True, slots=True)
class Notified:
    """One event as a service tells it.

    Attributes:
        name: what the service calls this event, the same however often it is told.
        at: when it happened.
        report: what it says, of one or several recipients of one mail.
        evidence: as it was told.
    """

    name: str = field(repr=False)
    at: datetime
    report: Report
    evidence: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A signature that does not cover what came with it: it is good for the one content that it first came with.

    Attributes:
        key: what is the same when the signature is used again.
        content: a hash of what came with it.
        until: how long it could be used again.
    """

    key: str = field(repr=False)
    content: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class Notification:
    """A verified request: the events that it tells of (none, where it says what we do not keep)."""

    events: tuple[Notified, ...] = ()
    ticket: Ticket | None = None
