"""Where messages lie: a file with one, an mbox, a Maildir, a folder of files, a pipe. Read one at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from newsletter.mail.reports.limits import LONGEST_MESSAGE

__all__ = ["BoxMessage", "UnreadableBox", "messages_in", "split_mbox"]

_LONGEST_LINE = 64 * 1024
_BEGINS = re.compile(rb"From \S* *(?:\w{3} ){1,2} ?\d{1,2} \d{1,2}:\d\d")
"""The line between two messages of an mbox (RFC 4155); a sentence that begins with the word is none."""


@dataclass(frozen=True, slots=True)
class BoxMessage:
    """One message: the file that it lies in, and its place there, from 1."""

    file: str
    number: int
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class UnreadableBox:
    """A file that could not be read, and why."""

    file: str
    reason: str


def messages_in(path: Path) -> Iterator[BoxMessage | UnreadableBox]:
    """Every message of a file (one, or an mbox), of a Maildir (`new` and `cur`), or of a folder and those within.

    What lies in a `.eml` file is one message, whatever it quotes.
    """
    if path.is_dir():
        yield from _folder(path)
        return
    try:
        with path.open("rb") as file:
            if path.suffix.lower() == ".eml":
                yield BoxMessage(str(path), 1, file.read(LONGEST_MESSAGE))
            else:
                yield from split_mbox(file, str(path))
    except OSError as error:
        yield UnreadableBox(str(path), error.strerror or str(error))


def split_mbox(stream: BinaryIO, name: str) -> Iterator[BoxMessage]:
    """The messages of a stream: one, or those of an mbox, which a line `From …` at its very beginning tells.

    Within an mbox a message begins at such a line behind an empty one. Of each only what is read is kept in memory.
    """
    first = stream.readline(_LONGEST_LINE)
    if not _BEGINS.match(first):
        yield BoxMessage(name, 1, (first + stream.read(LONGEST_MESSAGE))[:LONGEST_MESSAGE])
        while not stream.seekable() and stream.read(_LONGEST_LINE):
            pass  # whoever writes into a pipe must be able to write to its end, or takes it for a failure
        return
    number, lines, size, was_empty = 1, [first], len(first), False
    while line := stream.readline(_LONGEST_LINE):
        if was_empty and _BEGINS.match(line):
            yield BoxMessage(name, number, b"".join(lines))
            number, lines, size = number + 1, [], 0
        was_empty = not line.strip()
        if size < LONGEST_MESSAGE:
            lines.append(line)
            size += len(line)
    yield BoxMessage(name, number, b"".join(lines))


def _folder(path: Path) -> Iterator[BoxMessage | UnreadableBox]:
    is_maildir = (path / "new").is_dir() and (path / "cur").is_dir()
    try:
        inside = [path / "new", path / "cur"] if is_maildir else sorted(path.iterdir())
    except OSError as error:
        yield UnreadableBox(str(path), error.strerror or str(error))
        return
    for one in inside:
        # not what a mail program keeps for itself, no pipes, and no circle of links
        if not one.name.startswith(".") and (one.is_file() or (one.is_dir() and not one.is_symlink())):
            yield from messages_in(one)
