"""Publish an issue: write its pages, feeds and Markdown into a folder that any web server or static host serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter.domain.issues import Edition, Issue, IssueKey, IssueState, IssueStatus
from newsletter.domain.papers import PaperId
from newsletter.domain.ports import Clock, IssueStore, SiteRenderer
from newsletter.errors import ApprovalMissing, IssueMissing
from newsletter.services.files import write_if_changed

__all__ = ["Publish", "PublishReport"]


@dataclass(frozen=True, slots=True)
class PublishReport:
    """Where the site is and how many of its files were written; those that did not change are left alone.

    `on_site` is false for an issue that is mail alone.
    """

    site: Path
    written: int
    unchanged: int
    on_site: bool = True


class Publish:
    """The use case."""

    def __init__(
        self,
        issues: IssueStore,
        renderer: SiteRenderer,
        *,
        site: Path,
        feed_entries: int,
        look_back: int = 0,
        approval: bool,
        clock: Clock,
    ) -> None:
        """`feed_entries` is how many papers a feed holds, `look_back` how many daily issues a topic's page has."""
        self._issues = issues
        self._renderer = renderer
        self._site = site
        self._feed_entries = feed_entries
        self._look_back = look_back
        self._approval = approval
        self._clock = clock

    def run(self, key: IssueKey) -> PublishReport:
        """Publish the newest revision of an issue. Safe to repeat: the same state writes the same bytes.

        An issue that says that its day has no papers is out from then on, but the site is not touched: it is mail
        alone. A page, a line of the archive or an entry of a feed with nothing in it is of no use to a reader.

        Raises:
            IssueMissing: there is no such issue.
            ApprovalMissing: approval is asked for and was not given.
        """
        issue, status = self._issues.get(key), self._issues.status(key)
        if issue is None or status is None:
            msg = f"There is no issue {key.slug} yet. Run `newsletter compose {key.options}` first."
            raise IssueMissing(msg)
        if status.state is IssueState.DRAFT and self._approval:
            msg = f"Issue {key.slug} waits for approval. Look at it, then run `newsletter approve {key.options}`."
            raise ApprovalMissing(msg)
        if status.state is not IssueState.PUBLISHED:
            self._issues.mark(key, issue.revision, IssueState.PUBLISHED, self._clock())
        if issue.silence is not None:
            return PublishReport(self._site, 0, 0, on_site=False)
        archive = self._archive()
        written = unchanged = 0
        for file in self._renderer.render(issue, self._recent(issue, archive), archive):
            if write_if_changed(self._site / file.path, file.content):
                written += 1
            else:
                unchanged += 1
        return PublishReport(self._site, written, unchanged)

    def _archive(self) -> list[IssueStatus]:
        """The published issues that stand on the site, newest first."""
        return [status for status in self._issues.archive(state=IssueState.PUBLISHED) if not status.is_silent]

    def _recent(self, issue: Issue, archive: Sequence[IssueStatus]) -> list[Issue]:
        """The newest daily issues that are published: as many as fill the feeds, and as topics look back on.

        The one being published is among them unless it is a weekly or an old one. A weekly issue adds no entry, for its
        papers are those of daily ones; a paper that two issues have is one entry.
        """
        recent: list[Issue] = []
        entries: set[PaperId] = set()
        for status in archive:
            if len(entries) >= self._feed_entries and len(recent) >= self._look_back:
                break
            if status.key.edition is not Edition.DAILY:
                continue
            found = issue if status.key == issue.key else self._issues.get(status.key, status.revision)
            if found is not None:
                recent.append(found)
                entries.update(entry.id for entry in found.papers)
        return recent
