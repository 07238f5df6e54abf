"""`bounces read --check`: what came back, for a person and for programs."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from tests.cli.command import Folder
from tests.mail.reports.samples import CALM, SAMPLES


@pytest.fixture
def box(newsletter: Folder) -> Folder:
    """A folder `box` with a bounce and an answer."""
    (newsletter.path / "box").mkdir()
    (newsletter.path / "box" / "a.eml").write_text(SAMPLES["Postfix"].raw)
    (newsletter.path / "box" / "b.eml").write_text(CALM["an answer to the newsletter"])
    return newsletter


def test_a_person_sees_what_each_message_says(box: Folder) -> None:
    done = box("bounces", "read", "--check", "box")
    assert done.status == 0
    assert "box/a.eml\thard\tada@example.org\t5.1.1\t550\tno such mailbox" in done.out
    assert "box/b.eml\t–\t\t\t\tno report" in done.out
    assert done.err == "2 messages: 1 hard.\n"


def test_a_program_gets_an_object_a_message_and_line(box: Folder) -> None:
    first, second = map(json.loads, box("bounces", "read", "--check", "box", "--json").out.splitlines())
    assert first["file"] == "box/a.eml"
    (event,) = first["events"]
    assert [*event.items()][:4] == [
        ("kind", "hard"),
        ("recipient", "ada@example.org"),
        ("status", "5.1.1"),
        ("reply", "550"),
    ]
    assert first["message_id"] == "<d1@ours.example.org>"
    assert (second["file"], second["events"]) == ("box/b.eml", [])


def test_a_pipe_is_read(newsletter: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SAMPLES["qmail"].raw.encode())))
    for arguments in (("-",), ()):
        sys.stdin.seek(0)
        document = newsletter("bounces", "read", "--check", *arguments, "--json").json
        assert (document["file"], document["events"][0]["kind"]) == ("-", "hard")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_is_named_and_the_others_are_read(box: Folder) -> None:
    (box.path / "box" / "a.eml").chmod(0)
    done = box("bounces", "read", "--check", "box")
    assert done.status == 1
    assert "box/a.eml cannot be read: Permission denied" in done.err
    assert "box/b.eml" in done.out


def test_wrong_use_is_told(newsletter: Folder) -> None:
    assert newsletter("bounces", "read", "--check", "nowhere").status == 2
    done = newsletter("bounces", "read", "nowhere")
    assert done.status == 2
    assert "nowhere is not there" in done.err
