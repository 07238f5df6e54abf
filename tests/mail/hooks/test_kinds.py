"""What each service's own words come to: the server's answer decides, then what the service calls it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from newsletter.domain.bounces import EventKind as K
from newsletter.domain.bounces import Notification, Notified, Refusal, endpoint_of
from newsletter.domain.ports import NotificationReader
from newsletter.mail.hooks import AmazonHosts, AmazonSes, Mailgun, Postmark, SendGrid
from tests.support.http_server import Reply, Request, serving
from tests.support.webhooks import CERTIFICATE, TOPIC, Asked, MailgunSender, PostmarkSender, SendGridSender, SnsSender

NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)
ADA = "ada@example.org"
SENDGRID, MAILGUN, POSTMARK = SendGridSender(), MailgunSender(), PostmarkSender()


class KnownAmazon:
    """Amazon's hosts, whose certificate is at hand."""

    def __init__(self, sender: SnsSender) -> None:
        self._sender = sender

    def certificate(self, _url: str, _now: datetime) -> Any:
        return self._sender.certificate

    def confirm(self, _url: str) -> bool:
        return True


def read(reader: NotificationReader, asked: Asked) -> Notification | Refusal:
    return reader.read({name.lower(): value for name, value in asked.headers.items()}, asked.body, NOW)


def event(reader: NotificationReader, asked: Asked) -> Notified | None:
    told = read(reader, asked)
    assert isinstance(told, Notification)
    return told.events[0] if told.events else None


def kind(told: Notified | None) -> K | None:
    return told.report.events[0].kind if told else None


@pytest.fixture(scope="module")
def sns() -> SnsSender:
    return SnsSender(valid=(NOW - timedelta(days=1), NOW + timedelta(days=1)))


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("bounce", {"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 user unknown"}, K.HARD),
        ("bounce", {"type": "bounce", "status": "5.2.2", "reason": "552 5.2.2 mailbox full"}, K.SOFT),
        ("bounce", {"type": "blocked", "reason": "the IP is not liked"}, K.POLICY),
        ("bounce", {"type": "blocked", "status": "5.7.1", "reason": "550 5.7.1 spam"}, K.POLICY),
        ("dropped", {"reason": "Bounced Address"}, K.HARD),
        ("dropped", {"reason": "Spam Reporting Address"}, K.COMPLAINT),
        ("dropped", {"reason": "Unsubscribed Address"}, K.UNKNOWN),
        ("dropped", {"reason": "Anything new"}, K.POLICY),
        ("deferred", {"response": "450 4.7.1 greylisted"}, K.UNKNOWN),
        ("delivered", {"response": "250 OK"}, K.DELIVERED),
        ("spamreport", {}, K.COMPLAINT),
        ("open", {}, None),
        ("group_unsubscribe", {}, None),
    ],
)
def test_sendgrid(name: str, more: dict[str, str], expected: K | None) -> None:
    asked = SENDGRID.notify([SENDGRID.event(ADA, NOW, name, **more)], NOW)
    assert kind(event(SendGrid(SENDGRID.public_key), asked)) is expected


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("failed", {}, K.HARD),
        ("failed", {"severity": "temporary"}, K.UNKNOWN),
        ("failed", {"delivery-status": {"code": 552, "message": "5.2.2 over quota"}}, K.SOFT),
        ("failed", {"delivery-status": {"code": 605, "description": "?"}, "reason": "suppress-bounce"}, K.HARD),
        ("failed", {"delivery-status": {}, "reason": "suppress-complaint"}, K.COMPLAINT),
        ("failed", {"delivery-status": {}, "reason": "suppress-unsubscribe"}, K.UNKNOWN),
        ("failed", {"delivery-status": {}, "reason": "espblock"}, K.POLICY),
        ("rejected", {"reject": {"reason": "sandbox"}}, K.POLICY),
        ("delivered", {}, K.DELIVERED),
        ("complained", {}, K.COMPLAINT),
        ("opened", {}, None),
    ],
)
def test_mailgun(name: str, more: dict[str, Any], expected: K | None) -> None:
    assert kind(event(Mailgun(MAILGUN.key), MAILGUN.notify(ADA, NOW, name, **more))) is expected


def test_mailgun_repeats_the_message_id_and_the_envelope_sender_and_signs_for_accounts_above() -> None:
    more = {"message": {"headers": {"message-id": "1@example.org"}}, "envelope": {"sender": "bounces+x@example.org"}}
    asked = MAILGUN.notify(ADA, NOW, **more)
    told = event(Mailgun(MAILGUN.key), asked)
    assert told is not None
    assert (told.report.message_id, told.report.delivered_to) == ("<1@example.org>", ("bounces+x@example.org",))
    document = asked.document()
    document["signature"] |= {"parent-signature": document["signature"]["signature"], "signature": "0" * 64}
    assert isinstance(read(Mailgun(MAILGUN.key), asked.with_document(document)), Notification)


def test_no_digit_moves_between_mailguns_time_stamp_and_token() -> None:
    reader = Mailgun(MAILGUN.key)
    asked = MAILGUN.sign({"id": "1", "event": "opened"}, NOW, "7" * 50)
    document = asked.document()
    signature = document["signature"]
    signature |= {"timestamp": signature["timestamp"] + ".7", "token": signature["token"][2:]}
    assert read(reader, asked.with_document(document)) is Refusal.SIGNATURE
    signature |= {"timestamp": signature["timestamp"].replace(".", ""), "token": signature["token"] + "7"}
    assert read(reader, asked.with_document(document)) is Refusal.LATE


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("HardBounce", {}, K.HARD),
        ("HardBounce", {"Details": "nothing that is known"}, K.HARD),
        ("HardBounce", {"Details": "smtp;554 5.7.1 message blocked as spam"}, K.POLICY),
        ("SoftBounce", {"Details": "?"}, K.SOFT),
        ("Transient", {}, K.UNKNOWN),
        ("DnsError", {"Details": ""}, K.SOFT),
        ("AutoResponder", {}, K.VACATION),
        ("ChallengeVerification", {}, K.CHALLENGE),
        ("SpamNotification", {}, K.POLICY),
        ("Blocked", {}, K.POLICY),
        ("BadEmailAddress", {}, K.HARD),
        ("SpamComplaint", {}, K.COMPLAINT),
        ("SpamComplaint", {"RecordType": "SpamComplaint"}, K.COMPLAINT),
        ("", {"RecordType": "Delivery", "Recipient": ADA, "Details": "250 OK", "ID": None}, K.DELIVERED),
        ("", {"RecordType": "Open"}, None),
    ],
)
def test_postmark(name: str, more: dict[str, Any], expected: K | None) -> None:
    reader = Postmark(POSTMARK.username, POSTMARK.password)
    assert kind(event(reader, POSTMARK.notify(ADA, NOW, name, **more))) is expected


@pytest.mark.parametrize(
    ("subtype", "fields", "expected"),
    [
        ("General", {"status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}, K.HARD),
        ("NoEmail", {}, K.HARD),
        ("OnAccountSuppressionList", {}, K.HARD),
        ("MailboxFull", {}, K.SOFT),
        ("ContentRejected", {}, K.POLICY),
        ("General", {}, K.UNKNOWN),
        ("MailboxFull", {"status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}, K.HARD),
    ],
)
def test_amazon(sns: SnsSender, subtype: str, fields: dict[str, str], expected: K) -> None:
    bounce = {"bounceSubType": subtype, "bouncedRecipients": [{"emailAddress": ADA, **fields}]}
    message = {"eventType": "Bounce", "bounce": bounce, "mail": {"commonHeaders": {"messageId": "<1@example.org>"}}}
    told = event(AmazonSes([TOPIC], KnownAmazon(sns)), sns.notify(message, NOW))
    assert told is not None
    assert kind(told) is expected
    assert told.report.message_id == "<1@example.org>"
    assert ADA not in repr(told)


@pytest.mark.parametrize("message", ["Successfully validated SNS topic for Amazon SES event publishing.", {"x": 1}])
def test_what_amazon_says_of_other_things_is_passed_over(sns: SnsSender, message: object) -> None:
    assert read(AmazonSes([TOPIC], KnownAmazon(sns)), sns.notify(message, NOW)) == Notification()


def test_a_certificate_of_another_time_or_a_short_key_proves_nothing() -> None:
    past = SnsSender(valid=(NOW - timedelta(days=9), NOW - timedelta(days=1)))
    future = SnsSender(valid=(NOW + timedelta(days=1), NOW + timedelta(days=9)))
    short = SnsSender(valid=(NOW - timedelta(days=1), NOW + timedelta(days=1)), bits=1024)
    for sender in (past, future, short):
        assert read(AmazonSes([TOPIC], KnownAmazon(sender)), sender.notify({}, NOW)) is Refusal.SIGNATURE


def test_a_notification_does_not_pass_for_a_confirmation(sns: SnsSender) -> None:
    asked = sns.notify({}, NOW)
    more = {"Type": "SubscriptionConfirmation", "SubscribeURL": "x", "Token": "x"}
    changed = asked.with_document(asked.document() | more)
    assert read(AmazonSes([TOPIC], KnownAmazon(sns)), changed) is Refusal.SIGNATURE


@pytest.mark.parametrize(
    ("topic", "host"),
    [
        (TOPIC, "sns.eu-central-1.amazonaws.com"),
        ("arn:aws-cn:sns:cn-north-1:123456789012:x", "sns.cn-north-1.amazonaws.com.cn"),
        ("arn:aws-us-gov:sns:us-gov-west-1:123456789012:x", "sns.us-gov-west-1.amazonaws.com"),
        ("arn:aws:sns:evil.example/:123456789012:x", None),
        ("arn:aws:sqs:eu-central-1:123456789012:x", None),
        ("", None),
    ],
)
def test_a_topic_names_the_host_that_may_vouch_for_it(topic: str, host: str | None) -> None:
    assert endpoint_of(topic) == host


def test_sendgrids_key_is_of_its_own_curve() -> None:
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    other = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ValueError, match="P-256"):
        SendGrid(base64.b64encode(other).decode())


# --- Amazon's hosts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"x" * 70_000),
        Reply((b"x" * 1000 for _ in range(10**9)), headers={}),
        Reply(b"no certificate"),
        Reply(b"", 404),
        Reply(b"", 302, {"Location": "/elsewhere"}),
        Reply(b"x" * 100, cut_after=10),
    ],
)
def test_an_answer_that_is_no_certificate_is_none_and_is_asked_for_in_bounds(reply: Reply) -> None:
    with serving(lambda _: reply) as server:
        hosts = AmazonHosts()
        assert hosts.certificate(f"{server.url}/x.pem", NOW) is None
        assert (
            server.bytes_sent < 20_000_000
        )  # of what is endless: what fits between the two        assert server.paths == ["/x.pem"]


def test_no_more_than_twenty_questions_a_minute_go_out() -> None:
    moment = 0.0

    def answer(_: Request) -> Reply:
        return Reply(b"", 404)

    with serving(answer) as server:
        hosts = AmazonHosts(passed=lambda: moment)
        for number in range(30):
            assert hosts.certificate(f"{server.url}/{number}.pem", NOW) is None
        assert len(server.requests) == 20
        moment = 61.0
        hosts.confirm(f"{server.url}/later")
        assert len(server.requests) == 21


def test_a_certificate_is_kept_while_it_is_valid(sns: SnsSender) -> None:
    with serving({"/x.pem": sns.pem}) as server:
        hosts = AmazonHosts()
        for now in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=2)):
            assert hosts.certificate(f"{server.url}/x.pem", now) == sns.certificate
        assert len(server.requests) == 2


def test_amazons_hosts_are_known_by_their_certificates() -> None:
    with serving({"/x.pem": b""}) as server:  # plain HTTP where TLS is expected
        assert AmazonHosts(connect_to=server.place).certificate(CERTIFICATE, NOW) is None
        assert server.requests == []
