"""The queue manager: which message goes next, whether it may go, and who takes its result."""

from __future__ import annotations

from newsletter.domain.delivery import Attempt, AttemptResult, Begin, Delivery
from newsletter.errors import AddressInvalid, NewsletterError
from newsletter.services.dispatch.claiming import Claimer
from newsletter.services.dispatch.lease import Lease
from newsletter.services.dispatch.messages import MessageMaker
from newsletter.services.dispatch.pacing import PacedLine
from newsletter.services.dispatch.run_ledger import RunLedger
from newsletter.services.dispatch.settling import Settler
from newsletter.services.dispatch.state import RunState

__all__ = ["QueueManager"]


class QueueManager:
    """Implements `domain.ports.MessageQueue` over the ledger: the claimer fills the line, the settler takes results."""

    def __init__(
        self,
        line: PacedLine,
        claimer: Claimer,
        settler: Settler,
        *,
        maker: MessageMaker,
        ledger: RunLedger,
        lease: Lease,
        state: RunState,
    ) -> None:
        self._line = line
        self._claimer = claimer
        self._settler = settler
        self._maker = maker
        self._ledger = ledger
        self._lease = lease
        self._state = state

    async def next(self) -> Attempt[Delivery] | None:
        """The next message, as soon as it may go out; None when there is none left or sending should end."""
        while not self._state.stopped:
            if (attempt := self.ready()) is not None:
                return attempt
            self._claimer.refill()
            if self._claimer.exhausted and not len(self._line):
                return None
            await self._state.change(self._line.wait())
        return None

    def ready(self) -> Attempt[Delivery] | None:
        """A message that may go out at this very moment, or None."""
        if self._state.stopped:
            return None
        self._claimer.keep_filled()
        while (claimed := self._line.take()) is not None:
            delivery = claimed.delivery
            try:
                message = self._maker.make(delivery.recipient, claimed.selection)
            except AddressInvalid as error:
                self._settler.fail(delivery, str(error))
            except NewsletterError as error:
                # a template, or a message that is not the manifest's: wrong for everybody, not for this one
                self._state.fail(error)
                return None
            else:
                return Attempt(delivery, message)
        return None

    async def begin(self, attempt: Attempt[Delivery]) -> bool:
        """Make it durable that this message is being handed over; False if it must not be (any more)."""
        if not self._lease.holds():
            return False
        if not await self._ledger.begin(Begin(attempt.delivery.id, attempt.message.message_id)):
            # another process has ended this run; or this delivery alone is over, because its reader was erased
            await self._lease.renew()
            return False
        if not self._lease.holds():
            self._settler.unbegin(attempt)
            return False
        return True

    def settle(self, attempt: Attempt[Delivery], result: AttemptResult) -> None:
        """Take the result of an attempt."""
        self._settler.settle(attempt, result)

    def give_back(self, attempt: Attempt[Delivery]) -> None:
        """Take a message back that was not tried."""
        self._settler.give_back(attempt)

    def stop(self) -> None:
        """Give no more: the relay cannot be used."""
        self._state.stop()
