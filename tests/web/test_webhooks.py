"""Sending services tell a running server what became of mail; what is forged, replayed or mutilated changes nothing."""

from __future__ import annotations

import base64
import logging
import re
import socket
import sqlite3
import ssl
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from newsletter.domain.bounces import Proof, Refusal
from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.subscribers import Cause, SubscriptionState
from newsletter.mail.hooks import AmazonHosts, AmazonSes, Mailgun, Postmark, SendGrid
from newsletter.store import Database, SqlStore
from newsletter.web import webhook_routes
from tests.support.certificates import Authority
from tests.support.databases import new_database
from tests.support.http_server import HttpServer, Reply, serving
from tests.support.returns import Mailing
from tests.support.web import make_app, make_store, running
from tests.support.webhooks import (
    CERTIFICATE,
    TOPIC,
    Asked,
    MailgunSender,
    PostmarkSender,
    SendGridSender,
    SnsSender,
    ses_bounce,
)

ADA, BO, CY = "ada@example.org", "bo@example.net", "cy@example.com"
HOST = "sns.eu-central-1.amazonaws.com"
SERVICES = ("ses", "sendgrid", "mailgun", "postmark")
CONFIRM = f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"


@dataclass
class Served:
    """A running server, its database with an issue that was sent, and the services that tell it."""

    store: SqlStore
    mailing: Mailing
    client: httpx.Client
    amazon: HttpServer
    sns: SnsSender
    sendgrid: SendGridSender
    mailgun: MailgunSender
    postmark: PostmarkSender

    def ask(self, service: str, asked: Asked) -> int:
        """Make a request; the status of its answer."""
        answer = self.client.post(f"/webhooks/{service}", content=asked.body, headers=dict(asked.headers))
        assert answer.content == b""
        return answer.status_code

    def bounce(self, service: str, email: str = ADA, at: datetime | None = None) -> Asked:
        """What a service sends when an address is dead."""
        at = at or now()
        match service:
            case "ses":
                return self.sns.notify(ses_bounce(email, at, source=self.mailing.sender(email)), at)
            case "sendgrid":
                smtp_id = self.mailing.message_id(self.mailing.delivery(email))
                reason = "550 5.1.1 The email account does not exist"
                event = self.sendgrid.event(email, at, status="5.1.1", reason=reason, **{"smtp-id": smtp_id})
                return self.sendgrid.notify([event], at)
            case "mailgun":
                return self.mailgun.notify(email, at)
            case _:
                return self.postmark.notify(email, at)

    def refused(self) -> Mapping[tuple[str, str], int]:
        """What was counted, once it is stored."""
        return self.store.webhooks.refused(datetime.now(UTC).date() - timedelta(days=1))

    def nothing_changed(self) -> bool:
        """Whether nothing is stored and nobody suppressed."""
        return self.store.events.count() == 0 and not self.store.suppressions.suppressed([ADA, BO, CY])


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def sns() -> SnsSender:
    return SnsSender()


@contextmanager
def serve(database: Database, site: Path, authority: Authority, sns: SnsSender) -> Iterator[Served]:
    """A server that all four services are set up at."""
    store = make_store(database)
    mailing = Mailing(store, at=now() - timedelta(hours=1))
    mailing.send(ADA, BO, CY)
    sendgrid, mailgun, postmark = SendGridSender(), MailgunSender(), PostmarkSender()

    def answer(request: Any) -> Reply:
        return Reply(sns.pem if request.path.endswith(".pem") else b"<ConfirmSubscriptionResponse/>")

    with serving(answer, tls=authority.server(HOST)) as amazon:
        trust = ssl.create_default_context(cafile=str(authority.file))
        readers = {
            "ses": AmazonSes([TOPIC], AmazonHosts(trust=trust, connect_to=amazon.place)),
            "sendgrid": SendGrid(sendgrid.public_key),
            "mailgun": Mailgun(mailgun.key),
            "postmark": Postmark(postmark.username, postmark.password),
        }
        with (
            running(make_app(store, site, readers=readers)) as url,
            httpx.Client(base_url=url, trust_env=False, timeout=60) as client,
        ):
            yield Served(store, mailing, client, amazon, sns, sendgrid, mailgun, postmark)


@pytest.fixture
def served(tmp_path: Path, authority: Authority, sns: SnsSender, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(webhook_routes, "_COUNT_SECONDS", 0.0)
    database = new_database(tmp_path / "newsletter.db")
    with serve(database, tmp_path / "site", authority, sns) as result:
        yield result
    database.close()


def counted(served: Served, service: str, refusal: Refusal, times: int = 1) -> bool:
    """Whether so many were refused, for this and nothing else. The counts are stored after the answer."""
    until = datetime.now(UTC) + timedelta(seconds=10)
    while datetime.now(UTC) < until:
        if served.refused() == {(service, refusal.value): times}:
            return True
    return False


# --- what is right ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_a_dead_address_is_suppressed_and_its_delivery_has_come_back(served: Served, service: str) -> None:
    assert served.ask(service, served.bounce(service)) == 200
    [stored] = served.store.events.of_address(ADA)
    assert (stored.kind, stored.status, stored.source) == ("hard", "5.1.1", service)
    assert served.mailing.status(ADA) is DeliveryStatus.BOUNCED
    assert served.store.suppressions.found([ADA])[ADA].cause is Cause.HARD
    assert not served.store.suppressions.suppressed([BO, CY])
    proofs = {"ses": Proof.VERP, "sendgrid": Proof.MESSAGE_ID, "mailgun": Proof.SERVICE, "postmark": Proof.SERVICE}
    assert stored.proof is proofs[service]
    assert served.refused() == {}


def test_both_databases_take_in_what_each_service_tells(
    database: Database, tmp_path: Path, authority: Authority, sns: SnsSender
) -> None:
    with serve(database, tmp_path / "site", authority, sns) as served:
        for service, email in zip(SERVICES, (ADA, BO, CY, ADA), strict=True):
            asked = served.bounce(service, email)
            assert [served.ask(service, asked) for _ in range(2)] == [200, 200]
        assert served.store.events.count() == 4
        assert served.store.suppressions.suppressed([ADA, BO, CY]) == {ADA, BO, CY}
        token = served.bounce("mailgun").document()["signature"]["token"]
        first = served.mailgun.sign({"id": "1", "event": "opened"}, now(), token)
        other = served.mailgun.sign({"id": "2", "event": "opened"}, now(), token)
        assert [served.ask("mailgun", one) for one in (first, other, first)] == [200, 403, 200]


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_told_again_is_known_and_changes_nothing(served: Served, service: str) -> None:
    asked = served.bounce(service)
    assert [served.ask(service, asked) for _ in range(3)] == [200, 200, 200]
    assert served.store.events.count() == 1
    assert served.refused() == {}


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_told_many_times_at_once_is_stored_once(served: Served, service: str) -> None:
    asked = served.bounce(service)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: served.ask(service, asked), range(16)))
    assert statuses == [200] * 16
    assert served.store.events.count() == 1


@pytest.mark.parametrize("service", SERVICES)
def test_a_complaint_ends_the_subscription(served: Served, service: str) -> None:
    at = now()
    complaints: dict[str, Callable[[], Asked]] = {
        "ses": lambda: served.sns.notify(
            {
                "notificationType": "Complaint",
                "complaint": {"complainedRecipients": [{"emailAddress": BO}], "complaintFeedbackType": "abuse"},
                "mail": {"source": served.mailing.sender(BO)},
            },
            at,
        ),
        "sendgrid": lambda: served.sendgrid.notify([served.sendgrid.event(BO, at, "spamreport")], at),
        "mailgun": lambda: served.mailgun.notify(BO, at, "complained"),
        "postmark": lambda: served.postmark.notify(BO, at, "SpamComplaint", RecordType="SpamComplaint"),
    }
    assert served.ask(service, complaints[service]()) == 200
    assert served.store.suppressions.found([BO])[BO].cause is Cause.COMPLAINT
    subscriber = served.store.subscribers.get(BO)
    assert subscriber is not None
    assert subscriber.state is SubscriptionState.UNSUBSCRIBED


def test_a_batch_is_taken_in_whole(served: Served) -> None:
    events = [served.sendgrid.event(f"reader{number}@example.org", now(), "delivered") for number in range(1000)]
    assert served.ask("sendgrid", served.sendgrid.notify(events, now())) == 200
    assert served.store.events.count() == 1000


@pytest.mark.parametrize("version", ["1", "2"])
def test_amazon_is_asked_for_its_certificate_once(served: Served, version: str) -> None:
    for email in (ADA, BO):
        message = ses_bounce(email, now())
        assert served.ask("ses", served.sns.notify(message, now(), version=version, Subject="Amazon SES")) == 200
    assert served.amazon.paths == [CERTIFICATE.removeprefix(f"https://{HOST}")]
    assert served.amazon.requests[0].headers["host"] == HOST
    assert served.store.events.count() == 2


def test_a_subscription_of_a_topic_that_is_set_is_confirmed(served: Served) -> None:
    assert served.ask("ses", served.sns.confirmation(CONFIRM, now())) == 200
    assert served.amazon.requests[-1].query["Action"] == "ConfirmSubscription"
    assert served.nothing_changed()


@pytest.mark.parametrize(
    "url",
    [
        CONFIRM.replace("https:", "http:"),
        CONFIRM.replace(HOST, "sns.eu-central-1.amazonaws.com.evil.example"),
        CONFIRM.replace(HOST, "sns.us-east-1.amazonaws.com"),
        CONFIRM.replace(HOST, f"{HOST}@evil.example"),
        CONFIRM.replace(HOST, f"{HOST}:8443"),
        CONFIRM.replace("ConfirmSubscription", "Unsubscribe"),
        "https://[",
    ],
)
def test_a_subscription_is_confirmed_nowhere_else(served: Served, url: str) -> None:
    assert served.ask("ses", served.sns.confirmation(url, now())) == 400
    assert len(served.amazon.requests) == 1  # for the certificate
    assert counted(served, "ses", Refusal.MUTILATED)


def test_whoever_is_no_subscriber_of_ours_is_suppressed_at_the_services_word(served: Served) -> None:
    assert served.ask("mailgun", served.mailgun.notify("stranger@example.org", now())) == 200
    assert served.store.suppressions.suppressed(["stranger@example.org"])


# --- forged -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_what_another_key_has_signed_is_refused(served: Served, service: str) -> None:
    served.sns, served.sendgrid = SnsSender(), SendGridSender()
    served.mailgun, served.postmark = MailgunSender("another key"), PostmarkSender(password="another password")
    assert served.ask(service, served.bounce(service)) == (401 if service == "postmark" else 403)
    assert served.nothing_changed()
    assert counted(served, service, Refusal.CREDENTIALS if service == "postmark" else Refusal.SIGNATURE)


@pytest.mark.parametrize("service", ["ses", "sendgrid"])
def test_what_was_changed_after_it_was_signed_is_refused(served: Served, service: str) -> None:
    asked = served.bounce(service)
    forged = replace(asked, body=asked.body.replace(ADA.encode(), BO.encode()))
    assert forged.body != asked.body
    assert served.ask(service, forged) == 403
    assert served.nothing_changed()
    assert counted(served, service, Refusal.SIGNATURE)


def test_another_event_beside_a_signature_of_mailgun_is_refused(served: Served) -> None:
    asked = served.mailgun.notify(ADA, now(), "delivered")
    document = asked.document()
    document["event-data"] |= {"recipient": BO, "event": "complained", "id": "another"}
    assert [served.ask("mailgun", one) for one in (asked, asked.with_document(document), asked)] == [200, 403, 200]
    assert served.store.events.count() == 1
    assert not served.store.suppressions.suppressed([BO])
    assert counted(served, "mailgun", Refusal.REPLAYED)


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!", "Bearer x", "Basic " + base64.b64encode(b"newsletter:").decode()]
)
def test_postmark_has_to_show_its_credentials(served: Served, header: str) -> None:
    asked = Asked(served.bounce("postmark").body, {"Authorization": header} if header else {})
    answer = served.client.post("/webhooks/postmark", content=asked.body, headers=dict(asked.headers))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Basic realm="webhooks"')
    assert served.nothing_changed()
    assert counted(served, "postmark", Refusal.CREDENTIALS)


@pytest.mark.parametrize(
    "url",
    [
        CERTIFICATE.replace("https:", "http:"),
        CERTIFICATE.replace(HOST, "sns.eu-central-1.amazonaws.com.evil.example"),
        CERTIFICATE.replace(HOST, "snsxeu-central-1.amazonaws.com"),
        CERTIFICATE.replace(HOST, "sns.us-east-1.amazonaws.com"),
        CERTIFICATE.replace(HOST, f"evil.example\\@{HOST}"),
        CERTIFICATE.replace(HOST, f"{HOST}:444"),
        CERTIFICATE.replace(".pem", ".pem?x=1"),
        CERTIFICATE.replace(".pem", ".pem#x"),
        CERTIFICATE.replace("/Simple", "/../bucket/Simple"),
        "https://evil.example/cert.pem",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_certificate_is_had_from_the_topics_own_host_alone(served: Served, url: str) -> None:
    message = ses_bounce(ADA, now())
    assert served.ask("ses", served.sns.notify(message, now(), SigningCertURL=url)) == 403
    assert served.amazon.requests == []
    assert served.nothing_changed()
    assert counted(served, "ses", Refusal.SIGNATURE)


def test_another_topic_is_refused_before_anything_is_asked_for(served: Served) -> None:
    other = TOPIC.replace("bounces", "other")
    assert served.ask("ses", served.sns.notify(ses_bounce(ADA, now()), now(), TopicArn=other)) == 403
    assert served.ask("ses", served.sns.confirmation(CONFIRM, now(), TopicArn=other)) == 403
    assert served.amazon.requests == []
    assert counted(served, "ses", Refusal.TOPIC, 2)


def test_amazon_is_to_come_again_while_its_certificate_cannot_be_had(served: Served) -> None:
    asked = served.bounce("ses")
    right, served.amazon.answer = served.amazon.answer, lambda _: Reply(b"", 500)
    assert served.ask("ses", asked) == 503
    served.amazon.answer = right
    assert served.ask("ses", asked) == 200
    assert counted(served, "ses", Refusal.UNVERIFIABLE)


# --- late, and of the future --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "late"),
    [("ses", timedelta(hours=3)), ("sendgrid", timedelta(hours=26)), ("mailgun", timedelta(hours=10))],
)
def test_what_is_older_than_a_service_tries_for_is_refused_and_so_is_the_future(
    served: Served, service: str, late: timedelta
) -> None:
    for at in (now() - late, now() + timedelta(hours=1)):
        assert served.ask(service, served.bounce(service, at=at)) == 403
    assert served.nothing_changed()
    assert counted(served, service, Refusal.LATE, 2)


@pytest.mark.parametrize("service", SERVICES)
def test_what_comes_after_an_hour_is_still_right(served: Served, service: str) -> None:
    assert served.ask(service, served.bounce(service, at=now() - timedelta(minutes=59))) == 200
    assert served.store.events.count() == 1


# --- mutilated ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 200_000, b"null", b'"x"', b"1e999", b"[" + b"9" * 5000 + b"]"]
)
@pytest.mark.parametrize("service", SERVICES)
def test_a_body_that_cannot_be_read_is_refused(served: Served, service: str, body: bytes) -> None:
    asked = {
        "ses": lambda: Asked(body),
        "sendgrid": lambda: served.sendgrid.sign(body, now()),
        "mailgun": lambda: Asked(body),
        "postmark": lambda: Asked(body, served.postmark.headers),
    }[service]()
    assert served.ask(service, asked) == 400
    assert served.nothing_changed()
    assert counted(served, service, Refusal.MUTILATED)


@pytest.mark.parametrize("service", SERVICES)
def test_a_document_of_any_other_shape_harms_nobody(served: Served, service: str) -> None:
    shapes: list[Any] = [
        None,
        1,
        "x",
        [],
        {},
        [[]],
        {"x": None},
        {"email": [1]},
        {"event": "bounce", "email": {"a": 1}},
    ]
    at = now()
    for shape in shapes:
        asked = {
            "ses": lambda shape=shape: served.sns.notify(
                {"notificationType": "Bounce", "bounce": shape, "mail": {"headers": shape, "commonHeaders": shape}}, at
            ),
            "sendgrid": lambda shape=shape: served.sendgrid.notify([shape, {"event": "bounce", "reason": shape}], at),
            "mailgun": lambda shape=shape: served.mailgun.sign(
                {"event": "failed", "id": "1", "delivery-status": shape, "message": shape, "envelope": shape}, at
            ),
            "postmark": lambda shape=shape: served.postmark.notify(ADA, at, Email=shape, BouncedAt=shape, ID=shape),
        }[service]()
        assert served.ask(service, asked) == 200
    assert not served.store.suppressions.suppressed([ADA, BO, CY])


def test_more_events_than_anybody_sends_at_once_are_refused(served: Served) -> None:
    events = [{"event": "open"}] * 1001
    assert served.ask("sendgrid", served.sendgrid.notify(events, now())) == 400
    assert counted(served, "sendgrid", Refusal.MUTILATED)


def test_a_body_beyond_a_megabyte_is_refused_before_it_is_verified(served: Served) -> None:
    assert served.ask("sendgrid", served.sendgrid.sign(b" " * (1024 * 1024 + 1), now())) == 413
    assert served.nothing_changed()
    assert counted(served, "sendgrid", Refusal.TOO_LARGE)


def test_a_request_that_is_cut_off_is_counted(served: Served) -> None:
    with socket.create_connection((served.client.base_url.host, served.client.base_url.port or 80)) as line:
        line.sendall(b"POST /webhooks/postmark HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert counted(served, "postmark", Refusal.CUT_OFF)


# --- what else ----------------------------------------------------------------------------------------------------


def test_a_service_that_is_not_set_up_is_not_there(tmp_path: Path) -> None:
    database = new_database(tmp_path / "newsletter.db")
    with (
        running(make_app(make_store(database), tmp_path)) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        answers = [client.post(f"/webhooks/{service}", content=b"{}") for service in (*SERVICES, "nobody", "ses/x")]
        assert [answer.status_code for answer in answers[:5]] == [404] * 5
        assert answers[5].status_code in {404, 405}
        assert client.get("/webhooks/ses").status_code == 404
    database.close()


def test_a_locked_database_has_services_come_again(tmp_path: Path, authority: Authority, sns: SnsSender) -> None:
    database = new_database(tmp_path / "newsletter.db")
    event.listen(database.engine, "checkout", _be_impatient)
    with serve(database, tmp_path / "site", authority, sns) as served:
        asked = served.bounce("postmark")
        with sqlite3.connect(tmp_path / "newsletter.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            answer = served.client.post("/webhooks/postmark", content=asked.body, headers=dict(asked.headers))
            other.execute("ROLLBACK")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "120")
        assert served.ask("postmark", asked) == 200
        assert served.store.events.count() == 1
    database.close()


def _be_impatient(connection: Any, *_: object) -> None:
    connection.execute("PRAGMA busy_timeout = 10")


def test_no_address_stands_in_a_log(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for service in SERVICES:
        served.ask(service, served.bounce(service))
        served.ask(service, Asked(b'{"Email": "ada@example.org"}'))
    assert not re.search(r"ada|Token=", caplog.text)
