"""Requests as sending services make them, signed by keys of the test's own, each as its service documents it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

__all__ = [
    "CERTIFICATE",
    "TOPIC",
    "Asked",
    "MailgunSender",
    "PostmarkSender",
    "SendGridSender",
    "SnsSender",
    "ses_bounce",
]

TOPIC = "arn:aws:sns:eu-central-1:123456789012:bounces"
CERTIFICATE = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"


@dataclass(frozen=True)
class Asked:
    """A request: what its service sends, or what somebody has made of it."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> Any:  # JSON
        """The body, read."""
        return json.loads(self.body)

    def with_document(self, document: object) -> Asked:
        """The same request with another body."""
        return replace(self, body=json.dumps(document).encode())


class SnsSender:
    """Amazon SNS with a certificate of its own."""

    def __init__(self, *, valid: tuple[datetime, datetime] | None = None, bits: int = 2048) -> None:
        self.key = rsa.generate_private_key(65537, bits)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        first, last = valid or (datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=300))
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(first).not_valid_after(last)
        self.certificate = builder.sign(self.key, SHA256())
        self.pem = self.certificate.public_bytes(Encoding.PEM)

    def notify(self, message: object, at: datetime, *, version: str = "2", **changed: str) -> Asked:
        """A notification that carries this message."""
        text = message if isinstance(message, str) else json.dumps(message)
        return self._send({"Type": "Notification", "Message": text}, at, version, changed)

    def confirmation(self, url: str, at: datetime, **changed: str) -> Asked:
        """What comes first: the subscription is to be confirmed."""
        envelope = {
            "Type": "SubscriptionConfirmation",
            "Message": "Confirm.",
            "Token": "2336412f37",
            "SubscribeURL": url,
        }
        return self._send(envelope, at, "2", changed)

    def _send(self, envelope: dict[str, str], at: datetime, version: str, changed: dict[str, str]) -> Asked:
        envelope |= {"MessageId": secrets.token_hex(16), "TopicArn": TOPIC, "Timestamp": stamp(at)}
        envelope |= {"SignatureVersion": version, "SigningCertURL": CERTIFICATE} | changed
        named = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
        text = "".join(f"{name}\n{envelope[name]}\n" for name in named if name in envelope)
        algorithm = SHA1() if version == "1" else SHA256()
        signature = self.key.sign(text.encode(), padding.PKCS1v15(), algorithm)
        envelope["Signature"] = base64.b64encode(signature).decode()
        return Asked(json.dumps(envelope).encode(), {"Content-Type": "text/plain; charset=UTF-8"})


def stamp(at: datetime) -> str:
    """A moment as Amazon writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def ses_bounce(
    email: str, at: datetime, *, source: str = "", message_id: str = "", said: str = "smtp; 550 5.1.1 user unknown"
) -> dict[str, Any]:
    """What SES says of a mail that bounced."""
    bounced = {"emailAddress": email, "action": "failed", "status": said[9:14], "diagnosticCode": said}
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [bounced],
            "timestamp": stamp(at),
            "feedbackId": "0102",
        },
        "mail": {
            "timestamp": stamp(at),
            "source": source,
            "destination": [email],
            "headers": [{"name": "From", "value": "a@example.org"}, {"name": "Message-ID", "value": message_id}],
            "commonHeaders": {"messageId": message_id},
        },
    }


class SendGridSender:
    """SendGrid with a key of its own."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = base64.b64encode(der).decode()

    def notify(self, events: list[Any], at: datetime) -> Asked:
        """A batch of events."""
        return self.sign(json.dumps(events).encode(), at)

    def sign(self, body: bytes, at: datetime) -> Asked:
        """Any body, signed."""
        moment = str(int(at.timestamp()))
        signature = self.key.sign(moment.encode() + body, ec.ECDSA(SHA256()))
        headers = {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": moment,
        }
        return Asked(body, headers)

    @staticmethod
    def event(email: str, at: datetime, kind: str = "bounce", **more: str) -> dict[str, Any]:
        """One event, as the reference has it."""
        common = {"email": email, "timestamp": int(at.timestamp()), "event": kind}
        ids = {"sg_event_id": secrets.token_urlsafe(16), "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001"}
        return common | ids | more


class MailgunSender:
    """Mailgun with a signing key of its own."""

    def __init__(self, key: str = "key-0123456789abcdef0123456789abcdef") -> None:
        self.key = key

    def notify(self, email: str, at: datetime, event: str = "failed", **more: Any) -> Asked:  # JSON
        """An event, as the documentation shows one."""
        data = {
            "id": secrets.token_urlsafe(16),
            "timestamp": at.timestamp(),
            "event": event,
            "recipient": email,
            "message": {"headers": {"from": "a@example.org"}},
        }
        if event == "failed":
            data |= {
                "severity": "permanent",
                "reason": "bounce",
                "delivery-status": {"code": 550, "enhanced-code": "5.1.1", "message": "5.1.1 user unknown"},
            }
        return self.sign(data | more, at)

    def sign(self, data: object, at: datetime, token: str = "") -> Asked:
        """Any event, signed."""
        token, moment = token or secrets.token_hex(25), str(int(at.timestamp()))
        signature = hmac.new(self.key.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
        signed = {"timestamp": moment, "token": token, "signature": signature}
        return Asked(json.dumps({"signature": signed, "event-data": data}).encode())


class PostmarkSender:
    """Postmark with a name and a password in the address."""

    def __init__(self, username: str = "newsletter", password: str = "a long secret ä of 28 letters") -> None:
        self.username, self.password = username, password

    @property
    def headers(self) -> dict[str, str]:
        """What a client makes of the address (RFC 7617)."""
        pair = f"{self.username}:{self.password}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def notify(self, email: str, at: datetime, kind: str = "HardBounce", **more: Any) -> Asked:  # JSON
        """A bounce, as the documentation shows one."""
        document = {
            "RecordType": "Bounce",
            "ID": secrets.randbelow(2**40),
            "Type": kind,
            "TypeCode": 1,
            "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
            "Details": "smtp;550 5.1.1 user unknown",
            "Email": email,
            "BouncedAt": at.isoformat(),
        }
        return Asked(json.dumps(document | more).encode(), self.headers)
