"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsletter.errors import NewsletterError
from newsletter.services.files import write_atomically, write_if_changed


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The operating system breaks every write off at this size, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def test_a_file_is_written_into_folders_that_are_made_for_it(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b" / "index.html", b"new")
    assert (tmp_path / "a" / "b" / "index.html").read_bytes() == b"new"
    assert names(tmp_path) == ["a", "b", "index.html"]


def test_a_web_server_may_read_it(tmp_path: Path) -> None:
    write_atomically(tmp_path / "index.html", b"new")
    assert stat.S_IMODE((tmp_path / "index.html").stat().st_mode) == 0o644


def test_a_write_that_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "index.html"
    target.write_bytes(b"old")
    with largest_file(10_000), pytest.raises(NewsletterError, match=r"cannot be written: .*the disk's space"):
        write_atomically(target, b"new" * 100_000)
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["index.html"]


def test_whoever_reads_meanwhile_sees_the_old_bytes_or_the_new_ones(tmp_path: Path) -> None:
    target = tmp_path / "feed.atom"
    contents = [bytes([letter]) * 200_000 for letter in b"ab"]
    target.write_bytes(contents[0])
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(target.read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(60):
        write_atomically(target, contents[turn % 2])
    done.set()
    reader.join()
    assert seen <= set(contents)


@pytest.mark.parametrize("write", [write_atomically, write_if_changed])
def test_a_target_that_cannot_be_a_file_is_named(tmp_path: Path, write: object) -> None:
    (tmp_path / "site").write_text("a file where a folder belongs")
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "site" / "index.html", tmp_path / "folder"):
        with pytest.raises(NewsletterError, match=str(target)):
            write(target, b"new")  # type: ignore[operator]
    assert names(tmp_path) == ["folder", "site"]


def test_what_did_not_change_is_left_alone(tmp_path: Path) -> None:
    """Its date stays, so that a web server can answer that nothing is new."""
    target = tmp_path / "index.html"
    assert write_if_changed(target, b"same")
    os.utime(target, (1_000_000, 1_000_000))
    assert not write_if_changed(target, b"same")
    assert target.stat().st_mtime == 1_000_000
    assert write_if_changed(target, b"other")
    assert target.read_bytes() == b"other"
