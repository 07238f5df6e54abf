"""Moving over: take in a published digest as if it had been collected, summarised and edited here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from newsletter.domain.issues import ARCHIVE_SOURCE, BackIssue, Issue, IssueKey, IssueState, joint_note
from newsletter.domain.papers import IssueNote, Listing, ListingStatus, PaperNote
from newsletter.domain.ports import ArchiveReader, Clock, Store
from newsletter.errors import SourceMalformed, UsageError
from newsletter.services.compose import Compose

__all__ = ["ImportArchive", "ImportReport"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came in: papers, those that were not known before, summaries by language, notes; and what could not be read.

    `replaced` is how many papers the digest of the same day and format had that was imported before. `issue` is the
    issue composed of it, None where the day's issue is published already and was left as it is.
    """

    day: date
    papers: int
    new_papers: int
    summaries: Mapping[str, int]
    notes: int
    problems: tuple[str, ...]
    replaced: int
    issue: Issue | None


class ImportArchive:
    """The use case."""

    def __init__(self, store: Store, readers: Mapping[str, ArchiveReader], compose: Compose, *, clock: Clock) -> None:
        self._store = store
        self._readers = readers
        self._compose = compose
        self._clock = clock

    def run(self, path: Path, profile: str, day: date | None) -> ImportReport:
        """Take in one document: the issue of its day is that document, whatever other issues hold.

        Safe to repeat; what an editor wrote here since stays. A second document of another format on the same day
        follows the first in its issue.

        Raises:
            UsageError: there is no such format, or the file cannot be read.
            SourceMalformed: the document is not of this format.
        """
        if profile not in self._readers:
            msg = f"--format: expected one of {', '.join(self._readers)}, got {profile!r}."
            raise UsageError(msg)
        text = _text(path)
        back = self._readers[profile](text, day)
        key = IssueKey(back.day)
        new = self._store.papers.add(back.announcements)
        replaced = self._keep(replace(back, text=text))
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
        status = self._store.issues.status(key)
        settled = status is not None and status.state is IssueState.PUBLISHED
        return ImportReport(
            day=back.day,
            papers=len(back.announcements),
            new_papers=new,
            summaries=Counter(summary.language for one in back.announcements for summary in one.summaries),
            notes=sum(note != PaperNote(paper_id=note.paper_id) for note in back.paper_notes),
            problems=back.problems,
            replaced=replaced,
            issue=None if settled else self._compose.run(back.day),
        )

    def _keep(self, digest: BackIssue) -> int:
        """Keep the digest, and what its editor wrote about it unless somebody wrote something else here."""
        key, archives = IssueKey(digest.day), self._store.archives
        before = joint_note(archives.on(digest.day))
        replaced = archives.put(digest, self._clock())
        note, notes = self._store.notes.get(key)
        if note in (IssueNote(), before):
            self._store.notes.put(key, joint_note(archives.on(digest.day)), list(notes.values()))
        return replaced


def _text(path: Path) -> str:
    try:
        # bytes, because reading as text would change line ends that a byte-for-byte export needs
        return path.read_bytes().decode()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        msg = f"{path} is not UTF-8 (byte {error.start}); convert it first."
        raise SourceMalformed(msg, source=ARCHIVE_SOURCE) from error
