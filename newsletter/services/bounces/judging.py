"""Judging again what came back: by today's rules, out of what was kept of it; or by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from newsletter.domain.bounces import (
    STILL_TRIED,
    BounceRules,
    Event,
    EventKind,
    Finding,
    Statement,
    StoredEvent,
    TakenIn,
    classify,
)
from newsletter.domain.ports import EventStore, ReadReport
from newsletter.errors import UsageError
from newsletter.services.bounces.intake import STAGES

__all__ = ["Reclassified", "Reclassify"]

_BY_HAND = "decided by the operator"


@dataclass(frozen=True, slots=True)
class Reclassified:
    """An event that is of another kind now, and what followed."""

    event: int
    before: EventKind
    after: EventKind
    reason: str
    followed: TakenIn


class Reclassify:
    """The use case."""

    def __init__(self, events: EventStore, rules: BounceRules, read: ReadReport) -> None:
        self._events = events
        self._rules = rules
        self._read = read

    def by_hand(self, event_id: int, kind: EventKind, reason: str = "") -> Reclassified:
        """Let an event be what a person says. What was decided because of it is undone, or done, accordingly.

        Raises:
            UsageError: there is no such event.
        """
        event = self._get(event_id)
        return self._change(event, Finding(kind, reason or _BY_HAND), by_hand=True)

    def by_rules(self, event_id: int) -> Reclassified:
        """Judge an event again, whoever has judged it before.

        Raises:
            UsageError: there is no such event.
        """
        event = self._get(event_id)
        return self._change(event, self._find(event), by_hand=False)

    def all_by_rules(self, since: datetime | None = None) -> Iterator[Reclassified]:
        """Judge every event again but those that a person has judged; yields those that are of another kind now."""
        for listed in self._events.stream(since=since):
            event = None if listed.by_hand else self._events.get(listed.id)
            if event is not None and (found := self._find(event)).kind is not event.kind:
                yield self._change(event, found, by_hand=False)

    def _get(self, event_id: int) -> StoredEvent:
        event = self._events.get(event_id)
        if event is None:
            msg = f"There is no event {event_id}; `newsletter bounces list` shows their numbers."
            raise UsageError(msg)
        return event

    def _change(self, event: StoredEvent, found: Finding, *, by_hand: bool) -> Reclassified:
        followed = self._events.reclassify(event.id, found.kind, found.reason, self._rules, by_hand=by_hand)
        return Reclassified(event.id, event.kind, found.kind, found.reason, followed)

    def _find(self, event: StoredEvent) -> Finding:
        """What an event is by today's rules: of the mail itself where it is kept, else of what it said."""
        for read in self._read(event.evidence).events if event.evidence else ():
            if _same(read, event):
                person = read.kind is not EventKind.COMPLAINT or read.ends_the_address
                return Finding(read.kind if person else EventKind.UNKNOWN, read.reason or read.feedback)
        if Finding(event.kind, event.reason) == STILL_TRIED:
            return STILL_TRIED  # the report's field said so, and the words alone would say more
        if event.kind in {EventKind.HARD, EventKind.SOFT, EventKind.POLICY, EventKind.UNKNOWN} and event.text:
            code = int(event.reply) if event.reply.isdecimal() else 0
            said = Statement(status=event.status, code=code, text=event.text, stage=STAGES.get(event.source))
            return classify(said)
        return Finding(event.kind, event.reason)


def _same(read: Event, event: StoredEvent) -> bool:
    """Whether this is the one of several recipients of a report."""
    return read.status == event.status and read.text.split() == event.text.split()
