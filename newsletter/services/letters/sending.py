"""Sending letters that are due: a round of it, safe to end anywhere and to repeat, from several processes at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from newsletter.domain.delivery import DeliveryStatus, Letter, Outcome, Pacer
from newsletter.domain.ports import Clock, LetterStore
from newsletter.domain.subscribers import LetterKind
from newsletter.mail.smtp import Connector, Pool, PoolSettings
from newsletter.services.dispatch.owner import is_dead, owner
from newsletter.services.letters.making import LetterMaker
from newsletter.services.letters.queue import LetterQueue

__all__ = ["LetterRound", "SendDigests", "SendLetters"]

_AT_ONCE = 50
"""Letters that one process takes at a time; others may take those behind them."""
_LEASE = timedelta(minutes=20)
"""For so long a process is believed to be at it where nobody can look: longer than a relay may take to answer."""


class SendDigests(Protocol):
    """Sends letters of a kind that are digests and have a way of their own; says what came of each."""

    def __call__(self, letters: Sequence[Letter]) -> Sequence[Outcome]:
        """Safe to repeat: the ledger knows what has gone."""
        ...


@dataclass(frozen=True, slots=True)
class LetterRound:
    """What a round did: letters by what became of them, and why it ended early, if it did."""

    counts: Counter[DeliveryStatus] = field(default_factory=Counter)
    trouble: str = ""

    @property
    def taken(self) -> int:
        """How many letters something became of."""
        return sum(self.counts.values())


class SendLetters:
    """The use case."""

    def __init__(
        self,
        store: LetterStore,
        maker: LetterMaker,
        connector: Connector,
        *,
        pool: PoolSettings,
        pacer: Pacer,
        clock: Clock,
        digests: Mapping[LetterKind, SendDigests],
        crash_hook: Callable[[str], None] = lambda _moment: None,
    ) -> None:
        """`pacer` counts what this process sends, `digests` says who sends which kind of them.

        `crash_hook` is called as by the pool.
        """
        self._store = store
        self._maker = maker
        self._connector = connector
        self._pool = pool
        self._pacer = pacer
        self._clock = clock
        self._digests = digests
        self._crash_hook = crash_hook
        self._holder = owner()

    def run(self, *, goes_on: Callable[[], bool] = lambda: True) -> LetterRound:
        """Send what is due, as long as `goes_on` says so; a letter that is being handed over is finished first.

        Raises:
            TemplateFault: a template is missing or wrong; the letters wait.
            StoreUnavailable: the database cannot be written; nothing is handed over without it.
        """
        now = self._clock()
        self._store.recover(now=now, is_dead=is_dead)
        letters = self._store.claim(self._holder, now=now, until=now + _LEASE, limit=_AT_ONCE)
        if not letters:
            return LetterRound()
        try:
            worded = [letter for letter in letters if letter.kind not in self._digests]
            outcomes, trouble = self._send(worded, goes_on) if worded else ([], "")
            for kind, send in self._digests.items():
                own = [letter for letter in letters if letter.kind is kind]
                if own and not trouble and goes_on():
                    for outcome in send(own):
                        self._store.settle(self._holder, outcome, now=self._clock())
                        outcomes.append(outcome)
        finally:
            self._store.give_back(self._holder)
        return LetterRound(Counter(outcome.status for outcome in outcomes), trouble)

    def _send(self, letters: Sequence[Letter], goes_on: Callable[[], bool]) -> tuple[list[Outcome], str]:
        queue = LetterQueue(
            letters,
            self._store,
            self._maker,
            holder=self._holder,
            pacer=self._pacer,
            clock=self._clock,
            goes_on=goes_on,
        )
        pool = Pool(self._connector, queue, self._pool, crash_hook=self._crash_hook)
        try:
            asyncio.run(pool.run())
        except BaseExceptionGroup as group:
            raise _first(group) from None
        return queue.outcomes, str(pool.failure) if pool.failure else queue.trouble


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error itself: whoever called thinks of letters, not of connections."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
