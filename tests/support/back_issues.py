"""A read back archive as an issue, the way an import makes one."""

from __future__ import annotations

from newsletter.domain.archives import BackIssue
from newsletter.domain.issues import Issue, IssueKey, IssuePaper

__all__ = ["issue_of"]


def issue_of(back: BackIssue) -> Issue:
    """The issue that holds exactly what was read."""
    notes = {note.paper_id: note for note in back.paper_notes}
    languages = dict.fromkeys(summary.language for one in back.announcements for summary in one.summaries)
    return Issue(
        key=IssueKey(back.day),
        title="Archive",
        languages=tuple(languages),
        note=back.issue_note,
        papers=tuple(
            IssuePaper(
                paper=one.paper,
                notices=(one.notice,),
                summaries={summary.language: summary for summary in one.summaries},
                note=notes.get(one.paper_id),
            )
            for one in back.announcements
        ),
    )
