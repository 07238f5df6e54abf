"""The outbox: the exact messages of a dispatch, written to a folder to be looked at and sent later."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from newsletter.domain.delivery import OutgoingMessage
from newsletter.domain.subscribers import address_key
from newsletter.errors import MailError
from newsletter.private import keep_private, open_private, private_folder, write_private

__all__ = ["OutboxEntry", "OutboxPage", "OutboxWriter", "file_name"]

OutboxPage = Callable[[Mapping[str, Any], Mapping[str, str]], str]
"""Renders `index.html` from the manifest and, by address, the HTML part of messages to be shown in it.

The manifest it gets lists the first recipients alone; `more` says how many others there are.
"""

_SAFE = re.compile(r"[a-z0-9_+=][a-z0-9_+=.-]{0,63}@[a-z0-9][a-z0-9.-]{0,119}", re.ASCII)
_UNSAFE = re.compile(r"[^a-z0-9_+=@-]+", re.ASCII)
_SHOWN = 15
_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One recipient as the manifest lists them.

    `matched` maps a paper's id to the terms that it came for, `interests` (which the manifest leaves out) each of the
    subscriber's own interests to how many papers it found. Without a message `file`, `sha256` and `message_id` are
    empty and `reason` says why.
    """

    email: str
    status: str
    reason: str
    papers: tuple[str, ...]
    matched: Mapping[str, tuple[str, ...]]
    interests: Mapping[str, int] = field(default_factory=dict)
    file: str = ""
    size: int = 0
    sha256: str = ""
    message_id: str = ""

    def as_dict(self) -> dict[str, object]:
        """The entry as the manifest holds it."""
        return {
            "email": self.email,
            "status": self.status,
            "reason": self.reason,
            "papers": list(self.papers),
            "matched": {paper: list(terms) for paper, terms in self.matched.items()},
            "file": self.file,
            "bytes": self.size,
            "sha256": self.sha256,
            "message_id": self.message_id,
        }


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

    def __init__(self, folder: Path, *, slug: str, issue_hash: str, page: OutboxPage | None = None) -> None:
        self.folder = folder
        self._slug = slug
        self._hash = issue_hash
        self._page = page
        self._building = folder.with_name(f".{folder.name}.{os.getpid()}.new")
        self.first: list[OutboxEntry] = []
        self._manifest: BinaryIO | None = None
        self._html: dict[str, str] = {}
        self.totals: Counter[str] = Counter()

    def __enter__(self) -> Self:
        try:
            shutil.rmtree(self._building, ignore_errors=True)
            self._keep_private()
            private_folder(self._building)
            self._manifest = open_private(self._building / "manifest.json")
            head = _json({"date": self._slug, "issue_hash": self._hash})
            self._manifest.write(head[:-1] + b',"deliveries":[')
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
            if self._manifest is not None:
                self._manifest.close()
            shutil.rmtree(self._building, ignore_errors=True)

    def add(self, entry: OutboxEntry, message: OutgoingMessage | None) -> None:
        """Write the message of one recipient, and the entry with what only the message tells.

        Raises:
            MailError: a file cannot be written.
        """
        assert self._manifest is not None  # noqa: S101  # open as long as the context is
        if message is not None:
            content = bytes(message)
            entry = replace(
                entry,
                file=file_name(entry.email),
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                message_id=message.message_id,
            )
            if self._page is not None and len(self._html) < _SHOWN and len(self.first) < _LISTED:
                self._html[entry.email] = _html_of(content)
        try:
            if message is not None:
                write_private(self._building / entry.file, content)
            self._manifest.write((b"," if self.totals else b"") + b"\n" + _json(entry.as_dict()))
        except OSError as error:
            raise self._explained(error) from error
        if len(self.first) < _LISTED:
            self.first.append(entry)
        self.totals[entry.status] += 1

    def _finish(self) -> None:
        assert self._manifest is not None  # noqa: S101  # as above
        totals = dict(sorted(self.totals.items()))
        with self._manifest as file:
            file.write(b'\n],"totals":' + _json(totals) + b"}\n")
        if self._page is not None:
            deliveries = [entry.as_dict() for entry in self.first]
            manifest = {"date": self._slug, "issue_hash": self._hash, "deliveries": deliveries, "totals": totals}
            more = sum(totals.values()) - len(deliveries)
            write_private(self._building / "index.html", self._page(manifest | {"more": more}, self._html).encode())
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


def _html_of(content: bytes) -> str:
    part = message_from_bytes(content, policy=policy.default).get_body(("html",))
    return str(part.get_content()) if part is not None else ""
