"""Every way by which reports come ends here: a mail, or a notification of a service, is stored and decided once.

What was taken in stays so when the process is killed at any moment after `take` has returned, and a report that is read
again changes nothing. So whoever brings them acknowledges (moves, deletes, answers 200) only after that.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from newsletter.domain.bounces import (
    Arrival,
    BounceRules,
    Event,
    EventKind,
    Report,
    Statement,
    TakenIn,
    classify,
    codes_in,
)
from newsletter.domain.delivery import Delivery, Letter, Stage
from newsletter.domain.ports import DeliveryStore, EventStore, LetterStore, ReadReport
from newsletter.services.bounces.leaving import LeaveByMail

__all__ = ["EVIDENCE", "STAGES", "Intake", "refusal_of", "report_name"]

AT_RCPT, AT_DATA = "smtp-rcpt", "smtp-data"
STAGES = {AT_RCPT: Stage.RCPT, AT_DATA: Stage.FINAL}
"""What the relay answered while we sent: by the name of the source which command that was."""

EVIDENCE = 8 * 1024
"""Octets of a report that are kept: the fields of the mail, and nearly always those of the report itself."""
_BATCH = 1000
"""Reports that are stored at once where many are at hand: each transaction waits for the disk."""
_LOOK_BACK = timedelta(days=14)
"""So old a refusal may be that is looked for: every dispatch does so, and the daily one at the latest."""
_HEADER = 64 * 1024
_OWN_ID = re.compile(rb"^Message-ID:[ \t]*(?:\n[ \t]+)?(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_DATE = re.compile(rb"^Date:[ \t]*([^\n]{1,100})", re.IGNORECASE | re.MULTILINE)
_LINE_ENDS = re.compile(rb"\r\n?")
_CODE = re.compile(r"(\d{3}) ?(.*)", re.DOTALL)


class Intake:
    """The use case."""

    def __init__(
        self,
        events: EventStore,
        deliveries: DeliveryStore,
        rules: BounceRules,
        read: ReadReport,
        *,
        clock: Callable[[], datetime],
        keep_events: timedelta,
        keep_evidence: timedelta,
        letters: LetterStore | None = None,
        leave: LeaveByMail | None = None,
    ) -> None:
        """`read` says what a mail is; events and their evidence are kept for so long.

        `letters` are those whose refusals are taken in; without them no letter's are.
        `leave` takes in who unsubscribes by mail; without it nobody does.
        """
        self._events = events
        self._deliveries = deliveries
        self._rules = rules
        self._read = read
        self._clock = clock
        self._keep_events = keep_events
        self._keep_evidence = keep_evidence
        self._letters = letters
        self._leave = leave

    def arrival(
        self, content: bytes, source: str, *, recipients: Iterable[str] = (), sender: str | None = None
    ) -> Arrival:
        """A mail that came back, or by which a reader leaves.

        `recipients` and `sender` are those of its envelope, where whoever brought it knows them.
        """
        report = self._read(content)
        if known := tuple(recipients):
            report = replace(report, delivered_to=(*known, *report.delivered_to))
        # nobody answers an automatic answer, and an envelope without a sender is a mail system's (RFC 5321 §4.5.5)
        if self._leave and not report.by_machine and sender != "" and (leaving := self._leave.who(report.delivered_to)):
            # whatever words are in it: they were written to the one address that means this
            return Arrival(report=Report(), source=source, name=report_name(content), at=self._clock(), leaving=leaving)
        return Arrival(
            report=report,
            source=source,
            name=report_name(content),
            at=self._clock(),
            evidence=content[:EVIDENCE],
        )

    def take(self, arrivals: Iterable[Arrival]) -> TakenIn:
        """Store these, and do what follows from them. When it returns, both are done for good."""
        total = TakenIn()
        for batch in _batches(arrivals):
            if reports := [arrival for arrival in batch if arrival.report.events]:
                total += self._events.take_in(reports, self._rules)
            if self._leave and (leaving := [arrival.leaving for arrival in batch if arrival.leaving]):
                total += TakenIn(left=self._leave.end(leaving))
        return total

    def refusals(self) -> TakenIn:
        """Take in what the relay refused while issues were sent: it is judged like what comes back later.

        Of letters only that nobody has the address: whoever asked with it may be anybody. The ledger is where it
        stands, so that nothing is lost whenever a dispatch ends; asked again, nothing is new.
        """
        since = self._clock() - _LOOK_BACK
        taken = self.take(self._refused(delivery) for delivery in self._deliveries.refused(since) if delivery.reply)
        if self._letters:
            taken += self.take(filter(_is_hard, map(self._refused_letter, self._letters.refused(since))))
        return taken + TakenIn(returned=self._events.settle_waiting())

    def _refused(self, delivery: Delivery) -> Arrival:
        return Arrival(
            report=Report((refusal_of(delivery),)),
            source=AT_DATA if delivery.message_id else AT_RCPT,
            name=f"{delivery.issue.slug} {delivery.id} {delivery.attempts}",
            at=delivery.updated_at or self._clock(),
            delivery_id=delivery.id,
        )

    def _refused_letter(self, letter: Letter) -> Arrival:
        return Arrival(
            report=Report((refusal_of(letter),)),
            source=AT_DATA if letter.message_id else AT_RCPT,
            name=f"letter {letter.id} {letter.attempts}",
            at=letter.updated_at or self._clock(),
            letter_id=letter.id,
        )

    def prune(self) -> int:
        """Forget what is older than it is to be kept; returns how many events went."""
        now = self._clock()
        return self._events.prune(events_before=now - self._keep_events, evidence_before=now - self._keep_evidence)


def refusal_of(delivery: Delivery | Letter) -> Event:
    """What the relay's last answer to a delivery, or a letter, that it refused says, as an event."""
    match = _CODE.match(delivery.reply)
    code, said = (int(match[1]), match[2]) if match else (0, delivery.reply)
    status, _ = codes_in(said)
    # it has a Message-ID once it was handed over: the answer was to the message then, not to its recipient
    stage = STAGES[AT_DATA if delivery.message_id else AT_RCPT]
    found = classify(Statement(status=status, code=code, text=said, stage=stage))
    return Event(
        found.kind,
        recipient=delivery.email if isinstance(delivery, Letter) else delivery.recipient.email,
        status=status,
        reply=str(code or ""),
        reason=found.reason,
        text=said,
    )


def _is_hard(arrival: Arrival) -> bool:
    return all(event.kind is EventKind.HARD for event in arrival.report.events)


def report_name(content: bytes) -> str:
    """What tells one mail from all others, by whichever way and how often it comes: Message-ID and date, else its body.

    Fields that each server on the way adds are no part of it, nor are line ends.
    """
    text = _LINE_ENDS.sub(b"\n", content)
    head, _, body = text.partition(b"\n\n")
    own, date = _OWN_ID.search(head[:_HEADER]), _DATE.search(head[:_HEADER])
    if own is None:
        return hashlib.sha256(body or head).hexdigest()
    return b" ".join((own[1], date[1] if date else b"")).decode("ascii", "backslashreplace")


def _batches(arrivals: Iterable[Arrival]) -> Iterator[list[Arrival]]:
    """Groups that are stored at once; who brings one waits for no other."""
    batch: list[Arrival] = []
    for arrival in arrivals:
        if arrival.is_for_us:
            batch.append(arrival)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
