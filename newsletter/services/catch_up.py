"""The best of what somebody missed, in one mail when their pause has ended.

Choosing needs the issues of a month, looked up for each reader's interests, so the job that runs every day or hour does
it for all of them together: an issue is read and indexed once. What it chose stands in a letter; the message is made
of it when it goes, like any digest, from those few papers alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from newsletter.domain.delivery import (
    MOST_ISSUES,
    DeliveryStatus,
    Letter,
    MissedPaper,
    OutgoingMessage,
    SkipReason,
    best_missed,
    freeze,
    is_missed,
    missed_days,
)
from newsletter.domain.issues import Edition, Issue, IssueKey, IssuePaper, IssueStatus, SelectionRequest, precedence
from newsletter.domain.notation import Weekday
from newsletter.domain.papers import IssueNote
from newsletter.domain.ports import (
    Clock,
    DeliveryStore,
    IssueStore,
    LetterStore,
    MailFactory,
    SelectorFactory,
    SubscriberStore,
)
from newsletter.domain.subscribers import Subscriber
from newsletter.formats import freeze_issue

__all__ = ["CatchUpMail", "PlanCatchUps"]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a letter is about: the days that were missed, first and last, and the papers, best first."""

    first: date
    last: date
    papers: tuple[tuple[date, int], ...]

    def text(self) -> str:
        """As a letter keeps it."""
        papers = [[day.isoformat(), place] for day, place in self.papers]
        return json.dumps({"first": self.first.isoformat(), "last": self.last.isoformat(), "papers": papers})

    @classmethod
    def read(cls, text: str) -> _Chosen:
        """Read it back."""
        kept = json.loads(text)
        papers = tuple((date.fromisoformat(day), place) for day, place in kept["papers"])
        return cls(date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"]), papers)


class PlanCatchUps:
    """Chooses for those whose pause has ended, and writes their letters."""

    def __init__(
        self,
        *,
        issues: IssueStore,
        subscribers: SubscriberStore,
        deliveries: DeliveryStore,
        letters: LetterStore,
        select: SelectorFactory,
        clock: Clock,
        weekly_on: Weekday,
    ) -> None:
        self._issues = issues
        self._subscribers = subscribers
        self._deliveries = deliveries
        self._letters = letters
        self._select = select
        self._clock = clock
        self._weekly_on = weekly_on

    def run(self, day: date) -> int:
        """Plan for every pause that has ended by this day; returns how many letters there are to go.

        Whoever missed nothing gets none, and is not looked at again.
        """
        waiting = self._subscribers.awaiting_catch_up(day)
        missed = {reader.id: self._missed(reader) for reader in waiting}
        found: dict[int, list[MissedPaper]] = {reader.id: [] for reader in waiting}
        for status in dict.fromkeys(status for statuses in missed.values() for status in statuses):
            self._look_through(status, [reader for reader in waiting if status in missed[reader.id]], found)
        return sum(self._write(reader, missed[reader.id], found[reader.id]) for reader in waiting)

    def _missed(self, reader: Subscriber) -> Sequence[IssueStatus]:
        """The issues that a pause has kept from a reader, newest first."""
        days = missed_days(reader, weekly_on=self._weekly_on)
        if days is None:
            return ()
        published = self._issues.published(Edition.DAILY, since=days[0], until=days[1], limit=MOST_ISSUES)
        return [
            status
            for status in published
            if not status.is_silent and is_missed(reader, status.key.day, was_skipped=self._was_skipped(reader, status))
        ]

    def _was_skipped(self, reader: Subscriber, status: IssueStatus) -> bool | None:
        delivery = self._deliveries.find(status.key, reader.email)
        if delivery is None:
            return None
        other_cadence = delivery.status is DeliveryStatus.SKIPPED and delivery.reason == SkipReason.OTHER_CADENCE
        # a weekly reader gets no daily issue whatever they pause
        return None if other_cadence else delivery.reason == SkipReason.PAUSED

    def _look_through(
        self, status: IssueStatus, readers: Sequence[Subscriber], found: Mapping[int, list[MissedPaper]]
    ) -> None:
        issue = self._issues.get(status.key, status.revision)
        if issue is None:
            return
        requests = (SelectionRequest(one.interests, one.catch_up, one.rhythm.order) for one in readers)
        for reader, selection in zip(readers, self._select(issue).select_many(requests), strict=True):
            comes_first = precedence(reader.rhythm.order, issue)
            found[reader.id].extend(
                MissedPaper(
                    day=issue.day,
                    place=pick.index,
                    paper_id=pick.paper_id,
                    score=pick.score,
                    precedence=comes_first(issue.papers[pick.index]),
                )
                for pick in selection.picks
            )

    def _write(self, reader: Subscriber, missed: Sequence[IssueStatus], found: Sequence[MissedPaper]) -> bool:
        best = best_missed(found, reader.catch_up)
        if not best:
            self._subscribers.end_pause(reader.id)
            return False
        days = sorted(status.key.day for status in missed)
        chosen = _Chosen(days[0], days[-1], tuple((one.day, one.place) for one in best))
        return self._letters.catch_up(reader, chosen.text(), now=self._clock())


class CatchUpMail:
    """Makes the message of such a letter."""

    def __init__(
        self,
        *,
        issues: IssueStore,
        select: SelectorFactory,
        mail: MailFactory,
        preface: Callable[[str, date, date], str],
    ) -> None:
        """`preface` says in a language which days were missed; it stands above the papers (Markdown)."""
        self._issues = issues
        self._select = select
        self._mail = mail
        self._preface = preface

    def message(self, letter: Letter, reader: Subscriber) -> OutgoingMessage | None:
        """The message, the same bytes at every attempt; None where none of its papers is there any more.

        It has the links of any digest. That of the reader's own page leads to the last of the days.

        Raises:
            AddressInvalid: nothing can be mailed to the reader's address.
        """
        chosen = _Chosen.read(letter.about)
        sources = {day: self._issues.get(IssueKey(day)) for day in dict.fromkeys(day for day, _ in chosen.papers)}
        last = self._issues.get(IssueKey(chosen.last))
        if last is None:
            return None
        papers = [
            issue.papers[place]
            for day, place in chosen.papers
            if (issue := sources[day]) is not None and place < len(issue.papers)
        ]
        if not papers:
            return None
        issue = self._collected(last, papers, [one for one in sources.values() if one], chosen, at=letter.created_at)
        recipient = freeze(reader, issue)
        request = SelectionRequest(recipient.interests, None, recipient.rhythm.order)
        selection = self._select(issue).select(request)
        if not selection:
            return None
        return self._mail.in_language(issue, recipient.language).build(recipient, selection)

    def _collected(
        self, last: Issue, papers: Sequence[IssuePaper], sources: Iterable[Issue], chosen: _Chosen, *, at: datetime
    ) -> Issue:
        """These papers as an issue that is nowhere kept: it has the name of the last day, whose page its links are."""
        acronyms: dict[str, tuple[str, ...]] = {}
        for source in sources:
            acronyms |= source.acronyms
        preface = {tag: self._preface(tag, chosen.first, chosen.last) for tag in last.languages}
        note = IssueNote(preface=preface)
        content = replace(last, papers=tuple(papers), listings=(), note=note, acronyms=acronyms, silence=None)
        return freeze_issue(content, at=at, revision=last.revision)
