"""The folder of the site, and which of its files are ours.

A list of what was written, with a hash of each file, stands in the folder itself. A file is removed only if it is on
the list and still has the bytes that we wrote: what an operator put there (`CNAME`, `.well-known`, a picture), or wrote
over ours, stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from newsletter.domain.ports import SiteFile
from newsletter.errors import NewsletterError
from newsletter.services.files import write_if_changed

__all__ = ["LIST", "SiteFolder"]

LIST = ".newsletter.json"
"""The list's name; the built-in web server shows no file whose name begins with a dot."""


class SiteFolder:
    """Writes files, and remembers them when the `with` block is left, even by an error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = _read(path / LIST)
        self._now: dict[str, str] = {}
        self._pruned = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # what could not be written is told by its own error, not by one about the list
        with contextlib.suppress(*([NewsletterError] if error else [])):
            if self._now:
                listed = self._now if self._pruned else self._before | self._now
                content = json.dumps(dict(sorted(listed.items())), indent=0)
                write_if_changed(self._path / LIST, content.encode())

    def has(self, path: str) -> bool:
        """Whether this file was written, or found to be right, already."""
        return path in self._now

    def put(self, file: SiteFile, *, replace: bool = True) -> bool:
        """Write a file unless it is there already; returns whether it was written.

        Without `replace` one that is there stays as it is, whatever it says.

        Raises:
            NewsletterError: it cannot be written.
        """
        if not replace and (self._path / file.path).exists():
            return False
        written = write_if_changed(self._path / file.path, file.content)
        self._now[file.path] = _hash(file.content)
        return written

    def prune(self) -> int:
        """Remove what was written once and not now, and the folders that are empty then; returns how many files.

        Raises:
            NewsletterError: a file cannot be removed.
        """
        removed = 0
        for name in sorted(self._before.keys() - self._now.keys()):
            path = self._path / name
            try:
                if path.is_symlink() or not path.is_file() or _hash(path.read_bytes()) != self._before[name]:
                    continue
                path.unlink()
            except OSError as error:
                msg = f"{path} cannot be removed: {error.strerror or error}."
                raise NewsletterError(msg) from error
            removed += 1
            self._remove_empty(path.parent)
        self._pruned = True
        return removed

    def _remove_empty(self, folder: Path) -> None:
        while folder != self._path:
            try:
                folder.rmdir()
            except OSError:  # something stands in it
                return
            folder = folder.parent


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _read(path: Path) -> dict[str, str]:
    """What is listed; nothing where there is no list, or one that is not ours. No name leads out of the folder."""
    try:
        listed = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(listed, dict):
        return {}
    return {name: digest for name, digest in listed.items() if isinstance(digest, str) and _is_within(name)}


def _is_within(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts
