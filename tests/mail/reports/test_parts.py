"""A message taken apart: lenient where people are, bounded where nobody is."""

from __future__ import annotations

import pytest

from newsletter.mail.reports.headers import Header, addresses_in, message_id_in
from newsletter.mail.reports.limits import LONGEST_NOTICE, MOST_FIELDS, MOST_LEVELS, MOST_PARTS
from newsletter.mail.reports.parts import split_message

HEAD = b"Content-Type: multipart/mixed; boundary=b\n\n"


def test_parts_are_found_within_parts_and_with_blanks_around_their_boundary() -> None:
    inner = b"Content-Type: multipart/alternative; boundary=c\n\n--c\n\none\n--c\n\ntwo\n--c--\n"
    _, parts = split_message(HEAD + b" --b  \n" + inner + b"--b\n\nthree\n--b--\n")
    assert [part.text().strip() for part in parts if part.text().strip()] == ["one", "two", "three"]


def test_a_boundary_that_never_comes_leaves_one_text() -> None:
    _, parts = split_message(HEAD + b"no parts here")
    assert [part.text() for part in parts] == ["no parts here"]


def test_number_and_depth_of_parts_are_bounded() -> None:
    _, many = split_message(HEAD + b"--b\n\nx\n" * 1000)
    assert len(many) <= MOST_PARTS
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(500))
    _, deep = split_message(nested + b"\nx")
    assert max(part.level for part in deep) == MOST_LEVELS


def test_text_and_fields_are_bounded() -> None:
    _, (part,) = split_message(b"Subject: x\n\n" + b"a" * LONGEST_NOTICE * 3)
    assert len(part.text()) == LONGEST_NOTICE
    assert len(Header.read(b"X-A: 1\n" * 5000).fields) == MOST_FIELDS


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain; charset=iso-8859-1", b"caf\xe9", "café"),
        ("text/plain; charset=us-ascii", "café".encode(), "café"),
        ("text/plain; charset=utf-8", b"caf\xe9", "caf�"),
        ("text/plain; charset=punycode", b"caf\xe9", "café"),
        ("text/plain; charset=iso-2022-jp", "宛先".encode("iso-2022-jp"), "宛先"),
        ("text/plain; charset=euc-jp", "宛先".encode("euc-jp"), "宛先"),
        ("text/html", b"<p>one</p><p>two &lt;ada@example.org&gt;</p>", "one\ntwo <ada@example.org>"),
    ],
)
def test_text_is_read_whatever_charset_is_claimed(kind: str, body: bytes, text: str) -> None:
    _, (part,) = split_message(f"Content-Type: {kind}\n\n".encode() + body)
    assert part.text() == text


def test_a_field_may_be_folded_encoded_or_beyond_ascii() -> None:
    raw = "Subject: =?utf-8?q?caf=C3=A9?=\n  au lait\nFrom: Bücher <b@example.org>\nSubject: two"
    header = Header.read(raw.encode())
    assert header.decoded("subject") == "café au lait"
    assert header.all("subject")[1] == "two"
    assert header.first("from") == "Bücher <b@example.org>"


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("Ada <ada@example.org>", ["ada@example.org"]),
        ("ada@example.org, bo@example.org, ada@example.org", ["ada@example.org", "bo@example.org"]),
        ("bounces+ada=example.org@ours.example", ["bounces+ada=example.org@ours.example"]),
        ("nobody", []),
    ],
)
def test_addresses_of_a_field(value: str, addresses: list[str]) -> None:
    assert addresses_in(value) == addresses


def test_a_message_id_is_read_with_and_without_brackets() -> None:
    assert message_id_in(" <a@b> ") == message_id_in("a@b (x)") == "<a@b>"
    assert message_id_in("nothing") == message_id_in("") == ""
