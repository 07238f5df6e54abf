"""Mail that is delivered to us: who it may be for, and what is done with each message before it is acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from newsletter.domain.bounces import TakenIn
from newsletter.domain.delivery import SigningSecrets, read_bounce_address, read_letter_bounce_address
from newsletter.domain.notation import counted
from newsletter.domain.subscribers import ascii_domain
from newsletter.errors import AddressInvalid
from newsletter.services.bounces.intake import Intake

__all__ = ["Receive", "told_taken"]


class Receive:
    """The use case."""

    def __init__(
        self,
        intake: Intake,
        *,
        address: str,
        secrets: Callable[[], SigningSecrets],
        source: str,
        longest: int,
        keep_other: Callable[[bytes], None],
    ) -> None:
        """`address` is where bounces come back to; `longest` octets of a message are read, others are kept whole."""
        self._intake = intake
        self._mailbox, _, self._domain = address.lower().rpartition("@")
        self._secrets = secrets
        self._source = source
        self._longest = longest
        self._keep_other = keep_other

    def refusal(self, recipient: str) -> str:
        """The SMTP reply to a recipient that is certainly not ours; empty where mail is taken for it.

        Ours are the address of bounces, whatever stands behind a plus sign (readers leave there, too), and
        each envelope sender that we signed, wherever a server has redirected it to.
        """
        local, _, domain = recipient.lower().rpartition("@")
        with suppress(AddressInvalid):
            domain = ascii_domain(domain)
        is_here = domain == self._domain
        if (is_here and local.partition("+")[0] == self._mailbox) or self._has_signed(recipient):
            return ""
        return "550 5.1.1 No such mailbox here" if is_here else "550 5.7.1 No mail is relayed here"

    def _has_signed(self, recipient: str) -> bool:
        """Whether this is the envelope sender of a delivery or a letter of ours."""
        secrets = self._secrets()
        if read_bounce_address(secrets, recipient) is not None:
            return True
        return read_letter_bounce_address(secrets, recipient) is not None

    def receive(self, content: bytes, recipients: tuple[str, ...], sender: str | None = None) -> str:
        """Store what a message reports, end a subscription that it is to end, or keep it for a person.

        When it returns, that is done for good. `sender` is the envelope's; empty where it has none.
        """
        arrival = self._intake.arrival(content[: self._longest], self._source, recipients=recipients, sender=sender)
        if not arrival.is_for_us:
            self._keep_other(content)
            return "no report: kept for a person"
        return told_taken(self._intake.take([arrival]))


def told_taken(taken: TakenIn) -> str:
    """What came of a message, in a few words without addresses."""
    parts = [kind.value for kind in taken.kinds]
    parts += [f"{taken.known} known before"] if taken.known else []
    parts += ["unsubscribed"] if taken.left else []
    parts += [f"{taken.unproved} unproved"] if taken.unproved else []
    parts += [counted(taken.suppressed, "address suppressed", "addresses suppressed")] if taken.suppressed else []
    return ", ".join([*parts, *taken.paused]) or "unsubscribed before"
