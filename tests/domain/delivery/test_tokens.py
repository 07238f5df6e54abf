"""Signed names: what stands in mails that were sent must go on being read, and nothing else may pass for it."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    request_token,
    subscriber_token,
)
from newsletter.domain.issues import Edition, IssueKey

SECRET = b"0123456789abcdef0123456789abcdef"
OTHER = b"another secret of some length ..."
KEY = IssueKey(date(2026, 6, 2))
READER = (17, "reader17@example.org")


@pytest.mark.parametrize(
    ("secret", "digest"),
    [
        (SECRET, "fed332d1f9f8116faa379afc782dab331e79afe21b4f95cffd9c7d6c0360f6dc"),
        (b"k" * 64, "90944c4ee4c9fb36ee50cecabd32dd7a471a77d7b4660ace2b582dc1f73bc1c0"),
        # longer than a key may be: the key is what `b2sum` prints of it
        (b"k" * 65, "8f97cb5268da6a14d594ed18e7f7e3cd80efd552d7db79d17f754e13b124377f"),
    ],
)
def test_the_hash_is_what_openssl_makes_of_the_parts_each_behind_its_length(secret: bytes, digest: str) -> None:
    """`printf 11:unsubscribe2:1720:reader17@example.org | openssl mac -macopt size:32 … BLAKE2BMAC`."""
    assert keyed_hash(secret, "unsubscribe", "17", "reader17@example.org").hex() == digest


def test_a_link_that_was_sent_goes_on_working() -> None:
    """The first 16 octets of OpenSSL's hash, by RFC 4648 §5, unpadded; else every link in every mailbox is dead."""
    assert subscriber_token(SECRET, "unsubscribe", *READER) == "17._tMy0fn4EW-qN5r8eC2rMw"
    assert read_token("17._tMy0fn4EW-qN5r8eC2rMw") == 17


def test_each_epoch_of_a_private_feed_has_a_token_of_its_own() -> None:
    assert feed_token(SECRET, *READER, 3) == "17.xFZ1h4vF6iUmyhjVwA1BfA"
    assert feed_token(SECRET, *READER, 4) != feed_token(SECRET, *READER, 3)


@pytest.mark.parametrize(
    "token", ["", "17", "17.", "x._tMy0fn4EW-qN5r8eC2rMw", "17._tMy0fn4EW-qN5r8eC2rM", "17._tMy0fn4EW-qN5r8eC2rMw="]
)
def test_what_is_no_token_names_nobody(token: str) -> None:
    assert read_token(token) is None


def test_a_bounce_that_comes_back_to_an_address_that_was_sent_is_known() -> None:
    """Ordinal day and edition, number, and the first ten octets of OpenSSL's hash of `6:bounce10:2026-06-022:17`."""
    octets = (739769 * 2).to_bytes(3) + b"\x11" + bytes.fromhex("f4978003762edc716ce9")
    address = bounce_address(SECRET, "bounces@example.org", KEY, 17)
    token = address.removeprefix("bounces+").removesuffix("@example.org")
    assert base64.b32decode(token.upper() + "=") == octets
    assert read_bounce_address(SigningSecrets(SECRET), address) == (KEY, 17)


@given(
    st.dates(date(1991, 8, 14), date(2099, 12, 31)),
    st.sampled_from(Edition),
    st.integers(0, 2**40 - 1),
    st.text("abcdefghijklmnop+.", min_size=1, max_size=MAX_BOUNCE_LOCAL),
    st.randoms(),
)
def test_every_address_that_is_made_is_read_back_in_any_case_and_fits_its_limit(
    day: date, edition: Edition, subscriber: int, local: str, chance: Random
) -> None:
    """64 octets before the @ (RFC 5321 §4.5.3.1.1): a relay refuses a longer sender, and with it the message."""
    key = IssueKey(day, edition)
    address = bounce_address(SECRET, f"{local}@example.org", key, subscriber)
    assert len(address.removesuffix("@example.org")) <= 64
    assert address.removeprefix(local) == address.removeprefix(local).lower()
    mixed = "".join(chance.choice((letter.upper(), letter)) for letter in address)
    assert read_bounce_address(SigningSecrets(OTHER, (SECRET,)), mixed) == (key, subscriber)
    assert read_bounce_address(SigningSecrets(OTHER), address) is None


def test_a_mailbox_too_long_for_a_token_is_refused() -> None:
    longest = "b" * MAX_BOUNCE_LOCAL
    address = bounce_address(SECRET, f"{longest}@example.org", KEY, 2**40 - 1)
    assert len(address.partition("@")[0]) == 64
    with pytest.raises(ValueError, match="too long for an envelope sender: expected at most 34 octets"):
        bounce_address(SECRET, f"{longest}b@example.org", KEY, 2**40 - 1)


@given(st.integers(0, 23), st.integers(1, 31))
def test_an_address_that_was_changed_in_one_letter_is_nobodys(place: int, by: int) -> None:
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    token = bounce_address(SECRET, "b@x", KEY, 300)[2:-2]
    assert len(token) == 24
    other = alphabet[(alphabet.index(token[place]) + by) % 32]
    forged = f"bounces+{token[:place]}{other}{token[place + 1 :]}@example.org"
    assert read_bounce_address(SigningSecrets(SECRET), forged) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bounces@example.org",
        "bounces+@example.org",
        "bounces+2026-06-02-17-f4978003762edc71@example.org",
        "bounces+aaaaaaaaaaaaaaaaaaaaaaaa@example.org",
        "bounces+777777777777777777777777@example.org",
        "bounces+aaaaaaaaaaaaaaaaa@example.org",
        f"bounces+{'a' * 41}@example.org",
        bounce_address(SECRET, "bounces@example.org", KEY, 17).partition("@")[0],
        bounce_address(SECRET, "bounces@example.org", KEY, 17) + " ",
        bounce_address(SECRET, "bounces@example.org", KEY, 17).replace("@", "a@"),
        "x" * 100_000 + bounce_address(SECRET, "bounces@example.org", KEY, 17),
    ],
)
def test_an_address_that_was_forged_or_is_another_is_nobodys(address: str) -> None:
    assert read_bounce_address(SigningSecrets(SECRET), address) is None


@given(st.dates(date(1991, 8, 14), date(2099, 12, 31)), st.sampled_from(Edition), st.integers(0, 2**40 - 1))
def test_a_message_id_says_of_which_delivery_it_claims_to_be(day: date, edition: Edition, subscriber: int) -> None:
    key = IssueKey(day, edition)
    text = message_id(key, subscriber, keyed_hash(SECRET, "message"), "example.org")
    assert read_message_id(text) == (key, subscriber)
    assert read_message_id(f"<foreign@example.com>\r\n {text.upper()}") == (key, subscriber)


@pytest.mark.parametrize(
    "text",
    ["", "<x@example.org>", "<2026-06-31.aei5lmyrhruwe6m3rfajnbv2jq@example.org>", "<2026-06-02.a@example.org>"],
)
def test_the_message_id_of_another_program_is_of_no_delivery(text: str) -> None:
    assert read_message_id(text) is None


def test_a_secret_that_was_set_twice_is_tried_once() -> None:
    assert list(SigningSecrets(SECRET, (OTHER, SECRET))) == [SECRET, OTHER]


def test_secrets_are_never_shown() -> None:
    assert "0123" not in repr(SigningSecrets(SECRET, (OTHER,)))


ASKED = datetime(2026, 6, 2, 6, 30, 0, 123456, tzinfo=UTC)


def test_a_requests_token_is_for_what_was_asked_then_with_this_address() -> None:
    token = request_token(b"s", "join", 7, "ada@example.org", ASKED)
    assert token == "7.WqaAqwWV7f8ssvsJwvWoAg"  # it stands in mails that were sent
    assert read_token(token) == 7
    elsewhere = ASKED.astimezone(timezone(timedelta(hours=8)))
    assert request_token(b"s", "join", 7, "ada@example.org", elsewhere) == token
    others = {
        request_token(b"t", "join", 7, "ada@example.org", ASKED),
        request_token(b"s", "move", 7, "ada@example.org", ASKED),
        request_token(b"s", "join", 8, "ada@example.org", ASKED),
        request_token(b"s", "join", 7, "bob@example.org", ASKED),
        request_token(b"s", "join", 7, "ada@example.org", ASKED + timedelta(microseconds=1)),
        subscriber_token(b"s", "join", 7, "ada@example.org"),
        subscriber_token(b"s", "request join", 7, "ada@example.org"),
    }
    assert token not in others
    assert len(others) == 7
