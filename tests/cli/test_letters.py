"""`newsletter letters`, and what `status` and `subscribers show` tell of those who ask."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.bootstrap import Application
from newsletter.cli.letters import letters_beside
from newsletter.domain.subscribers import Preferences
from newsletter.services.joining import Asker
from newsletter.services.progress import SilentProgress
from newsletter.settings import load_settings
from tests.cli.command import Folder
from tests.support.joining import link_in
from tests.support.smtp_server import SmtpServer, running_server


@pytest.fixture
def server(newsletter: Folder) -> Iterator[SmtpServer]:
    with running_server() as running:
        newsletter.set(f'[smtp]\nhost = "127.0.0.1"\nport = {running.port}\nsecurity = "none"\n')
        yield running


def application(newsletter: Folder) -> Application:
    return Application(load_settings(newsletter.path / "newsletter.toml", {}), progress=SilentProgress())


def asks(newsletter: Folder, address: str = "grace@example.org") -> None:
    joining = application(newsletter).joining.joining()
    joining.ask_to_join(address, Preferences(), asker=Asker(form="page-1"))


def test_letters_go_by_hand_and_are_listed(newsletter: Folder, server: SmtpServer) -> None:
    asks(newsletter)
    assert "1 request waits to be looked at." in newsletter("letters", "list").out
    done = newsletter("letters", "send")
    assert done.status == 0
    assert done.out.strip() == "1 request looked at. Letters: 1 sent."
    assert [mail.recipient for mail in server.accepted] == ["grace@example.org"]
    [letter] = newsletter("letters", "list", "--json").json["letters"]
    assert (letter["kind"], letter["email"], letter["status"]) == ("confirm", "grace@example.org", "sent")
    assert newsletter("letters", "send").out.strip() == "0 requests looked at. Letters: none was due."


def test_a_relay_that_is_away_is_told_and_nothing_is_lost(newsletter: Folder, server: SmtpServer) -> None:
    asks(newsletter)
    server.behaviour.answers["CONNECT"] = "554 5.7.1 Go away"
    done = newsletter("letters", "send")
    assert done.status == 1
    assert "The rest waits" in done.err
    del server.behaviour.answers["CONNECT"]
    assert "1 sent" in newsletter("letters", "send").out


def test_without_a_relay_the_command_and_the_status_say_what_is_missing(newsletter: Folder) -> None:
    asks(newsletter)
    done = newsletter("letters", "send")
    assert done.status == 2
    assert "smtp.host is not set" in done.err
    status = newsletter("status")
    assert "1 request wait for a letter: smtp.host is not set." in " ".join(status.err.split())


def test_the_status_tells_of_those_who_asked(newsletter: Folder, server: SmtpServer) -> None:
    newsletter.set(f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n[signup]\nbudget = 1\n')
    for number in range(3):
        asks(newsletter, f"reader{number}@example.org")
    assert "2 requests beyond the hour's budget" in " ".join(newsletter("letters", "send").out.split())
    status = newsletter("status")
    assert "3 requests of readers in 24 hours (1 open, 2 waiting)." in status.out
    assert "More readers asked than signup.budget allows" in " ".join(status.err.split())
    joining = newsletter("status", "--json").json["joining"]
    assert (joining["waiting"], joining["letters"]) == (2, {"sent": 1})


@pytest.mark.usefixtures("server")
def test_the_status_tells_since_when_nobody_has_answered(newsletter: Folder) -> None:
    asks(newsletter)
    assert "No server has answered requests of readers yet" in " ".join(newsletter("status").err.split())
    newsletter("letters", "send")
    assert "has answered" not in newsletter("status").err
    before = datetime.now(UTC) - timedelta(hours=1)
    application(newsletter).store.joining.note_answered(before)
    status = " ".join(newsletter("status").err.split())
    assert f"No server has answered requests of readers since {before:%Y-%m-%d %H:%M} UTC" in status
    assert datetime.fromisoformat(newsletter("status", "--json").json["joining"]["answered"]) == before


def test_a_subscriber_is_shown_with_what_they_have_confirmed(newsletter: Folder, server: SmtpServer) -> None:
    asks(newsletter)
    newsletter("letters", "send")
    assert "unconfirmed" in newsletter("subscribers", "list").out
    application(newsletter).joining.joining().confirm(link_in(server.accepted[0]), asker=Asker())
    shown = newsletter("subscribers", "show", "grace@example.org")
    assert "consent (join)" in shown.out
    assert "by page-1" in shown.out
    [consent] = newsletter("subscribers", "show", "grace@example.org", "--json").json["consent"]
    assert datetime.fromisoformat(consent["confirmed_at"]) <= datetime.now(UTC)


def test_a_relay_that_cannot_be_used_keeps_letters_back_and_not_the_pages(
    newsletter: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    newsletter.set('[smtp]\nhost = "smtp.example.org"\nusername = "papers"\n')
    before = threading.active_count()
    with letters_beside(application(newsletter)):
        assert threading.active_count() == before
    assert "get no letter: smtp.username is set but no password" in " ".join(capsys.readouterr().err.split())


def test_beside_the_pages_letters_go_by_themselves(newsletter: Folder, server: SmtpServer) -> None:
    asks(newsletter)
    handler = signal.getsignal(signal.SIGTERM)
    with letters_beside(application(newsletter)):
        end = time.monotonic() + 30
        while not server.accepted:
            assert time.monotonic() < end
            time.sleep(0.02)
    assert server.recipients == ["grace@example.org"]
    assert signal.getsignal(signal.SIGTERM) is handler
    assert newsletter("letters", "list", "--json").json["letters"][0]["status"] == "sent"
    assert newsletter("status", "--json").json["joining"]["answered"] is not None
