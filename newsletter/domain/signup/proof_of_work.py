"""A proof of work: the reader's browser computes for a second before the form is taken; no letters are to be read.

The scheme is ALTCHA's proof of work, version 2 (https://altcha.org/docs/v2/proof-of-work-captcha/), so that its
libraries and widgets can solve what is asked here: find a counter such that PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2) over
the nonce and the counter, 32 bits in network order, begins with a prefix. Browsers have that function (WebCrypto), and
its rounds take as long in a browser as in an attacker's own program; with a single hash a try (version 1) the way into
WebCrypto and back took most of the time, which only readers would have paid.

A challenge is signed, not stored. Who takes a solution in must see to it that a challenge counts once: its `id` is what
to remember until it expires.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.domain.delivery import SigningSecrets, keyed_hash

__all__ = ["CHALLENGE_LIFE", "Challenge", "new_challenge", "solution_of", "solve"]

CHALLENGE_LIFE = timedelta(hours=1)
"""A page that was open for longer asks once more."""
COST = 5000
"""Rounds a try: about a millisecond of a processor of today."""
PREFIX = "00"
"""One octet: 256 tries on average, a quarter of a second on a laptop; 1 reader in 100 needs 4.6 times that."""
_KEY_LENGTH = 32
_ALGORITHM = "PBKDF2/SHA-256"
_MOST_TEXT = 2000
"""Characters of a solution; ours have about 500."""
_HEX = re.compile(r"[0-9a-f]{32}")
_MOST_COUNTER = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser is to compute: the text of its JSON, and what names it."""

    text: str
    id: str


def new_challenge(secret: bytes, now: datetime, *, nonce: str, salt: str) -> Challenge:
    """A challenge that can be solved until `CHALLENGE_LIFE` is over; `nonce` and `salt` are 32 hexadecimal digits."""
    parameters = _parameters(int((now + CHALLENGE_LIFE).timestamp()), nonce, salt)
    signature = _signature(secret, parameters)
    return Challenge(json.dumps({"parameters": parameters, "signature": signature}, separators=(",", ":")), signature)


def solution_of(secrets: SigningSecrets, text: str, now: datetime) -> str | None:
    """The id of the challenge that a form's field solves; None where it solves none of ours, or too late.

    `text` is what ALTCHA calls the payload: base64 of `{"challenge": …, "solution": {"counter": …}}`.
    """
    given = _read(text)
    if given is None:
        return None
    parameters, signature, counter = given
    if not secrets.signed(signature, lambda secret: _signature(secret, parameters)):
        return None
    if now.timestamp() > int(str(parameters["expiresAt"])):
        return None
    return signature if _derived(parameters, counter).hex().startswith(PREFIX) else None


def solve(challenge: str) -> str:
    """What a browser answers to the JSON of a challenge. For programs that sign up, and for tests of them."""
    parsed = json.loads(challenge)
    counter = 0
    while not (key := _derived(parsed["parameters"], counter).hex()).startswith(parsed["parameters"]["keyPrefix"]):
        counter += 1
    answer = {"challenge": parsed, "solution": {"counter": counter, "derivedKey": key}}
    return base64.b64encode(json.dumps(answer).encode()).decode()


def _parameters(expires_at: int, nonce: str, salt: str) -> dict[str, str | int]:
    return {
        "algorithm": _ALGORITHM,
        "cost": COST,
        "expiresAt": expires_at,
        "keyLength": _KEY_LENGTH,
        "keyPrefix": PREFIX,
        "nonce": nonce,
        "salt": salt,
    }


def _signature(secret: bytes, parameters: Mapping[str, str | int]) -> str:
    """HMAC-SHA-256 over the parameters as JSON with sorted names and no spaces, as ALTCHA writes them."""
    canonical = json.dumps(parameters, sort_keys=True, separators=(",", ":"))
    return hmac.digest(keyed_hash(secret, "proof of work"), canonical.encode(), "sha256").hex()


def _read(text: str) -> tuple[dict[str, str | int], str, int] | None:
    """Parameters, signature and counter. Of what came back only what differs from challenge to challenge is read."""
    if not text or len(text) > _MOST_TEXT:
        return None
    try:
        payload = json.loads(base64.b64decode(text, validate=True))
        sent, signature = payload["challenge"]["parameters"], payload["challenge"]["signature"]
        expires_at, nonce, salt = sent["expiresAt"], sent["nonce"], sent["salt"]
        counter = payload["solution"]["counter"]
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        return None
    numbers = all(type(number) is int and 0 <= number <= _MOST_COUNTER for number in (expires_at, counter))
    texts = all(isinstance(one, str) and _HEX.fullmatch(one) for one in (nonce, salt))
    if not numbers or not texts or not isinstance(signature, str):
        return None
    return _parameters(expires_at, nonce, salt), signature, counter


def _derived(parameters: Mapping[str, str | int], counter: int) -> bytes:
    password = bytes.fromhex(str(parameters["nonce"])) + counter.to_bytes(4, "big")
    salt = bytes.fromhex(str(parameters["salt"]))
    return hashlib.pbkdf2_hmac("sha256", password, salt, int(parameters["cost"]), int(parameters["keyLength"]))
