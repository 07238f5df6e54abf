"""Prove that a day is complete: compare what was collected with arXiv's own record, and add what came late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from newsletter.domain.notation import counted
from newsletter.domain.papers import Announcement, AnnounceType, Listing, ListingStatus, PaperId
from newsletter.domain.ports import ListingStore, PaperStore, Progress, Source

__all__ = ["FeedCheck", "Reconcile", "ReconcileReport"]

_WANTED = {AnnounceType.NEW, AnnounceType.CROSS}


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """One feed: how many papers arXiv's record names as new or cross-listed, how many of them were here, which not."""

    listing: Listing
    announced: int
    collected: int
    late: tuple[PaperId, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the record could not be read, so that nothing is proved."""
        return self.listing.status is ListingStatus.FAILED


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """A day's check. `announced` and `collected` count papers, each once however many feeds name it."""

    day: date
    feeds: tuple[FeedCheck, ...]
    announced: int
    collected: int
    late: tuple[PaperId, ...]

    @property
    def failed(self) -> tuple[FeedCheck, ...]:
        """The feeds whose record could not be read."""
        return tuple(check for check in self.feeds if check.failed)

    @property
    def proves_nothing(self) -> bool:
        """Whether arXiv announced nothing on this day, in any feed."""
        return all(check.listing.status is ListingStatus.NONE_EXPECTED for check in self.feeds)


class Reconcile:
    """The use case."""

    def __init__(
        self, papers: PaperStore, listings: ListingStore, references: Sequence[Source], progress: Progress
    ) -> None:
        """`references` hold the complete record of the feeds to check (OAI-PMH)."""
        self._papers = papers
        self._listings = listings
        self._references = references
        self._progress = progress

    async def run(self, day: date) -> ReconcileReport:
        """Compare each feed of this day; papers that were missed are added as of this day."""
        checks: list[FeedCheck] = []
        named: dict[PaperId, bool] = {}
        with self._progress.task("Reconciling", sum(len(source.feeds) for source in self._references)) as step:
            for source in self._references:
                async for collected in source.collect(day, source.feeds):
                    checks.append(self._check(collected.listing, collected.announcements, named))
                    step(1)
        late = tuple(sorted(paper_id for paper_id, known in named.items() if not known))
        return ReconcileReport(day, tuple(checks), len(named), len(named) - len(late), late)

    def _check(self, listing: Listing, announcements: Sequence[Announcement], named: dict[PaperId, bool]) -> FeedCheck:
        wanted = [a for a in announcements if a.kind in _WANTED]
        # A paper that another feed of this check added was missed too, so it is asked for once.
        unseen = [a.paper_id for a in wanted if a.paper_id not in named]
        known = self._papers.get(unseen)
        named.update((paper_id, paper_id in known) for paper_id in unseen)
        missed = [a for a in wanted if not named[a.paper_id]]
        late = tuple(sorted({a.paper_id for a in missed}))
        self._papers.add(missed)
        collected = len({a.paper_id for a in wanted}) - len(late)
        if listing.status is ListingStatus.FRESH:
            were = "was" if len(late) == 1 else "were"
            note = f"{counted(len(late), 'paper')} came late and {were} added" if late else "complete"
            listing = replace(listing, announced=collected + len(late), collected=collected, note=note)
        self._listings.record(listing)
        return FeedCheck(listing, collected + len(late), collected, late)
