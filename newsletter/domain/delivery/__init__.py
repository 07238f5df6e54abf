"""One issue to one subscriber: the states of the ledger, what replies mean, when to try again, how fast."""

from newsletter.domain.delivery.attempts import Attempt, AttemptResult
from newsletter.domain.delivery.deliveries import (
    Begin,
    Change,
    Delivery,
    DeliveryStatus,
    DispatchStatus,
    DomainRest,
    Outcome,
    OutgoingMessage,
    Recipient,
    SkipReason,
    UncertainPolicy,
    before,
    freeze,
    plan_status,
)
from newsletter.domain.delivery.mail_parts import MailPart, Piece, Region, Slot
from newsletter.domain.delivery.outcomes import consequences
from newsletter.domain.delivery.pacing import Limit, Pacer, Share
from newsletter.domain.delivery.replies import Reply, Stage
from newsletter.domain.delivery.retries import FailureWatch, RetrySchedule, is_awaited, is_late
from newsletter.domain.delivery.tokens import (
    MAX_BOUNCE_LOCAL,
    SigningSecrets,
    bounce_address,
    feed_token,
    keyed_hash,
    message_id,
    read_bounce_address,
    read_message_id,
    read_token,
    subscriber_token,
)

__all__ = [
    "MAX_BOUNCE_LOCAL",
    "Attempt",
    "AttemptResult",
    "Begin",
    "Change",
    "Delivery",
    "DeliveryStatus",
    "DispatchStatus",
    "DomainRest",
    "FailureWatch",
    "Limit",
    "MailPart",
    "Outcome",
    "OutgoingMessage",
    "Pacer",
    "Piece",
    "Recipient",
    "Region",
    "Reply",
    "RetrySchedule",
    "Share",
    "SigningSecrets",
    "SkipReason",
    "Slot",
    "Stage",
    "UncertainPolicy",
    "before",
    "bounce_address",
    "consequences",
    "feed_token",
    "freeze",
    "is_awaited",
    "is_late",
    "keyed_hash",
    "message_id",
    "plan_status",
    "read_bounce_address",
    "read_message_id",
    "read_token",
    "subscriber_token",
]
