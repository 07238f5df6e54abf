"""What libraries log, as lines for a person."""

from __future__ import annotations

import logging
import sys

__all__ = ["shorten_logs"]


class _CacheLines(logging.Handler):
    """The HTTP cache goes on without itself when its file is damaged or its disk is full: said once, in a line."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Say why, where it was not said before."""
        reason = str(record.exc_info[1]) if record.exc_info else record.getMessage()
        if reason not in self._said:
            self._said.add(reason)
            advice = "Check its disk, or delete .newsletter/cache: it is filled anew."
            print(f"The HTTP cache is not used: {reason}. {advice}", file=sys.stderr)


def shorten_logs() -> None:
    """Turn the log of the HTTP cache, which has a traceback for every answer, into lines."""
    log = logging.getLogger("hishel")
    log.handlers = [_CacheLines()]
    log.propagate = False
