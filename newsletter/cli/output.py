"""What commands print: tables and bars on a terminal, plain lines elsewhere, JSON for programs."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from newsletter.domain.ports import Step

__all__ = ["ConsoleProgress", "Terminal", "err", "out", "print_json", "table"]

_HINT = re.compile(r"`newsletter (?!init\b|--config\b)")
"""The begin of a command that a message names to be run next."""


class Terminal(Console):
    """Where lines for a person go.

    Attributes:
        config: what `--config` named; every command that a line names carries it, or it would run on other settings.
    """

    config: Path | None = None

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401  # as the base class has it
        """Print; commands within backticks are completed."""
        markup = options.get("markup") is not False
        super().print(*(self.completed(x, markup=markup) if isinstance(x, str) else x for x in objects), **options)

    def completed(self, text: str, *, markup: bool = False) -> str:
        """The text with `--config` in every command that it names."""
        if Terminal.config is None or "`newsletter " not in text:
            return text
        named = shlex.quote(str(Terminal.config))
        command = f"`newsletter --config {escape(named) if markup else named} "
        return _HINT.sub(lambda _: command, text)


# lines are never broken by us: a terminal wraps them, and a program or a log wants them whole
out = Terminal(highlight=False, soft_wrap=True)
err = Terminal(stderr=True, highlight=False, soft_wrap=True)

_LINE_EVERY = 10
"""Lines of progress a piece of work prints where there is no terminal: one for every tenth of it."""


class ConsoleProgress:
    """Implements `domain.ports.Progress` on standard error, so that standard output stays a program's."""

    @contextmanager
    def task(self, label: str, total: int | None = None) -> Iterator[Step]:
        """A bar on a terminal, the note beside it; elsewhere a line for every tenth."""
        if total == 0:
            yield lambda steps, note="": None  # noqa: ARG005  # there is nothing to tell
        elif err.is_terminal:
            with self._bar(label, total) as step:
                yield step
        else:
            yield _line_stepper(label, total)

    @contextmanager
    def _bar(self, label: str, total: int | None) -> Iterator[Step]:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description:<24}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}", markup=False),
        )
        with Progress(*columns, console=err, transient=True) as progress:
            task = progress.add_task(label, total=total, note="")

            def step(steps: int, note: str = "") -> None:
                progress.update(task, advance=steps, note=note)

            yield step


def _line_stepper(label: str, total: int | None) -> Step:
    done = shown = 0

    def step(steps: int, note: str = "") -> None:
        nonlocal done, shown
        done += steps
        tenth = done * _LINE_EVERY // total if total else done // 1000
        if tenth > shown or done == total:
            shown = tenth
            line = f"{label}: {done}{f' of {total}' if total else ''}"
            print(f"{line} ({note})" if note else line, file=sys.stderr, flush=True)

    return step


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """A table on a terminal, tab-separated lines elsewhere; cells are foreign text and never markup."""
    if not out.is_terminal:
        for row in (columns, *rows):
            # not through rich, which turns tabs into blanks
            print("\t".join(_cell(cell) for cell in row))
        return
    shown = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for column in columns:
        shown.add_column(column, justify="right" if column in right else "left", overflow="fold")
    from rich.text import Text

    for row in rows:
        shown.add_row(*(Text(_cell(cell)) for cell in row))
    out.print(shown, soft_wrap=False)


def _cell(value: object) -> str:
    return "".join(char if char.isprintable() else " " for char in out.completed(str(value)))


def print_json(value: Mapping[str, object]) -> None:
    """One JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))
