"""docs/architecture.md leads strangers: what it names exists, and the ways it describes are those that are taken."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from types import FrameType

import pytest

from newsletter.domain.issues import Issue, IssueKey, IssuePaper, SelectionRequest
from newsletter.domain.matching import IssueSelector
from newsletter.domain.papers import Paper, PaperId
from newsletter.mail.reports import BoxMessage, messages_in, read_report
from newsletter.store import Database
from tests.mail.reports.samples import SAMPLES
from tests.support.dispatching import Dispatching, subscribers
from tests.support.shared import ROOT
from tests.support.smtp_server import running_server

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "newsletter"
_TO_COME = re.compile(r"^## Rooms for what comes$.*?(?=^## )", re.MULTILINE | re.DOTALL)
_WAY = re.compile(r"^### (From [^\n]+)\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)
_STOP = re.compile(r"^\d+\. `([\w.]+)`", re.MULTILINE)
WAYS = {title: _STOP.findall(text) for title, text in _WAY.findall(PAGE)}


def _resolve(name: str) -> object:
    """What a dotted name below `newsletter` means: a module, or something in one."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        if (PACKAGE.joinpath(*parts[:cut])).is_dir() or PACKAGE.joinpath(*parts[:cut]).with_suffix(".py").is_file():
            value: object = import_module(".".join(["newsletter", *parts[:cut]]))
            for part in parts[cut:]:
                value = getattr(value, part)
            return value
    raise AttributeError(name)


def test_every_path_that_the_page_names_exists() -> None:
    paths = re.findall(r"`((?:[\w<>-]+/)+(?:[\w<>-]+\.\w+)?)`", _TO_COME.sub("", PAGE))
    present = [path for path in paths if "<" not in path]
    missing = [path for path in present if not (ROOT / path).exists() and not (PACKAGE / path).exists()]
    assert len(present) > 20
    assert not missing


@pytest.mark.parametrize("way", WAYS)
def test_every_stop_of_a_way_exists_and_there_are_at_most_eight(way: str) -> None:
    assert 1 <= len(WAYS[way]) <= 8
    assert all(callable(_resolve(stop)) for stop in WAYS[way])


def test_every_package_and_every_room_is_drawn() -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - {"locale", "sample"}
    rooms = {path.parent.name for path in (PACKAGE / "domain").glob("*/__init__.py")}
    drawn = set(re.findall(r"^ {4}([a-z |]+?)(?: {2,}.*)?$", PAGE, re.MULTILINE))
    words = {word.strip() for line in drawn for word in line.split("|")}
    assert packages <= words
    assert rooms <= words


def test_the_way_from_an_interests_text_to_a_match_is_taken_in_that_order() -> None:
    paper = Paper(id=PaperId("sample:1"), title="Retrieval-augmented generation for all")
    issue = Issue(key=IssueKey(date(2026, 6, 2)), title="A day", languages=("en",), papers=(IssuePaper(paper=paper),))
    selector = IssueSelector(issue)
    with _calls() as called:
        (pick,) = selector.select(SelectionRequest(('title:"retrieval augmented"',))).picks
    assert pick.matches[0].found == "Retrieval-augmented"
    _assert_taken("From an interest's text to a match", called)


def test_the_way_from_a_recipient_to_250_is_taken_in_that_order(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'newsletter.db'}")
    database.upgrade()
    newsletter = Dispatching(database)
    newsletter.subscribe(*subscribers(1))
    with running_server() as server, _calls() as called:
        newsletter.plan()
        newsletter.send(server)
    assert server.recipients == ["reader0001@example.org"]
    _assert_taken("From a recipient to 250", called)


def test_the_way_from_a_reports_bytes_to_an_event_is_taken_in_that_order(tmp_path: Path) -> None:
    report = tmp_path / "report.eml"
    report.write_text(SAMPLES["Postfix"].raw)
    with _calls() as called:
        for message in messages_in(report):
            assert isinstance(message, BoxMessage)
            assert read_report(message.raw).events
    _assert_taken("From a report's bytes to an event", called)


def _assert_taken(way: str, called: list[str]) -> None:
    assert [name for name in called if name in WAYS[way]] == WAYS[way]


@contextmanager
def _calls() -> Iterator[list[str]]:
    """The product's functions in the order in which each was first called, in any thread."""
    called: dict[str, None] = {}

    def look(frame: FrameType, event: str, _argument: object) -> None:
        module = frame.f_globals.get("__name__", "")
        if event == "call" and module.startswith("newsletter."):
            called.setdefault(f"{module.removeprefix('newsletter.')}.{frame.f_code.co_qualname}", None)

    names: list[str] = []
    before: Callable[..., object] | None = sys.getprofile()
    threading.setprofile(look)
    sys.setprofile(look)
    try:
        yield names
    finally:
        sys.setprofile(before)
        threading.setprofile(None)
        names.extend(called)
