"""What a sending service says of a recipient, as an event: the server's words decide, then the service's own."""

from __future__ import annotations

from newsletter.domain.bounces import (
    Action,
    Event,
    EventKind,
    Finding,
    KnownBy,
    Statement,
    classify,
    codes_in,
    most_telling,
)
from newsletter.mail.reports.headers import addresses_in

__all__ = ["judged_event", "service_event"]


def service_event(
    address: str, action: Action, said: str, status: str = "", code: int = 0, *, otherwise: Finding | None = None
) -> Event:
    """An event out of what the recipient's server said.

    Args:
        address: of the recipient.
        action: what became of the mail.
        said: the server's answer, of any length.
        status: the enhanced code (RFC 3463), where the service tells it apart.
        code: the reply code, likewise.
        otherwise: what the service itself calls it; it counts where the answer tells nothing.
    """
    text = said.removeprefix("smtp;").strip()
    in_text, number = codes_in(text)
    in_field, _ = codes_in(status)
    number = number or (code if 200 <= code < 600 else 0)
    statement = Statement(most_telling(in_text, in_field), number, text, action)
    finding = classify(statement)
    if finding.kind is EventKind.UNKNOWN and action is Action.FAILED and otherwise is not None:
        return judged_event(address, otherwise)
    return Event(
        kind=finding.kind,
        recipient=next(iter(addresses_in(address)), ""),
        known_by=KnownBy.SERVICE,
        status=statement.status,
        reply=str(number or ""),
        reason=finding.reason,
        action=action,
        text=text[:1000],
    )


def judged_event(address: str, finding: Finding) -> Event:
    """An event of which the service has nothing but its own judgement. It has no words that could be judged again."""
    recipient = next(iter(addresses_in(address)), "")
    return Event(finding.kind, recipient, KnownBy.SERVICE, reason=finding.reason, action=Action.FAILED)
