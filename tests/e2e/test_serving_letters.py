"""`newsletter serve` answers by mail, and ends without leaving a letter half way."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.bootstrap import Application
from newsletter.domain.delivery import DeliveryStatus
from newsletter.domain.subscribers import Preferences
from newsletter.services.joining import Asker
from newsletter.services.progress import SilentProgress
from newsletter.settings import load_settings
from tests.e2e.command import start
from tests.support.smtp_server import SmtpServer, running_server

pytestmark = pytest.mark.slow

SETTINGS = """
[newsletter]
from = "Digest <digest@example.org>"
base_url = "https://papers.example.org"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
"""


def application(folder: Path) -> Application:
    return Application(load_settings(folder / "newsletter.toml", {}), progress=SilentProgress())


def ask(folder: Path, *addresses: str) -> None:
    one = application(folder)
    for address in addresses:
        one.joining.joining().ask_to_join(address, Preferences(), asker=Asker())
    one.close()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def statuses(folder: Path) -> list[DeliveryStatus]:
    one = application(folder)
    found = [letter.status for letter in one.store.letters.newest(100)]
    one.close()
    return found


def serving(folder: Path, server: SmtpServer, number: int):  # type: ignore[no-untyped-def]
    (folder / "newsletter.toml").write_text(SETTINGS.format(port=server.port))
    application(folder).store  # noqa: B018  # its tables, before several processes look for them
    return [start(folder, "serve", "--port", "0") for _ in range(number)]


def test_two_processes_answer_everybody_once_and_end_cleanly(tmp_path: Path) -> None:
    people = [f"reader{number}@example.org" for number in range(30)]
    with running_server() as server:
        processes = serving(tmp_path, server, 2)
        ask(tmp_path, *people)
        until(lambda: len(server.accepted) >= len(people))
        for process in processes:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(30) for process in processes] == [-signal.SIGTERM] * 2
        assert sorted(server.recipients) == sorted(people)
    assert set(statuses(tmp_path)) == {DeliveryStatus.SENT}


def test_a_letter_that_is_on_its_way_is_finished_before_the_end(tmp_path: Path) -> None:
    with running_server() as server:
        server.behaviour.delays["FINAL"] = 2.0
        [process] = serving(tmp_path, server, 1)
        ask(tmp_path, "ada@example.org", "bob@example.org")
        until(lambda: DeliveryStatus.SENDING in statuses(tmp_path))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == -signal.SIGTERM
        assert len(server.accepted) == 1
        assert sorted(statuses(tmp_path)) == [DeliveryStatus.QUEUED, DeliveryStatus.SENT]
        server.behaviour.delays.clear()
        [process] = serving(tmp_path, server, 1)
        until(lambda: len(server.accepted) == 2)
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        assert sorted(server.recipients) == ["ada@example.org", "bob@example.org"]
