"""Transfer encodings that can be joined, and headers that nothing can break out of."""

import base64
import email
import email.policy
import quopri
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.mail.encoding import base64_lines, encode_address, encode_header, pick_codec, quoted_printable_lines

LINES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=120),
        st.sampled_from(
            [".", "..", "." * 200, "From me", ". ", "=", "a" * 75 + ".", "检索" * 40, "x " * 80, ".=" * 60]
        ),
    ),
    max_size=6,
).map(lambda lines: "".join(f"{line}\n" for line in lines))


@given(LINES)
@settings(max_examples=200, deadline=None)
def test_quoted_printable_reads_back_and_keeps_its_rules(text: str) -> None:
    encoded = quoted_printable_lines(text)
    assert quopri.decodestring(encoded).decode().replace("\r\n", "\n") == text
    for line in encoded.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith((b".", b"From ")), line
        assert not re.search(rb"=[^0-9A-F]|=.[^0-9A-F]", line), line


@given(LINES)
@settings(max_examples=200, deadline=None)
def test_base64_reads_back_but_for_spaces_at_line_ends(text: str) -> None:
    encoded = base64_lines(text)
    decoded = base64.b64decode(encoded).decode()
    assert [line.rstrip(" ") for line in decoded.split("\r\n")] == [line.rstrip(" ") for line in text.split("\n")]
    assert all(len(line) <= 76 for line in encoded.split(b"\r\n"))


@given(LINES, LINES)
@settings(max_examples=100, deadline=None)
def test_encoded_parts_joined_are_the_encoded_whole(one: str, other: str) -> None:
    for encode in (quoted_printable_lines, base64_lines):
        assert encode(one) + encode(other) == encode(one + other)


def test_chinese_goes_as_base64_and_english_does_not() -> None:
    assert pick_codec("Plain text with an é")[0] == "quoted-printable"
    assert pick_codec("密集检索的扩展规律")[0] == "base64"


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_a_header_stays_one_header(value: str) -> None:
    field = encode_header("Subject", value)
    lines = field.split(b"\r\n")
    assert lines[-1] == b""
    assert all(line[:1] == b" " for line in lines[1:-1])
    for word in re.findall(rb"=\?[^ ]*\?=", field):
        assert len(word) <= 75
    parsed = email.message_from_bytes(field + b"\r\n", policy=email.policy.default)
    assert list(parsed) == ["Subject"]


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "Łukasz, Ph.D.", 'Say "hi"\r\nBcc: x@y.z', "李明", "a" * 200, "back\\slash", ""]
)
def test_a_name_is_read_back_as_it_was(name: str) -> None:
    field = encode_address("To", name, "ada@example.org")
    parsed = email.message_from_bytes(field + b"\r\n", policy=email.policy.default)
    (mailbox,) = parsed["To"].addresses
    assert mailbox.addr_spec == "ada@example.org"
    assert mailbox.display_name == " ".join(name.split())
    assert list(parsed) == ["To"]
