"""What work tells of itself while it runs: lines for a log, a bar for a person."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from newsletter.cli import output
from newsletter.cli.output import ConsoleProgress


def test_without_a_terminal_a_line_for_every_tenth_has_its_note(capsys: pytest.CaptureFixture[str]) -> None:
    with ConsoleProgress().task("Summarising (en)", 20) as step:
        for done in range(1, 21):
            step(1, f"{done * 1000:,} tokens, $0.02")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Summarising (en): 2 of 20 (2,000 tokens, $0.02)"
    assert lines[-1] == "Summarising (en): 20 of 20 (20,000 tokens, $0.02)"
    assert len(lines) == 10


def test_without_a_note_nothing_is_added(capsys: pytest.CaptureFixture[str]) -> None:
    with ConsoleProgress().task("Collecting", 1) as step:
        step(1)
    assert capsys.readouterr().err == "Collecting: 1 of 1\n"


def test_on_a_terminal_the_bar_carries_the_note(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = StringIO()
    monkeypatch.setattr(output, "err", Console(file=terminal, force_terminal=True, width=120))
    with ConsoleProgress().task("Summarising (en)", 2) as step:
        step(1, "12,340 tokens, [bold]$0.02")
        step(1, "24,680 tokens, $0.04")
    shown = terminal.getvalue()
    assert "2/2" in shown
    assert "24,680 tokens, $0.04" in shown


def test_work_of_no_steps_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with ConsoleProgress().task("Summarising (en)", 0) as step:
        step(0, "5 tokens")
    assert capsys.readouterr().err == ""
