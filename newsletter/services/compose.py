"""Compose the issue of a day: choose, order, freeze."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from newsletter.domain.issues import (
    ARCHIVE_SOURCE,
    BackIssue,
    Edition,
    Issue,
    IssueKey,
    IssuePaper,
    IssueState,
    Silence,
    arrange,
    candidates,
    choose_summaries,
    is_new_or_replaced,
    unread,
    with_notes,
)
from newsletter.domain.papers import (
    FILE_ENGINE,
    AnnounceType,
    IssueNote,
    Listing,
    ListingStatus,
    Notice,
    PaperId,
    PaperNote,
    Timing,
    timing_of,
)
from newsletter.domain.ports import Clock, Store
from newsletter.formats import freeze_issue
from newsletter.services.no_issue import Withdrawal, no_issue

__all__ = ["Compose", "ComposeOptions"]

LATE = timedelta(days=14)
"""How far back a paper may have been announced and still enter today's issue because it was collected late."""

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ComposeOptions:
    """What the operator settled about issues. `engines` in the order in which their summaries are preferred."""

    title: str
    description: str
    languages: tuple[str, ...]
    engines: tuple[str, ...]
    order: str = "relevance"
    max_papers: int | None = None


class Compose:
    """The use case."""

    def __init__(
        self,
        store: Store,
        options: ComposeOptions,
        *,
        admits: Callable[[Notice], bool],
        clock: Clock,
        acronyms: Callable[[Sequence[IssuePaper]], Mapping[str, tuple[str, ...]]],
        silence: Callable[[date, Sequence[Listing]], Silence | None] = lambda _day, _listings: None,
    ) -> None:
        """`admits` says whether a notice lets a paper into an issue; `acronyms` what is known of them on the day.

        `silence` says what an issue without papers tells its readers; by default such days have no issue.
        """
        self._store = store
        self._options = options
        self._admits = admits
        self._clock = clock
        self._acronyms = acronyms
        self._silence = silence

    def candidates(self, day: date) -> list[IssuePaper]:
        """The papers that the issue of this day is made from, without order and without what engines wrote."""
        return self._candidates(day, self._store.archives.on(day))

    def _candidates(self, day: date, digests: Sequence[BackIssue]) -> list[IssuePaper]:
        if digests:
            return [entry for digest in digests for entry in digest.papers]
        store = self._store
        # every day since the first issue, for a day on which the job did not run had papers too
        first = min(
            (s.key.day for s in store.issues.archive() if s.key.edition is Edition.DAILY and s.key.day < day),
            default=day,
        )
        since = max(first, day - LATE)
        issued_days = {since + timedelta(days=n) for n in range((day - since).days)}
        announced = store.papers.announced(day - LATE, day)
        left_out = store.issues.left_out(day - LATE, day - timedelta(days=1))
        entries = candidates(announced, day=day, issued_days=issued_days, left_out=left_out, admits=self._admits)
        issued = store.issues.issued([entry.id for entry in entries], other_than=IssueKey(day))
        return [e for e in entries if is_new_or_replaced(e, day=day, issued=issued, admits=self._admits)]

    def arranged(self, day: date, *, whole: bool) -> tuple[IssuePaper, ...]:
        """The papers as the issue of this day would have them now: in order, without what the editor dropped.

        `whole` leaves those in that `issue.max_papers` cuts off.
        """
        digests = self._store.archives.on(day)
        _, notes = self._store.notes.get(IssueKey(day))
        return self._arranged(self._candidates(day, digests), notes, imported=bool(digests), whole=whole)

    def _arranged(
        self,
        entries: Sequence[IssuePaper],
        notes: Mapping[PaperId, PaperNote],
        *,
        imported: bool,
        whole: bool = False,
    ) -> tuple[IssuePaper, ...]:
        limit = None if whole or imported else self._options.max_papers
        order = None if imported else self._options.order
        summarised = self._with_summaries(entries, imported=imported)
        return with_notes(arrange(summarised, order=order, notes=notes, max_papers=limit), notes)

    def run(self, day: date, *, revise: bool = False) -> Issue:
        """Freeze the daily issue of this day. A published one is returned as it is, unless a revision is asked for.

        A day without papers has an issue that says so where the operator wants one. It never takes the place of one
        with papers that is out, and a day whose papers the editor dropped is not without papers.

        Where there is no issue now, a draft that was made of the day before is withdrawn: it must not go out.

        Raises:
            NothingToDo: no paper was announced, and none was expected, or the editor dropped them all; the message
                says why, feed by feed.
            IssueMissing: there is no paper, though a feed should have had some.
        """
        key = IssueKey(day)
        if self._is_settled(key, revise=revise):
            return self._kept(key)
        digests = self._store.archives.on(day)
        entries = self._candidates(day, digests)
        issue_note, notes = self._store.notes.get(key)
        listings = self._store.listings.on(day)
        if digests:
            listings = tuple(one for one in listings if one.source == ARCHIVE_SOURCE)
        papers = self._arranged(entries, notes, imported=bool(digests))
        if any(map(_shows_an_earlier_day, listings)) and all(map(_is_featured, papers)):
            papers = ()
        before = self._store.issues.status(key)
        is_out = before is not None and (before.state is IssueState.PUBLISHED or before.revision > 1)
        had_papers = bool(entries) or (before is not None and is_out and not before.is_silent)
        silence = None if had_papers else self._silence(day, listings)
        dropped = [e.id for e in entries if e.id in notes and notes[e.id].drop]
        if not papers and silence is None:
            withdrawal = self._withdraw(key, dropped)
            is_past = day < self._clock().date()
            raise no_issue(key, listings, withdrawal, dropped=len(dropped), is_past=is_past)
        # a digest is in its own language, whatever the newsletter's is now
        own = tuple(tag for digest in digests for tag in digest.languages)
        issue = self._freeze(key, papers, listings, note=issue_note, silence=silence, languages=own)
        shown = {entry.id for entry in papers}
        self._store.issues.leave_out(key, [entry.id for entry in entries if entry.id not in shown])
        return issue

    def run_weekly(self, day: date) -> Issue:
        """Freeze the weekly issue whose last day this is, out of the daily issues of its seven days.

        A daily issue that was made only after the weekly one of its own week was out comes with this one. A day that
        has no issue because its feeds were not read says so here too.

        Raises:
            NothingToDo: none of those days has an issue with papers.
        """
        key = IssueKey(day, Edition.WEEKLY)
        if self._is_settled(key):
            return self._kept(key)
        late = self._after_their_week(day - _WEEK)
        dated = {d: self._daily(d) for d in _week_until(day)}
        daily = [*late, *(issue for issue in dated.values() if issue is not None and issue.papers)]
        papers = {entry.id: entry for issue in daily for entry in issue.papers}
        arranged = arrange(papers.values(), order=self._options.order, notes={}, max_papers=self._options.max_papers)
        if not arranged:
            raise no_issue(key, (), self._withdraw(key, ()))
        missed = (x for d, issue in dated.items() if issue is None for x in unread(self._store.listings.on(d)))
        return self._freeze(key, arranged, (*(x for issue in daily for x in issue.listings), *missed))

    def _daily(self, day: date) -> Issue | None:
        return self._store.issues.get(IssueKey(day))

    def _after_their_week(self, last: date) -> list[Issue]:
        """The first issues of those days of the week until `last` that were frozen after that week's issue was out."""
        weekly = self._store.issues.status(IssueKey(last, Edition.WEEKLY))
        if weekly is None or weekly.state is not IssueState.PUBLISHED:
            return []
        daily = filter(None, map(self._daily, _week_until(last)))
        return [
            issue
            for issue in daily
            if issue.papers and issue.revision == 1 and issue.frozen_at and issue.frozen_at > weekly.frozen_at
        ]

    def is_out(self, key: IssueKey) -> bool:
        """Whether this issue is published."""
        return self._is_settled(key)

    def last_day(self, *, before: date) -> date | None:
        """The day of the newest daily issue of the days before one; None where there is none."""
        days = (s.key.day for s in self._store.issues.archive() if s.key.edition is Edition.DAILY)
        return max((day for day in days if day < before), default=None)

    def _is_settled(self, key: IssueKey, *, revise: bool = False) -> bool:
        status = self._store.issues.status(key)
        return status is not None and status.state is IssueState.PUBLISHED and not revise

    def _with_summaries(self, entries: Sequence[IssuePaper], *, imported: bool) -> list[IssuePaper]:
        """Each paper with what engines wrote; an imported one keeps its own words, and no other digest's."""
        summaries_of = self._store.summaries.of([e.id for e in entries])
        o = self._options
        engines = tuple(name for name in o.engines if name != FILE_ENGINE) if imported else o.engines
        return [
            replace(
                e,
                summaries=choose_summaries(
                    summaries_of.get(e.id, ()), version=e.paper.version, languages=o.languages, engines=engines
                )
                | dict(e.summaries),
            )
            for e in entries
        ]

    def _freeze(
        self,
        key: IssueKey,
        papers: tuple[IssuePaper, ...],
        listings: tuple[Listing, ...],
        *,
        note: IssueNote | None = None,
        silence: Silence | None = None,
        languages: Sequence[str] = (),
    ) -> Issue:
        before = self._store.issues.status(key)
        options = self._options
        content = Issue(
            key=key,
            title=options.title,
            description=options.description,
            languages=tuple(dict.fromkeys((*languages, *options.languages))),
            papers=papers,
            listings=tuple(replace(listing, fetched_at=None) for listing in listings),
            acronyms=self._acronyms(papers),
            note=note or IssueNote(),
            silence=silence,
        )
        revision = 1 if before is None else before.revision + (before.state is IssueState.PUBLISHED)
        issue = freeze_issue(content, at=self._clock(), revision=revision)
        if before is not None and before.hash == issue.hash:
            # the same content keeps its moment, so that a message made from it again has the same bytes
            return self._kept(key)
        self._store.issues.save(issue)
        return issue

    def _withdraw(self, key: IssueKey, dropped: Sequence[PaperId]) -> Withdrawal:
        """Take back the draft, if there is one, and keep what the editor dropped."""
        issues = self._store.issues
        had_draft = issues.withdraw(key)
        issues.leave_out(key, dropped)
        return Withdrawal(had_draft=had_draft, is_out=issues.status(key) is not None)

    def _kept(self, key: IssueKey) -> Issue:
        issue = self._store.issues.get(key)
        assert issue is not None  # noqa: S101  # its status was read before
        return issue


def _week_until(last: date) -> list[date]:
    return [last - timedelta(days=n) for n in reversed(range(7))]


def _shows_an_earlier_day(listing: Listing) -> bool:
    """Whether a feed of arXiv's has not announced yet. An empty one may have nothing: nobody waits for it."""
    return (
        timing_of(listing.source) is Timing.CALENDAR and listing.status is ListingStatus.STALE and listing.collected > 0
    )


def _is_featured(entry: IssuePaper) -> bool:
    return entry.announced_as is AnnounceType.FEATURED
