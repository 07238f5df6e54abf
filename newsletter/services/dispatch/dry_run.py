"""A dry run: exactly what a send of the same state would send, in a folder, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.issues import Issue, IssueKey, Selection
from newsletter.domain.ports import (
    Clock,
    DeliveryStore,
    IssueStore,
    MailFactory,
    OutboxDesign,
    OutboxEntry,
    SelectorFactory,
    Signer,
    SubscriberStore,
)
from newsletter.errors import AddressInvalid
from newsletter.mail.outbox import OutboxWriter
from newsletter.services.dispatch.messages import MessageMaker
from newsletter.services.dispatch.plan import USUAL, Planned, Timetable, audience, planned_issue

__all__ = ["DryRun", "DryRunReport"]

_NOTHING = Selection((), 0)


@dataclass(frozen=True, slots=True)
class DryRunReport:
    """Where the messages are, how many recipients stand in which state, and the first of them."""

    folder: Path
    totals: Mapping[str, int]
    first: tuple[OutboxEntry, ...]

    @property
    def recipients(self) -> int:
        """How many there are."""
        return sum(self.totals.values())


class DryRun:
    """The use case."""

    def __init__(
        self,
        *,
        issues: IssueStore,
        subscribers: SubscriberStore,
        deliveries: DeliveryStore,
        select: SelectorFactory,
        mail: MailFactory,
        outbox: Path,
        design: Callable[[Issue], OutboxDesign] | None = None,
        shown: int = 1000,
        signer: Signer | None = None,
        clock: Clock,
        timetable: Timetable = USUAL,
    ) -> None:
        """`outbox` is the folder of outboxes; `design` draws its pages, a page each for the first `shown` messages."""
        self._issues = issues
        self._subscribers = subscribers
        self._deliveries = deliveries
        self._select = select
        self._mail = mail
        self._outbox = outbox
        self._design = design
        self._shown = shown
        self._signer = signer
        self._clock = clock
        self._timetable = timetable

    def run(self, key: IssueKey) -> DryRunReport:
        """Write `<outbox>/<issue>/`: one `.eml` a recipient, `manifest.json`, and the pages that begin at `index.html`.

        An issue that was planned is shown as the ledger has frozen it, one that was not as planning now would.

        Raises:
            IssueMissing: there is no such issue.
            MailError: the outbox cannot be written; an earlier one still stands.
        """
        issue = planned_issue(self._issues, key, self._deliveries.status(key))
        maker = MessageMaker(issue, self._select, self._mail, self._signer)
        writer = OutboxWriter(
            self._outbox / key.slug,
            slug=key.slug,
            issue_hash=issue.hash,
            design=self._design(issue) if self._design is not None else None,
            shown=self._shown,
        )
        with writer:
            for planned in self._planned(issue, maker):
                self._write(writer, maker, planned)
        return DryRunReport(writer.folder, dict(writer.totals), tuple(writer.first))

    def _planned(self, issue: Issue, maker: MessageMaker) -> Iterator[Planned]:
        """The ledger's rows, then those whom planning would add."""
        for delivery in self._deliveries.of_issue(issue.key):
            if not delivery.recipient.email:  # whose it was is forgotten
                continue
            skipped = delivery.status is DeliveryStatus.SKIPPED
            selection = _NOTHING if skipped else maker.select(delivery.recipient)
            yield Planned(delivery.recipient, delivery.status, delivery.reason, selection, delivery.due_at)
        after = self._deliveries.planned_through(issue.key)
        yield from audience(
            issue, self._select, self._subscribers, timetable=self._timetable, now=self._clock(), after=after
        )

    def _write(self, writer: OutboxWriter, maker: MessageMaker, planned: Planned) -> None:
        entry = OutboxEntry(
            email=planned.recipient.email, status=planned.status.value, reason=planned.reason, papers=(), matched={}
        )
        if planned.status is DeliveryStatus.SKIPPED:
            writer.add(entry, None)
            return
        try:
            message = maker.make(planned.recipient, planned.selection)
        except AddressInvalid as error:
            writer.add(replace(entry, status=DeliveryStatus.FAILED.value, reason=str(error)), None)
        else:
            # those that stand in it: the rest is on the web
            at = {pick.index: pick for pick in planned.selection.picks}
            picks = [at[index] for index in message.papers]
            papers = tuple(str(pick.paper_id) for pick in picks)
            matched = {str(p.paper_id): tuple(match.label for match in p.matches) for p in picks if p.matches}
            outline = planned.selection.outline
            interests = {section.name: section.found for section in outline.sections if section.interests}
            interests |= dict.fromkeys(outline.barren, 0)
            writer.add(replace(entry, papers=papers, matched=matched, interests=interests), message)
