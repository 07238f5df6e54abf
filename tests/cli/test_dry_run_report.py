"""The table of a dry run: who would get what, and for which interests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from newsletter.cli.reports import show_dry_run
from newsletter.domain.issues import IssueKey
from newsletter.domain.ports import OutboxEntry
from newsletter.services.dispatch.dry_run import DryRunReport


def test_an_interest_is_named_once_however_many_names_led_to_its_papers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    entry = OutboxEntry(
        email="ada@example.org",
        status="queued",
        reason="",
        papers=("sample:1", "sample:2"),
        matched={"sample:1": ("reinforcement learning",), "sample:2": ("reinforcement learning, by rl",)},
        interests={"lute": 1, "RL games": 2, "zebrafish": 0},
    )
    report = DryRunReport(tmp_path, {"queued": 1}, (entry,))
    show_dry_run(report, IssueKey(date(2026, 6, 2)), sample=False)
    shown = capsys.readouterr().out
    assert "RL games, lute" in shown
    assert "by rl" not in shown
    assert "zebrafish" not in shown
