"""Real reports: what is promised of recognition, of `hard`, and of what must never be taken for a bounce."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newsletter.domain.bounces import EventKind
from newsletter.mail.reports import read_report
from tests.support.shared import DATA

FOLDER = DATA / "bounces"
BOUNCES = {EventKind.HARD, EventKind.SOFT, EventKind.POLICY}
INNOCENT = {"mailboxfull", "spamdetected", "authfailure", "badreputation", "policyviolation", "mesgtoobig", "expired"}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="needs the recorded bounces (shared/data/bounces)")

Expected = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def expected() -> Expected:
    values: Expected = json.loads((FOLDER / "expected.json").read_text())
    return values


def kinds(name: str) -> list[EventKind]:
    return [event.kind for event in read_report((FOLDER / "mail" / f"{name}.eml").read_bytes()).events]


def test_nearly_all_are_recognised_with_as_many_recipients(expected: Expected) -> None:
    read = {name: kinds(name) for name in expected}
    assert sum(map(bool, read.values())) / len(read) >= 0.95
    assert sum(len(read[name]) == len(expected[name]) for name in read) / len(read) >= 0.95


def test_every_complaint_is_one_and_no_vacation_note_is_a_bounce(expected: Expected) -> None:
    for name, (first, *_) in expected.items():
        if first["reason"] == "feedback":
            assert set(kinds(name)) == {EventKind.COMPLAINT}, name
        if first["reason"] == "vacation":
            assert set(kinds(name)) == {EventKind.VACATION}, name


def test_what_is_no_bounce_is_taken_for_none() -> None:
    for path in FOLDER.glob("other/not-*.eml"):
        assert not BOUNCES & {event.kind for event in read_report(path.read_bytes()).events}, path.name


def test_full_mailboxes_and_refusals_of_spam_and_authentication_are_never_hard(expected: Expected) -> None:
    for name, events in expected.items():
        if {event["reason"] for event in events} <= INNOCENT:
            assert EventKind.HARD not in kinds(name), name


def test_line_ends_change_nothing() -> None:
    for path in FOLDER.glob("other/???-*.eml"):
        raw = path.read_bytes()
        plain = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        assert read_report(raw) == read_report(plain), path.name
