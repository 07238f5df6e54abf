"""The `newsletter` command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.shared import ROOT

__all__ = ["environment", "newsletter", "start"]


def environment(**extra: str) -> dict[str, str]:
    """The environment of a person who has set nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONWARNINGS": "error"} | extra


def newsletter(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end; a traceback is a failure whatever was expected."""
    done = subprocess.run(
        [sys.executable, "-m", "newsletter", *arguments],
        cwd=folder,
        env=environment(**extra),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start it and come back at once."""
    return subprocess.Popen(
        [sys.executable, "-m", "newsletter", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
