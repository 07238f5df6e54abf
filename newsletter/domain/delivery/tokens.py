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
from datetime import UTC, date, datetime

from newsletter.domain.issues import Edition, IssueKey

__all__ = [
    "MAX_BOUNCE_LOCAL",
    "SigningSecrets",
    "bounce_address",
    "feed_token",
    "keyed_hash",
    "letter_bounce_address",
    "letter_message_id",
    "message_id",
    "read_bounce_address",
    "read_letter_bounce_address",
    "read_letter_message_id",
    "read_message_id",
    "read_token",
    "read_unsubscribe_address",
    "request_token",
    "subscriber_token",
    "unsubscribe_address",
]

_TOKEN = re.compile(r"(?P<id>\d{1,18})\.(?P<mac>[A-Za-z0-9_-]{22})", re.ASCII)
_BOUNCE = re.compile(r"[^@\s]{0,64}\+(?P<token>[A-Za-z2-7]{16,40})@[^@\s]{1,255}", re.ASCII)
_MESSAGE_ID = re.compile(
    r"(?P<slug>\d{4}-\d{2}-\d{2}(?:-weekly)?)\.(?P<token>[A-Za-z2-7]{16,40})@", re.ASCII | re.IGNORECASE
)
_STOP_MARK = "stop-"
_STOP = re.compile(
    rf"[^@\s]{{0,64}}\+{_STOP_MARK}(?P<token>[a-z2-7]{{17,24}})@[^@\s]{{1,255}}", re.ASCII | re.IGNORECASE
)
_LETTER_ID = re.compile(r"<letter\.(?P<token>[A-Za-z2-7]{16,40})@", re.ASCII | re.IGNORECASE)
_MAX_FIELD = 1000
_LOCAL_LIMIT = 64  # RFC 5321 §4.5.3.1.1, octets
_DAY, _LARGEST, _MAC, _ID_MAC = 3, 5, 10, 15
"""Octets of an issue's day, of a subscriber's number at most, and of the keyed hashes."""
_NO_DAY = bytes(_DAY)
"""Where the issue's day stands in the token of a delivery; no day has the number 0."""
MAX_BOUNCE_LOCAL = _LOCAL_LIMIT - 1 - 29
"""Octets of the mailbox that bounces come back to: behind it stand a plus sign and the longest token."""


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


def request_token(secret: bytes, kind: str, request_id: int, email: str, asked_at: datetime) -> str:
    """The token of one request (`join`, `move`, …): it opens nothing but what was asked then with this address."""
    mac = keyed_hash(secret, f"request {kind}", str(request_id), email, asked_at.astimezone(UTC).isoformat())[:16]
    return f"{request_id}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def read_token(token: str) -> int | None:
    """The number of whose token it claims to be, None if it is none. Make the token again and compare to trust it."""
    match = _TOKEN.fullmatch(token)
    return int(match["id"]) if match else None


def bounce_address(secret: bytes, base: str, key: IssueKey, subscriber_id: int) -> str:
    """The envelope sender of one delivery (VERP): `bounces+aaztoaarpr4tsuabqxgmjtn4@example.org`.

    The token is base32 (RFC 4648 §6) in lower case: some servers change the case of a local part on its way back.
    It says which issue and subscriber, and has 80 bits of a keyed hash over them.

    Raises:
        ValueError: the local part would exceed 64 octets (RFC 5321 §4.5.3.1.1); a relay would refuse the message.
    """
    mac = keyed_hash(secret, "bounce", key.slug, str(subscriber_id))
    return _verp(base, _number(key) + _octets(subscriber_id) + mac[:_MAC])


def letter_bounce_address(secret: bytes, base: str, letter_id: int) -> str:
    """The envelope sender of one letter, likewise; where a delivery's names its issue there stands nothing.

    Raises:
        ValueError: as `bounce_address`.
    """
    return _verp(base, _NO_DAY + _octets(letter_id) + keyed_hash(secret, "bounce letter", str(letter_id))[:_MAC])


def _verp(base: str, octets: bytes) -> str:
    local, _, domain = base.rpartition("@")
    local = f"{local}+{_base32(octets)}"
    if len(local) > _LOCAL_LIMIT:
        msg = (
            f"{base[:80]!r} is too long for an envelope sender: expected at most {MAX_BOUNCE_LOCAL} octets before the @"
        )
        raise ValueError(msg)
    return f"{local}@{domain}"


def unsubscribe_address(secret: bytes, base: str, subscriber_id: int, email: str) -> str:
    """The address that unsubscribes one subscriber, whoever writes to it: `bounces+stop-ae…@example.org`.

    Base32 as in `bounce_address`, beside which it stands at the same mailbox.

    Raises:
        ValueError: the local part would exceed 64 octets (RFC 5321 §4.5.3.1.1).
    """
    local, _, domain = base.rpartition("@")
    mac = keyed_hash(secret, "unsubscribe by mail", str(subscriber_id), email)[:_MAC]
    local = f"{local}+{_STOP_MARK}{_base32(_octets(subscriber_id) + mac)}"
    if len(local) > _LOCAL_LIMIT:
        msg = f"{base[:80]!r} is too long to unsubscribe by: expected at most {MAX_BOUNCE_LOCAL} octets before the @"
        raise ValueError(msg)
    return f"{local}@{domain}"


def read_unsubscribe_address(address: str) -> tuple[int, str] | None:
    """The subscriber's number that an address claims, and what stands behind its plus sign; None if it is none.

    Case does not matter, nor the mailbox. Make the address again and compare to trust it.
    """
    match = _STOP.fullmatch(address)
    octets = _octets_of(match["token"].lower()) if match else None
    if match is None or octets is None or not _MAC < len(octets) <= _MAC + _LARGEST:
        return None
    return int.from_bytes(octets[:-_MAC]), f"{_STOP_MARK}{match['token'].lower()}"


def read_bounce_address(secrets: SigningSecrets, address: str) -> tuple[IssueKey, int] | None:
    """Which issue and subscriber an envelope sender belongs to; None if it is not one of ours or was forged.

    Case does not matter, nor what stands before the token: a server may have folded the one and rewritten the other.
    """
    octets, token = _verp_octets(address)
    try:
        key = _issue(octets[:_DAY])
    except (ValueError, OverflowError):
        return None
    subscriber_id = int.from_bytes(octets[_DAY:-_MAC])
    given = f"x+{token}@x"
    ours = secrets.signed(given, lambda secret: bounce_address(secret, "x@x", key, subscriber_id))
    return (key, subscriber_id) if ours else None


def read_letter_bounce_address(secrets: SigningSecrets, address: str) -> int | None:
    """Which letter an envelope sender belongs to; None if it is none of a letter of ours, or was forged."""
    octets, token = _verp_octets(address)
    if octets[:_DAY] != _NO_DAY:
        return None
    letter_id = int.from_bytes(octets[_DAY:-_MAC])
    ours = secrets.signed(f"x+{token}@x", lambda secret: letter_bounce_address(secret, "x@x", letter_id))
    return letter_id if ours else None


def _verp_octets(address: str) -> tuple[bytes, str]:
    """What an envelope sender says, and its token; nothing where it is none."""
    match = _BOUNCE.fullmatch(address)
    token = match["token"].lower() if match else ""
    octets = _octets_of(token)
    if octets is None or not _DAY + _MAC < len(octets) <= _DAY + _MAC + _LARGEST:
        return b"", ""
    return octets, token


def message_id(key: IssueKey, subscriber_id: int, mac: bytes, domain: str) -> str:
    """The Message-ID of one delivery (RFC 5322 §3.6.4): `<2026-06-02.aei…@example.org>`, the same at every attempt.

    `mac` is the keyed hash of the message, 15 octets or more. Which delivery it belongs to can be read from the id
    (`read_message_id`); what proves it is the ledger, which keeps it.
    """
    return f"<{key.slug}.{_base32(_octets(subscriber_id) + mac[:_ID_MAC])}@{domain}>"


def read_message_id(text: str) -> tuple[IssueKey, int] | None:
    """Which issue and subscriber a Message-ID claims, None if it cannot be ours. The ledger's row is the proof."""
    match = _MESSAGE_ID.search(text[:_MAX_FIELD])
    octets = _octets_of(match["token"].lower()) if match else None
    if match is None or octets is None or not _ID_MAC < len(octets) <= _ID_MAC + _LARGEST:
        return None
    try:
        key = IssueKey.parse(match["slug"].lower())
    except ValueError:
        return None
    return key, int.from_bytes(octets[:-_ID_MAC])


def letter_message_id(letter_id: int, mac: bytes, domain: str) -> str:
    """The Message-ID of one letter, likewise: `<letter.aei…@example.org>`."""
    return f"<letter.{_base32(_octets(letter_id) + mac[:_ID_MAC])}@{domain}>"


def read_letter_message_id(text: str) -> int | None:
    """Which letter a Message-ID claims, None if it cannot be one's. The letter's row is the proof."""
    match = _LETTER_ID.search(text[:_MAX_FIELD])
    octets = _octets_of(match["token"].lower()) if match else None
    if octets is None or not _ID_MAC < len(octets) <= _ID_MAC + _LARGEST:
        return None
    return int.from_bytes(octets[:-_ID_MAC])


def _number(key: IssueKey) -> bytes:
    return (key.day.toordinal() * 2 + (key.edition is Edition.WEEKLY)).to_bytes(_DAY)


def _issue(octets: bytes) -> IssueKey:
    ordinal, weekly = divmod(int.from_bytes(octets), 2)
    return IssueKey(date.fromordinal(ordinal), Edition.WEEKLY if weekly else Edition.DAILY)


def _octets(number: int) -> bytes:
    """A number in as few octets as hold it, one at least."""
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8))


def _base32(octets: bytes) -> str:
    return base64.b32encode(octets).decode().rstrip("=").lower()


def _octets_of(token: str) -> bytes | None:
    """What a token in lower case stands for; None for a text that no octets give."""
    try:
        octets = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except ValueError:
        return None
    # the last letter has bits to spare: of the letters that read alike only the one that is written counts
    return octets if _base32(octets) == token else None
