"""JSON Lines as a source: a back archive or another program can announce papers, and bring their summaries along."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from newsletter.domain.papers import Announcement, ListingStatus, SourceKind
from newsletter.errors import SourceUnavailable
from newsletter.sources._source import FeedByFeed, FeedReading
from newsletter.sources.paper_lines import MAX_LINE, UnreadableLine, parse

__all__ = ["KIND", "Files"]

KIND = SourceKind.FILES.value


@dataclass(frozen=True, kw_only=True)
class Files(FeedByFeed):
    """One feed: a file, or every `*.jsonl` of a folder; of it the lines announced on a day, or that do not say when."""

    kind = KIND
    path: Path = field(kw_only=False)

    @property
    def feeds(self) -> tuple[str, ...]:
        """The one feed, named after the file."""
        return (self.path.name,)

    async def _read(self, day: date, feed: str) -> FeedReading:
        return await asyncio.to_thread(self._read_lines, day, feed)

    def _read_lines(self, day: date, feed: str) -> FeedReading:
        announcements: list[Announcement] = []
        problems: list[str] = []
        for path in self._paths():
            try:
                with path.open("rb") as file:
                    for read in parse(_lines(file), day=day, feed=feed):
                        if isinstance(read, UnreadableLine):
                            problems.append(f"{path.name}:{read.line}: {read.message}")
                        elif read.day == day:
                            announcements.append(read)
            except OSError as error:
                msg = f"{path} cannot be read: {error.strerror or error}"
                raise SourceUnavailable(msg, source=KIND, feed=feed) from error
        status, note = ListingStatus.FRESH, ""
        if not announcements:
            status, note = ListingStatus.NONE_EXPECTED, f"{self.path.name} holds no paper of this day"
        return FeedReading(
            status=ListingStatus.FAILED if problems and not announcements else status,
            notes=(note,),
            announcements=announcements,
            problems=problems,
        )

    def _paths(self) -> list[Path]:
        return sorted(self.path.glob("*.jsonl")) if self.path.is_dir() else [self.path]


def _lines(file: Any) -> Iterator[bytes]:  # noqa: ANN401 - a binary file; typing.BinaryIO lacks readline's bound
    """The lines; of one that is too long only the beginning, so that memory stays bounded."""
    while line := file.readline(MAX_LINE):
        yield line
        while len(line) == MAX_LINE and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE)
