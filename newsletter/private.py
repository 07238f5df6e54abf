"""Files that only their owner may read from their first moment, whatever the umask: they hold secrets or addresses."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

__all__ = ["FILE", "FOLDER", "is_open_to_others", "keep_private", "open_private", "private_folder", "write_private"]

FILE = 0o600
FOLDER = 0o700


def private_folder(path: Path) -> None:
    """Make a folder, those above it too; it is for its owner alone, and so is all that is made on the way.

    Raises:
        OSError: it cannot be made.
    """
    for folder in reversed([folder for folder in (path, *path.parents) if not folder.exists()]):
        folder.mkdir(mode=FOLDER, exist_ok=True)
    keep_private(path)


def write_private(path: Path, content: bytes) -> None:
    """Write a file for its owner alone; one that was there is written anew, never written into.

    Raises:
        OSError: it cannot be written.
    """
    with open_private(path) as file:
        file.write(content)


def open_private(path: Path) -> BinaryIO:
    """The same for what is written piece by piece.

    Raises:
        OSError: it cannot be written.
    """
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE), "wb")


def keep_private(path: Path) -> None:
    """Take away what others may do with a file or folder. One of another owner is not ours to change."""
    with suppress(FileNotFoundError, PermissionError):
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            path.chmod(stat.S_IMODE(mode) & 0o700)


def is_open_to_others(path: Path) -> bool:
    """Whether more people than its owner, and who runs this, may read or change a file.

    The group may read a file of another owner: that is how a service reads what root keeps for it.

    Raises:
        OSError: it is not there, or cannot be looked at.
    """
    if os.name == "nt":  # rights are of another kind there, and nothing is known of them here
        return False
    status = path.stat()
    allowed = FILE if status.st_uid == os.getuid() else FILE | stat.S_IRGRP
    return bool(stat.S_IMODE(status.st_mode) & 0o077 & ~allowed)
