"""The letters of one round, as connections to the relay are given them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from newsletter.domain.bounces import refusal
from newsletter.domain.delivery import (
    LETTER_SCHEDULE,
    Attempt,
    AttemptResult,
    DeliveryStatus,
    Letter,
    Outcome,
    Pacer,
    UncertainPolicy,
    consequences,
)
from newsletter.domain.ports import Clock, LetterStore
from newsletter.errors import AddressInvalid
from newsletter.services.letters.making import LetterMaker, NotWanted

__all__ = ["LetterQueue"]

_LOOK = 0.2
"""Seconds between two looks whether the round is to end, while a limit holds letters back."""


class LetterQueue:
    """Implements `domain.ports.MessageQueue` over the store.

    Attributes:
        outcomes: what came of letters, in their order.
        trouble: why the round has ended early; empty if it has not.
    """

    def __init__(
        self,
        letters: Sequence[Letter],
        store: LetterStore,
        maker: LetterMaker,
        *,
        holder: str,
        pacer: Pacer,
        clock: Clock,
        goes_on: Callable[[], bool],
    ) -> None:
        self._waiting = deque(letters)
        self._store = store
        self._maker = maker
        self._holder = holder
        self._pacer = pacer
        self._clock = clock
        self._goes_on = goes_on
        self._stopped = False
        self.outcomes: list[Outcome] = []
        self.trouble = ""

    async def next(self) -> Attempt[Letter] | None:
        """The next letter, as soon as it may go out."""
        while self._waiting and not self._stopped and self._goes_on():
            now = asyncio.get_running_loop().time()
            domain = self._waiting[0].domain
            wait = max(self._pacer.wait(now)[0], self._pacer.wait_for(domain, now)[0])
            if wait > 0:
                await asyncio.sleep(min(wait, _LOOK))
                continue
            letter = self._waiting.popleft()
            if (attempt := await asyncio.to_thread(self._made, letter)) is not None:
                self._pacer.take(domain, now)
                return attempt
        return None

    def ready(self) -> Attempt[Letter] | None:
        """None: one letter at a time is fast enough."""
        return None

    def _made(self, letter: Letter) -> Attempt[Letter] | None:
        try:
            return Attempt(letter, self._maker.make(letter))
        except NotWanted as why:
            self._write(Outcome(letter.id, DeliveryStatus.SKIPPED, str(why)))
        except AddressInvalid as error:
            self._write(Outcome(letter.id, DeliveryStatus.FAILED, str(error)))
        return None

    async def begin(self, attempt: Attempt[Letter]) -> bool:
        """Make it durable that this letter is being handed over; False if it must not be (any more)."""
        letter, own_id = attempt.delivery, attempt.message.message_id
        return await asyncio.to_thread(self._store.begin, self._holder, letter.id, own_id, now=self._clock())

    def settle(self, attempt: Attempt[Letter], result: AttemptResult) -> None:
        """Take the result of an attempt. One that nobody answered for is not tried again: its reader can ask again."""
        follows = consequences(
            attempt.delivery,
            result,
            now=self._clock(),
            schedule=LETTER_SCHEDULE,
            uncertain=UncertainPolicy.HOLD,
            means=refusal,
        )
        if follows.outcome is not None:
            self._write(follows.outcome)
        else:
            self.give_back(attempt)
        if trouble := follows.relay_busy or follows.relay_refuses:
            self.trouble = trouble
            self.stop()

    def give_back(self, attempt: Attempt[Letter]) -> None:
        """Take a letter back that was not tried."""
        self._waiting.appendleft(attempt.delivery)

    def stop(self) -> None:
        """Give no more."""
        self._stopped = True

    def _write(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._store.settle(self._holder, outcome, now=self._clock())
