"""From bytes to events: what many systems write, with any line end, and what is no report at all."""

from __future__ import annotations

import pytest

from newsletter.domain.bounces import EventKind, KnownBy
from newsletter.mail.reports import read_report
from tests.mail.reports.samples import CALM, SAMPLES, delivery_report, plain


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("name", SAMPLES)
def test_each_systems_report_is_read(name: str, end: bytes) -> None:
    sample = SAMPLES[name]
    (event,) = read_report(sample.raw.encode().replace(b"\n", end)).events
    assert (event.kind, event.recipient, event.status, event.reply, event.known_by) == sample.event


@pytest.mark.parametrize("name", CALM)
def test_what_is_no_report_has_no_events(name: str) -> None:
    assert read_report(CALM[name].encode()).events == ()


def test_several_recipients_are_told_apart_by_fields() -> None:
    fields = "\n".join(
        f"Final-Recipient: rfc822; {who}@example.org\nAction: failed\nStatus: {status}\n"
        for who, status in (("ada", "5.1.1"), ("bo", "5.2.2"), ("cy", "5.7.1"))
    )
    events = read_report(delivery_report(fields).encode()).events
    assert [(e.recipient[:2], e.kind) for e in events] == [
        ("ad", EventKind.HARD),
        ("bo", EventKind.SOFT),
        ("cy", EventKind.POLICY),
    ]


def test_several_recipients_are_told_apart_by_words() -> None:
    text = (
        "This is the mail system.\n\n<ada@example.org>: host mx said: 550 5.1.1 User unknown\n\n"
        "<bo@example.org>: host mx said: 552 5.2.2 Over quota\n    try later\n\n<ada@example.org>: once more\n"
    )
    events = read_report(plain("MAILER-DAEMON@example.net", "failure notice", text).encode()).events
    assert [(e.recipient, e.kind) for e in events] == [
        ("ada@example.org", EventKind.HARD),
        ("bo@example.org", EventKind.SOFT),
    ]


def test_fields_without_empty_lines_between_recipients_and_with_more_of_them_are_read() -> None:
    crowded = (
        "Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1\n"
        "Final-Recipient: rfc822; bo@example.org\nAction: failed\nStatus: 5.2.2\n"
    )
    assert len(read_report(delivery_report(crowded).encode()).events) == 2
    (event,) = read_report(
        delivery_report("Final-Recipient: rfc822; ada@example.org\n\nAction: failed\nStatus: 5.1.1\n").encode()
    ).events
    assert (event.recipient, event.status) == ("ada@example.org", "5.1.1")


def test_a_report_tells_which_mail_it_is_about_and_to_which_address_of_ours_it_came() -> None:
    raw = "Delivered-To: bounces+d1.k@ours.example.org\nX-Original-To: <x@ours.example.org>\n" + SAMPLES["Postfix"].raw
    report = read_report(raw.encode())
    assert report.message_id == "<d1@ours.example.org>"
    assert report.envelope_id == "d1"
    assert report.delivered_to == (
        "bounces+d1.k@ours.example.org",
        "x@ours.example.org",
        "bounces+d1.0123456789abcdef@ours.example.org",
    )


@pytest.mark.parametrize(
    "name", ["Exim", "a complaint with its recipient redacted", "qmail", "a complaint of Microsoft's"]
)
def test_the_id_of_the_mail_is_found_where_it_was_returned_in_another_form(name: str) -> None:
    assert read_report(SAMPLES[name].raw.encode()).message_id == "<d1@ours.example.org>"


def test_the_address_that_was_mailed_is_told_beside_the_one_it_was_forwarded_to() -> None:
    fields = (
        "Original-Recipient: rfc822; ada@example.org\nFinal-Recipient: rfc822; ada@new.example.net\n"
        "Action: failed\nStatus: 5.1.1\n"
    )
    (event,) = read_report(delivery_report(fields).encode()).events
    assert (event.recipient, event.original_recipient) == ("ada@new.example.net", "ada@example.org")


def test_a_report_within_a_mail_is_read_and_our_address_is_the_outer_ones() -> None:
    outer = (
        "From: list-owner@example.net\nTo: bounces@ours.example.org\nSubject: for you\n"
        "Content-Type: multipart/mixed; boundary=o\n\n--o\n\nSee there\n--o\nContent-Type: message/rfc822\n\n"
        f"{SAMPLES['Postfix'].raw}\n--o--\n"
    )
    report = read_report(outer.encode())
    assert [event.kind for event in report.events] == [EventKind.HARD]
    assert report.delivered_to == ("bounces@ours.example.org",)


def test_an_address_that_only_stands_in_the_text_is_marked_as_such() -> None:
    (event,) = read_report(SAMPLES["qmail"].raw.encode()).events
    assert event.known_by is KnownBy.TEXT


def test_a_form_that_only_flufl_bounce_knows_is_read_by_it() -> None:
    text = "The email below could not be delivered to the following user:\n\n#!ada <ada@example.org>\n\nOld message:\n"
    (event,) = read_report(plain("MAILER-DAEMON@example.net", "Undeliverable", text).encode()).events
    assert (event.recipient, event.known_by) == ("ada@example.org", KnownBy.TEXT)


def test_every_complainant_of_a_report_is_named_once() -> None:
    raw = SAMPLES["a complaint (RFC 5965)"].raw.replace(
        "Original-Rcpt-To: <ada@example.org>",
        "Original-Rcpt-To: ada@example.org\nOriginal-Rcpt-To: bo@example.org\nRemoval-Recipient: ada@example.org",
    )
    assert [event.recipient for event in read_report(raw.encode()).events] == ["ada@example.org", "bo@example.org"]


def test_a_complaint_of_a_machine_about_authentication_does_not_end_the_address() -> None:
    raw = SAMPLES["a complaint (RFC 5965)"].raw.replace("Feedback-Type: abuse", "Feedback-Type: auth-failure")
    (event,) = read_report(raw.encode()).events
    assert (event.kind, event.feedback, event.ends_the_address) == (EventKind.COMPLAINT, "auth-failure", False)


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("Complaint", '"complaint":{"complainedRecipients":[{"emailAddress":"ada@example.org"}]}', "complaint"),
        ("Delivery", '"delivery":{"recipients":["ada@example.org"],"smtpResponse":"250 2.6.0 ok"}', "delivered"),
    ],
)
def test_a_services_other_notifications_are_read(kind: str, more: str, expected: str) -> None:
    raw = plain("SES <no-reply@sns.amazonaws.com>", "AWS", f'{{"notificationType":"{kind}","mail":{{}},{more}}}')
    assert [(e.kind, e.recipient) for e in read_report(raw.encode()).events] == [(expected, "ada@example.org")]


@pytest.mark.parametrize("broken", ["[]", "null", '{"bouncedRecipients":5}', '{"bouncedRecipients":[5,{}]}', '"'])
def test_a_services_notification_that_is_mutilated_says_nothing(broken: str) -> None:
    raw = plain("a@example.org", "AWS", f'{{"notificationType":"Bounce","mail":{{}},"bounce":{broken}}}')
    assert read_report(raw.encode()).events == ()


def test_a_complaint_whose_recipient_is_left_out_is_named_by_the_mail_that_it_returns() -> None:
    raw = SAMPLES["a complaint with its recipient redacted"].raw.replace(
        "Message-ID:", "To: Ada <ada@example.org>\nMessage-ID:"
    )
    (event,) = read_report(raw.encode()).events
    assert (event.recipient, event.known_by) == ("ada@example.org", KnownBy.RETURNED)


def test_fields_that_hold_a_path_instead_of_an_address_are_helped_by_the_words() -> None:
    fields = "Final-Recipient: rfc822;/var/mail/ada\nAction: failed\nStatus: 5.0.0\n"
    (event,) = read_report(delivery_report(fields, "  ada@example.org\n    mailbox is full\n").encode()).events
    assert (event.kind, event.recipient, event.known_by) == (EventKind.SOFT, "ada@example.org", KnownBy.TEXT)


def test_a_person_who_pastes_the_fields_of_a_report_sends_none() -> None:
    pasted = "See:\n\nFinal-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1\n"
    assert read_report(plain("Bob <bob@example.org>", "a question", pasted).encode()).events == ()
