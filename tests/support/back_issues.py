"""A read back archive as an issue, the way an import makes one."""

from __future__ import annotations

from newsletter.domain.issues import BackIssue, Issue, IssueKey

__all__ = ["issue_of"]


def issue_of(back: BackIssue) -> Issue:
    """The issue that holds exactly what was read."""
    return Issue(
        key=IssueKey(back.day),
        title="Archive",
        languages=back.languages,
        note=back.issue_note,
        papers=back.papers,
    )
