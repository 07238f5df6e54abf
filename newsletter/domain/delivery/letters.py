"""Letters: mails to one person that belong to no dispatch, in the states that deliveries have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.domain.delivery.deliveries import DeliveryStatus
from newsletter.domain.delivery.retries import RetrySchedule
from newsletter.domain.subscribers import LetterKind, domain_of

__all__ = ["LETTER_SCHEDULE", "Letter"]

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)

LETTER_SCHEDULE = RetrySchedule(
    waits=(
        *(_MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
        *(_HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 12 * _HOUR, 12 * _HOUR),
    ),
    rest=10 * _MINUTE,
    policy_rest=4 * _HOUR,
)
"""Somebody waits for the mail: what greylisting puts off comes within minutes. After forty hours its link is about to
end, and they have asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter. `request_id` is what it answers, 0 where nothing; `about` names what its kind needs beside that.

    `reason`, `reply`, `attempts` and `due_at` mean what they mean for a delivery.
    """

    id: int
    kind: LetterKind
    email: str
    created_at: datetime
    status: DeliveryStatus = DeliveryStatus.QUEUED
    request_id: int = 0
    subscriber_id: int = 0
    language: str = ""
    about: str = ""
    reason: str = ""
    reply: str = ""
    attempts: int = 0
    message_id: str = ""
    due_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def domain(self) -> str:
        """The domain of the recipient."""
        return domain_of(self.email)
