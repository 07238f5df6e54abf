"""Publish an issue: write its pages, feeds and Markdown into a folder that any web server or static host serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter.domain.issues import Edition, Issue, IssueKey, IssueState, IssueStatus, page_owner, page_precedence
from newsletter.domain.papers import PaperId
from newsletter.domain.ports import Clock, IssueStore, SiteRenderer
from newsletter.errors import ApprovalMissing, IssueMissing, NothingToDo
from newsletter.services.site_folder import SiteFolder

__all__ = ["Publish", "PublishReport"]


@dataclass(frozen=True, slots=True)
class PublishReport:
    """Where the site is and how many of its files were written; those that did not change are left alone.

    `on_site` is false for an issue that is mail alone. Where the whole site was made, `issues` says of how many, and
    `removed` how many files it has no longer.
    """

    site: Path
    written: int
    unchanged: int
    on_site: bool = True
    issues: int = 1
    removed: int = 0


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

        The page of a paper that another published issue owns stays as that one wrote it.

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
        with SiteFolder(self._site) as folder:
            foreign = self._foreign(issue, archive)
            written = [
                # a page that another issue owns is written where it is missing, so that no link leads nowhere
                folder.put(file, replace=file.paper not in foreign)
                for file in self._renderer.render(issue, self._recent(issue, archive), archive)
            ]
        return PublishReport(self._site, sum(written), written.count(False))

    def run_all(self) -> PublishReport:
        """Make the whole site again from what is published, and remove what it has no longer.

        Nothing is removed before everything is written, so that a site whose making broke off still works. Of a paper
        that several issues have the page is that of the one that owns it.

        Raises:
            NothingToDo: no issue is published that stands on the site.
        """
        archive = self._archive()
        newest = self._recent(None, archive)
        shown = newest[0] if newest else self._newest(archive)
        if shown is None:
            msg = "No issue is published yet. `newsletter publish` publishes one."
            raise NothingToDo(msg)
        written: list[bool] = []
        ordered = sorted(archive, key=lambda status: page_precedence(status.key), reverse=True)
        with SiteFolder(self._site) as folder:
            for status in ordered:
                issue = self._issues.get(status.key, status.revision)
                files = self._renderer.issue_files(issue, archive) if issue else ()
                written.extend(folder.put(file) for file in files if not folder.has(file.path))
            written += [folder.put(file) for file in self._renderer.site_files(shown, newest, archive)]
            removed = folder.prune()
        return PublishReport(self._site, sum(written), written.count(False), issues=len(archive), removed=removed)

    def _foreign(self, issue: Issue, archive: Sequence[IssueStatus]) -> frozenset[PaperId]:
        """The papers of an issue whose page another published issue owns."""
        published = {status.key for status in archive}
        holders = self._issues.holders([entry.id for entry in issue.papers])
        return frozenset(
            paper_id for paper_id, keys in holders.items() if page_owner({issue.key, *keys & published}) != issue.key
        )

    def _newest(self, archive: Sequence[IssueStatus]) -> Issue | None:
        return self._issues.get(archive[0].key, archive[0].revision) if archive else None

    def _archive(self) -> list[IssueStatus]:
        """The published issues that stand on the site, newest first."""
        return [status for status in self._issues.archive(state=IssueState.PUBLISHED) if not status.is_silent]

    def _recent(self, issue: Issue | None, archive: Sequence[IssueStatus]) -> list[Issue]:
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
            newest = issue if issue and status.key == issue.key else self._issues.get(status.key, status.revision)
            if newest is not None:
                recent.append(newest)
                entries.update(entry.id for entry in newest.papers)
        return recent
