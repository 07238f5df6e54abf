"""The worker beside the pages of `newsletter serve`: requests become letters, letters go out.

It looks at the clock, never at what the pages do: when it works says nothing about an address that was just typed in.
Any number of processes may have one; what they must not do twice is theirs by a transaction or a lease.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from newsletter.domain.ports import Clock, JoiningStore
from newsletter.services.joining.settling import SettleRequests
from newsletter.services.letters.sending import SendLetters
from newsletter.services.rounds import Rounds

__all__ = ["LetterWorker"]

_EVERY = 3.0
"""Seconds between two looks."""
_NOTED_EVERY = timedelta(minutes=1)
_PRUNED_EVERY = timedelta(hours=1)


class LetterWorker:
    """A thread of its own, with a database connection of its own."""

    def __init__(
        self,
        settle: SettleRequests,
        send: SendLetters,
        store: JoiningStore,
        *,
        clock: Clock,
        close: Callable[[], None],
        every: float = _EVERY,
    ) -> None:
        """`close` gives back what the worker has opened."""
        self._settle = settle
        self._send = send
        self._store = store
        self._clock = clock
        self._rounds = Rounds("letters", self._round, every=every, trouble="Letters to readers wait", close=close)
        self._pruned: datetime | None = None
        self._noted: datetime | None = None

    def start(self) -> None:
        """Begin."""
        self._rounds.start()

    def end(self, grace: float) -> bool:
        """Take nothing more, and finish what is being handed over within so many seconds; False if that was too short.

        What is not finished then ends with the process: whether it was accepted nobody can know, so it is not repeated.
        """
        return self._rounds.end(grace)

    def _round(self) -> str:
        """One look; returns why letters wait, if they do."""
        self._prune()
        self._settle.run(goes_on=self._rounds.goes_on)
        trouble = self._send.run(goes_on=self._rounds.goes_on).trouble
        if not trouble:
            self._note()
        return trouble

    def _note(self) -> None:
        """Let others know that requests are answered: the database is all that they see of this process."""
        now = self._clock()
        if self._noted is None or now - self._noted >= _NOTED_EVERY:
            self._store.note_answered(now)
            self._noted = now

    def _prune(self) -> None:
        now = self._clock()
        if self._pruned is None or now - self._pruned >= _PRUNED_EVERY:
            self._store.forget_tries(now)
            self._pruned = now
