"""Signed names for subscribers: unsubscribe tokens and envelope senders. Pure: the secret is handed in.

A token names a subscriber by number and carries a keyed hash over the purpose, the number and the address, so that
it can be neither guessed nor used for anything else, and stops working when the address changes. What is made is made
with the present secret; what comes back is checked against the earlier ones too, so that a new secret ends no link.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newsletter.domain.issues import IssueKey

__all__ = [
    "SigningSecrets",
    "bounce_address",
    "feed_token",
    "keyed_hash",
    "read_bounce_address",
    "read_token",
    "subscriber_token",
]

_TOKEN = re.compile(r"(?P<id>\d{1,18})\.(?P<mac>[A-Za-z0-9_-]{22})", re.ASCII)
_BOUNCE = re.compile(
    r"[^@]*\+(?P<day>\d{4}-\d{2}-\d{2}(?:-weekly)?)-(?P<id>\d{1,18})-(?P<mac>[0-9a-f]{16})@[^@]+", re.ASCII
)
_LOCAL_LIMIT = 64  # RFC 5321 §4.5.3.1.1, octets


@dataclass(frozen=True, slots=True, repr=False)
class SigningSecrets:
    """The secret that signs, and the earlier ones whose signatures still count. Iterated, the present one first."""

    present: bytes
    earlier: tuple[bytes, ...] = ()

    def __iter__(self) -> Iterator[bytes]:
        return iter(dict.fromkeys((self.present, *self.earlier)))

    def signed(self, given: str, make: Callable[[bytes], str]) -> bool:
        """Whether one of the secrets made this text. How long it takes says nothing about how much of it is right."""
        return any(hmac.compare_digest(make(secret).encode(), given.encode()) for secret in self)


def keyed_hash(secret: bytes, *parts: str) -> bytes:
    """32 octets of keyed BLAKE2b (RFC 7693 §2.9) over the parts; no two lists of parts give the same text.

    Each part is preceded by its length; a secret longer than a key may be (64 octets) is hashed first. HMAC does as
    well and costs four times as much, four times a message.
    """
    key = secret if len(secret) <= hashlib.blake2b.MAX_KEY_SIZE else hashlib.blake2b(secret).digest()
    message = b"".join([b"%d:%b" % (len(data), data) for data in [part.encode() for part in parts]])
    return hashlib.blake2b(message, key=key, digest_size=32).digest()


def subscriber_token(secret: bytes, purpose: str, subscriber_id: int, email: str) -> str:
    """A token for one purpose (`unsubscribe`, `preferences`) of one subscriber, safe in an address."""
    mac = keyed_hash(secret, purpose, str(subscriber_id), email)[:16]
    return f"{subscriber_id}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def feed_token(secret: bytes, subscriber_id: int, email: str, epoch: int) -> str:
    """The token of a subscriber's private feed. Each epoch has its own: beginning another one revokes the last."""
    return subscriber_token(secret, f"feed {epoch}", subscriber_id, email)


def read_token(token: str) -> int | None:
    """The subscriber's number that a token claims, None if it is none. Make the token again and compare to trust it."""
    match = _TOKEN.fullmatch(token)
    return int(match["id"]) if match else None


def bounce_address(secret: bytes, base: str, key: IssueKey, subscriber_id: int) -> str:
    """The envelope sender of one delivery (VERP): `bounces+2026-06-02-17-9f86d081884c7d65@example.org`.

    The local part of `base` is shortened where the result would exceed 64 octets.
    """
    local, _, domain = base.rpartition("@")
    mac = keyed_hash(secret, "bounce", key.slug, str(subscriber_id))[:8].hex()
    detail = f"+{key.slug}-{subscriber_id}-{mac}"
    return f"{local[: _LOCAL_LIMIT - len(detail)]}{detail}@{domain}"


def read_bounce_address(secrets: SigningSecrets, address: str) -> tuple[IssueKey, int] | None:
    """Which issue and subscriber an envelope sender belongs to; None if it is not one of ours or was forged."""
    match = _BOUNCE.fullmatch(address)
    if match is None:
        return None
    try:
        key = IssueKey.parse(match["day"])
    except ValueError:
        return None
    subscriber_id = int(match["id"])
    base = f"x@{address.rpartition('@')[2]}"
    given = "x" + address[address.rindex("+") :]
    ours = secrets.signed(given, lambda secret: bounce_address(secret, base, key, subscriber_id))
    return (key, subscriber_id) if ours else None
