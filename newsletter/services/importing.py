"""Moving over: take in a published digest as if it had been collected, summarised and edited here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from newsletter.domain.announcements import Listing, ListingStatus
from newsletter.domain.archives import ARCHIVE_SOURCE, ArchiveReader
from newsletter.domain.issues import Issue, IssueKey, IssueState
from newsletter.domain.ports import Clock, Store
from newsletter.errors import SourceMalformed, UsageError
from newsletter.services.compose import Compose

__all__ = ["ImportArchive", "ImportReport"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came in: papers, those that were not known before, summaries by language, notes; and what could not be read.

    `issue` is the issue composed of it, None where the day's issue is published already and was left as it is.
    """

    day: date
    papers: int
    new_papers: int
    summaries: Mapping[str, int]
    notes: int
    problems: tuple[str, ...]
    issue: Issue | None


class ImportArchive:
    """The use case."""

    def __init__(self, store: Store, readers: Mapping[str, ArchiveReader], compose: Compose, *, clock: Clock) -> None:
        self._store = store
        self._readers = readers
        self._compose = compose
        self._clock = clock

    def run(self, path: Path, profile: str, day: date | None) -> ImportReport:
        """Take in one document. Safe to repeat; what an editor wrote here since stays.

        Raises:
            UsageError: there is no such format, or the file cannot be read.
            SourceMalformed: the document is not of this format.
        """
        if profile not in self._readers:
            msg = f"--format: expected one of {', '.join(self._readers)}, got {profile!r}."
            raise UsageError(msg)
        back = self._readers[profile](_text(path), day)
        key = IssueKey(back.day)
        new = self._store.papers.add(back.announcements)
        issue_note, notes = self._store.notes.get(key)
        merged = {note.paper_id: note for note in back.paper_notes} | dict(notes)
        empty = not issue_note.preface and not issue_note.references
        self._store.notes.put(key, back.issue_note if empty else issue_note, list(merged.values()))
        self._store.listings.record(
            Listing(
                source=ARCHIVE_SOURCE,
                feed=profile,
                day=back.day,
                status=ListingStatus.FRESH,
                collected=len(back.announcements),
                rejected=len(back.problems),
                fetched_at=self._clock(),
            )
        )
        languages: dict[str, int] = {}
        for announcement in back.announcements:
            for summary in announcement.summaries:
                languages[summary.language] = languages.get(summary.language, 0) + 1
        status = self._store.issues.status(key)
        settled = status is not None and status.state is IssueState.PUBLISHED
        return ImportReport(
            day=back.day,
            papers=len(back.announcements),
            new_papers=new,
            summaries=languages,
            notes=len(back.paper_notes),
            problems=back.problems,
            issue=None if settled else self._compose.run(back.day),
        )


def _text(path: Path) -> str:
    try:
        # bytes, because reading as text would change line ends that a byte-for-byte export needs
        return path.read_bytes().decode()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        msg = f"{path} is not UTF-8 (byte {error.start}); convert it first."
        raise SourceMalformed(msg, source=ARCHIVE_SOURCE) from error
