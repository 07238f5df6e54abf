"""The pages of an outbox: a list of all recipients in pieces, a page a message, and what the list is searched in.

Everything is written as it comes, so that an audience of any size takes the same memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from newsletter.domain.ports import OutboxDesign, OutboxEntry, OutboxListing, OutboxMessage
from newsletter.private import open_private, write_private

__all__ = ["SEARCHED", "OutboxList", "OutboxPages"]

LISTED = 250
"""Recipients on a page of the list."""

_INDEX = "index.html"
SEARCHED = "recipients.js"
"""What the list is searched in: a recipient a line."""


class OutboxList:
    """Writes the list of all recipients, in pages of `LISTED`, as they come."""

    def __init__(self, folder: Path, design: OutboxDesign) -> None:
        self._folder = folder
        self._design = design
        self._first: list[OutboxEntry] = []
        self._pending: list[OutboxEntry] = []
        self._pages = [_INDEX]
        self._unshown = 0

    def add(self, entry: OutboxEntry) -> None:
        """List a recipient, whose page is written, if they get one.

        Raises:
            OSError: a file cannot be written.
        """
        self._unshown += bool(entry.file and not entry.page)
        if len(self._first) < LISTED:
            self._first.append(entry)
            return
        if len(self._pending) == LISTED:
            self._write_pending(has_more=True)
        self._pending.append(entry)

    def finish(self, totals: Mapping[str, int]) -> Sequence[str]:
        """Write the pages that only the end tells of; returns the names of all.

        Raises:
            OSError: a file cannot be written.
        """
        if self._pending:
            self._write_pending(has_more=False)
        after = self._pages[1] if len(self._pages) > 1 else ""
        self._write(OutboxListing(1, self._first, "", after, self._pages, totals, self._unshown))
        return self._pages

    def _write_pending(self, *, has_more: bool) -> None:
        number = len(self._pages) + 1
        after = _list_page(number + 1) if has_more else ""
        self._write(OutboxListing(number, self._pending, before=self._pages[-1], after=after))
        self._pages.append(_list_page(number))
        self._pending = []

    def _write(self, listing: OutboxListing) -> None:
        name = _list_page(listing.number) if listing.number > 1 else _INDEX
        write_private(self._folder / name, self._design.listing(listing).encode())


class OutboxPages:
    """Writes the pages of one outbox into a folder.

    The first `shown` messages get a page; the others have their `.eml`, which every mail program opens.
    """

    def __init__(self, folder: Path, design: OutboxDesign, *, shown: int) -> None:
        """Begin them.

        Raises:
            OSError: a file cannot be written.
        """
        self._folder = folder
        self._design = design
        self._shown = shown
        self._list = OutboxList(folder, design)
        self._searched = open_private(folder / SEARCHED)
        self._searched.write(design.search_head().encode())

    def close(self) -> None:
        """Let go of what is open, whether or not the pages are whole."""
        self._searched.close()

    def add(self, entry: OutboxEntry, content: bytes) -> OutboxEntry:
        """Write what there is to write of one recipient; returns the entry with its page.

        `content` is the message, empty where there is none.

        Raises:
            OSError: a file cannot be written.
        """
        if content and self._shown:
            self._shown -= 1
            entry = replace(entry, page=f"{entry.file.removesuffix('.eml')}.html")
            write_private(self._folder / entry.page, self._design.message(entry, _read(content)).encode())
        self._searched.write(self._design.search_line(entry).encode())
        self._list.add(entry)
        return entry

    def finish(self, totals: Mapping[str, int]) -> None:
        """Write the pages that only the end tells of.

        Raises:
            OSError: a file cannot be written.
        """
        with self._searched as file:
            file.write(self._design.search_foot().encode())
        self._list.finish(totals)


def _list_page(number: int) -> str:
    return f"index-{number}.html"


def _read(content: bytes) -> OutboxMessage:
    """The message as a mail program reads it.

    It has two parts and no more, so it is cut at its boundary: the parser of the standard library looks for one in
    every line, which takes longer than to make the message.
    """
    whole, body = _cut(content)
    parts = [_cut(part) for part in body.split(b"--%b\r\n" % whole.get_boundary("").encode())[1:]]
    text = {head.get_content_type(): _decoded(head, part) for head, part in parts}
    return OutboxMessage(
        html=text["text/html"], text=text["text/plain"], header=content[: -len(body)].decode("utf-8", "replace")
    )


def _cut(content: bytes) -> tuple[Message, bytes]:
    """The header of a message or a part, and its body."""
    head, between, body = content.partition(b"\r\n\r\n")
    return message_from_bytes(head + between), body


def _decoded(head: Message, part: bytes) -> str:
    head.set_payload(part.rpartition(b"\r\n--")[0] if part.endswith(b"--\r\n") else part.removesuffix(b"\r\n"))
    content = head.get_payload(decode=True)
    assert isinstance(content, bytes)  # noqa: S101  # as it is of a part that has no parts
    return content.decode()
