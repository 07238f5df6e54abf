"""The listener, spoken to as mail servers do: what is answered by 250 is stored, and nothing else is."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsletter.domain.notation import parse_endpoint
from newsletter.errors import MailError, StoreUnavailable
from newsletter.mail.intake import listener
from newsletter.mail.reports import LARGEST_MAIL, LONGEST_MESSAGE
from tests.support.listening import Running, running_listener

OURS = "bounces+token@example.org"
MAIL = b"Subject: x\r\n\r\nWords\r\n"


class Stored:
    """A reception that keeps what it gets, or fails as it is told."""

    def __init__(self) -> None:
        self.mails: list[tuple[bytes, tuple[str, ...]]] = []
        self.failure: Exception | None = None
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.has_begun = threading.Event()

    def refusal(self, recipient: str) -> str:
        return "" if recipient.endswith("@example.org") else "550 5.7.1 No"

    def receive(self, content: bytes, recipients: tuple[str, ...], sender: str | None = None) -> str:  # noqa: ARG002
        self.has_begun.set()
        assert self.may_go_on.wait(20)
        if self.failure:
            raise self.failure
        self.mails.append((content, recipients))
        return "hard"


@contextmanager
def listening(at: str = "lmtp:127.0.0.1:0") -> Iterator[Running[Stored]]:
    stored = Stored()
    try:
        with running_listener(stored, at) as running:
            yield running
    finally:
        stored.may_go_on.set()


@pytest.mark.parametrize("way", ["lmtp:127.0.0.1:0", "smtp:127.0.0.1:0", "lmtp:[::1]:0", "socket"])
def test_a_message_is_stored_by_each_way_and_told_without_addresses(way: str, tmp_path: Path) -> None:
    with listening(f"lmtp:{tmp_path}/b.sock" if way == "socket" else way) as running:
        with running.client() as client:
            assert client.sendmail("", [OURS], MAIL) == {}
            assert client.sendmail("a@b.example", [OURS], b".dots\r\n..\r\n") == {}
        assert running.stored.mails == [(MAIL, (OURS,)), (b".dots\r\n..\r\n", (OURS,))]
        assert running.lines[0] == f"{way[:4].replace('sock', 'lmtp')}: {len(MAIL)} octets, hard"
        assert "@" not in "".join(running.lines)
    assert not (tmp_path / "b.sock").exists()


def test_lmtp_answers_for_each_recipient_and_refuses_who_is_not_here() -> None:
    with listening() as running, running.client() as client:
        client.ehlo()
        assert client.mail("")[0] == 250
        assert client.rcpt("stranger@elsewhere.example")[0] == 550
        assert [client.rcpt(f"{name}@example.org")[0] for name in "abc"] == [250, 250, 250]
        client.putcmd("data")
        assert client.getreply()[0] == 354
        client.send(MAIL + b".\r\n")
        assert [client.getreply()[0] for _ in range(3)] == [250, 250, 250]
        assert client.noop()[0] == 250
        assert running.stored.mails == [(MAIL, ("a@example.org", "b@example.org", "c@example.org"))]


def test_nobody_can_relay_or_ask_who_is_here() -> None:
    with listening("smtp:127.0.0.1:0") as running, running.client() as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@b.example", ["stranger@elsewhere.example"], MAIL)
        assert not client.has_extn("auth")
        assert client.verify(OURS)[0] in {252, 502}
        assert not running.stored.mails


@pytest.mark.parametrize(
    "failure", [StoreUnavailable("the disk is full"), OSError(28, "No space left"), ValueError("words@secret.example")]
)
def test_what_cannot_be_stored_is_kept_by_the_server_and_comes_again(failure: Exception) -> None:
    with listening() as running, running.client() as client:
        running.stored.failure = failure
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("", [OURS], MAIL)
        assert refused.value.smtp_code == 451
        assert "@" not in "".join(running.lines)
        running.stored.failure = None
        assert client.sendmail("", [OURS], MAIL) == {}
        assert len(running.stored.mails) == 1


def test_a_message_that_is_too_large_is_refused_for_good_and_the_next_is_taken() -> None:
    with listening() as running, running.client() as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(LARGEST_MAIL)
        assert client.mail("", [f"size={LARGEST_MAIL + 1}"])[0] == 552
        large = (b"x" * 76 + b"\r\n") * (LARGEST_MAIL // 78 + 1)
        client.mail("")
        assert [client.rcpt(f"{name}@example.org")[0] for name in "ab"] == [250, 250]
        client.putcmd("data")
        client.getreply()
        client.send(large + b".\r\n")
        # one for each recipient, or all that follows would be one off
        assert [client.getreply()[0] for _ in range(2)] == [552, 552]
        assert client.sendmail("", [OURS], MAIL) == {}
        assert len(running.stored.mails) == 1


def test_a_line_that_never_ends_is_cut_off() -> None:
    with listening() as running:
        with running.client() as client:
            client.ehlo()
            client.mail("")
            client.rcpt(OURS)
            client.putcmd("data")
            client.getreply()
            with pytest.raises((OSError, smtplib.SMTPServerDisconnected)):  # noqa: PT012  # whichever notices first
                for _ in range(3 * LARGEST_MAIL // 65536):
                    client.send(b"x" * 65536)
                client.getreply()
            client.close()
        with running.client() as client:
            assert client.sendmail("", [OURS], MAIL) == {}


def test_long_lines_and_eight_bits_are_no_reason_to_lose_a_report() -> None:
    with listening() as running, running.client() as client:
        content = b"Subject: \xc3\xa4\r\n\r\n" + b"y" * 100_000 + b"\r\n"
        assert client.sendmail("", [OURS], content) == {}
        assert running.stored.mails == [(content, (OURS,))]
        assert len(content) < LONGEST_MESSAGE


def test_more_connections_than_it_has_room_for_are_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "MOST_CONNECTIONS", 2)
    with listening() as running:
        with running.client() as first, running.client():
            with pytest.raises(smtplib.SMTPConnectError) as refused:
                running.client()
            assert refused.value.smtp_code == 421
            assert first.sendmail("", [OURS], MAIL) == {}
        with running.client() as client:
            assert client.sendmail("", [OURS], MAIL) == {}


def test_who_hangs_up_within_a_message_has_sent_none() -> None:
    with listening() as running:
        with socket.create_connection((running.at.host, running.at.port), 20) as line:
            line.sendall(b"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<" + OURS.encode() + b">\r\nDATA\r\nSubject: half")
        with running.client() as client:
            assert client.sendmail("", [OURS], MAIL) == {}
        assert [content for content, _ in running.stored.mails] == [MAIL]


def test_asked_to_end_it_finishes_the_message_that_is_on_its_way() -> None:
    with listening() as running:
        idle, busy = running.client(), running.client()
        running.stored.may_go_on.clear()
        answers: list[object] = []
        sending = threading.Thread(target=lambda: answers.append(busy.sendmail("", [OURS], MAIL)))
        sending.start()
        assert running.stored.has_begun.wait(20)
        running.end()
        assert idle.getreply()[0] == 421
        with pytest.raises(OSError, match="refused"):
            running.client()
        running.stored.may_go_on.set()
        sending.join(20)
        running.join()
        assert answers == [{}]
        assert len(running.stored.mails) == 1
        idle.close()
        busy.close()


def test_where_it_cannot_listen_is_told(tmp_path: Path) -> None:
    with listening() as running, pytest.raises(MailError, match="in use"):
        Running(Stored(), str(running.at))
    with listening(f"lmtp:{tmp_path}/b.sock") as running:
        with pytest.raises(MailError, match="another process"):
            Running(Stored(), f"lmtp:{tmp_path}/b.sock")
        # whoever comes next is answered after the one that only looked whether somebody is there has been let in
        with running.client() as client:
            assert client.noop()[0] == 250
    left = socket.socket(socket.AF_UNIX)
    left.bind(f"{tmp_path}/behind.sock")
    left.close()
    with listening(f"lmtp:{tmp_path}/behind.sock") as running, running.client() as client:
        assert client.sendmail("", [OURS], MAIL) == {}


@pytest.mark.parametrize("text", ["127.0.0.1:25", "lmtp:", "lmtp:host", "http://x:1", "lmtp:h:70000", "smtp:::1:25"])
def test_what_names_no_place_to_listen_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a protocol"):
        parse_endpoint(text)
