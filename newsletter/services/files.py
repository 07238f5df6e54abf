"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from newsletter.errors import NewsletterError

__all__ = ["write_atomically", "write_if_changed"]


def write_atomically(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write beside the target and rename: whoever reads it sees the old bytes or the new ones.

    It is for everybody to read, as what a web server serves must be, whatever the umask; with `private` for its owner.

    Raises:
        NewsletterError: the folder cannot be written to, or the disk is full; the old file still stands.
    """
    try:
        for folder in reversed([folder for folder in path.parents if not folder.exists()]):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o700 if private else 0o755)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            if not private:  # as mkstemp makes it
                temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror or error}. Check its folder, its rights and the disk's space."
        raise NewsletterError(msg) from error


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write unless the file holds these bytes already, so that its date stays; returns whether it was written."""
    try:
        if path.read_bytes() == content:
            return False
    except FileNotFoundError:
        pass
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}."
        raise NewsletterError(msg) from error
    write_atomically(path, content)
    return True
