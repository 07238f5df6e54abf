"""Letters: what is kept of them, and who words them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from newsletter.domain.delivery import DeliveryStatus, Letter, Outcome
from newsletter.domain.subscribers import LetterKind, Subscriber

__all__ = ["LetterFacts", "LetterStore", "LetterText", "LetterWriter"]


class LetterStore(Protocol):
    """Letters. Any of several processes takes some, for a while; one that was handed over is never taken again."""

    def claim(self, holder: str, *, now: datetime, until: datetime, limit: int) -> tuple[Letter, ...]:
        """Take letters that are due and held by nobody; they are this holder's until a moment."""
        ...

    def begin(self, holder: str, letter_id: int, message_id: str, *, now: datetime) -> bool:
        """Make it durable that a letter is being handed over; False if it is not this holder's any more."""
        ...

    def settle(self, holder: str, outcome: Outcome, *, now: datetime) -> None:
        """Write down what came of a letter."""
        ...

    def give_back(self, holder: str) -> None:
        """Let what this holder has and has not begun be anybody's again."""
        ...

    def recover(self, *, now: datetime, is_dead: Callable[[str], bool]) -> int:
        """End what dead processes hold: what they had begun is uncertain, the rest anybody's; how many were begun."""
        ...

    def write(
        self, kind: LetterKind, *, email: str, subscriber_id: int, language: str, now: datetime, about: str = ""
    ) -> int:
        """Let a letter go that no request has asked for; returns its number."""
        ...

    def catch_up(self, subscriber: Subscriber, about: str, *, now: datetime) -> bool:
        """Let the best of what somebody missed go, once a pause.

        False, and there is no letter, where that was said by another process, or they have changed their pause since.
        """
        ...

    def refused(self, since: datetime) -> tuple[Letter, ...]:
        """The letters that failed since a moment by what a server answered."""
        ...

    def counts(self) -> Mapping[DeliveryStatus, int]:
        """How many letters are in each state."""
        ...

    def newest(self, limit: int) -> tuple[Letter, ...]:
        """The newest letters, the newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What a letter says. Nothing in it was typed into a form.

    `languages` are those it is written in, the first of them first. `link` is the address that it is about, empty where
    there is none; it can be followed until `until`, None where it has no end. `asked_at` is when it was asked for.
    """

    kind: LetterKind
    languages: Sequence[str]
    link: str
    asked_at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter in words."""

    subject: str
    html: str
    text: str


class LetterWriter(Protocol):
    """Words letters."""

    def write(self, facts: LetterFacts) -> LetterText:
        """A letter in all its languages."""
        ...
