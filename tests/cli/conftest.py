"""A folder to run commands in."""

from pathlib import Path

import pytest

from tests.cli.command import DAY, Folder


@pytest.fixture
def newsletter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Folder:
    """A newsletter that has collected nothing yet."""
    return Folder(tmp_path, monkeypatch, capsys)


@pytest.fixture
def collected(newsletter: Folder) -> Folder:
    """A newsletter with the papers of a day."""
    assert newsletter("collect", "--date", DAY).status == 0
    return newsletter
