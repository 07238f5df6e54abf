"""A newsletter that runs: a folder with settings, issues of the last days, a relay, and `newsletter serve`."""

from __future__ import annotations

import email
import email.policy
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

from newsletter.sample import PAPERS
from tests.e2e.command import environment, newsletter
from tests.support.smtp_server import Accepted, SmtpServer, running_server

__all__ = ["Letter", "RunningNewsletter", "running_newsletter"]

T = TypeVar("T")

_LONGEST = 30.0
"""Seconds that something may take to happen."""
_DAYS = 3
"""So many daily issues are there before anybody joins."""

_SETTINGS = """
[newsletter]
title = "Quiet Papers"
description = "New papers, every morning"
base_url = "{address}"
from = "Quiet Papers <papers@example.org>"
postal_address = "1 Example Street, Exampletown"
contact = "editor@example.org"
roster = "subscribers"

[database]
url = "{database}"

[[sources]]
kind = "files"
path = "papers.jsonl"

[enrich]
languages = ["en", "zh-Hans"]

[issue]
weekly_on = "{weekday}"

[smtp]
host = "127.0.0.1"
port = {relay}
security = "none"

[web]
signup = true

[signup]
# everybody here joins, moves and loses a link on one day, from one machine
per_address_day = 3
per_client = 1000
"""

_ROSTER = """
[[subscriber]]
email = "reader@example.org"
name = "Somebody Else"
"""


@dataclass(frozen=True)
class Letter:
    """A message that the relay took."""

    recipient: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """Its subject in words."""
        return str(self.message["Subject"])

    def text(self, kind: str = "plain") -> str:
        """One of its bodies, as a mail program shows it."""
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content())

    def link(self, base: str, path: str) -> str:
        """The first link of this newsletter that begins with a path."""
        match = re.search(re.escape(base) + re.escape(path) + r"[^\s<>\"]+", self.text())
        assert match is not None, f"no link {path} in {self.subject!r}"
        return match[0]


@dataclass
class RunningNewsletter:
    """What a subscriber meets."""

    folder: Path
    address: str
    relay: SmtpServer

    def mails(self, recipient: str) -> list[Letter]:
        """What has come to an address, in order."""
        return [_read(one) for one in list(self.relay.accepted) if one.recipient == recipient]

    def next_mail(self, recipient: str, before: int) -> Letter:
        """The mail that comes to an address that had so many before."""
        return until(lambda: self.mails(recipient)[before:], f"a mail to {recipient}")[0]

    def send(self, day: date) -> None:
        """The daily job of a day."""
        done = newsletter(self.folder, "send", "--date", str(day))
        assert done.returncode == 0, done.stderr + done.stdout

    def run(self, *arguments: str) -> str:
        """A command of the operator's; its output."""
        done = newsletter(self.folder, *arguments)
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout


def until(happens: Callable[[], T], what: str) -> T:
    """What comes of something once it is anything."""
    end = time.monotonic() + _LONGEST
    while time.monotonic() < end:
        if result := happens():
            return result
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {_LONGEST:g} seconds")


def _read(accepted: Accepted) -> Letter:
    message = email.message_from_bytes(accepted.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return Letter(accepted.recipient, message)


def write_papers(path: Path, today: date) -> None:
    """The bundled sample, dealt out over the last days."""
    lines = PAPERS.read_text(encoding="utf-8").splitlines()
    dealt = []
    for number, line in enumerate(lines):
        paper = json.loads(line)
        paper["announced"] = str(today - timedelta(days=number % _DAYS))
        paper["announce_type"] = "new"
        paper["version"] = 1
        dealt.append(json.dumps(paper, ensure_ascii=False))
    path.write_text("\n".join(dealt) + "\n", encoding="utf-8")


@contextmanager
def running_newsletter(folder: Path, database: str = "sqlite:///newsletter.db") -> Iterator[RunningNewsletter]:
    """Everything, from the settings to three issues that one reader of a roster got."""
    folder.mkdir(parents=True, exist_ok=True)
    today = datetime.now(UTC).date()
    with running_server() as relay, _listening() as port:
        address = f"http://127.0.0.1:{port}"
        settings = folder / "newsletter.toml"
        weekday = f"{today:%A}".lower()
        settings.write_text(
            _SETTINGS.format(address=address, database=database, relay=relay.port, weekday=weekday), encoding="utf-8"
        )
        settings.chmod(0o600)
        (folder / "subscribers").mkdir(exist_ok=True)
        (folder / "subscribers" / "roster.toml").write_text(_ROSTER, encoding="utf-8")
        (folder / "subscribers" / "topics.toml").write_text(
            (Path(__file__).parents[2] / "subscribers" / "topics.toml").read_text(encoding="utf-8"), encoding="utf-8"
        )
        write_papers(folder / "papers.jsonl", today)
        house = RunningNewsletter(folder, address, relay)
        for age in reversed(range(_DAYS)):
            house.send(today - timedelta(days=age))
        with _serving(folder, port):
            yield house


@contextmanager
def _listening() -> Iterator[int]:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    yield port


@contextmanager
def _serving(folder: Path, port: int) -> Iterator[None]:
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "newsletter", "serve", "--port", str(port)],
            cwd=folder,
            env=environment() | {"PATH": os.environ["PATH"]},
            stdout=log,
            stderr=log,
        )
        try:
            until(lambda: _answers(port) or process.poll() is not None, "an answer of serve")
            assert process.poll() is None, (folder / "serve.log").read_text(encoding="utf-8")
            yield
        finally:
            process.terminate()
            assert process.wait(30) in {0, -15}, (folder / "serve.log").read_text(encoding="utf-8")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
