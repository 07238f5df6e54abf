"""Work that `newsletter serve` does beside the pages: in a thread of its own, a round at a time, by the clock.

What may go wrong by itself and be mended while this goes on (a database that is locked, a template that is wrong) is
logged, and tried again after a growing pause. An error that nobody has foreseen ends the thread: what it has left
behind nobody knows. It is told once what that means, and Python writes below it where it happened.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from newsletter.errors import NewsletterError

__all__ = ["Rounds"]

_log = logging.getLogger(__name__)
_PAUSES = (10.0, 30.0, 60.0, 300.0)


class Rounds:
    """A thread that works until it is ended."""

    def __init__(
        self,
        name: str,
        work: Callable[[], str],
        *,
        every: float,
        trouble: str,
        close: Callable[[], None],
        once_more: bool = False,
        pauses: Sequence[float] = _PAUSES,
    ) -> None:
        """Nothing begins yet.

        Args:
            name: the thread's.
            work: one round; returns what keeps it from its work, empty where nothing does. It may raise
                NewsletterError, which is such a thing too.
            every: seconds between two rounds.
            trouble: what it means for others that this work is not done, as in "Letters to readers wait".
            close: gives back what the work has opened, at the end, within the thread.
            once_more: whether there is a last round after it has been ended.
            pauses: seconds after one, two, … rounds in a row that failed; the last holds for those after it too.
        """
        self._work = work
        self._every = every
        self._trouble = trouble
        self._close = close
        self._once_more = once_more
        self._pauses = pauses
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._failures = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def end(self, grace: float) -> bool:
        """Begin no round after this one, and wait for it so many seconds; False if that was too short."""
        self._ending.set()
        self._thread.join(grace)
        return not self._thread.is_alive()

    def goes_on(self) -> bool:
        """Whether it has not been ended."""
        return not self._ending.is_set()

    def _run(self) -> None:
        is_whole = False
        try:
            while self.goes_on():
                self._ending.wait(self._round())
            if self._once_more:
                self._round()
            is_whole = True
        finally:
            if not is_whole:
                _log.critical(
                    "%s until `newsletter serve` is started again: an error that nobody has foreseen has ended this "
                    "work. Please report what is written below, without the addresses in it.",
                    self._trouble,
                )
            self._close()

    def _round(self) -> float:
        """One round; returns the seconds until the next."""
        try:
            trouble = self._work()
        except NewsletterError as error:
            trouble = str(error)
        if not trouble:
            self._failures = 0
            return self._every
        if self._failures < len(self._pauses):
            _log.error("%s: %s", self._trouble, trouble)
        self._failures += 1
        return self._pauses[min(self._failures, len(self._pauses)) - 1]
