"""DKIM signatures, verified by dkimpy, which shares no line with what made them."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.domain.delivery import OutgoingMessage
from newsletter.errors import ConfigError
from newsletter.mail.dkim import DkimKey, DkimSigner, create_key
from tests.support.mails import make_assembler
from tests.support.samples import make_issue, make_recipient, select


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> list[DkimKey]:
    folder = tmp_path_factory.mktemp("keys")
    return [create_key(folder / "rsa.pem", "june"), create_key(folder / "ed.pem", "june-ed", kind="ed25519")]


def verify(message: bytes, keys: list[DkimKey]) -> list[bool]:
    """Whether each signature holds, by the records as the DNS would serve them."""
    records = {f"{key.selector}._domainkey.example.org.": key.record.encode() for key in keys}

    def dns(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001  # dkimpy asks so
        return records.get(name.decode())

    def holds(index: int) -> bool:
        try:
            return bool(dkim.DKIM(message).verify(idx=index, dnsfunc=dns))
        except dkim.ValidationError:
            return False

    count = message[: message.index(b"\r\n\r\n")].lower().count(b"dkim-signature:")
    return [holds(index) for index in range(count)]


def message(**changes: object) -> OutgoingMessage:
    fields: dict[str, object] = {
        "sender": "b@example.org",
        "recipient": "ada@example.org",
        "message_id": "<1@example.org>",
        "header": (
            b"From: News <news@example.org>\r\nTo: ada@example.org\r\nSubject: A  subject\r\n over two\tlines\r\n"
            b"Date: Tue, 02 Jun 2026 06:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n"
            b"List-Unsubscribe: <https://news.example.org/u>\r\n"
            b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        ),
        "body": (b"Hello  there \t\r\n", b"\r\n", b"bye\r\n"),
    }
    return OutgoingMessage(**(fields | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["relaxed", "simple"])
def test_both_signatures_of_a_real_message_verify(keys: list[DkimKey], form: str) -> None:
    mail = make_assembler().in_language(make_issue(12), "zh-Hans").build(make_recipient(), select(make_issue(12)))
    signed = DkimSigner("example.org", keys, body=form).sign(mail)  # type: ignore[arg-type]
    assert verify(bytes(signed), keys) == [True, True]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"bye", b"buy"),
        (b"From: News", b"From: Fake"),
        (b"/u>", b"/v>"),
        (b"One-Click", b"Two-Click"),
        (b"To: ada", b"From: other@example.net\r\nTo: ada"),
        (b"Subject:", b"Subject: another\r\nSubject:"),
    ],
)
def test_a_message_that_was_changed_on_the_way_does_not_verify(keys: list[DkimKey], was: bytes, becomes: bytes) -> None:
    signed = bytes(DkimSigner("example.org", keys[:1]).sign(message()))
    assert verify(signed, keys) == [True]
    at = signed.index(b"From: News")
    changed = signed[:at] + signed[at:].replace(was, becomes, 1)
    assert verify(changed, keys) == [False]


def test_what_one_click_needs_is_signed(keys: list[DkimKey]) -> None:
    """RFC 8058 §4: List-Unsubscribe and List-Unsubscribe-Post stand in h=, and there is no l=."""
    signature = DkimSigner("example.org", keys[:1]).sign(message()).header.partition(b"From: News")[0]
    tags = dict(tag.strip().split(b"=", 1) for tag in signature.partition(b":")[2].split(b";"))
    signed = [name.strip() for name in tags[b"h"].split(b":")]
    assert {b"list-unsubscribe", b"list-unsubscribe-post", b"from"} <= set(signed)
    assert b"l" not in tags
    assert tags[b"t"] == b"1780380000"


def test_the_same_message_gets_the_same_signature(keys: list[DkimKey]) -> None:
    assert DkimSigner("example.org", keys).sign(message()) == DkimSigner("example.org", keys).sign(message())


_PIECE = st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b".", b"  ", b"=20"]), max_size=12).map(b"".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(_PIECE, max_size=6), st.sampled_from(["relaxed", "simple"]))
def test_any_body_in_any_parts_verifies(keys: list[DkimKey], parts: list[bytes], form: str) -> None:
    """Wherever the parts are cut, what dkimpy makes of the whole is what was signed."""
    whole = message(body=(*parts, b"\r\n"))
    signer = DkimSigner("example.org", keys[1:], body=form)  # type: ignore[arg-type]
    assert verify(bytes(signer.sign(whole)), keys) == [True]


def test_parts_that_messages_share_are_canonical_once_and_personal_ones_are_not_mixed_up(keys: list[DkimKey]) -> None:
    shared = b"A line with  two spaces and more text than is worth forgetting. \r\n" * 8
    signer = DkimSigner("example.org", keys[1:])
    for name in (b"Ada \r\n", b"Grace\r\n", b"Ada", b"\r\n\r\n"):
        mail = message(body=(name, shared, name, shared, b"end\r\n"))
        assert verify(bytes(signer.sign(mail)), keys) == [True]


def test_the_key_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "dkim.pem"
    create_key(path, "s")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="never overwritten"):
        create_key(path, "s")
    assert path.read_bytes() == before
    assert DkimKey.load(path, "s").record.startswith("v=DKIM1; k=rsa; p=MII")
    assert "PRIVATE" not in repr(DkimKey.load(path, "s"))


def test_the_dns_line_holds_strings_of_at_most_255_octets(keys: list[DkimKey]) -> None:
    line = keys[0].zone_line("example.org")
    strings = line.split('"')[1::2]
    assert line.startswith("june._domainkey.example.org. IN TXT ")
    assert "".join(strings) == keys[0].record
    assert max(map(len, strings)) <= 255


def test_a_weak_key_is_refused(tmp_path: Path) -> None:
    weak = rsa.generate_private_key(65537, 1024).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "weak.pem").write_bytes(weak)
    with pytest.raises(ConfigError, match="2048 bits"):
        DkimKey.load(tmp_path / "weak.pem", "s")
    (tmp_path / "no.pem").write_text("not a key")
    with pytest.raises(ConfigError, match="no private key"):
        DkimKey.load(tmp_path / "no.pem", "s")


@pytest.mark.parametrize("domain", ["", "exa mple.org", "example.org;\r\n x=y", "-a.org"])
def test_a_domain_that_is_none_is_refused(keys: list[DkimKey], domain: str) -> None:
    with pytest.raises(ConfigError, match=r"dkim\.domain"):
        DkimSigner(domain, keys)


def test_a_domain_of_other_letters_is_signed_for_in_ascii(keys: list[DkimKey]) -> None:
    """RFC 6376 §3.5: `d=` holds A-labels."""
    assert b" d=xn--strae-oqa.example;" in DkimSigner("Straße.example", keys[:1]).sign(message()).header


def test_a_signature_changes_nothing_but_the_header(keys: list[DkimKey]) -> None:
    mail = message()
    signed = DkimSigner("example.org", keys).sign(mail)
    assert replace(signed, header=mail.header) == mail
    assert signed.header.endswith(mail.header)
    assert max(map(len, signed.header.split(b"\r\n"))) <= 78
