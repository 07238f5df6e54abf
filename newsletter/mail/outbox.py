"""The outbox: the exact messages of a dispatch, written to a folder to be looked at and sent later."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from newsletter.domain.delivery import OutgoingMessage
from newsletter.domain.ports import OutboxDesign, OutboxEntry
from newsletter.domain.subscribers import address_key
from newsletter.errors import MailError
from newsletter.mail.outbox_pages import OutboxPages
from newsletter.private import keep_private, open_private, private_folder, write_private

__all__ = ["OutboxWriter", "file_name"]

_SAFE = re.compile(r"[a-z0-9_+=][a-z0-9_+=.-]{0,63}@[a-z0-9][a-z0-9.-]{0,119}", re.ASCII)
_UNSAFE = re.compile(r"[^a-z0-9_+=@-]+", re.ASCII)
_FIRST = 200
"""Recipients whom the command may tell of without reading the manifest."""


def file_name(email: str) -> str:
    """The name of a recipient's file: the address where it is plain, else what is plain of it and a hash.

    No address leads out of the folder, into a hidden file, or to the same name as another's.
    """
    key = address_key(email)
    if _SAFE.fullmatch(key):
        return f"{key}.eml"
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    plain = _UNSAFE.sub("_", key)[:60].strip("_")
    return f"{plain}~{digest}.eml"


class OutboxWriter:
    """Writes one outbox, each recipient as they come: built beside its place and moved there when it is whole.

    Use as a context manager: leaving it puts the new folder in the place of the old one; leaving it by an exception
    removes what was written and lets the old one stand.

    Attributes:
        first: the first recipients, in the order they came; `manifest.json` has them all.
        totals: how many stand in which state.
    """

    def __init__(
        self, folder: Path, *, slug: str, issue_hash: str, design: OutboxDesign | None = None, shown: int = 1000
    ) -> None:
        """`design` draws the pages, a page each for the first `shown` messages; without it there are none."""
        self.folder = folder
        self._slug = slug
        self._hash = issue_hash
        self._design = design
        self._shown = shown
        self._building = folder.with_name(f".{folder.name}.{os.getpid()}.new")
        self.first: list[OutboxEntry] = []
        self._manifest: BinaryIO | None = None
        self._pages: OutboxPages | None = None
        self.totals: Counter[str] = Counter()

    def __enter__(self) -> Self:
        try:
            shutil.rmtree(self._building, ignore_errors=True)
            self._keep_private()
            private_folder(self._building)
            self._manifest = open_private(self._building / "manifest.json")
            head = _json({"date": self._slug, "issue_hash": self._hash})
            self._manifest.write(head[:-1] + b',"deliveries":[')
            if self._design is not None:
                self._pages = OutboxPages(self._building, self._design, shown=self._shown)
        except OSError as error:
            raise self._explained(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        except OSError as fault:
            raise self._explained(fault) from fault
        finally:
            for opened in (self._manifest, self._pages):
                if opened is not None:
                    opened.close()
            shutil.rmtree(self._building, ignore_errors=True)

    def add(self, entry: OutboxEntry, message: OutgoingMessage | None) -> None:
        """Write the message of one recipient, and the entry with what only the message tells.

        Raises:
            MailError: a file cannot be written.
        """
        assert self._manifest is not None  # noqa: S101  # open as long as the context is
        content = b"" if message is None else bytes(message)
        if message is not None:
            entry = replace(
                entry,
                subject=message.subject,
                preheader=message.preheader,
                file=file_name(entry.email),
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                message_id=message.message_id,
            )
        try:
            if content:
                write_private(self._building / entry.file, content)
            if self._pages is not None:
                entry = self._pages.add(entry, content)
            self._manifest.write((b"," if self.totals else b"") + b"\n" + _json(entry.as_dict()))
        except OSError as error:
            raise self._explained(error) from error
        if len(self.first) < _FIRST:
            self.first.append(entry)
        self.totals[entry.status] += 1

    def _finish(self) -> None:
        assert self._manifest is not None  # noqa: S101  # as above
        totals = dict(sorted(self.totals.items()))
        with self._manifest as file:
            file.write(b'\n],"totals":' + _json(totals) + b"}\n")
        if self._pages is not None:
            self._pages.finish(totals)
        old = self.folder.with_name(f".{self.folder.name}.{os.getpid()}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(old)
        self._building.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)

    def _keep_private(self) -> None:
        """Messages hold addresses and links that act for their readers: earlier outboxes are closed to others too."""
        root = self.folder.parent
        if root.is_dir():
            shown = [path for path in root.iterdir() if not path.name.startswith(".")]
            outboxes = [path for path in shown if (path / "manifest.json").is_file()]
            # a folder that holds other things as well may be anything, /tmp for instance
            for path in (*outboxes, *([root] if len(outboxes) == len(shown) else [])):
                keep_private(path)

    def _explained(self, error: OSError) -> MailError:
        return MailError(
            f"The outbox {self.folder} cannot be written: {error.strerror or error}. "
            "Check the folder, its rights and the disk's space; an earlier outbox still stands."
        )


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
