"""The worker beside the pages of `newsletter serve`: requests become letters, letters go out.

It looks at the clock, never at what the pages do: when it works says nothing about an address that was just typed in.
Any number of processes may have one; what they must not do twice is theirs by a transaction or a lease.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from newsletter.domain.ports import Clock, JoiningStore
from newsletter.errors import NewsletterError
from newsletter.services.joining.settling import SettleRequests
from newsletter.services.letters.sending import SendLetters

__all__ = ["LetterWorker"]

_log = logging.getLogger(__name__)
_EVERY = 3.0
"""Seconds between two looks."""
_PAUSES = (10.0, 30.0, 60.0, 300.0)
"""Seconds after one, two, … rounds in a row that failed."""
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
        self._close = close
        self._every = every
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="letters", daemon=True)
        self._failures = 0
        self._pruned: datetime | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self, grace: float) -> bool:
        """Take nothing more, and finish what is being handed over within so many seconds; False if that was too short.

        What is not finished then ends with the process: whether it was accepted nobody can know, so it is not repeated.
        """
        self._ending.set()
        self._thread.join(grace)
        return not self._thread.is_alive()

    def _goes_on(self) -> bool:
        return not self._ending.is_set()

    def _work(self) -> None:
        try:
            while self._goes_on():
                self._ending.wait(self._round())
        finally:
            self._close()

    def _round(self) -> float:
        """One look; returns the seconds until the next."""
        trouble = ""
        try:
            self._prune()
            self._settle.run(goes_on=self._goes_on)
            trouble = self._send.run(goes_on=self._goes_on).trouble
        except NewsletterError as error:
            # a database that is locked, a template that is wrong: both are mended while this goes on
            trouble = str(error)
        if not trouble:
            self._failures = 0
            return self._every
        if self._failures < len(_PAUSES):
            _log.error("Letters to readers wait: %s", trouble)
        self._failures += 1
        return _PAUSES[min(self._failures, len(_PAUSES)) - 1]

    def _prune(self) -> None:
        now = self._clock()
        if self._pruned is None or now - self._pruned >= _PRUNED_EVERY:
            self._store.forget_tries(now)
            self._pruned = now
