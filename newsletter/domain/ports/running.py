"""What every piece of work may ask for: the time, and somebody who is told how far it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

__all__ = ["Clock", "Progress", "Step"]


Clock = Callable[[], datetime]
"""Now, in UTC and aware. Handed in; nothing else reads a clock."""


class Step(Protocol):
    """Tells how far a piece of work is."""

    def __call__(self, steps: int, note: str = "") -> None:
        """So many steps more were done; `note` is what there is to know at this moment, such as what it costs."""
        ...


class Progress(Protocol):
    """Tells a person how far long work is; a terminal shows a bar, a log shows lines, a program nothing."""

    def task(self, label: str, total: int | None = None) -> AbstractContextManager[Step]:
        """Begin a piece of work; call the result with how many steps were done."""
        ...
