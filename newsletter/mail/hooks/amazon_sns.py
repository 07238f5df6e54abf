"""Amazon SNS, by which SES notifies: what is signed in its envelope, and whether the signature is right. Pure.

The envelope names the address of the certificate that verifies it, so it is read as JSON before it is verified; what it
carries (`Message`) is read only after. Which host may serve the certificate, and confirm a subscription, follows from
the topic, which the operator has set: nothing in the envelope decides it.

Source: AWS, "Verifying the signatures of Amazon SNS messages" and "Parsing Amazon SNS message formats".
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from newsletter.domain.bounces import endpoint_of

__all__ = ["CONFIRMATION", "NOTIFICATION", "is_certificate_of", "is_confirmation_of", "is_signed", "signed"]

NOTIFICATION = "Notification"
CONFIRMATION = "SubscriptionConfirmation"
_FIELDS = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9A-Za-z]{1,64}\.pem")
_HASHES = {"1": SHA1, "2": SHA256}
_LEAST_BITS = 2048


def is_certificate_of(topic: str, url: str) -> bool:
    """Whether an address is that of a certificate of the service that the topic belongs to."""
    parts = _https_parts(topic, url)
    return parts is not None and _CERTIFICATE.fullmatch(parts[0]) is not None and not parts[1]


def is_confirmation_of(topic: str, url: str) -> bool:
    """Whether an address confirms a subscription at the service that the topic belongs to."""
    parts = _https_parts(topic, url)
    return parts is not None and parts[0] == "/" and "Action=ConfirmSubscription" in parts[1].split("&")


def _https_parts(topic: str, url: str) -> tuple[str, str] | None:
    """Path and query of an https address at the topic's own host; None for any other."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    # not `hostname`: no user, no port, no capitals
    if parts.scheme != "https" or parts.netloc != endpoint_of(topic) or parts.fragment or not url.isascii():
        return None
    return parts.path, parts.query


def signed(envelope: Mapping[str, object]) -> bytes | None:
    """The text that is signed: name and value of some fields by the order of their names, a line each."""
    names = _FIELDS.get(str(envelope.get("Type")))
    lines = []
    for name in names or ():
        value = envelope.get(name)
        if isinstance(value, str):
            lines.append(f"{name}\n{value}\n")
        elif name != "Subject":  # which alone may be missing
            return None
    return "".join(lines).encode(errors="surrogatepass") if names else None


def is_signed(envelope: Mapping[str, object], certificate: x509.Certificate, now: datetime) -> bool:
    """Whether a certificate that is valid now has signed an envelope, by version 1 (SHA-1) or 2 (SHA-256)."""
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return False
    key, text = certificate.public_key(), signed(envelope)
    algorithm = _HASHES.get(str(envelope.get("SignatureVersion")))
    if text is None or algorithm is None or not isinstance(key, rsa.RSAPublicKey) or key.key_size < _LEAST_BITS:
        return False
    try:
        signature = base64.b64decode(str(envelope.get("Signature")), validate=True)
        key.verify(signature, text, padding.PKCS1v15(), algorithm())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
