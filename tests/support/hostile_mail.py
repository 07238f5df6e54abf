"""Mail that wants to take time, memory or the process: bombs of every kind, and mutations of real mail."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Sequence

__all__ = ["bombs", "mutated"]

_HEAD = b"From: MAILER-DAEMON@example.net\nSubject: Undelivered Mail Returned to Sender\nReturn-Path: <>\n"
_MANY = 200_000


def bombs() -> Iterator[bytes]:
    """Each is as large as a mail server lets in, up to some megabytes."""
    yield b""
    yield b"\n" * _MANY
    yield b"\x00" * _MANY
    yield _HEAD + b"X-A: 1\n" * _MANY + b"\n550 5.1.1"
    yield _HEAD + b"References:" + b" <a@example.net>" * _MANY + b"\n\n550"
    yield _HEAD + b"X-Folded: a" + b"\n " * _MANY + b"\n\n550"
    yield _HEAD.replace(b"Undelivered", b"=?utf-8?b?" + b"4" * 4000 + b"?= " + b"=?utf-8?q?=41?= " * 5000) + b"\n550"
    yield _HEAD + b"Content-Type: multipart/report" + b"; a=b" * _MANY + b"\n\n550"
    yield _HEAD + b'Content-Type: multipart/mixed; boundary="((a+)+)+$"\n\n' + b"--((a+)+)+$\n\n550\n" * 50_000
    yield _nested(4000)
    yield _HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: text/plain\n\nx\n" * 50_000
    yield _HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b" * _MANY
    yield _of_type(b"text/plain", b"Content-Transfer-Encoding: base64\n", base64.b64encode(b"550 5.1.1 " * _MANY))
    yield _of_type(b"text/plain", b"Content-Transfer-Encoding: base64\n", b"=" * _MANY + b"A" * _MANY)
    yield _of_type(b"text/plain", b"Content-Transfer-Encoding: quoted-printable\n", b"=" * _MANY * 4)
    for charset in (b"punycode", b"idna", b"zlib", b"bz2", b"unicode_escape", b"utf-7", b"x" * 5000, b"utf-16"):
        yield _of_type(b"text/plain; charset=" + charset, b"", b"\xfe-aaaa" * _MANY)
    yield _of_type(b"text/html", b"", b"<" * _MANY + b"a>" * _MANY)
    yield _of_type(b"text/html", b"", b"<div " * _MANY)
    for line in (
        b"@",
        b"a@",
        b"<a@b>:",
        b"a=",
        b"a",
        b" ",
        b"> ",
        b"=a@b",
        b"5",
        b"5.1.1.",
        b"550 ",
        b"domain ",
        b"account ",
    ):
        yield _HEAD + b"\n" + line * _MANY
        yield _HEAD + b"\n" + (line * 100 + b"\n") * 5000
        yield _HEAD + b"\n<ada@example.org>: " + line * _MANY + b"disabled"
    yield _HEAD + b"\n" + b"".join(b"<reader%d@example.org>: 550 5.1.1 user unknown\n" % n for n in range(50_000))
    yield _HEAD + b"X-Failed-Recipients: " + b", ".join(b"r%d@example.org" % n for n in range(50_000)) + b"\n\n550"
    group = b"Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1\n\n"
    yield _of_type(b"message/delivery-status", b"", group * 20_000)
    yield _of_type(
        b"message/delivery-status", b"", b"Final-Recipient: rfc822; ada@example.org\nDiagnostic-Code: " + b"x " * _MANY
    )
    yield _of_type(
        b"message/delivery-status", b"", b"Final-Recipient: utf-8; " + rb"\x{1F600}" * 50_000 + b"@example.org"
    )
    yield _of_type(b"message/feedback-report", b"", b"Feedback-Type: abuse\n" + b"Original-Rcpt-To: <a@b>\n" * 50_000)
    document = b'{"notificationType":"Bounce","mail":{},"bounce":'
    yield _HEAD + b"\n" + document + b"[" * _MANY
    yield _HEAD + b"\n" + document + b'{"bouncedRecipients":[' + b'{"emailAddress":"a@b"},' * 50_000 + b"{}]}}"
    report = _HEAD + b"Content-Type: multipart/report; boundary=r\n\n--r\nContent-Type: message/rfc822\n\n"
    yield report * 2000


def mutated(chance: random.Random, samples: Sequence[bytes]) -> bytes:
    """One of the samples, changed in a few places: cut, doubled, joined with another, bytes replaced, lines swapped."""
    raw = bytearray(chance.choice(samples))
    for _ in range(chance.randint(1, 8)):
        begin = chance.randrange(len(raw) + 1)
        end = min(len(raw), begin + chance.choice((1, 4, 30, 400, 5000)))
        match chance.randrange(7):
            case 0:
                del raw[begin:end]
            case 1:
                raw[begin:begin] = raw[begin:end] * chance.choice((2, 20, 200))
            case 2:
                raw[begin:end] = chance.randbytes(end - begin)
            case 3:
                other = chance.choice(samples)
                cut = chance.randrange(len(other) + 1)
                raw[begin:end] = other[cut : cut + 3000]
            case 4:
                old, new = chance.sample((b"\n", b"\r\n", b"\r", b" ", b"\n\n", b":", b"@", b"--", b"<", b"="), 2)
                raw[begin:end] = raw[begin:end].replace(old, new)
            case 5:
                lines = raw.split(b"\n")
                chance.shuffle(lines)
                raw = bytearray(b"\n".join(lines))
            case _:
                raw = raw[:begin]
        raw = raw[:2_000_000]
    return bytes(raw)


def _nested(levels: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(levels))
    return _HEAD + opened + b"\n550 5.1.1 user unknown\n"


def _of_type(kind: bytes, more: bytes, body: bytes) -> bytes:
    head = _HEAD + b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\nContent-Type: "
    return b"".join((head, kind, b"\n", more, b"\n", body, b"\n--r--\n"))
