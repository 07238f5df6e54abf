"""What came to the address of bounces and is no report: kept for a person to look at, never thrown away."""

from __future__ import annotations

import mailbox
from pathlib import Path

__all__ = ["keep_other"]


def keep_other(folder: Path, content: bytes) -> None:
    """Put a mail into a Maildir, which is made where there is none yet, readable by its owner alone.

    Raises:
        OSError: it cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    mailbox.Maildir(str(folder), create=True).add(content)
