"""The values of this room: a report, the events that it tells of, and how each one's recipient is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Action", "Event", "EventKind", "KnownBy", "Report"]


class EventKind(StrEnum):
    """What happened to a delivery, as far as the address is concerned."""

    HARD = "hard"
    """Nobody is there: no such user, no such domain, disabled."""
    SOFT = "soft"
    """It may pass: full, busy, greylisted too long, a network that fails, a doubt."""
    POLICY = "policy"
    """They refuse us or this message: spam, authentication, reputation, size. Never held against the address."""
    COMPLAINT = "complaint"
    """A report in the form of complaints (RFC 5965), or a reader's mail program that asks to be left out."""
    VACATION = "vacation"
    """An automatic answer of a person (RFC 3834)."""
    DELIVERED = "delivered"
    """It arrived, or was handed on to where reports are not given."""
    CHALLENGE = "challenge"
    """Somebody's filter wants the sender to prove that they are human."""
    UNKNOWN = "unknown"
    """A report from which nothing follows: it is still being tried, or nobody can tell why it failed."""


class KnownBy(StrEnum):
    """How the recipient of an event is known: how far the address may be believed.

    Whoever suppresses looks at more: any of these can be written by anybody who knows an address.
    """

    FIELD = "field"
    """A field of a report's machine-readable part (RFC 3464, RFC 5965)."""
    HEADER = "header"
    """A field of the report's own header: `X-Failed-Recipients`."""
    SERVICE = "service"
    """The notification of a sending service."""
    SENDER = "sender"
    """Who the automatic answer is from."""
    RETURNED = "returned"
    """The report names nobody; the mail that it returns was to this address."""
    TEXT = "text"
    """It only stands in the text."""
    NOTHING = ""
    """It is not known."""


class Action(StrEnum):
    """What became of the message, as RFC 3464 §2.3.3 names it."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


_FOR_A_PERSON = frozenset({"", "abuse", "fraud", "opt-out", "opt-out-list", "other", "unsubscribe", "virus"})
"""Feedback types by which a person wants no more of it; `auth-failure`, `not-spam`, `dmarc` and the like are not."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a report says happened to one recipient.

    Attributes:
        recipient: the address it happened to, as the report has it; empty where it does not say.
        known_by: how that is known.
        status: enhanced status code (RFC 3463), `5.1.1`; empty where there is none.
        reply: reply code of the dialogue (RFC 5321), `550`; empty where there is none.
        reason: what it means in a few words.
        text: what was said, shortened.
        original_recipient: the address it was sent to, where it was forwarded and the report tells.
        feedback: the feedback type of a complaint (RFC 5965 §3.5).
    """

    kind: EventKind
    recipient: str = field(default="", repr=False)
    known_by: KnownBy = KnownBy.NOTHING
    status: str = ""
    reply: str = ""
    reason: str = ""
    action: Action | None = None
    text: str = field(default="", repr=False)
    original_recipient: str = field(default="", repr=False)
    feedback: str = ""

    @property
    def ends_the_address(self) -> bool:
        """Whether it says that the address is not to be mailed again: dead, or its owner complained."""
        if self.kind is EventKind.COMPLAINT:
            return self.feedback in _FOR_A_PERSON
        return self.kind is EventKind.HARD


@dataclass(frozen=True, slots=True)
class Report:
    """What one message that came back says; one without events is no report.

    Attributes:
        events: what happened, a recipient each.
        message_id: the Message-ID of the mail that it is about, in angle brackets; empty where it was not returned.
        envelope_id: what we called the envelope (RFC 3461 ENVID), where the report repeats it.
        delivered_to: the addresses that the report itself was delivered to: one of them is its envelope's recipient.
        by_machine: whether a mail system or an automatic answer (RFC 3834) sent it, rather than somebody who meant to.
    """

    events: tuple[Event, ...] = ()
    message_id: str = field(default="", repr=False)
    envelope_id: str = field(default="", repr=False)
    delivered_to: tuple[str, ...] = field(default=(), repr=False)
    by_machine: bool = False
