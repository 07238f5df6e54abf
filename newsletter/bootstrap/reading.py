"""What readers ask the server for between mails: private feeds, and their own page of a day."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING

from newsletter import __version__
from newsletter.bootstrap.publishing import Publishing
from newsletter.bootstrap.shared import Shared
from newsletter.domain.delivery import keyed_hash
from newsletter.domain.notation import Weekday

if TYPE_CHECKING:
    from newsletter.services.held_issues import HeldIssues
    from newsletter.services.interest_previews import InterestPreviews
    from newsletter.services.reader_pages import ReaderPages
    from newsletter.services.subscriber_feeds import SubscriberFeeds

__all__ = ["Reading"]


class Reading:
    """Builds what makes documents of single readers."""

    def __init__(self, shared: Shared, publishing: Publishing) -> None:
        self._shared = shared
        self._publishing = publishing

    def subscriber_feeds(self) -> SubscriberFeeds:
        """The private feeds of subscribers."""
        from newsletter.render.subscriber_feed import SubscriberFeedWriter
        from newsletter.services.subscriber_feeds import SubscriberFeeds

        entries = self._shared.settings.publish.feed_entries
        return SubscriberFeeds(
            self._shared.store.issues,
            self._held_issues,
            SubscriberFeedWriter(self._shared.templates, self._publishing.publication(), entries=entries),
            entries=entries,
            weekly_on=self._weekly_on,
            variant=self._variant("feed", {"entries": entries, "thumbnails": self._shared.settings.publish.thumbnails}),
        )

    def reader_pages(self) -> ReaderPages:
        """The subscribers' own pages."""
        from newsletter.render.day_pages import DayPages
        from newsletter.services.reader_pages import ReaderPages

        topics = self._shared.catalogue.topics
        return ReaderPages(
            self._shared.store.issues,
            self._held_issues,
            DayPages(self._shared.templates, self._publishing.publication(), topics=topics),
            weekly_on=self._weekly_on,
            variant=self._variant("web", {"topics": [asdict(topic) for topic in topics]}),
        )

    def interest_previews(self) -> InterestPreviews:
        """What lists of interests would have found in the last issues."""
        from newsletter.services.interest_previews import InterestPreviews

        topics = tuple(self._shared.catalogue.expressions)
        return InterestPreviews(self._shared.store.issues, self._held_issues, topics=topics)

    @property
    def _weekly_on(self) -> Weekday:
        return Weekday(self._shared.settings.issue.weekly_on)

    @cached_property
    def _held_issues(self) -> HeldIssues:
        """One for feeds and pages: both select from the same issues."""
        from newsletter.domain.matching import IssueSelector
        from newsletter.services.held_issues import HeldIssues

        topics = self._shared.catalogue.expressions
        return HeldIssues(self._shared.store.issues, lambda issue: IssueSelector(issue, topics=topics))

    def _variant(self, folder: str, shown: dict[str, object]) -> str:
        """What stands for everything that documents depend on beside reader and issue; it tells nothing of it."""
        templates = self._shared.templates
        depends = [
            __version__,
            asdict(self._publishing.publication()) | shown,
            self._shared.catalogue.expressions,
            [templates.source(name) for name in (*templates.names(folder), *templates.names("paper"))],
        ]
        return keyed_hash(self._shared.store.secret(), f"{folder} variant", json.dumps(depends)).hex()
