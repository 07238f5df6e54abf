"""The proof of work: what is asked for, what solves it, and what only looks like it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsletter.domain.delivery import SigningSecrets, keyed_hash
from newsletter.domain.signup.proof_of_work import CHALLENGE_LIFE, COST, PREFIX, new_challenge, solution_of, solve

NOW = datetime(2026, 6, 2, 8, tzinfo=UTC)
SECRETS = SigningSecrets(b"present", (b"earlier",))
CHALLENGE = new_challenge(b"present", NOW, nonce="0f" * 16, salt="a1" * 16)
SOLVED = solve(CHALLENGE.text)


def changed(**values: Any) -> str:
    """The solution with some parameters, `signature` or `counter` replaced."""
    answer = json.loads(base64.b64decode(SOLVED))
    for name, value in values.items():
        if name == "signature":
            answer["challenge"]["signature"] = value
        elif name == "counter":
            answer["solution"]["counter"] = value
        else:
            answer["challenge"]["parameters"][name] = value
    return base64.b64encode(json.dumps(answer).encode()).decode()


def test_what_was_computed_solves_its_challenge_and_names_it() -> None:
    assert solution_of(SECRETS, SOLVED, NOW) == CHALLENGE.id


def test_two_challenges_have_two_names() -> None:
    assert new_challenge(b"present", NOW, nonce="0f" * 16, salt="a2" * 16).id != CHALLENGE.id


def test_the_challenge_is_signed_as_altcha_signs() -> None:
    """HMAC-SHA-256 over the parameters' JSON, its names sorted, without spaces: what its libraries verify."""
    challenge = json.loads(CHALLENGE.text)
    canonical = json.dumps(challenge["parameters"], sort_keys=True, separators=(",", ":")).encode()
    key = keyed_hash(b"present", "proof of work")
    assert challenge["signature"] == hmac.new(key, canonical, "sha256").hexdigest()


def test_a_solution_is_what_altcha_calls_one() -> None:
    """The key that PBKDF2 derives from nonce and counter begins with the prefix."""
    answer = json.loads(base64.b64decode(SOLVED))
    counter = answer["solution"]["counter"]
    password = bytes.fromhex("0f" * 16) + counter.to_bytes(4, "big")
    derived = hashlib.pbkdf2_hmac("sha256", password, bytes.fromhex("a1" * 16), COST, 32)
    assert answer["solution"]["derivedKey"] == derived.hex()
    assert derived.hex().startswith(PREFIX)


@pytest.mark.parametrize(
    ("after", "counts"),
    [(CHALLENGE_LIFE, True), (CHALLENGE_LIFE + timedelta(seconds=1), False)],
)
def test_a_challenge_can_be_solved_for_an_hour(after: timedelta, counts: bool) -> None:
    assert (solution_of(SECRETS, SOLVED, NOW + after) is not None) is counts


def test_a_challenge_of_before_the_secret_changed_counts() -> None:
    earlier = new_challenge(b"earlier", NOW, nonce="0f" * 16, salt="a1" * 16)
    assert solution_of(SECRETS, solve(earlier.text), NOW) == earlier.id


def test_a_challenge_of_ones_own_does_not_count() -> None:
    own = new_challenge(b"own", NOW, nonce="0f" * 16, salt="a1" * 16)
    assert solution_of(SECRETS, solve(own.text), NOW) is None


def test_a_longer_life_does_not_count() -> None:
    later = int((NOW + CHALLENGE_LIFE * 2).timestamp())
    assert solution_of(SECRETS, changed(expiresAt=later), NOW) is None


def test_another_nonce_or_salt_does_not_count() -> None:
    assert solution_of(SECRETS, changed(nonce="00" * 16), NOW) is None
    assert solution_of(SECRETS, changed(salt="00" * 16), NOW) is None


def test_less_work_than_was_asked_for_is_not_looked_at() -> None:
    """Cost and prefix are ours, whatever is sent back."""
    assert solution_of(SECRETS, changed(cost=1, keyPrefix=""), NOW) == CHALLENGE.id
    assert solution_of(SECRETS, changed(cost=1, keyPrefix="", counter=2**31), NOW) is None


@pytest.mark.parametrize("counter", [-1, 2**32, 1.0, True, "1", None, [1]])
def test_a_counter_that_is_no_number_of_32_bits_does_not_count(counter: object) -> None:
    assert solution_of(SECRETS, changed(counter=counter), NOW) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "é",
        "AAAA",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b'{"challenge": 1, "solution": 2}').decode(),
        base64.b64encode(b"[" * 1400).decode(),
        changed(expiresAt="soon"),
        changed(expiresAt=10**300),
        changed(nonce=["0f"] * 16),
        changed(nonce="0F" * 16),
        changed(signature=None),
        changed(signature="é"),
        changed(signature=""),
        changed(signature="x" * 5000),
    ],
)
def test_what_is_no_solution_is_none(text: str) -> None:
    assert solution_of(SECRETS, text, NOW) is None
