"""What somebody said about one recipient: by a report, or on the line while we sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from newsletter.domain.bounces.events import Action
from newsletter.domain.delivery import Reply, Stage

__all__ = ["SHOWN", "Statement"]

SHOWN = 1000
"""Characters of a text that are looked at and kept. Replies are lines of 512 octets (RFC 5321 §4.5.3.1.5), of which
long ones have three or four; traces of an Exchange server behind them run to 50,000."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A refusal or another outcome, apart from how it came to us.

    Attributes:
        status: enhanced status code (RFC 3463); empty where there is none.
        code: reply code of the SMTP dialogue; 0 where there was none, so that whoever says it speaks for itself.
        text: the words, of any length.
        stage: which command the reply answers; None where nobody tells.
    """

    status: str = ""
    code: int = 0
    text: str = field(default="", repr=False)
    action: Action = Action.FAILED
    stage: Stage | None = None

    @classmethod
    def of_reply(cls, stage: Stage, reply: Reply) -> Statement:
        """What a server answered to us, while we sent."""
        return cls(reply.enhanced, reply.code, reply.text, stage=stage)
