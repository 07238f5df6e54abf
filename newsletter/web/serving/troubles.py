"""What goes wrong while serving, told to the log once a minute with its count.

A database that is locked, or a stranger who sends nonsense, can fail a thousand requests a second. Each kind of trouble
is told at once when it first comes; what follows of its kind is counted, and told in one line a minute. No line has an
address of a request: it may carry a token.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from types import TracebackType

__all__ = ["Troubles"]

_MINUTE = 60.0
_KINDS = 50
"""Kinds that are told apart in a minute; whatever comes beyond counts as one."""
_BEYOND = "other troubles"
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None] | None


class Troubles:
    """Counts and tells. Touched from the event loop alone.

    Attributes:
        logger: for a library that logs line by line; what it warns of is counted as everything else is.
    """

    def __init__(self, *, every: float = _MINUTE) -> None:
        """`every` is how many seconds lie between two lines of counts."""
        self._log = logging.getLogger("newsletter.web")
        self._every = every
        self._again: Counter[str] = Counter()
        self._known: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        # of nobody else, so that no handler of the program tells its lines one by one
        self.logger = logging.Logger("newsletter.web.serving.server", logging.WARNING)  # noqa: LOG001
        self.logger.addHandler(_Counting(self))

    def note(self, what: str, *, raised: _Raised = None) -> None:
        """One more of this kind; `raised` is told with the first."""
        if what not in self._known and len(self._known) >= _KINDS:
            what = _BEYOND
        if what in self._known:
            self._again[what] += 1
        else:
            self._known.add(what)
            self._log.warning("%s", what, exc_info=raised)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._every, self.tell)

    def tell(self) -> None:
        """Tell what has come again since the last time, as is done every minute; a server does so when it ends."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._known = set(self._again)
        if not self._again:
            return
        counts = "; ".join(f"{count} x {what}" for what, count in self._again.most_common())
        self._again.clear()
        self._log.warning("In the last %g seconds again: %s", self._every, counts)
        self._timer = asyncio.get_running_loop().call_later(self._every, self.tell)


class _Counting(logging.Handler):
    def __init__(self, troubles: Troubles) -> None:
        super().__init__()
        self._troubles = troubles

    def emit(self, record: logging.LogRecord) -> None:
        what = record.getMessage().strip()
        if record.exc_info and record.exc_info[0]:
            what = f"{what}: {record.exc_info[0].__name__}"
        self._troubles.note(what, raised=record.exc_info)
