"""What is kept of one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from newsletter.domain.subscribers import Mentions, Person, Stale

__all__ = ["PersonalFiles", "PersonalStore", "Remains", "RetentionStore"]


class PersonalStore(Protocol):
    """The tables that hold something of people."""

    def person(self, *, email: str = "", subscriber_id: int = 0) -> Person:
        """Whose data an address or a number leads to, with every address that their issues went to."""
        ...

    def records(self, person: Person) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """All that is kept of a person, by what it is, as JSON has it."""
        ...

    def erase(self, person: Person) -> Mapping[str, int]:
        """Take a person out of every table, all at once; returns from how many rows, by what these are."""
        ...


class PersonalFiles(Protocol):
    """Files of the newsletter's own that name people."""

    def forget(self, person: Person, mentions: Mentions) -> int:
        """Take a person out of them; returns how many files are gone, or were written anew.

        Raises:
            OSError: one cannot be read or written.
        """
        ...


class Remains(Protocol):
    """What a database's files still hold of rows that are gone."""

    @property
    def are_suspected(self) -> bool:
        """Whether they may hold something."""
        ...

    def suspect(self) -> None:
        """Note that they may, before something is deleted."""
        ...

    def cut_log(self) -> bool:
        """Empty a log of what was changed; False where that cannot be at this moment."""
        ...

    def clear(self, *, rewrite: bool = False) -> None:
        """Write the files anew, or as far as that is possible while others work."""
        ...


class RetentionStore(Protocol):
    """What is kept for a time."""

    def take_day(self, day: date) -> bool:
        """Make this day's round ours; False if it is, or was, somebody's."""
        ...

    def count(self, what: Stale, before: datetime) -> int:
        """How much there is of something that is older than a moment."""
        ...

    def forget(self, what: Stale, before: datetime, *, limit: int) -> int:
        """Let go of so much of it, in one transaction; returns how much that was, less than `limit` at the end."""
        ...
