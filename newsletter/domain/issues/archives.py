"""What a back archive gives: the announcements, summaries and editor's notes of one published digest.

A published page is a fact. The issue of its day holds its papers as they stand there: all of them, in its order and its
words, whether or not they stand in other issues, and as often as the page has them. What later days make of it is in
`domain/issues/composition.py`: the papers of a page have been announced, so none of them is new again.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from newsletter.domain.issues.issues import Issue, IssuePaper
from newsletter.domain.papers import Announcement, IssueNote, PaperId, PaperNote

__all__ = ["ARCHIVE_SOURCE", "BackIssue", "is_from", "joint_note", "published_text"]

ARCHIVE_SOURCE = "archive"
"""The announcements' `source`; their `feed` is the format they were read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackIssue:
    """One published digest as read back, papers in its own order.

    A paper's original fields are kept as they stood: `raw_title`, `raw_abstract`, `links["abs"]`; what was written
    about it is the announcement's summary, and what only a person can have written is its note. A paper that stands
    in the digest twice has two announcements and two notes. `profile` is the format, `text` the digest itself.
    `problems` says for each part that could not be read, a plain sentence with its line, what was expected; everything
    else was read.
    """

    day: date
    profile: str
    announcements: tuple[Announcement, ...]
    paper_notes: tuple[PaperNote, ...] = ()
    issue_note: IssueNote = field(default_factory=IssueNote)
    problems: tuple[str, ...] = ()
    text: str = ""

    @property
    def papers(self) -> tuple[IssuePaper, ...]:
        """The papers as its issue has them: each with its own announcement, summaries and note alone."""
        notes: dict[PaperId, deque[PaperNote]] = defaultdict(deque)
        for note in self.paper_notes:
            notes[note.paper_id].append(note)
        return tuple(
            IssuePaper(
                paper=one.paper,
                notices=(one.notice,),
                summaries={summary.language: summary for summary in one.summaries},
                note=notes[one.paper_id].popleft() if notes[one.paper_id] else None,
            )
            for one in self.announcements
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it is written in, the one of most papers first."""
        counts = Counter(summary.language for one in self.announcements for summary in one.summaries)
        return tuple(tag for tag, _ in counts.most_common())


def is_from(entry: IssuePaper, profile: str) -> bool:
    """Whether a paper of an issue was read from a digest of this format."""
    return any(notice.source == ARCHIVE_SOURCE and notice.feed == profile for notice in entry.notices)


def joint_note(digests: Sequence[BackIssue]) -> IssueNote:
    """What the editors of a day's digests wrote about them, one after the other."""
    prefaces: dict[str, list[str]] = defaultdict(list)
    for digest in digests:
        for language, text in digest.issue_note.preface.items():
            prefaces[language].append(text)
    return IssueNote(
        preface={language: "\n\n".join(texts) for language, texts in prefaces.items()},
        references=tuple(dict.fromkeys(text for digest in digests for text in digest.issue_note.references)),
    )


def published_text(issue: Issue, digests: Sequence[BackIssue], profile: str, language: str) -> str | None:
    """The digest of this format to the letter, where its issue still says what it says; None where it never did.

    Only the digest itself has the bytes: Markdown that a person or a model wrote has more forms than data can tell.
    """
    digest = next((one for one in digests if one.profile == profile), None)
    if digest is None or not digest.text or language not in digest.languages[:1]:
        return None
    papers = tuple(_as_imported(entry, digest) for entry in issue.papers if is_from(entry, profile))
    return digest.text if papers == digest.papers and issue.note == joint_note(digests) else None


def _as_imported(entry: IssuePaper, digest: BackIssue) -> IssuePaper:
    """Without the summaries in further languages that an engine wrote since."""
    return replace(entry, summaries={tag: s for tag, s in entry.summaries.items() if tag in digest.languages})
