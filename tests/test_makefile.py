"""`make demo` and `make clean` beside a newsletter that is live: neither may touch it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.command import environment, newsletter
from tests.support.shared import ROOT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
LIVE = ("newsletter.toml", "newsletter.db", "site/index.html", "outbox/2026-06-15/manifest.json", "desk/own.md")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment is the one that runs this test, with a live newsletter in it."""
    for name in ("Makefile", "pyproject.toml", "requirements/runtime.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    bin_ = tmp_path / ".venv" / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "python").symlink_to(sys.executable)
    (bin_ / "newsletter").write_text(f'#!/bin/sh\nexec {sys.executable} -m newsletter "$@"\n')
    (bin_ / "newsletter").chmod(0o755)
    (tmp_path / ".venv" / "runtime").touch()
    assert newsletter(tmp_path, "init").returncode == 0
    for name in LIVE[1:]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"the live {name}")
    return tmp_path


def make(folder: Path, target: str) -> str:
    done = subprocess.run(
        ["make", target], cwd=folder, env=environment(MAKEFLAGS=""), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def live(folder: Path) -> Mapping[str, bytes]:
    return {name: (folder / name).read_bytes() for name in LIVE}


def test_the_demo_has_a_folder_of_its_own_also_after_init_and_cleaning_removes_it_alone(checkout: Path) -> None:
    before = live(checkout)
    names = {path.name for path in checkout.iterdir()}
    shown = make(checkout, "demo")
    assert live(checkout) == before
    assert {path.name for path in checkout.iterdir()} == names | {"demo"}
    for page in ("demo/outbox/2026-06-15/index.html", "demo/site/index.html"):
        assert page in shown
        assert (checkout / page).is_file()
    assert "bundled sample" in shown
    make(checkout, "clean")
    assert live(checkout) == before
    assert not (checkout / "demo").exists()
    assert not (checkout / ".venv").exists()


def test_a_newsletter_that_somebody_keeps_in_the_demos_folder_is_left_alone(checkout: Path) -> None:
    (checkout / "demo" / "site").mkdir(parents=True)
    shutil.copy(checkout / "newsletter.toml", checkout / "demo" / "newsletter.toml")
    done = subprocess.run(
        ["make", "demo"], cwd=checkout, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "holds a newsletter of yours" in done.stdout
    make(checkout, "clean")
    assert (checkout / "demo" / "site").is_dir()
    assert [path.name for path in (checkout / "demo").iterdir() if path.name not in {"site", "newsletter.toml"}] == []
