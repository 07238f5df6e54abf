"""Where messages lie: one in a file, many in an mbox, a Maildir, a folder."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pytest

from newsletter.mail.reports import LONGEST_MESSAGE, BoxMessage, UnreadableBox, messages_in, split_mbox

FIRST = b"From MAILER-DAEMON Tue Jun  2 09:00:00 2026\nSubject: one\n\nFrom here on\n\nFrom the sky it came\n"
SECOND = b"From MAILER-DAEMON  Wed Jun  3 09:00:00 2026\nSubject: two\n\nText\n"


def names(path: Path) -> list[str]:
    return [Path(one.file).name for one in messages_in(path)]


def test_an_mbox_has_its_messages_and_a_sentence_that_begins_like_one_is_none(tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.write_bytes(FIRST + b"\n" + SECOND)
    first, second = messages_in(box)
    assert isinstance(first, BoxMessage)
    assert isinstance(second, BoxMessage)
    assert (first.number, second.number) == (1, 2)
    assert first.raw == FIRST + b"\n"
    assert second.raw == SECOND


def test_what_lies_in_an_eml_file_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(FIRST + b"\n" + SECOND)
    assert names(tmp_path / "one.eml") == ["one.eml"]


def test_a_maildir_is_its_new_and_current_messages(tmp_path: Path) -> None:
    for folder in ("new", "cur", "tmp"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / folder).write_bytes(b"Subject: x\n\n")
    assert names(tmp_path) == ["new", "cur"]


def test_a_folder_is_read_by_name_with_what_lies_below_but_no_pipe_and_no_circle(tmp_path: Path) -> None:
    (tmp_path / "b.eml").write_bytes(b"Subject: x\n\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c.eml").write_bytes(b"Subject: x\n\n")
    (tmp_path / ".hidden").write_bytes(b"Subject: x\n\n")
    (tmp_path / "a" / "circle").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert names(tmp_path) == ["c.eml", "b.eml"]


def test_a_file_that_cannot_be_read_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    missing = tmp_path / "gone"
    (one,) = messages_in(missing)
    assert isinstance(one, UnreadableBox)
    assert one.reason == "No such file or directory"


@pytest.mark.parametrize("begin", [b"Subject: x\n\n", FIRST])
def test_of_a_message_that_is_too_long_only_the_beginning_is_kept(begin: bytes) -> None:
    (one,) = split_mbox(io.BytesIO(begin + b"a" * 70_000 * 40), "-")
    assert len(one.raw) < LONGEST_MESSAGE + 70_000


def test_a_pipe_is_emptied_so_that_its_writer_does_not_fail() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb") as pipe:  # noqa: PTH123
        writer = threading.Thread(target=_write, args=(writing, b"Subject: x\n\n" + b"a" * LONGEST_MESSAGE * 3))
        writer.start()
        (one,) = split_mbox(pipe, "-")
        writer.join(10)
        assert not writer.is_alive()
    assert len(one.raw) == LONGEST_MESSAGE


def _write(descriptor: int, content: bytes) -> None:
    with open(descriptor, "wb") as pipe:
        pipe.write(content)


def test_a_pipe_that_holds_nothing_is_one_empty_message() -> None:
    (one,) = split_mbox(io.BytesIO(b""), "-")
    assert one.raw == b""
