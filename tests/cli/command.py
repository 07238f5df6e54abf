"""The `newsletter` command in this process: what a person sees, and the status it ends with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from newsletter import sample
from newsletter.cli.app import run

__all__ = ["DAY", "Command", "Done", "Folder"]

DAY = sample.DAY.isoformat()
SETTINGS = """
[newsletter]
from = "Digest <digest@example.org>"
base_url = "https://papers.example.org"
roster = "people.toml"
[[sources]]
kind = "files"
path = "papers.jsonl"
"""
PEOPLE = """
[[subscriber]]
email = "ada@example.org"
[[subscriber]]
email = "bo@example.net"
"""


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)


Command = Callable[..., Done]


class Folder:
    """A newsletter's folder in which commands run: four invented papers and two readers."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        for name in [*os.environ]:
            if name.startswith("NEWSLETTER_") or name in {"VISUAL", "EDITOR"}:
                monkeypatch.delenv(name)
        monkeypatch.chdir(path)
        self.set()
        (path / "people.toml").write_text(PEOPLE)
        self.papers = [json.loads(line) for line in sample.PAPERS.read_text().splitlines()[:4]]
        for paper in self.papers:
            paper.pop("summaries", None)  # so that there is something to write
        (path / "papers.jsonl").write_text("\n".join(map(json.dumps, self.papers)))

    def set(self, more: str = "") -> None:
        """Write newsletter.toml, with these sections besides."""
        (self.path / "newsletter.toml").write_text(SETTINGS + more)

    def __call__(self, *arguments: str) -> Done:
        """Run one command to its end."""
        self._monkeypatch.setattr("sys.argv", ["newsletter", *arguments])
        self._capsys.readouterr()
        status: object = 0
        try:
            run()
        except SystemExit as end:
            status = end.code or 0
        written = self._capsys.readouterr()
        assert isinstance(status, int)
        return Done(status, written.out, written.err)
