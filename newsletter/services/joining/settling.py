"""What becomes of requests that wait: decided many at a time, by one process at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from newsletter.domain.ports import Clock, JoiningStore, Settled
from newsletter.domain.subscribers import Case, Decision, JoiningRules, decide

__all__ = ["SettleRequests"]

_log = logging.getLogger(__name__)
_BATCH = 1000
"""Requests of one transaction: ten thousand for one address are ten of them, and one letter."""
_ALARM_EVERY = timedelta(hours=1)
_REST = timedelta(seconds=30)
"""How long nobody is looked at while the budget is used up: it opens by a few letters at a time."""


class SettleRequests:
    """The use case."""

    def __init__(self, store: JoiningStore, rules: JoiningRules, *, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._rests_until: datetime | None = None

    def run(self, *, goes_on: Callable[[], bool] = lambda: True) -> Settled:
        """Decide on all that wait, as long as `goes_on` says so. Those beyond the budget of the hour go on waiting."""
        total = Settled()
        while goes_on() and not self._rests():
            now = self._clock()
            one = self._store.settle(partial(self._decide, now), now=now, limit=_BATCH)
            total = Settled(total.decided + one.decided, total.letters + one.letters, one.put_off)
            if one.put_off:
                self._rests_until = now + _REST
                self._alarm()
            elif one.decided < _BATCH:
                break
        return total

    def _rests(self) -> bool:
        return self._rests_until is not None and self._clock() < self._rests_until

    def _decide(self, now: datetime, cases: Sequence[Case], used: int) -> tuple[Decision, ...]:
        return decide(cases, self._rules, now=now, used=used)

    def _alarm(self) -> None:
        """Say once an hour, whichever process it is, that more ask than may."""
        if self._store.alarm(self._clock(), _ALARM_EVERY):
            _log.error(
                "More people ask to join than %d letters an hour allow (signup.budget): an attack, or success. The "
                "others wait for up to %g hours. `newsletter status` tells more.",
                self._rules.per_hour,
                self._rules.patience / timedelta(hours=1),
            )
