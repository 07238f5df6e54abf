"""What came to the address of bounces and is no report: kept for a person to look at, never thrown away."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from pathlib import Path

from newsletter.domain.subscribers import Mentions, Person
from newsletter.mail.reports import LONGEST_MESSAGE

__all__ = ["OtherMails", "keep_other"]


def keep_other(folder: Path, content: bytes) -> None:
    """Put a mail into a Maildir, which is made where there is none yet, readable by its owner alone.

    Raises:
        OSError: it cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    mailbox.Maildir(str(folder), create=True).add(content)


class OtherMails:
    """Implements `domain.ports.PersonalFiles` over that folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def forget(self, person: Person, mentions: Mentions) -> int:  # noqa: ARG002  # a mail names nobody by number
        """Delete the mails that name a person; returns how many.

        Raises:
            OSError: one cannot be read or deleted.
        """
        count = 0
        for path in self._mails():
            with path.open("rb") as file:
                content = file.read(LONGEST_MESSAGE)
            if mentions.in_mail(content):
                path.unlink(missing_ok=True)
                count += 1
        return count

    def _mails(self) -> Iterator[Path]:
        for name in ("new", "cur", "tmp"):
            if (folder := self._folder / name).is_dir():
                yield from sorted(path for path in folder.iterdir() if path.is_file())
