"""Deliveries: one issue to one subscriber, the states it may be in, and how it moves between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from newsletter.domain.issues import Edition, IssueKey
from newsletter.domain.subscribers import AT_ONCE, Rhythm, domain_of

__all__ = [
    "RETRACTED",
    "TRANSITIONS",
    "Begin",
    "Change",
    "Delivery",
    "DeliveryStatus",
    "DispatchStatus",
    "DomainRest",
    "Outcome",
    "OutgoingMessage",
    "Recipient",
    "SkipReason",
    "UncertainPolicy",
    "before",
]


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


_S = DeliveryStatus

TRANSITIONS: Mapping[DeliveryStatus, frozenset[DeliveryStatus]] = {
    # a refusal before DATA ends an attempt without it ever having been `sending`
    _S.QUEUED: frozenset({_S.SENDING, _S.DEFERRED, _S.FAILED, _S.SKIPPED, _S.QUEUED}),
    _S.DEFERRED: frozenset({_S.SENDING, _S.DEFERRED, _S.FAILED, _S.SKIPPED, _S.QUEUED}),
    # back to `queued` or `deferred`: the server refused it, or the connection ended before the final dot was written
    _S.SENDING: frozenset({_S.SENT, _S.DEFERRED, _S.FAILED, _S.UNCERTAIN, _S.QUEUED}),
    # settled by the operator or by policy; `sent` when the answer comes after all; what comes back was accepted
    _S.UNCERTAIN: frozenset({_S.QUEUED, _S.SENT, _S.FAILED, _S.BOUNCED}),
    # an accepted message may still come back
    _S.SENT: frozenset({_S.BOUNCED}),
    # an operator may try a failed one again
    _S.FAILED: frozenset({_S.QUEUED}),
    _S.BOUNCED: frozenset(),
    _S.SKIPPED: frozenset(),
}
"""Which state may follow which. There is no other way from one to another, but for a mistake that is taken back."""

RETRACTED: Mapping[DeliveryStatus, DeliveryStatus] = {_S.BOUNCED: _S.SENT}
"""What a state becomes that was read out of a report wrongly. No run of a dispatch may write this."""


def before(status: DeliveryStatus) -> tuple[DeliveryStatus, ...]:
    """The states that may become this one, in the order of the enumeration."""
    return tuple(s for s in DeliveryStatus if status in TRANSITIONS[s])


class SkipReason(StrEnum):
    """Why a subscriber gets no message of an issue."""

    NO_MATCH = "no match"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    SUPPRESSED = "suppressed"
    OTHER_CADENCE = "other cadence"
    OTHER_DAY = "other day"
    PAUSED = "paused"
    TOO_FEW = "too few papers"
    ERASED = "erased"


class UncertainPolicy(StrEnum):
    """What happens to a message that was handed over without an answer: nobody can know whether it was accepted."""

    HOLD = "hold"
    RESEND = "resend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A subscriber as frozen when the delivery was planned: all that their message depends on besides the issue."""

    subscriber_id: int
    email: str
    name: str = ""
    language: str
    interests: tuple[str, ...] = ()
    max_papers: int | None = None
    cadence: Edition = Edition.DAILY
    rhythm: Rhythm = AT_ONCE

    @property
    def domain(self) -> str:
        """The domain of the address, however it was written: what rests and paces are kept by."""
        return domain_of(self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One issue to one subscriber; unique by (issue, address).

    `reason` explains `skipped`, `failed`, `deferred` and `uncertain`. `reply` is the server's last answer (code and
    text, shortened), `attempts` counts how often it was tried. `due_at` (UTC) says when a deferred one is due again,
    or a queued one that waits for its reader's hour.
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

    @property
    def domain(self) -> str:
        """The domain of the recipient."""
        return self.recipient.domain


@dataclass(frozen=True, slots=True)
class Begin:
    """This delivery's message is about to be handed over: it becomes `sending`."""

    id: int
    message_id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one delivery. `tried` counts an attempt that ended before the delivery was ever `sending`."""

    id: int
    status: DeliveryStatus
    reason: str = ""
    reply: str = ""
    due_at: datetime | None = None
    tried: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchStatus:
    """What the ledger knows of the dispatch of one issue. `paused` says why it is paused; empty while it is not."""

    issue: IssueKey
    revision: int
    issue_hash: str
    planned_at: datetime
    paused: str = ""


@dataclass(frozen=True, slots=True)
class DomainRest:
    """A recipient domain that gets no mail until a moment (UTC), and why."""

    domain: str
    until: datetime
    reason: str


Change = Begin | Outcome | DomainRest
"""What a run writes into the ledger while it sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """One message as it goes over the wire (RFC 5322): CRLF line ends, no dot-stuffing yet.

    `header` holds the header fields, each ending in CRLF, without the empty line; `body` is in parts that joined are
    the body, so that parts shared by all recipients need not be copied. `sender` is the envelope's (RFC 5321).
    `papers` are the papers that stand in it, in their order, by their places in the issue.
    `dotless` is said by who made it so that no line begins with a full stop: then there is nothing to stuff.
    `subject` and `preheader` are what a mail program lists it by, in words: to be shown without reading it again.
    """

    sender: str
    recipient: str
    message_id: str
    header: bytes
    body: tuple[bytes, ...]
    dotless: bool = False
    papers: tuple[int, ...] = ()
    subject: str = ""
    preheader: str = ""

    def __bytes__(self) -> bytes:
        return b"".join((self.header, b"\r\n", *self.body))
