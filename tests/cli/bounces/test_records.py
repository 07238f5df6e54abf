"""What came back, taken in and looked at by commands: a person's way from a report to what followed."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import DAY, Folder
from tests.support.smtp_server import SmtpServer, running_server

ADA, BO = "ada@example.org", "bo@example.net"
RELAY = '[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
REPORT = """From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Tue, 16 Jun 2026 07:00:00 +0000
Message-ID: <{number}@mx.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {said}

--b--
"""


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running_server() as result:
        yield result


@pytest.fixture
def sent(newsletter: Folder, server: SmtpServer) -> Folder:
    """A newsletter whose issue went to both readers."""
    newsletter.set(RELAY.format(port=server.port))
    assert newsletter("send", "--date", DAY).status == 0
    assert sorted(server.recipients) == [ADA, BO]
    return newsletter


def write_report(
    folder: Path,
    server: SmtpServer,
    recipient: str,
    *,
    number: int = 1,
    status: str = "5.1.1",
    said: str = "550 5.1.1 user unknown",
) -> Path:
    """A delivery report to the envelope sender that the server saw."""
    sender = next(a.sender for a in server.accepted if a.recipient == recipient)
    path = folder / f"{number}.eml"
    path.write_text(REPORT.format(to=sender.upper(), number=number, recipient=recipient, status=status, said=said))
    return path


def test_who_is_gone_is_suppressed_and_the_next_issue_leaves_them_out(sent: Folder, server: SmtpServer) -> None:
    report = write_report(sent.path, server, ADA)
    done = sent("bounces", "read", str(report))
    assert done.status == 0
    assert done.out == "1 message: 1 hard.\n1 address is suppressed from now on.\n1 delivery came back.\n"
    assert sent("bounces", "read", str(report)).out == "1 message: nothing new; 1 event was stored before.\n"
    audit = sent("audit", "--date", DAY)
    assert f"Issue {DAY}: 2 = 1 sent + 1 bounced" in audit.out
    assert "Everybody is accounted for." in audit.out
    assert audit.status == 0
    assert "suppressed" in sent("subscribers", "show", ADA).out


def test_the_story_of_an_address_is_told(sent: Folder, server: SmtpServer) -> None:
    sent("bounces", "read", str(write_report(sent.path, server, ADA)))
    told = sent("audit", "--email", ADA).out.splitlines()
    assert told[0] == f"{ADA} is suppressed: it gets no mail, whatever a roster says."
    stripped = [re.sub(r"^\S+ \S+  ", "", line) for line in told[1:]]
    assert "Became a subscriber." in stripped
    assert f"Issue {DAY} came back (no such mailbox)." in stripped
    story = sent("audit", "--email", ADA, "--json").json
    assert [*story] == ["email", "answer", "suppression", "story"]
    assert story["suppression"]["cause"] == "hard"
    dated = sent("audit", "--date", DAY, "--email", ADA).out
    assert dated.startswith("No. The relay accepted it, but it came back (no such mailbox).")


def test_addresses_are_listed_only_where_they_are_asked_for(sent: Folder, server: SmtpServer) -> None:
    sent("bounces", "read", str(write_report(sent.path, server, ADA)))
    assert ADA not in sent("bounces", "list").out + sent("bounces", "list", "--json").out
    assert "example.org" in sent("bounces", "list").out
    assert ADA in sent("bounces", "list", "--addresses").out
    shown = sent("bounces", "show", "1", "--evidence").out
    assert "came back for good: 5.1.1 no such mailbox (event 1, file; known by its envelope sender)" in shown
    assert "Reporting-MTA: dns; mx.example" in shown
    assert sent("bounces", "list", "--kind", "soft").err == "Nothing came back.\n"


def test_a_judgement_of_a_person_undoes_what_had_followed(sent: Folder, server: SmtpServer) -> None:
    sent("bounces", "read", str(write_report(sent.path, server, ADA)))
    done = sent("bounces", "reclassify", "1", "policy", "--reason", "our own fault")
    assert done.out == "Event 1 is policy, and was hard (our own fault).\n1 address may be mailed again.\n"
    assert sent("suppressions", "list").err == "No address is suppressed.\n"
    assert sent("bounces", "reclassify", "--all").out == "0 events are of another kind now.\n"
    again = sent("bounces", "reclassify", "1")
    assert again.out.startswith("Event 1 is hard, and was policy (no such mailbox).\n1 address is suppressed")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("reclassify",), "expected the NUMBER of an event, or --all"),
        (("reclassify", "--all", "1"), "expected the NUMBER of an event, or --all"),
        (("reclassify", "1", "bad"), "'bad' is no kind of event; expected hard, soft"),
        (("reclassify", "9"), "There is no event 9"),
        (("show", "9"), "There is no event 9"),
        (("list", "--kind", "bad"), "'bad' is no kind of event"),
    ],
)
def test_a_wrong_command_says_what_was_expected(newsletter: Folder, arguments: tuple[str, ...], words: str) -> None:
    done = newsletter("bounces", *arguments)
    assert done.status == 2
    assert words in done.err


def test_a_report_that_proves_nothing_is_kept_and_told(sent: Folder, server: SmtpServer) -> None:
    report = write_report(sent.path, server, ADA)
    report.write_text(re.sub(r"^To: .*$", "To: somebody@example.org", report.read_text(), flags=re.MULTILINE))
    done = sent("bounces", "read", str(report))
    assert "1 event from which nothing follows, for nothing proves whose mail it was" in done.out
    assert "no: nothing proves whose it is" in sent("bounces", "list").out


def test_a_pipe_says_to_whom_it_was_delivered(
    sent: Folder, server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = write_report(sent.path, server, ADA)
    text = re.sub(r"^To: .*$", "To: undisclosed", report.read_text(), flags=re.MULTILINE)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    sender = next(a.sender for a in server.accepted if a.recipient == ADA)
    assert "1 address is suppressed" in sent("bounces", "read", "-", "--recipient", sender).out


def test_a_pipe_whose_mail_cannot_be_stored_is_asked_to_come_again(
    newsletter: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsletter.set('[database]\nurl = "sqlite:///no/such/folder/x.db"\n')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Subject: x\n\ny\n")))
    done = newsletter("bounces", "read", "-")
    assert done.status == 75
    assert "Not stored, to be tried again: The database" in done.err


def test_who_is_refused_while_mail_is_sent_gets_no_more(newsletter: Folder, server: SmtpServer) -> None:
    newsletter.set(RELAY.format(port=server.port))
    answers = {ADA: "550 5.1.1 no such user", BO: "550 5.2.2 mailbox full"}
    server.behaviour.answers["RCPT"] = lambda who: answers.get(who, "250 Ok")
    done = newsletter("send", "--date", DAY)
    assert "1 address is suppressed from now on." in done.out
    providers = newsletter("status", "--days", "366", "--json").json["providers"]
    assert {one["provider"]: one["events"] for one in providers} == {
        "example.org": {"hard": 1},
        "example.net": {"soft": 1},
    }
    listed = newsletter("suppressions", "list", "--json").json["suppressions"]
    assert [one["cause"] for one in listed] == ["hard"]


def test_status_warns_of_complaints_and_says_of_whom(sent: Folder, server: SmtpServer) -> None:
    sent("bounces", "read", str(write_report(sent.path, server, ADA)))
    sent("bounces", "reclassify", "1", "complaint")
    done = sent("status", "--days", "366")
    assert "example.org: 1 of 1 complained (100.00 %). From 0.3 % on, Gmail and others refuse mail" in done.err
    assert "Provider\tSent\tHard\tSoft\tPolicy\tComplaint" in done.out
    assert "example.org\t1\t\t\t\t1 (100.00 %)" in done.out


def test_lists_of_services_come_in_and_go_out(newsletter: Folder) -> None:
    newsletter("subscribers", "sync", "people.toml")
    (newsletter.path / "ses.csv").write_text(f"{ADA},BOUNCE\nnobody@example.org,COMPLAINT\n")
    assert newsletter("suppressions", "import", "ses.csv").out == "2 addresses suppressed that were not before.\n"
    assert newsletter("suppressions", "export", "--for", "ses").out == f"{ADA},BOUNCE\n"
    assert newsletter("suppressions", "export", "--for", "x").status == 2
    (newsletter.path / "sendgrid.csv").write_text(
        "status,reason,email,created\n5.2.2,552 mailbox full,a@example.org,\n"
    )
    done = newsletter("suppressions", "import", "sendgrid.csv")
    assert "Passed over, for they say nothing against the address: 1 bounce." in done.out
    exported = newsletter("suppressions", "export", "--csv").out
    assert exported.splitlines()[0] == "suppression,reason,cause,created_at"
    (newsletter.path / "own.csv").write_text(exported)
    assert newsletter("suppressions", "import", "own.csv").out == "0 addresses suppressed that were not before.\n"
