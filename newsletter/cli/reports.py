"""What each step of the day prints for a person."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from newsletter.cli.output import err, out, table

if TYPE_CHECKING:
    from newsletter.domain.issues import Issue
    from newsletter.services.collect import CollectReport
    from newsletter.services.enrich import EnrichReport
    from newsletter.services.publish import PublishReport
    from newsletter.services.subscribers import SyncReport

__all__ = [
    "show_collected",
    "show_enriched",
    "show_issue",
    "show_published",
    "show_roster",
]


def show_roster(report: SyncReport | None) -> None:
    """What taking in the rosters changed, and what is wrong in them."""
    if report is None:
        return
    for problem in report.problems:
        err.print(f"roster: {problem}", markup=False, soft_wrap=True)
    if report.added or report.changed or report.removed or report.problems:
        problems = f", {len(report.problems)} problems" if report.problems else ""
        out.print(
            f"Rosters: {report.files} read, {report.added} subscribers added, {report.changed} changed, "
            f"{report.removed} removed{problems}."
        )


def show_collected(report: CollectReport) -> None:
    """How each feed ended."""
    rows = [(x.source, x.feed, x.status, x.collected, x.rejected or "", x.note) for x in report.listings]
    columns = ("Source", "Feed", "Status", "Announced", "Unreadable", "Note")
    table(f"Collected for {report.day}", columns, rows, right=("Announced", "Unreadable"))
    out.print(f"{report.new_papers} papers were new to the database.")


def show_enriched(report: EnrichReport) -> None:
    """How many summaries were written."""
    failed = f", {report.failed} could not be used" if report.failed else ""
    out.print(f"Summaries: {report.written} written, {report.cached} were there already{failed}.")
    if report.untranslated:
        out.print(
            f"No engine writes {', '.join(report.untranslated)}: those digests show English where nothing else came."
        )


def show_issue(issue: Issue) -> None:
    """What was frozen."""
    kinds = Counter(entry.announced_as.value for entry in issue.papers)
    parts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    out.print(f"Issue [bold]{issue.key.slug}[/]: {len(issue.papers)} papers ({parts}), hash {issue.hash[:12]}.")


def show_published(report: PublishReport) -> None:
    """Where the site is."""
    out.print(
        f"Published to {report.site / 'index.html'} ({report.written} files written, {report.unchanged} unchanged)."
    )
