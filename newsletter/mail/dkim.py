"""DKIM signatures (RFC 6376, 8301, 8463) over messages that are joined from known parts.

The canonical form of a part that many messages share is made once. The body hash runs over every message, because it
begins anew with each; the signature is what costs.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from newsletter.domain.delivery import OutgoingMessage
from newsletter.domain.subscribers import ascii_domain
from newsletter.errors import AddressInvalid, ConfigError

__all__ = ["DkimKey", "DkimSigner", "create_key"]

BodyForm = Literal["relaxed", "simple"]

# what a reader sees or a program acts upon (RFC 6376 §5.4.1, RFC 8058 §4); signed where present
SIGNED = (
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-id",
    "list-archive",
    "list-help",
    "list-post",
    "auto-submitted",
    "precedence",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
)
# named once more than they occur, so that nobody can add a second one on the way
_ONCE = ("from", "to", "subject", "date", "message-id", "list-unsubscribe")

_WANTED = tuple((name, name.encode()) for name in SIGNED)
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.ASCII | re.IGNORECASE)
_FIELD = re.compile(rb"([^:\r\n]+):((?:[^\r\n]|\r\n[ \t])*)\r\n")
_SPACES = re.compile(rb"[ \t\r\n]+")
_SHARED = 256
_KNOWN_PARTS = 20_000
_TXT = 255


@dataclass(frozen=True)
class DkimKey:
    """A private key and the selector under which its public half stands in the DNS."""

    selector: str
    private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"DkimKey(selector={self.selector!r}, algorithm={self.algorithm!r})"

    @classmethod
    def load(cls, path: Path, selector: str) -> DkimKey:
        """Read a key in PEM form.

        Raises:
            ConfigError: the file cannot be read, holds no private key, or one too weak.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            msg = f"dkim.key_file {path} cannot be read ({error.strerror}). `newsletter doctor --dkim` creates a key."
            raise ConfigError(msg, key="dkim.key_file") from error
        try:
            private = serialization.load_pem_private_key(content, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            msg = f"dkim.key_file {path} holds no private key in PEM form without a passphrase"
            raise ConfigError(msg, key="dkim.key_file") from error
        if isinstance(private, ed25519.Ed25519PrivateKey) or (
            isinstance(private, rsa.RSAPrivateKey) and private.key_size >= 2048
        ):
            return cls(selector, private)
        msg = f"dkim.key_file {path}: expected an RSA key of 2048 bits or more, or an Ed25519 key (RFC 8301, RFC 8463)"
        raise ConfigError(msg, key="dkim.key_file")

    @property
    def algorithm(self) -> str:
        """The `a=` of its signatures."""
        return "rsa-sha256" if isinstance(self.private, rsa.RSAPrivateKey) else "ed25519-sha256"

    @property
    def record(self) -> str:
        """The text of its DNS record."""
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            kind = "rsa"
            data = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        else:
            kind = "ed25519"
            data = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k={kind}; p={base64.b64encode(data).decode()}"

    def zone_line(self, domain: str) -> str:
        """The record as a line of a zone file; a character string of the DNS holds at most 255 octets."""
        record = self.record
        strings = " ".join(f'"{record[at : at + _TXT]}"' for at in range(0, len(record), _TXT))
        return f"{self.selector}._domainkey.{domain}. IN TXT ( {strings} )"

    def sign(self, data: bytes) -> bytes:
        """The signature over canonical data."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        # RFC 8463 §3: Ed25519 signs the hash, not the data
        return self.private.sign(hashlib.sha256(data).digest())


def create_key(path: Path, selector: str, *, kind: Literal["rsa", "ed25519"] = "rsa") -> DkimKey:
    """Make a key and write it where nobody else can read it.

    Raises:
        ConfigError: there is a file of that name already, or it cannot be written.
    """
    private: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    private = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()
    content = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        msg = f"the key cannot be written to {path}: {error.strerror}. Another key is never overwritten."
        raise ConfigError(msg, key="dkim.key_file") from error
    return DkimKey(selector, private)


class DkimSigner:
    """Implements `domain.ports.Signer`: one signature a key, deterministic."""

    def __init__(self, domain: str, keys: Sequence[DkimKey], *, body: BodyForm = "relaxed") -> None:
        """`domain` is the `d=`, aligned with From; `keys` sign in this order, the first one's signature comes first.

        Raises:
            ConfigError: a domain or selector that is none.
        """
        try:
            domain = ascii_domain(domain)
        except AddressInvalid as error:
            msg = f"dkim.domain cannot be signed for: {error}"
            raise ConfigError(msg, key="dkim.domain") from error
        for key, value in (("dkim.domain", domain), *(("dkim.selector", k.selector) for k in keys)):
            if not _NAME.fullmatch(value):
                msg = f"{key} is {value!r}, expected a DNS name such as example.org"
                raise ConfigError(msg, key=key)
        self._domain = domain
        self._keys = tuple(keys)
        self._form: BodyForm = body
        self._canonical: dict[bytes, bytes] = {}
        self._times: dict[bytes, int] = {}

    def sign(self, message: OutgoingMessage) -> OutgoingMessage:
        """The message with a DKIM-Signature for each key before its header."""
        fields: dict[bytes, list[bytes]] = {}
        for name, value in _FIELD.findall(message.header):
            fields.setdefault(name.lower(), []).append(value)
        names, signed = _chosen(fields)
        body = base64.b64encode(self._body_hash(message.body)).decode()
        moment = self._time(fields)
        lines = []
        for key in self._keys:
            field = (
                f"DKIM-Signature: v=1; a={key.algorithm}; c=relaxed/{self._form};\r\n"
                f" d={self._domain}; s={key.selector};{moment}\r\n"
                f" h={names};\r\n bh={body};\r\n b="
            ).encode()
            name, _, value = field.partition(b":")
            signature = base64.b64encode(key.sign(signed + _relaxed_field(name, value)))
            folded = b"\r\n ".join(signature[at : at + 74] for at in range(0, len(signature), 74))
            lines.append(field + folded + b"\r\n")
        return replace(message, header=b"".join((*lines, message.header)))

    def _time(self, fields: Mapping[bytes, Sequence[bytes]]) -> str:
        """The message's own date: a signature that told the time would differ at every attempt."""
        if b"date" not in fields:
            return ""
        date = fields[b"date"][0]
        if date not in self._times:
            self._times.clear()
            self._times[date] = int(parsedate_to_datetime(date.decode("ascii").strip()).timestamp())
        return f" t={self._times[date]};"

    def _body_hash(self, parts: Sequence[bytes]) -> bytes:
        """SHA-256 of the canonical body (RFC 6376 §3.4.3, §3.4.4)."""
        if self._form == "simple":
            return hashlib.sha256(b"".join(parts).rstrip(b"\r\n") + b"\r\n").digest()
        pieces: list[bytes] = []
        rest: list[bytes] = []
        canonical = self._canonical
        for part in parts:
            # what is short or no whole lines waits for what follows; only whole lines have a form of their own
            if len(part) < _SHARED or part[-2:] != b"\r\n" or (rest and rest[-1][-2:] != b"\r\n"):
                rest.append(part)
                continue
            if rest:
                pieces.append(_relaxed_lines(b"".join(rest)))
                rest.clear()
            # a shared part is one object: Python keeps its hash, and compares it with itself without looking
            lines = canonical.get(part)
            if lines is None:
                if len(canonical) >= _KNOWN_PARTS:
                    canonical.clear()
                lines = canonical[part] = _relaxed_lines(part)
            pieces.append(lines)
        if rest:
            pieces.append(_relaxed_lines(b"".join(rest) + b"\r\n"))
        body = b"".join(pieces).rstrip(b"\r\n")
        return hashlib.sha256(body + b"\r\n" if body else b"").digest()


def _chosen(fields: Mapping[bytes, Sequence[bytes]]) -> tuple[str, bytes]:
    """The value of `h=` and the canonical form of the fields it names. Of several of one name the last comes first."""
    names: list[str] = []
    canonical: list[bytes] = []
    for wanted, key in _WANTED:
        for value in reversed(fields.get(key, ())):
            names.append(wanted)
            canonical.append(_relaxed_field(key, value) + b"\r\n")
        if wanted in _ONCE:
            names.append(wanted)
    return _folded(tuple(names)), b"".join(canonical)


@lru_cache(64)
def _folded(names: tuple[str, ...]) -> str:
    lines: list[str] = [""]
    for word in names:
        if len(lines[-1]) + len(word) > 70:
            lines.append("")
        lines[-1] += word + ":"
    return "\r\n  ".join(lines)[:-1]


@lru_cache(512)
def _relaxed_field(name: bytes, value: bytes) -> bytes:
    """A field in relaxed form, without the line's end (RFC 6376 §3.4.2)."""
    return name.strip().lower() + b":" + _SPACES.sub(b" ", value).strip()


def _relaxed_lines(lines: bytes) -> bytes:
    """Whole lines in relaxed form: runs of spaces are one, none at a line's end."""
    if b"\t" in lines:
        lines = lines.replace(b"\t", b" ")
    while b"  " in lines:
        lines = lines.replace(b"  ", b" ")
    return lines.replace(b" \r\n", b"\r\n")
