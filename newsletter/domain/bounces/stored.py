"""An event on its way into the store, and as it stands there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum

from newsletter.domain.bounces.events import Event, EventKind, KnownBy, Report
from newsletter.domain.delivery import (
    SigningSecrets,
    read_bounce_address,
    read_letter_bounce_address,
    read_letter_message_id,
    read_message_id,
)
from newsletter.domain.issues import IssueKey
from newsletter.domain.subscribers import check_address
from newsletter.errors import AddressInvalid

__all__ = ["Arrival", "Claim", "Proof", "StoredEvent", "TakenIn", "claims"]


class Proof(StrEnum):
    """What says whose an event is, the surest first."""

    VERP = "verp"
    """It came back to the envelope sender of the delivery, which is signed."""
    MESSAGE_ID = "message-id"
    """The report returns the Message-ID of the delivery, which the ledger has."""
    LEDGER = "ledger"
    """The relay said it while we sent."""
    SERVICE = "service"
    """A sending service, whose notification was verified, names an address."""
    FIELDS = "fields"
    """The fields of the report name an address."""
    NOTHING = ""
    """Nobody knows whose it is."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose an event may be: a delivery by issue and subscriber, a letter, or an address that a delivery went to."""

    proof: Proof
    issue: IssueKey | None = None
    subscriber_id: int = 0
    message_id: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    letter_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A report that arrived.

    Attributes:
        report: what it says.
        source: the way by which it came: `file`, `pipe`, `imap`, `lmtp`, `ses` and so on.
        name: what tells it from every other report, the same whenever and however it is read again.
        at: when it happened or arrived.
        evidence: its first octets.
        is_verified: a sending service's notification, whose signature or credentials were checked.
        delivery_id: the ledger's row, where it is the ledger that tells of it; else 0.
        letter_id: the letter, where it is its row that tells of it; else 0.
        leaving: the subscriber who unsubscribes by it; else 0.
    """

    report: Report
    source: str
    name: str = field(repr=False)
    at: datetime
    evidence: bytes = field(default=b"", repr=False)
    is_verified: bool = False
    delivery_id: int = 0
    letter_id: int = 0
    leaving: int = 0

    @property
    def is_for_us(self) -> bool:
        """Whether something follows from it; any other mail is a person's to look at."""
        return bool(self.report.events or self.leaving)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event as it stands in the store.

    Attributes:
        reply: the reply code; `text` is what was said, `reason` what it means in a few words.
        issue: of which issue the mail was; None where nobody knows.
        delivery_id: the ledger's row; 0 where there is none. `subscriber_id` likewise.
        is_believed: whether anything proves whose it is; nothing follows otherwise.
        is_spent: whether its address was confirmed anew since, so that it counts no more.
        by_hand: whether a person said what kind it is.
        email: the address that the mail went to; empty where nobody knows it (any more).
        evidence: the first octets of what told of it; empty where it was not asked for, or its time is over.
    """

    id: int
    kind: EventKind
    status: str
    reply: str
    reason: str
    text: str = field(repr=False)
    source: str
    proof: Proof
    at: datetime
    stored_at: datetime
    issue: IssueKey | None
    delivery_id: int
    subscriber_id: int
    domain: str
    is_believed: bool
    is_spent: bool
    by_hand: bool
    email: str = field(default="", repr=False)
    evidence: bytes = field(default=b"", repr=False)

    @property
    def counts(self) -> bool:
        """Whether anything follows from it for its address."""
        return bool(self.proof) and self.is_believed and not self.is_spent


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What came of some reports.

    Attributes:
        kinds: of each event that is new.
        known: how many events had been stored before.
        unproved: how many of the new ones nothing follows from, because nothing proves whose they are.
        suppressed: how many addresses are never mailed again from now on; `released` how many may be again.
        unsubscribed: how many subscriptions complaints have ended.
        left: how many subscriptions their readers have ended by mail.
        returned: how many deliveries came back.
        paused: what sends no more for the time being, in a sentence each.
    """

    kinds: tuple[EventKind, ...] = ()
    known: int = 0
    unproved: int = 0
    suppressed: int = 0
    released: int = 0
    unsubscribed: int = 0
    left: int = 0
    returned: int = 0
    paused: tuple[str, ...] = ()

    def __add__(self, other: TakenIn) -> TakenIn:
        return TakenIn(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(TakenIn)})


_FIELDS = {KnownBy.FIELD, KnownBy.HEADER, KnownBy.SERVICE, KnownBy.RETURNED}


def claims(arrival: Arrival, event: Event, secrets: SigningSecrets) -> Iterator[Claim]:
    """Whose an event may be, the surest claim first. An address that only stands in a text is nobody's."""
    if arrival.letter_id:
        yield Claim(Proof.LEDGER, letter_id=arrival.letter_id)
    for address in arrival.report.delivered_to:
        if (known := read_bounce_address(secrets, address)) is not None:
            yield Claim(Proof.VERP, *known)
        elif (letter_id := read_letter_bounce_address(secrets, address)) is not None:
            yield Claim(Proof.VERP, letter_id=letter_id)
    if (known := read_message_id(arrival.report.message_id)) is not None:
        yield Claim(Proof.MESSAGE_ID, *known, message_id=arrival.report.message_id.strip())
    if (letter_id := read_letter_message_id(arrival.report.message_id)) is not None:
        yield Claim(Proof.MESSAGE_ID, letter_id=letter_id, message_id=arrival.report.message_id.strip())
    if event.known_by in _FIELDS:
        proof = Proof.SERVICE if arrival.is_verified else Proof.FIELDS
        for email in dict.fromkeys((event.original_recipient, event.recipient)):
            try:
                yield Claim(proof, email=check_address(email))
            except AddressInvalid:  # what nobody can be mailed at, nobody was
                continue
