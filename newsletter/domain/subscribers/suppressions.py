"""Suppressions: addresses never to be mailed again, as keyed hashes.

Whose hash it is can be found out only with the key, and only by trying addresses. A database has a key of its own,
which no other secret has a part in; beside it stand the keys of hashes that were made elsewhere. A hash does not say
which key made it: an address is suppressed when any of the keys gives one of the hashes.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from newsletter.domain.subscribers.addresses import address_key

__all__ = ["MAX_KEYS", "Cause", "Suppression", "is_digest", "key_from_secret", "may_lift", "suppression_digest"]

MAX_KEYS = 16
"""Keys of one database: each is tried on every address of an audience."""

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Cause(StrEnum):
    """What has suppressed an address, as far as it decides who may lift that."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"
    OPERATOR = "operator"
    """A person who runs the newsletter, or a file that they took in."""
    ERASED = "erased"
    """Its owner had their data erased, and stood in a file that may name them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """One address never to be mailed again, by its keyed hash (hex): why, and since when.

    `event` and `delivery` are the numbers of what brought it, 0 where a person did. `email` is given instead of the
    hash where somebody names the address itself; it is kept nowhere.
    """

    digest: str = ""
    reason: str = ""
    created_at: datetime | None = None
    cause: Cause = Cause.OPERATOR
    event: int = 0
    delivery: int = 0
    email: str = field(default="", repr=False)


def may_lift(suppression: Suppression, now: datetime, *, complaint_wait: timedelta) -> bool:
    """Whether a person who confirms their address anew may be mailed again.

    After a bounce, yes: whoever answers a mail is there. After a complaint, when `complaint_wait` is over: nobody shall
    be brought back by a click that they did not mean. What an operator has suppressed is the operator's to lift.
    Who was erased decides anew.
    """
    match suppression.cause:
        case Cause.HARD | Cause.SOFT | Cause.ERASED:
            return True
        case Cause.COMPLAINT:
            return suppression.created_at is not None and now - suppression.created_at >= complaint_wait
        case Cause.OPERATOR:
            return False


def suppression_digest(key: bytes, email: str) -> str:
    """The keyed hash of an address (HMAC-SHA-256, RFC 2104), the same for all its spellings."""
    return hmac.digest(key, address_key(email).encode(), "sha256").hex()


def key_from_secret(secret: bytes) -> bytes:
    """The key that was made of the newsletter's secret before suppressions had a key of their own."""
    return hmac.digest(secret, b"suppression", "sha256")


def is_digest(text: str) -> bool:
    """Whether a text is a hash or a key as they are written: 64 hexadecimal digits in lower case."""
    return _DIGEST.fullmatch(text) is not None
