"""Reports that come by themselves, as processes: the listener, and the poller that is killed at any moment."""

from __future__ import annotations

import json
import re
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.cli.bounces.test_records import ADA, BO, RELAY, REPORT
from tests.cli.command import DAY, Folder
from tests.mail.reports.samples import CALM
from tests.support.dovecot import PASSWORD, Dovecot, dovecot_is_missing, running_dovecot
from tests.support.imap_proxy import Moment, running_proxy
from tests.support.smtp_server import running_server

NEWSLETTER = (sys.executable, "-m", "newsletter")
IMAP = """
[bounces]
imap_host = "localhost"
imap_port = {port}
imap_security = "none"
imap_username = "bounces"
imap_password_file = "{folder}/password"
"""
BATCH = 20
"""Messages that a poller reads before it stores and moves them."""


def report(
    to: str, recipient: str, number: int = 1, status: str = "5.1.1", said: str = "550 5.1.1 user unknown"
) -> str:
    return REPORT.format(to=to, number=number, recipient=recipient, status=status, said=said)


def test_the_listener_takes_in_what_comes_back_and_ends_when_asked(newsletter: Folder) -> None:
    with running_server() as relay:
        newsletter.set(RELAY.format(port=relay.port))
        assert newsletter("send", "--date", DAY).status == 0
        senders = {mail.recipient: mail.sender for mail in relay.accepted}
    command = [*NEWSLETTER, "bounces", "serve", "--listen", "lmtp:127.0.0.1:0"]
    with subprocess.Popen(command, cwd=newsletter.path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            begun = re.fullmatch(
                r"Listening at lmtp:127\.0\.0\.1:(\d+) for mail to digest@example\.org\n", process.stdout.readline()
            )
            assert begun is not None
            with smtplib.LMTP("127.0.0.1", int(begun[1])) as client:
                # no field says to whom it came: only the envelope does; in capitals, as some servers have it
                envelope = [senders[ADA].upper()]
                assert client.sendmail("", envelope, report("undisclosed:;", ADA)) == {}
                assert client.sendmail("", envelope, report("undisclosed:;", ADA)) == {}
                assert client.sendmail("", [senders[BO]], report("x", BO, 2, "4.2.2", "452 4.2.2 mailbox full")) == {}
                # redirected by the mail server to another name: the signature is what counts
                elsewhere = senders[BO].replace("digest+", "other+").replace("example.org", "host.example")
                assert client.sendmail("", [elsewhere], report("x", BO, 3, "5.7.1", "550 5.7.1 spam")) == {}
                for stranger in ("digest@elsewhere.example", "other@example.org"):
                    with pytest.raises(smtplib.SMTPRecipientsRefused):
                        client.sendmail("", [stranger], report("x", BO, 4))
                letter = CALM["an answer to the newsletter"]
                assert client.sendmail("bo@example.net", ["digest@example.org"], letter) == {}
        finally:
            process.send_signal(signal.SIGTERM)
        said = process.stdout.read()
    assert process.returncode == 0
    told = [re.sub(r"^lmtp: \d+ octets, ", "", line) for line in said.splitlines()]
    assert told == ["hard, 1 address suppressed", "1 known before", "soft", "policy", "no report: kept for a person"]
    [kept] = (newsletter.path / "bounces-other" / "new").iterdir()
    assert kept.read_text().replace("\r\n", "\n").split() == letter.split()
    shown = newsletter("bounces", "list", "--json").json["events"]
    assert [(event["kind"], event["source"], event["proof"]) for event in reversed(shown)] == [
        (kind, "lmtp", "verp") for kind in ("hard", "soft", "policy")
    ]
    assert ["suppressed" in newsletter("subscribers", "show", who).out for who in (ADA, BO)] == [True, False]


def test_a_place_that_cannot_be_listened_at_is_told(newsletter: Folder) -> None:
    wrong = newsletter("bounces", "serve", "--listen", "somewhere")
    assert (wrong.status, "expected a protocol" in wrong.err) == (2, True)
    assert newsletter("bounces", "serve", "--listen", "lmtp:192.0.2.1:2424").status == 1


def test_a_mailbox_that_is_not_set_is_told(newsletter: Folder) -> None:
    done = newsletter("bounces", "poll")
    assert done.status == 2
    assert "bounces.imap_host is not set" in done.err


def fill(server: Dovecot, sender: str, count: int) -> None:
    """So many reports to an envelope sender, a quarter of them twice, and letters among them."""
    for number in range(count):
        content = report(sender, ADA, number, "4.2.2", "452 4.2.2 mailbox full").encode()
        server.put(content)
        if number % 4 == 0:
            server.put(content)
            server.put(f"From: {BO}\nSubject: {number}\n\nWords\n".encode())


def moments() -> Iterator[tuple[Moment, float]]:
    """Where a poller is killed, in this order, and after which part of the time that it takes to store messages."""
    for command in ("LOGIN", "CREATE", "SELECT", "SEARCH"):
        yield Moment(command), 0
        yield Moment(command, where="done"), 0
    for count in (1, BATCH // 2, BATCH):
        yield Moment("FETCH", count), 0
        yield Moment("FETCH", count, "done"), 0
    # the first MOVE of a batch has its reports, the second its letters
    for count in (1, 2, 3):
        for where in ("asked", "done", "told"):
            yield Moment("MOVE", count, where), 0
    for part in range(12):
        yield Moment("FETCH", BATCH, "told"), part / 10


@pytest.mark.slow
@pytest.mark.skipif(dovecot_is_missing(), reason="Dovecot is not installed (Debian: dovecot-imapd)")
def test_a_poller_that_is_killed_at_any_moment_loses_and_doubles_nothing(newsletter: Folder) -> None:
    count, storing = 400, 0.0
    with running_server() as relay, running_dovecot() as server, running_proxy(server.port) as proxy:
        (newsletter.path / "password").write_text(PASSWORD)
        newsletter.set(RELAY.format(port=relay.port) + IMAP.format(port=proxy.port, folder=newsletter.path))
        assert newsletter("send", "--date", DAY).status == 0
        fill(server, next(mail.sender for mail in relay.accepted if mail.recipient == ADA), count)
        for moment, part in moments():
            reached = proxy.watch_for(moment)
            with subprocess.Popen([*NEWSLETTER, "bounces", "poll"], cwd=newsletter.path) as process:
                assert reached.wait(60), f"it ended before {moment}"
                time.sleep(part * storing)
                process.kill()
            assert process.returncode == -signal.SIGKILL
            if moment == Moment("MOVE"):
                storing = proxy.times["MOVE", 1] - proxy.times["FETCH", BATCH]
        proxy.watch_for(Moment("nothing"))
        last = newsletter("bounces", "poll", "--json").json
        after = newsletter("bounces", "poll", "--json").json
        stored = newsletter("bounces", "list", "--json", "--limit", "9999").json["events"]
        reports, letters = server.lying_in("bounces-read"), server.lying_in("bounces-other")
    assert last["messages"] > 0, "there was nothing left: some pollers were killed for nothing"
    assert (after["messages"], after["unreadable"]) == (0, 0)
    assert len(stored) == count
    assert len(reports) == count + count // 4
    assert len({*letters}) == len(letters) == count // 4
    assert json.dumps(stored).count('"verp"') == count
